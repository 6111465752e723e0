# mypy: disable-error-code="empty-body"
"""The command line's hook: how the core and extensions add commands to `quiltops`."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from quilt_core.hookspecs.markers import hookspec


@attrs.frozen(kw_only=True)
class CliCommand:
    """A command or group of `quiltops` that is imported only when it is used.

    `path` is where it goes: `("packages",)` for a top-level group, `("registry", "serve")` for a
    command in the group `registry`, which is made when nobody has. `target` is
    `"package.module:attribute"`, a `click.Command`. `help` is the line that the listing shows.
    """

    path: tuple[str, ...]
    target: str
    help: str


@hookspec
def cli_commands() -> Sequence[CliCommand]:
    """Name the commands to add to `quiltops`; called once, when the command line starts.

    Arguments: none.

    Returns: the commands. Nothing that a command needs is imported to name it.

    Raises: nothing; an extension that raises here is reported and left out.

    Ordering and completeness: two commands with one path are an error that names both owners.

    Since: 1.

    Example: ``[CliCommand(path=("audit",), target="my_audit.cli:audit", help="Show the log")]``.
    """
