"""`quiltops demo`: run the main job on every backend and show that the answers are the same."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

import click

import quilt_core
from local_registry.config import RegistryConfig
from local_registry.demo.environment import only
from local_registry.demo.job import DemoRow, Row, compare, run_job
from local_registry.demo.scenario import BUCKET, upload
from local_registry.server import LocalRegistry
from quilt_core import PluginError, plugins
from quilt_core.cli.answers import listing
from quilt_core.cli.options import Command, value
from quilt_core.cli.output import show_all
from quilt_core.cli.terminal import note
from quilt_core.plugins.records import KNOWN_BACKENDS
from quilt_core.printable import printable

_USER = "writer"
_NEXT = """
What to type next:

  {program} registry serve --seed demo      # a registry of your own, until Ctrl-C
  {program} plugins --capabilities          # what each backend can do
  {program} packages --help                 # the commands of the main job"""


@click.command(cls=Command, answers=listing(DemoRow))
def demo() -> None:
    """Run the demo on every backend, against a local registry with the Palmer penguins data.

    The backends are `quilt3` and `platform`, if they are installed, or the one given with
    --backend. Exits with 1 if a step fails or two backends answer differently. It contacts nothing
    outside this machine, and does not use your settings or logins.

    Example: quiltops demo
    """
    names = _backends()
    rows = _run(names)
    if value("as_json"):
        show_all((row.to_dict() for row in rows), ("operation", "verdict"))
    else:
        from local_registry.demo.table import print_table

        print_table(rows, names)
    if not all(row.is_good for row in rows):
        click.get_current_context().exit(1)
    if not value("as_json"):
        note(_NEXT.format(program=printable(_program())), lines=True)


def _program() -> str:
    """The command that runs this program: its name if it is on the path, otherwise its path."""
    program = Path(sys.argv[0])
    found = shutil.which(program.name)
    if found and program.exists() and program.samefile(found):
        return program.name
    return os.path.relpath(program)


def _backends() -> list[str]:
    """The backends to show: those that talk to a Quilt registry, or the requested one."""
    if value("backend"):
        return [value("backend")]
    installed = plugins.backends()
    names = [
        name
        for name in sorted(KNOWN_BACKENDS)
        if name in installed and installed[name].status is not plugins.PluginStatus.BLOCKED
    ]
    if not names:
        raise PluginError(
            "There is no backend to show.", hint=f"{' or '.join(KNOWN_BACKENDS.values())}."
        )
    return names


def _run(names: list[str]) -> list[Row]:
    config = RegistryConfig(seed="demo")
    with (
        LocalRegistry(config) as registry,
        only(registry.client_env(_USER, bucket=BUCKET)),
        contextlib.ExitStack() as stack,
    ):
        s3 = registry.context.s3

        def get(key: str) -> bytes:
            body: bytes = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            return body

        upload(lambda key, body: s3.put_object(Bucket=BUCKET, Key=key, Body=body), get)
        backends = {
            name: stack.enter_context(
                quilt_core.connect(name, use_quilt3_login=False, use_stored_login=False)
            )
            for name in names
        }

        def count_requests() -> int:
            total = registry.log.total()
            registry.log.clear()
            return total

        return compare(list(run_job(backends, get("incoming/data/penguins.csv"), count_requests)))
