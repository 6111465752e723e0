"""The backend `memory`: complete, fast, deterministic; for unit tests of applications.

    from quilt_core.testing.memory import MemoryCatalog, connect

    catalog = MemoryCatalog()
    uri = catalog.put_object("my-bucket", "data/a.csv", b"x,y")
    with connect(catalog, registry="s3://my-bucket") as ops:
        ops.create_package_revision("team/data", [uri])

A `MemoryCatalog` holds everything: buckets with versioned objects, packages, users with roles and
bucket permissions. Connections to one catalog share it; each acts as a user.
"""

from __future__ import annotations

from typing import Any

from quilt_core.ops import QuiltOps
from quilt_core.ops import connect as _connect
from quilt_core.plugins.records import BackendPlugin
from quilt_core.settings import Settings
from quilt_core.testing.memory.store import MemoryCatalog

__all__ = ["MemoryCatalog", "connect", "create_backend", "make_backend"]


def make_backend(catalog: MemoryCatalog, user: str | None = "admin") -> BackendPlugin:
    """The backend over a catalog.

    Parameters
    ----------
    catalog:
        The catalog.
    user:
        The user as whom it acts; None for an anonymous connection.
    """
    from quilt_core.testing.memory.backend import build_backend

    return build_backend(catalog, user)


def connect(catalog: MemoryCatalog, *, user: str | None = "admin", **settings: Any) -> QuiltOps:
    """Connect to a catalog as a user.

    Parameters
    ----------
    catalog:
        The catalog.
    user:
        The user as whom to act; None for an anonymous connection.
    settings:
        As in `quilt_core.connect`.

    Returns
    -------
    QuiltOps
        The connection: a context manager, which closes it.

    Examples
    --------
    >>> from quilt_core.testing.memory import MemoryCatalog, connect
    >>> catalog = MemoryCatalog()
    >>> registry = catalog.add_bucket("my-bucket")
    >>> uri = catalog.put_object("my-bucket", "data/a.csv", b"x,y")
    >>> with connect(catalog, registry=registry) as ops:
    ...     print(ops.create_package_revision("team/data", [uri]).added)
    ('data/a.csv',)
    """
    settings.setdefault("catalog_url", catalog.catalog_url)
    settings.setdefault("registry_url", catalog.registry_url)
    return _connect(make_backend(catalog, user), **settings)


def create_backend(settings: Settings) -> BackendPlugin:
    """The entry point's factory: a new catalog, with the buckets that settings name."""
    catalog = MemoryCatalog()
    if settings.registry is not None and settings.registry.bucket is not None:
        catalog.add_bucket(settings.registry.bucket)
    return make_backend(catalog)
