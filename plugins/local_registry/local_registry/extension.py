"""The commands that the local registry adds to `quiltops`."""

from __future__ import annotations

from collections.abc import Sequence

from quilt_core import hookimpl
from quilt_core.hookspecs.cli import CliCommand


class LocalRegistryExtension:
    """Adds `quiltops registry serve` and `quiltops demo`."""

    @hookimpl
    def cli_commands(self) -> Sequence[CliCommand]:
        """The commands, by name only: nothing of the registry is imported for a listing."""
        return [
            CliCommand(
                path=("registry", "serve"),
                target="local_registry.cli:serve",
                help="Serve a local Quilt registry for development and tests.",
            ),
            CliCommand(
                path=("demo",),
                target="local_registry.demo.command:demo",
                help="Run the main job on every backend, with no account.",
            ),
        ]


extension = LocalRegistryExtension()
