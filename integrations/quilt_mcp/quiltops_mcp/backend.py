"""quilt-mcp's `QuiltOps`, answered by quiltops."""

from __future__ import annotations

import logging
from typing import Any

from quilt_mcp.domain import (
    Auth_Status,
    Bucket_Info,
    Catalog_Config,
    Content_Info,
    Package_Creation_Result,
    Package_Info,
)
from quilt_mcp.ops.quilt_ops import QuiltOps
from quilt_mcp.utils.common import get_dns_name_from_url

import quilt_core
from quilt_core import BackendError, ConflictError, QuiltOpsError, ValidationError
from quiltops_mcp import domain
from quiltops_mcp.admin import QuiltopsAdmin
from quiltops_mcp.connection import Connection
from quiltops_mcp.primitives import without_primitives

logger = logging.getLogger(__name__)


@without_primitives
class QuiltopsBackend(QuiltOps):  # type: ignore[misc]  # quilt-mcp is not there to be checked
    """The operations of quilt-mcp's tools on one connection of quiltops.

    Each call acts as the user of the request that quilt-mcp serves at that moment, and raises
    quilt-mcp's errors. Parameters and answers are those of `quilt_mcp.ops.quilt_ops.QuiltOps`.

    Parameters
    ----------
    connection:
        The connection to quiltops.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._admin = QuiltopsAdmin(connection)

    @property
    def admin(self) -> QuiltopsAdmin:
        """Users, roles and single sign-on."""
        return self._admin

    # Who and where

    def get_auth_status(self) -> Auth_Status:
        """The user, and the catalog's name and region."""
        with self._connection.acting() as ops:
            status = ops.get_auth_status()
            config = _config(ops, status)
            return Auth_Status(
                is_authenticated=status.is_authenticated,
                logged_in_url=status.catalog_url if status.is_authenticated else None,
                catalog_name=status.catalog_url and get_dns_name_from_url(status.catalog_url),
                registry_url=status.registry_url,
                region=config and config.region,
                tabulator_data_catalog=config and config.tabulator_data_catalog,
            )

    def get_catalog_config(self, catalog_url: str) -> Catalog_Config:
        """A catalog's configuration."""
        with self._connection.acting() as ops:
            return domain.catalog_config(ops.get_catalog_config(catalog_url))

    def configure_catalog(self, catalog_url: str) -> None:
        """Move to another catalog; a server for many users accepts only the same one."""
        with self._connection.acting() as ops:
            used = ops.get_auth_status().catalog_url
            if used is None or used.rstrip("/") != catalog_url.rstrip("/"):
                ops.configure_catalog(catalog_url)

    def get_registry_url(self) -> str:
        """The registry's https:// address; an error where quilt-mcp's backends say None.

        On None, quilt-mcp's search would use the quilt3 login of this machine.
        """
        with self._connection.acting() as ops:
            return ops.get_registry_url()

    def get_graphql_endpoint(self) -> str:
        """The address of GraphQL queries."""
        with self._connection.acting() as ops:
            return ops.get_graphql_endpoint()

    def get_graphql_auth_headers(self) -> dict[str, str]:
        """Headers that authenticate there."""
        with self._connection.acting() as ops:
            return ops.get_graphql_auth_headers()

    def execute_graphql_query(
        self, query: str, variables: dict[str, Any] | None = None, registry: str | None = None
    ) -> dict[str, Any]:
        """The whole response to a GraphQL document, `{"data": …}`."""
        with self._connection.acting() as ops:
            return ops.execute_graphql_query(query, variables, registry)

    def get_aws_client(self, service_name: str, region: str | None = None) -> Any:
        """A boto3 client with the user's rights; never with those of this process."""
        with self._connection.acting() as ops:
            return ops.get_boto3_client(service_name, region)

    # Packages

    def list_buckets(self) -> list[Bucket_Info]:
        """The catalog's buckets."""
        with self._connection.acting() as ops:
            return [domain.bucket_info(one) for one in ops.list_buckets()]

    def search_packages(self, query: str, registry: str) -> list[Package_Info]:
        """Every package that matches, once; all of them for an empty text."""
        with self._connection.acting() as ops:
            return [domain.package_info(one) for one in ops.search_packages(query, registry)]

    def get_package_info(self, package_name: str, registry: str) -> Package_Info:
        """The latest revision of a package."""
        with self._connection.acting() as ops:
            return domain.package_info(ops.get_package_info(package_name, registry))

    def get_package_metadata(self, package_name: str, registry: str) -> dict[str, Any]:
        """The latest revision's user metadata."""
        with self._connection.acting() as ops:
            return ops.get_package_metadata(package_name, registry)

    def browse_content(
        self, package_name: str, registry: str, path: str = ""
    ) -> list[Content_Info]:
        """All files at and below a path, with full paths, as quilt-mcp's tools expect them."""
        with self._connection.acting() as ops:
            found = ops.browse_content(package_name, registry, path, recursive=True)
            return [domain.content_info(one) for one in found]

    def get_content_url(self, package_name: str, registry: str, path: str) -> str:
        """A URL that downloads one file, for a limited time."""
        with self._connection.acting() as ops:
            return ops.get_content_url(package_name, registry, path)

    def diff_packages(
        self,
        package1_name: str,
        package2_name: str,
        registry: str,
        package1_hash: str | None = None,
        package2_hash: str | None = None,
    ) -> dict[str, list[str]]:
        """The keys that were added, deleted and modified between the first revision and
        the second.
        """
        with self._connection.acting() as ops:
            found = ops.diff_packages(
                package1_name, package2_name, registry, package1_hash, package2_hash
            )
            return {
                "added": list(found.added),
                "deleted": list(found.deleted),
                "modified": list(found.modified),
            }

    def create_package_revision(
        self,
        package_name: str,
        s3_uris: list[str],
        metadata: dict[str, Any] | None = None,
        registry: str | None = None,
        message: str = "Package created via QuiltOps",
        auto_organize: bool = True,
        copy: bool = False,
    ) -> Package_Creation_Result:
        """Publish a revision of exactly these objects."""
        with self._connection.acting() as ops:
            _check_registry(registry, ops)
            done = ops.create_package_revision(
                package_name, s3_uris, metadata, registry, message, auto_organize, copy
            )
            return domain.revision(done, done.total_entries)

    def update_package_revision(
        self,
        package_name: str,
        s3_uris: list[str],
        registry: str,
        metadata: dict[str, Any] | None = None,
        message: str = "Package updated via QuiltOps",
        auto_organize: bool = False,
        copy: str = "none",
    ) -> Package_Creation_Result:
        """Publish the latest revision with these objects added; a wrong URI raises an error.

        `file_count` is the number of files that were given, as in quilt-mcp's own backends.
        """
        with self._connection.acting() as ops:
            _check_registry(registry, ops)
            if not s3_uris:
                raise ValidationError("The list of objects is empty, and an update adds objects.")
            done = ops.update_package_revision(
                package_name, s3_uris, registry, metadata, message, auto_organize,
                "all" if copy == "all" else "none",
            )  # fmt: skip
            return domain.revision(done, len(done.added) + len(done.replaced))

    def delete_package(self, bucket: str, name: str) -> bool:
        """Delete a package with all revisions; raises an error instead of returning False if one is
        left.
        """
        with self._connection.acting() as ops:
            done = ops.delete_package(name, bucket)
            if not done.is_complete:
                raise BackendError(
                    f"{len(done.deleted)} revisions of {name} are deleted, and "
                    f"{len(done.failed)} are not: "
                    + "; ".join(f"{one.top_hash[:8]}: {one.reason}" for one in done.failed),
                    operation="delete_package",
                    backend=ops.backend_name,
                )
            return True

    # Tabulator

    def list_tabulator_tables(self, bucket: str) -> list[dict[str, str]]:
        """A bucket's tables: `name` and `config`."""
        with self._connection.acting() as ops:
            return [domain.table(one) for one in ops.list_tabulator_tables(bucket)]

    def get_tabulator_table(self, bucket: str, table_name: str) -> dict[str, str]:
        """One table."""
        with self._connection.acting() as ops:
            return domain.table(ops.get_tabulator_table(bucket, table_name))

    def create_tabulator_table(
        self, bucket: str, table_name: str, config: str | None
    ) -> dict[str, Any]:
        """Make a table, or overwrite one of that name; None deletes it."""
        if config is None:
            return self.delete_tabulator_table(bucket, table_name)
        with self._connection.acting() as ops:
            try:
                done = ops.create_tabulator_table(bucket, table_name, config)
            except ConflictError:  # there is one
                done = ops.update_tabulator_table(bucket, table_name, config)
            return domain.table(done)

    def update_tabulator_table(self, bucket: str, table_name: str, config: str) -> dict[str, Any]:
        """Like `create_tabulator_table`, as quilt-mcp defines it."""
        return self.create_tabulator_table(bucket, table_name, config)

    def rename_tabulator_table(self, bucket: str, old_name: str, new_name: str) -> dict[str, Any]:
        """Rename a table."""
        with self._connection.acting() as ops:
            return domain.table(ops.rename_tabulator_table(bucket, old_name, new_name))

    def delete_tabulator_table(self, bucket: str, table_name: str) -> dict[str, Any]:
        """Delete a table; returns the table as it was."""
        with self._connection.acting() as ops:
            return domain.table(ops.delete_tabulator_table(bucket, table_name))

    def get_open_query_status(self) -> dict[str, Any]:
        """Whether tables may be queried with any AWS identity."""
        with self._connection.acting() as ops:
            return {"success": True, "open_query_enabled": ops.get_open_query_status().enabled}

    def set_open_query(self, enabled: bool) -> dict[str, Any]:
        """Allow or forbid querying tables with any AWS identity."""
        with self._connection.acting() as ops:
            now = ops.set_open_query(enabled).enabled
            said = "enabled" if now else "disabled"
            return {"success": True, "open_query_enabled": now, "message": f"Open query {said}"}


def _config(
    ops: quilt_core.QuiltOps, status: quilt_core.AuthStatus
) -> quilt_core.CatalogConfig | None:
    """The catalog's configuration; None if there is none or it cannot be read now."""
    if status.catalog_url is None:
        return None
    try:
        return ops.get_catalog_config()
    except QuiltOpsError as error:
        logger.warning("The status lacks the catalog's region: %s", error)
        return None


def _check_registry(given: str | None, ops: quilt_core.QuiltOps) -> None:
    """Refuse, before anything is written, a write for which quilt-mcp has no result.

    Raises
    ------
    ValidationError
        When the registry's scheme is not s3://.
    """
    registry = ops.settings.registry if given is None else given
    if registry is not None and not str(registry).startswith("s3://"):
        raise ValidationError(
            f"{registry} is not a registry for quilt-mcp's tools.",
            hint="They know registries like s3://bucket.",
        )
