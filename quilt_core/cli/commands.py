"""The core's own commands, named by the same hook as those of extensions."""

from __future__ import annotations

from collections.abc import Sequence

from quilt_core.hookspecs import hookimpl
from quilt_core.hookspecs.cli import CliCommand

_GROUPS = {
    "auth": "Who the registry says that we are.",
    "catalog": "The catalog's configuration, and raw GraphQL.",
    "buckets": "The catalog's buckets.",
    "packages": "Search, list, describe, compare, create, update and delete packages.",
    "content": "What is inside a package.",
    "tabulator": "SQL tables over packages.",
    "api-keys": "My API keys.",
    "admin": "Users, roles, policies, buckets, API keys and single sign-on.",
}


class CoreCommands:
    """Implements the command line's hook for the core."""

    @hookimpl
    def cli_commands(self) -> Sequence[CliCommand]:
        """One group a group, and the commands about the framework itself."""
        groups = [
            CliCommand(
                path=(group,),
                target=f"quilt_core.cli.{group.replace('-', '_')}:group",
                help=text,
            )
            for group, text in _GROUPS.items()
        ]
        return [
            *groups,
            CliCommand(
                path=("plugins",),
                target="quilt_core.cli.plugins:plugins",
                help="Backends and extensions, and how they fare.",
            ),
            CliCommand(
                path=("doctor",),
                target="quilt_core.cli.doctor:doctor",
                help="What is configured, from where, and what works.",
            ),
            CliCommand(
                path=("config",),
                target="quilt_core.cli.config:group",
                help="The configuration file and its profiles.",
            ),
            CliCommand(
                path=("new-backend",),
                target="quilt_core.cli.new_backend:new_backend",
                help="Write a skeleton of a backend.",
            ),
            CliCommand(
                path=("conformance",),
                target="quilt_core.testing.conformance.cli:conformance",
                help="Prove a backend with the conformance suite.",
            ),
            CliCommand(
                path=("completion",),
                target="quilt_core.cli.completion:completion",
                help="The shell's completion script.",
            ),
        ]
