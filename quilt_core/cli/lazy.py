"""Command groups that import a command only when it is called or its own help is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import click

from quilt_core.cli.options import add_common_options
from quilt_core.hookspecs.cli import CliCommand


class LazyGroup(click.Group):
    """A group whose commands are named by `CliCommand` records; it has the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_common_options(self)
        self._records: dict[str, CliCommand] = {}

    def add_record(self, record: CliCommand) -> None:
        """Name a command; groups on its path are made when they are missing."""
        group = self
        for part in record.path[:-1]:
            existing = group.commands.get(part)
            if not isinstance(existing, LazyGroup):
                existing = LazyGroup(name=part, help=record.help)
                group.add_command(existing)
            group = existing
        group._records[record.path[-1]] = record

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._records, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        record = self._records.get(cmd_name)
        if record is None or cmd_name in self.commands:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = record.target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{record.target} is no click command")
        self.add_command(command, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            record = self._records.get(name)
            command = self.commands.get(name)
            text = record.help if record else command.get_short_help_str() if command else ""
            rows.append((name, text))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def add_records(root: LazyGroup, owned: Iterable[tuple[str, CliCommand]]) -> list[str]:
    """Add commands with their owners' names; return what to tell of paths that two of them own."""
    owners: dict[tuple[str, ...], str] = {}
    problems = []
    for owner, record in owned:
        if record.path in owners:
            problems.append(
                f"The command '{' '.join(record.path)}' is offered by {owners[record.path]} and "
                f"{owner}; that of {owner} is left out."
            )
            continue
        owners[record.path] = owner
        root.add_record(record)
    return problems
