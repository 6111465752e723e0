"""What is known about a plugin: where it comes from, and its state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs

from quilt_core.errors import PluginError

BACKENDS_GROUP = "quilt_core.backends"
EXTENSIONS_GROUP = "quilt_core.extensions"
COMMANDS_GROUP = "quilt_core.commands"

RESERVED_BACKENDS: Mapping[str, str] = MappingProxyType(
    {"memory": "quiltops", "platform": "quiltops-platform", "quilt3": "quiltops-quilt3"}
)
"""The names that belong to this project, each with the distribution that offers it."""

KNOWN_BACKENDS: Mapping[str, str] = MappingProxyType(
    {"platform": 'pip install "quiltops[platform]"', "quilt3": 'pip install "quiltops[quilt3]"'}
)
"""How to install the backends of this project, for messages."""


def _nothing_to_close() -> None:
    return None


@attrs.frozen(kw_only=True)
class BackendPlugin:
    """A backend, as its factory returns it.

    `name` is the entry point's name. `hook_version` is the version of the hook contract that the
    backend was written for: a number in the backend's source, not the core's constant.
    `implementers` are objects with hook implementations, usually one per operation group.
    `unsupported` maps operations that the backend does not have to the reasons, where users should
    know one: what no implementer has is not supported anyway. The core composes some operations
    from others (`quilt_core.composition.NEEDS`), and does not compose those that are declared here.
    `close` closes its connections. `schemes` are the schemes of the registries that the backend
    serves: `s3`, `file`, or one of its own, such as `sqlite` for `sqlite://…`; naming any other
    registry is a `ValidationError`. Options are declared on the factory, which receives their
    parsed values (`quilt_core.backend_options`). `user` is a text that stands for the user as whom
    the backend acts, if that is decided neither by the request's identity nor by the credentials in
    the settings, but for example by an option; None if it is. The keys by which extensions tell
    identities apart are made of it as well, and never show it.
    """

    name: str
    hook_version: int
    implementers: Sequence[object]
    unsupported: Mapping[str, str] = MappingProxyType({})
    close: Callable[[], None] = _nothing_to_close
    schemes: Sequence[str] = ("s3", "file")
    user: str | None = None


_KINDS = {BACKENDS_GROUP: "backend", EXTENSIONS_GROUP: "extension", COMMANDS_GROUP: "command"}


class PluginStatus(Enum):
    """The state of a plugin."""

    INSTALLED = "installed"
    """Found by its metadata, not imported."""
    LOADED = "loaded"
    BLOCKED = "blocked"
    """Named in QUILT_CORE_BLOCK, left out of QUILT_CORE_EXTENSIONS, or under a reserved name."""
    AMBIGUOUS = "ambiguous"
    """Two distributions offer this name."""
    FAILED = "failed"


@attrs.define(kw_only=True)
class PluginRecord:
    """A plugin that is installed, whether it works or not."""

    name: str
    group: str
    target: str
    """`package.module:attribute`."""
    distribution: str | None
    version: str | None
    status: PluginStatus = PluginStatus.INSTALLED
    summary: str | None = None
    """The distribution's own description."""
    cause: str | None = None
    """Why it is blocked, ambiguous or failed, in a sentence."""
    error: PluginError | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def kind(self) -> str:
        """`backend`, `extension` or `command`."""
        return _KINDS.get(self.group, "plugin")

    @property
    def origin(self) -> str:
        """Distribution and version, for messages."""
        return f"{self.distribution or 'unknown'} {self.version or ''}".strip()

    def to_dict(self) -> dict[str, Any]:
        """The record without the exception object."""
        return {
            "name": self.name,
            "kind": self.kind,
            "distribution": self.distribution,
            "version": self.version,
            "target": self.target,
            "status": self.status.value,
            "cause": self.cause,
        }
