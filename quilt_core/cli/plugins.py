"""`quiltops plugins`: the installed plugins, whether they work, and what the backends support."""

from __future__ import annotations

import click

import quilt_core
from quilt_core import Capability
from quilt_core import plugins as installed
from quilt_core.cli.answers import PluginRow, one
from quilt_core.cli.commands import load_command
from quilt_core.cli.options import Command, value
from quilt_core.cli.output import show, show_all
from quilt_core.cli.terminal import cell, console, line
from quilt_core.errors import QuiltOpsError
from quilt_core.hookspecs import operations
from quilt_core.plugins.extending import make_extension
from quilt_core.settings import Option, declared_options


@click.command("plugins", cls=Command, answers=one(list[PluginRow] | dict[str, list[Capability]]))
@click.option("--check", is_flag=True, help="Load each one and report whether it works.")
@click.option(
    "--capabilities", is_flag=True, help="Show the operations that each backend supports."
)
def plugins(check: bool, capabilities: bool) -> None:
    """List backends, extensions and commands, as their distributions declare them.

    Nothing is imported unless --check or --capabilities is given.

    Example: quiltops plugins --check
    """
    records = [
        *installed.backends().values(),
        *installed.extensions().values(),
        *installed.commands().values(),
    ]
    if check:
        for record in records:
            check_plugin(record)
    if capabilities:
        _show_capabilities()
        return
    columns = ["name", "kind", "distribution", "version", "status", "cause"]
    rows = [record.to_dict() for record in records]
    if check:
        columns.append("options")
        for row, record in zip(rows, records, strict=True):
            row["options"] = [option.describe() for option in options_of(record)]
    if value("as_json"):
        show(rows)
    else:
        show_all(rows, columns)


def check_plugin(record: installed.PluginRecord) -> QuiltOpsError | None:
    """Load a plugin as connecting does; a backend is loaded whatever is configured.

    Problems are returned, and afterwards are also in the record.
    """
    try:
        if record.kind == "backend":
            # The files of quilt3 are this user's settings, and not part of the backend.
            settings = quilt_core.Settings(backend=record.name, use_quilt3_login=False)
            backend = installed.create_backend(record, settings)
            try:
                installed.Hooks().add_backend(backend)
            finally:
                backend.close()
        elif record.kind == "extension":
            settings = _settings()
            make_extension(record, settings.backend or "memory", settings)
        else:
            load_command(record)
    except QuiltOpsError as error:
        if record.status in (installed.PluginStatus.INSTALLED, installed.PluginStatus.LOADED):
            record.status, record.cause = installed.PluginStatus.FAILED, error.message
        return error
    return None


def options_of(record: installed.PluginRecord) -> tuple[Option, ...]:
    """The options that a backend declares; none for an extension or a plugin that cannot
    be loaded.
    """
    if record.kind != "backend" or record.status is not installed.PluginStatus.LOADED:
        return ()
    return declared_options(installed.load_target(record))


def _settings() -> quilt_core.Settings:
    """The settings, from which an extension gets its options; without these if they are wrong."""
    try:
        return quilt_core.load_settings(profile=value("profile"))
    except QuiltOpsError:
        return quilt_core.Settings()  # the doctor reports what is wrong with them


def _show_capabilities() -> None:
    columns = {}
    for record in installed.backends().values():
        try:
            with quilt_core.connect(record.name) as ops:
                columns[record.name] = {one.operation: one for one in ops.capabilities()}
        except QuiltOpsError as error:
            line(error.message, err=True)
    if value("as_json"):
        show({name: [one.to_dict() for one in found.values()] for name, found in columns.items()})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("operation")
    for name in columns:
        table.add_column(cell(name))
    for operation in operations():
        cells = [found[operation] for found in columns.values()]
        table.add_row(
            operation, *("yes" if one.supported else f"– {cell(one.reason or '')}" for one in cells)
        )
    console().print(table)
