"""Unknown commands: the command that was probably meant, or the distribution that has it."""

from __future__ import annotations

from difflib import get_close_matches

import click

from quilt_core.cli.missing import missing_command
from quilt_core.errors import QuiltOpsError

_HABITS = {
    "download": ("install",),
    "ls": ("packages", "list"),
    "upload": ("push",),
    "whoami": ("auth", "status"),
}
"""The names that other programs use for our commands."""
_ELSEWHERE = ("packages", "content", "objects", "auth")
"""The groups that are searched for a command that was given without its group."""


def unknown_command(
    group: click.Group, ctx: click.Context, name: str
) -> click.UsageError | QuiltOpsError:
    """The error for a command that a group does not have; it names the nearest ones."""
    path = (*_path(ctx), name)
    if missing := missing_command(path):
        return missing
    known = group.list_commands(ctx)
    found = get_close_matches(name, known) or [one for one in known if one.startswith(name)]
    commands = [(*path[:-1], one) for one in found] or _elsewhere(ctx, name)
    message = f"There is no command `{' '.join(('quiltops', *path))}`."
    if commands:
        named = " or ".join(f"`quiltops {' '.join(one)}`" for one in commands)
        message += f" Did you mean {named}?"
    return click.UsageError(message, ctx)


def _path(ctx: click.Context) -> tuple[str, ...]:
    """The names of the groups that are searched for a command."""
    names: list[str] = []
    current: click.Context | None = ctx
    while current is not None and current.parent is not None:
        names.insert(0, current.info_name or "")
        current = current.parent
    return tuple(names)


def _elsewhere(ctx: click.Context, name: str) -> list[tuple[str, ...]]:
    """Other places of a command with this name; the whole program is searched by names, without
    importing commands.
    """
    root = ctx.find_root().command
    if not isinstance(root, click.Group):
        return []
    at_top: list[tuple[str, ...]] = [(name,)] if name in root.list_commands(ctx) else []
    found: list[tuple[str, ...]] = [
        (one, name)
        for one in _ELSEWHERE
        if isinstance(group := root.get_command(ctx, one), click.Group)
        and name in group.list_commands(ctx)
    ]
    habit = _HABITS.get(name)
    return at_top + found or ([habit] if habit else [])
