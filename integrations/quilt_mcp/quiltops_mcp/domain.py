"""Domain objects of quiltops as quilt-mcp's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from quilt_mcp import domain as theirs
from quilt_mcp.domain.role import Role
from quilt_mcp.domain.sso_config import SSOConfig
from quilt_mcp.domain.user import User

import quilt_core

UNKNOWN = "unknown"
"""The text of quilt-mcp's own backends for a required value that is not known."""


def package_info(info: quilt_core.PackageInfo) -> theirs.Package_Info:
    """A package's revision; the commit message replaces a missing description."""
    return theirs.Package_Info(
        name=info.name,
        description=info.description if info.description is not None else info.message,
        tags=list(info.tags),
        modified_date=info.modified.isoformat(),
        registry=info.registry,
        bucket=info.bucket or "",
        top_hash=info.top_hash,
    )


def content_info(info: quilt_core.ContentInfo) -> theirs.Content_Info:
    """A file or directory.

    `download_url` is the object's URI, with its version: quilt-mcp's tools show it as the
    physical key. `get_content_url` makes links.
    """
    return theirs.Content_Info(
        path=info.path,
        size=info.size,
        type=info.type.value,
        modified_date=None,
        download_url=info.physical_key,
        meta=dict(info.metadata) or None,
    )


def bucket_info(info: quilt_core.BucketInfo) -> theirs.Bucket_Info:
    """A bucket; the registry returns neither its region nor the user's rights."""
    return theirs.Bucket_Info(
        name=info.name, region=UNKNOWN, access_level=UNKNOWN, created_date=None
    )


def catalog_config(config: quilt_core.CatalogConfig) -> theirs.Catalog_Config:
    """A catalog's configuration; names that cannot be derived are "unknown"."""
    return theirs.Catalog_Config(
        region=config.region,
        api_gateway_endpoint=config.api_gateway_endpoint,
        registry_url=config.registry_url,
        analytics_bucket=config.analytics_bucket or UNKNOWN,
        stack_prefix=config.stack_prefix or UNKNOWN,
        tabulator_data_catalog=config.tabulator_data_catalog or UNKNOWN,
    )


def revision(
    result: quilt_core.PackageRevisionResult, files: int
) -> theirs.Package_Creation_Result:
    """The result of a write with a number of files."""
    return theirs.Package_Creation_Result(
        package_name=result.package_name,
        top_hash=result.top_hash,
        registry=result.registry,
        catalog_url=result.catalog_url,
        file_count=files,
        success=True,
    )


def table(one: quilt_core.TabulatorTable) -> dict[str, str]:
    """A tabulator table."""
    return {"name": one.name, "config": one.config}


def role(one: quilt_core.Role) -> Role:
    """A role, with its GraphQL type."""
    kind = "ManagedRole" if one.managed else "UnmanagedRole"
    return Role(id=one.id, name=one.name, arn=one.arn, type=kind)


def user(one: quilt_core.User, roles: Iterable[quilt_core.Role] = ()) -> User:
    """A user, whose roles are objects: those of `roles`, and bare names for the rest."""
    known = {each.name: role(each) for each in roles}
    return User(
        name=one.name,
        email=one.email,
        is_active=one.is_active,
        is_admin=one.is_admin,
        is_sso_only=one.is_sso_only,
        is_service=one.is_service,
        date_joined=_text(one.date_joined),
        last_login=_text(one.last_login),
        role=None if one.role is None else _named(one.role, known),
        extra_roles=[_named(name, known) for name in one.extra_roles],
    )


def sso_config(config: quilt_core.SsoConfig, uploader: User | None) -> SSOConfig | None:
    """The single sign-on configuration; None if none is set."""
    if config.text is None:
        return None
    return SSOConfig(text=config.text, timestamp=_text(config.timestamp), uploader=uploader)


def _named(name: str, known: Mapping[str, Role]) -> Role:
    return known.get(name) or Role(id=None, name=name, arn=None, type=UNKNOWN)


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
