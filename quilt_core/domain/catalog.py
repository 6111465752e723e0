"""The results of catalog operations, and addresses in a catalog."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import attrs

from quilt_core.domain.base import DomainObject, aware
from quilt_core.domain.names import PackageName, Registry

_PLAIN = "/!~*'()"
"""Characters other than letters and digits that the catalog does not encode in addresses."""


@attrs.frozen(kw_only=True, repr=False)
class AuthStatus(DomainObject):
    """The user's status at the registry."""

    is_authenticated: bool
    catalog_url: str | None
    registry_url: str | None
    """The registry's https:// address."""
    user_name: str | None = None
    email: str | None = None
    is_admin: bool = False
    role: str | None = None
    """The active role."""
    roles: tuple[str, ...] = ()
    """All roles that the user may switch to, by name."""
    expires_at: datetime | None = attrs.field(default=None, validator=aware)
    """When the token in use expires, if that is known."""


@attrs.frozen(kw_only=True, repr=False)
class Health(DomainObject):
    """Whether the registry responds."""

    reachable: bool
    """Whether it answered like a registry, regardless of permissions."""
    registry_url: str
    latency_seconds: float
    """How long the answer took or, if there was none, how long the attempt took."""
    message: str
    """A description of the answer, in one sentence."""


@attrs.frozen(kw_only=True, repr=False)
class CatalogConfig(DomainObject):
    """A catalog's `config.json` with the names derived from it (docs/protocol.md, A)."""

    catalog_url: str
    registry_url: str
    region: str
    api_gateway_endpoint: str
    s3_proxy: str | None
    service_bucket: str | None
    analytics_bucket: str | None
    mode: str | None
    stack_version: str | None
    stack_prefix: str | None
    """Derived from `analytics_bucket`; None without it."""
    tabulator_data_catalog: str | None
    """`quilt-<stack_prefix>-tabulator`, the Athena catalog; None without a prefix."""
    package_root: str | None = None
    """The prefix of the keys of packages' objects, before `<package>/<logical key>`, without
    leading or trailing slashes; None for no prefix."""


def derive_stack_prefix(analytics_bucket: str | None) -> str | None:
    """The part of the analytics bucket's name before `-analyticsbucket`, or otherwise before
    `-`."""
    if not analytics_bucket:
        return None
    position = analytics_bucket.lower().find("-analyticsbucket")
    if position > 0:
        return analytics_bucket[:position]
    return analytics_bucket.partition("-")[0] or analytics_bucket


def catalog_package_url(
    catalog_url: str | None, registry: Registry, package_name: PackageName, top_hash: str
) -> str | None:
    """A revision's page in the catalog; None without a catalog or for a local registry."""
    if not catalog_url or registry.bucket is None:
        return None
    return catalog_page(catalog_url, registry.bucket, package_name=package_name, top_hash=top_hash)


def catalog_page(
    catalog_url: str,
    bucket: str,
    *,
    package_name: PackageName | None = None,
    top_hash: str = "latest",
    path: str = "",
    version_id: str | None = None,
) -> str:
    """The address of a page of the catalog.

    With `package_name`, the page of a package, of a revision, or of a path inside one. Without it,
    the page of a bucket, of a "directory" of objects (`path` ends in a slash), of an object or of
    one of its versions.
    """
    page = f"{catalog_url.rstrip('/')}/b/{bucket}"
    inside = quote(path, safe=_PLAIN)
    if package_name is not None:
        page += f"/packages/{package_name}/tree/{top_hash}"
        return f"{page}/{inside}" if path else page
    if not path:
        return page
    version = f"?version={quote(version_id, safe=_PLAIN)}" if version_id else ""
    return f"{page}/tree/{inside}{version}"
