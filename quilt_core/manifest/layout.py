"""The layout of a registry's bucket or folder (V1: docs/protocol.md, H.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from quilt_core.domain.names import PackageName

LATEST: Final = "latest"
NAMED_PACKAGES: Final = ".quilt/named_packages/"
MANIFESTS: Final = ".quilt/packages/"
WORKFLOWS_CONFIG: Final = ".quilt/workflows/config.yml"

_TIMESTAMP = re.compile(r"1[0-9]{9}")
_TOP_HASH = re.compile(r"[0-9a-f]{64}")


def pointers_prefix(package_name: PackageName) -> str:
    """The prefix of a package's pointers, with its closing slash."""
    return f"{NAMED_PACKAGES}{package_name}/"


def pointer_key(package_name: PackageName, pointer: str) -> str:
    """The key of one pointer: `latest`, or Unix seconds."""
    return f"{NAMED_PACKAGES}{package_name}/{pointer}"


def manifest_key(top_hash: str) -> str:
    """The key of a manifest; all packages of a bucket share them."""
    return f"{MANIFESTS}{top_hash}"


def is_timestamp(pointer: str) -> bool:
    """Whether a pointer's name is a time: ten digits of Unix seconds."""
    return _TIMESTAMP.fullmatch(pointer) is not None


def is_top_hash(text: str) -> bool:
    """Whether `text` consists of 64 hexadecimal digits, like the content of a pointer."""
    return _TOP_HASH.fullmatch(text) is not None


def pointer_time(pointer: str) -> datetime:
    """The time in the name of a timestamp pointer, in UTC."""
    return datetime.fromtimestamp(int(pointer), UTC)
