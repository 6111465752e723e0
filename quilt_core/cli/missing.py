"""Commands of other distributions of this project, and how to install these."""

from __future__ import annotations

from collections.abc import Mapping

from quilt_core import plugins
from quilt_core.errors import PluginError

_LOCAL = ("quiltops-local-registry", 'pip install "quiltops[local]"')
_CLIENT = ("quiltops-registry", "pip install quiltops-registry")
_BRINGS = {
    ("demo",): _LOCAL,
    ("registry",): _LOCAL,
    ("registry", "serve"): _LOCAL,
    ("login",): _CLIENT,
    ("logout",): _CLIENT,
    ("auth", "login"): _CLIENT,
    ("auth", "logout"): _CLIENT,
    ("auth", "list"): _CLIENT,
    ("auth", "switch"): _CLIENT,
    ("auth", "token"): _CLIENT,
}


def how_to_install(
    path: tuple[str, ...], installed: Mapping[str, plugins.PluginRecord]
) -> str | None:
    """The pip command that installs a command; None if it is installed, or no
    distribution has it.
    """
    name = ".".join(path)
    if any(one == name or one.startswith(f"{name}.") for one in installed):
        return None
    brought = _BRINGS.get(path)
    return None if brought is None else brought[1]


def missing_command(path: tuple[str, ...]) -> PluginError | None:
    """The error for a command of a distribution that is not installed, or that is blocked."""
    brought = _BRINGS.get(path)
    if brought is None:
        return None
    distribution, install = brought
    command = f"`quiltops {' '.join(path)}`"
    name = ".".join(path)
    record = next(
        (
            record
            for one, record in plugins.commands().items()
            if one == name or one.startswith(f"{name}.")
        ),
        None,
    )
    if record is None:
        return PluginError(
            f"{command} comes with {distribution}, which is not installed.",
            hint=f"Install it: {install}",
        )
    return PluginError(
        f"{command} of {record.origin} was skipped: {record.cause or record.status.value}.",
        hint="`quiltops plugins` shows what is installed, with its status.",
    )
