"""The contents of a manifest: a header, directory records and entries (docs/protocol.md, H.2)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from quilt_core.errors import ProtocolError


class ManifestError(ProtocolError):
    """A manifest that cannot be read: `line_number` (counted from 1) and `reason` tell where and
    why.

    `line_number` is None if the registry read the manifest and did not report the line.
    """

    def __init__(self, line_number: int | None, reason: str, **fields: Any) -> None:
        where = "" if line_number is None else f" at line {line_number}"
        super().__init__(
            f"The manifest is damaged{where}: {reason}.",
            context={"line": line_number, "reason": reason, **(fields.pop("context", None) or {})},
            **fields,
        )
        self.line_number = line_number
        self.reason = reason


# `gc=False`: entries contain no cycles, and the garbage collector takes long to scan a million of
# them.
class EntryHash(msgspec.Struct, frozen=True, gc=False):
    """An entry's hash: `type` (`sha2-256-chunked`, `SHA256`, `CRC64NVME`) and `value`."""

    type: str
    value: str

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> dict[str, Any]:
        """How pydantic validates and writes a hash that is a field of a domain object."""
        from quilt_core.domain.pydantic_schema import hash_schema

        return hash_schema(handler)


class ManifestEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file of a package."""

    logical_key: str
    physical_key: str
    """The first physical key, a URL; any others are never used."""
    size: int
    hash: EntryHash | None
    meta: dict[str, Any]
    """The whole entry metadata; the user's part is under `user_meta`."""

    @property
    def user_meta(self) -> dict[str, Any]:
        """The user metadata; empty if there is none."""
        return self.meta.get("user_meta") or {}


class DirectoryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata of a directory; `logical_key` ends with a slash, and `meta` is the user's
    metadata.
    """

    logical_key: str
    meta: dict[str, Any]


class ManifestHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The first line. `user_meta` and `workflow` may be absent (`UNSET`), which is not null."""

    version: str = "v0"
    message: str | UnsetType | None = None
    user_meta: Any | UnsetType = UNSET
    workflow: dict[str, Any] | UnsetType | None = UNSET
    other: dict[str, Any] = {}

    @property
    def message_if_any(self) -> str | None:
        """The commit message; None if it is absent, null or not text."""
        return self.message if isinstance(self.message, str) else None

    @property
    def metadata_if_any(self) -> dict[str, Any] | None:
        """The package's user metadata; None if it is absent, null or not an object."""
        return self.user_meta if isinstance(self.user_meta, dict) else None

    @property
    def metadata(self) -> dict[str, Any]:
        """Like `metadata_if_any`, but empty instead of None."""
        return self.metadata_if_any or {}

    @property
    def workflow_id(self) -> str | None:
        """The workflow's id; None for none."""
        return self.workflow.get("id") if isinstance(self.workflow, dict) else None

    def to_dict(self) -> dict[str, Any]:
        """The header as in the manifest, without absent keys."""
        named = {
            "version": self.version,
            "user_meta": self.user_meta,
            "message": self.message,
            "workflow": self.workflow,
        }
        return {key: value for key, value in (named | self.other).items() if value is not UNSET}

    @classmethod
    def from_dict(cls, header: dict[str, Any]) -> ManifestHeader:
        """Make a header from its JSON object; the legacy key `top_hash` is dropped.

        Parameters
        ----------
        header:
            The manifest's first line, parsed as JSON.
        """
        known = {"version", "message", "user_meta", "workflow", "top_hash"}
        return cls(
            version=header["version"],
            message=header.get("message", UNSET),
            user_meta=header.get("user_meta", UNSET),
            workflow=header.get("workflow", UNSET),
            other={key: value for key, value in header.items() if key not in known},
        )
