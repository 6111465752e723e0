"""Command groups that import a command only when it is called or its own help is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem

from quilt_core import plugins
from quilt_core.cli.commands import GROUP_TEXTS, USABLE, CliCommand, refuse
from quilt_core.cli.options import HelpfulGroup, add_common_options


class LazyGroup(HelpfulGroup):
    """A group whose commands are named by `CliCommand` records; it has the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_common_options(self)
        self._records: dict[str, CliCommand] = {}

    def add_record(self, record: CliCommand) -> None:
        """Register a command; missing groups on its path are created."""
        group = self
        for part in record.path[:-1]:
            existing = group.commands.get(part)
            if not isinstance(existing, LazyGroup):
                existing = LazyGroup(name=part, help=GROUP_TEXTS.get(part, record.help))
                group.add_command(existing)
            group = existing
        group._records[record.path[-1]] = record

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._records, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        record = self._records.get(cmd_name)
        if record is None or cmd_name in self.commands:
            return super().get_command(ctx, cmd_name)
        command = record.load()
        self.add_command(command, cmd_name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names without importing their commands."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        items = [CompletionItem(name, help=self._help_of(name)) for name in names]
        return items + click.Command.shell_complete(self, ctx, incomplete)

    def _help_of(self, name: str) -> str:
        record, command = self._records.get(name), self.commands.get(name)
        return record.help if record else command.get_short_help_str(limit=100) if command else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, self._help_of(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def add_commands(
    root: LazyGroup,
    own: Iterable[CliCommand],
    installed: Iterable[tuple[plugins.PluginRecord, CliCommand]],
) -> None:
    """Add the core's own commands, and installed commands whose places are free.

    A command whose place is that of another command, or above or below it, is left out; its record
    says so.
    """
    owners: dict[tuple[str, ...], str] = {}
    for command in own:
        owners[command.path] = "quiltops"
        root.add_record(command)
    for record, command in installed:
        taken = next((path for path in owners if _collide(path, command.path)), None)
        if taken is not None:
            refuse(record, f"the command '{' '.join(taken)}' belongs to {owners[taken]}")
        elif record.status in USABLE:
            owners[command.path] = command.owner
            root.add_record(command)


def _collide(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
