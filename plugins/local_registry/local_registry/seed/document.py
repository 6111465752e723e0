"""The seed file: YAML or JSON, read into records (its format is in the package's README)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs
import yaml

from local_registry.identity.model import Level

T = TypeVar("T")


class SeedError(ValueError):
    """A seed file that cannot be used; the message says where and why."""


def _levels(given: Mapping[str, str]) -> dict[str, Level]:
    return {bucket: Level(level) for bucket, level in given.items()}


@attrs.frozen(kw_only=True)
class BucketSeed:
    """A bucket to make; `workflows` is the document of `.quilt/workflows/config.yml`, `region` is
    where the bucket is (default: the registry's region)."""

    name: str
    region: str | None = None
    title: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    browsable: bool = True
    versioning: bool = True
    relevance_score: int = 0
    workflows: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class PolicySeed:
    """A policy: managed with `permissions` (bucket to READ or READ_WRITE), or with an `arn`."""

    title: str
    permissions: dict[str, Level] = attrs.field(factory=dict, converter=_levels)
    arn: str | None = None


@attrs.frozen(kw_only=True)
class RoleSeed:
    """A role: managed with `policies` (titles), or with an `arn`."""

    name: str
    policies: list[str] = attrs.field(factory=list)
    arn: str | None = None


@attrs.frozen(kw_only=True)
class UserSeed:
    """A user with an active role and extra roles (names), and the password for a catalog."""

    name: str
    role: str
    email: str | None = None
    extra_roles: list[str] = attrs.field(factory=list)
    password: str | None = attrs.field(default=None, repr=False)
    admin: bool = False
    active: bool = True


@attrs.frozen(kw_only=True)
class ObjectsSeed:
    """Objects to put: all files of `folder` (beside the seed file) below `prefix`, or `text`
    under `key`."""

    bucket: str
    folder: str | None = None
    prefix: str = ""
    key: str | None = None
    text: str | None = None


@attrs.frozen(kw_only=True)
class PackageSeed:
    """A revision to make: `entries` from logical key to `s3://` URI, and all objects below
    `from_prefix` (`s3://bucket/prefix/`), with the prefix taken off."""

    bucket: str
    name: str
    message: str | None = None
    metadata: dict[str, Any] | None = None
    workflow: str | None = None
    entries: dict[str, str] = attrs.field(factory=dict)
    from_prefix: str | None = None


@attrs.frozen(kw_only=True)
class TableSeed:
    """A tabulator table; `config` is its YAML."""

    bucket: str
    name: str
    config: str


@attrs.frozen(kw_only=True)
class Seed:
    """A whole seed; `folder` is where the files that it names are."""

    folder: Path = attrs.field(factory=Path.cwd)
    buckets: list[BucketSeed] = attrs.field(factory=list)
    policies: list[PolicySeed] = attrs.field(factory=list)
    roles: list[RoleSeed] = attrs.field(factory=list)
    default_role: str | None = None
    users: list[UserSeed] = attrs.field(factory=list)
    objects: list[ObjectsSeed] = attrs.field(factory=list)
    packages: list[PackageSeed] = attrs.field(factory=list)
    tables: list[TableSeed] = attrs.field(factory=list)
    open_query: bool = False


_SECTIONS: Mapping[str, Callable[..., object]] = {
    "buckets": BucketSeed,
    "policies": PolicySeed,
    "roles": RoleSeed,
    "users": UserSeed,
    "objects": ObjectsSeed,
    "packages": PackageSeed,
    "tables": TableSeed,
}
_VALUES = ("default_role", "open_query")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, in C where PyYAML was built with it, which takes a tenth of the time."""


def read_seed(path: Path) -> Seed:
    """Read a seed file; raises `SeedError`, also when there is none."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SeedError(f"{path}: {error}") from error
    return parse_seed(document, path.parent, where=str(path))


def parse_seed(document: object, folder: Path, *, where: str = "seed") -> Seed:
    """The seed in a document; raises `SeedError` that names the section and the entry."""
    if not isinstance(document, dict) or document.get("version") != 1:
        raise SeedError(f"{where}: a seed is a mapping with `version: 1`")
    unknown = sorted(set(document) - {"version", *_SECTIONS, *_VALUES})
    if unknown:
        raise SeedError(f"{where}: unknown sections {unknown}")
    fields: dict[str, Any] = {name: document[name] for name in _VALUES if name in document}
    for name, make in _SECTIONS.items():
        entries = document.get(name, [])
        if not isinstance(entries, list):
            raise SeedError(f"{where}: `{name}` is a list")
        fields[name] = [
            _entry(make, each, f"{where}: {name}[{n}]") for n, each in enumerate(entries)
        ]
    return Seed(folder=folder, **fields)


def _entry(make: Callable[..., T], fields: object, where: str) -> T:
    if not isinstance(fields, dict):
        raise SeedError(f"{where} is a mapping")
    try:
        return make(**fields)
    except (TypeError, ValueError, AttributeError) as error:
        raise SeedError(f"{where}: {error}") from error
