"""The small operation groups: catalog, buckets, tabulator, API keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import attrs

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketPermissionLevel
from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus
from quilt_core.domain.buckets import BucketInfo
from quilt_core.domain.catalog import (
    AuthStatus,
    CatalogConfig,
    Health,
    catalog_page,
    derive_stack_prefix,
)
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable
from quilt_core.errors import (
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    ValidationError,
)
from quilt_core.hookspecs import hookimpl
from quilt_core.testing.memory.session import Session


class CatalogOperations:
    """Identity and addresses."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def get_auth_status(self) -> AuthStatus:
        catalog = self._session.catalog
        user = self._session.identity
        if user is None:
            return AuthStatus(
                is_authenticated=False,
                catalog_url=catalog.catalog_url,
                registry_url=catalog.registry_url,
            )
        return AuthStatus(
            is_authenticated=True,
            catalog_url=catalog.catalog_url,
            registry_url=catalog.registry_url,
            user_name=user.name,
            email=user.email,
            is_admin=user.is_admin,
            role=user.role,
            roles=tuple(sorted({*filter(None, [user.role]), *user.extra_roles})),
        )

    @hookimpl
    def get_catalog_config(self, catalog_url: str | None) -> CatalogConfig:
        catalog = self._session.catalog
        if catalog_url not in (None, catalog.catalog_url):
            raise NotFoundError(f"There is no config.json at {catalog_url}.")
        prefix = derive_stack_prefix("memory-analyticsbucket")
        return CatalogConfig(
            catalog_url=catalog.catalog_url,
            registry_url=catalog.registry_url,
            region=catalog.region,
            api_gateway_endpoint=catalog.registry_url,
            s3_proxy=None,
            service_bucket="memory-servicebucket",
            analytics_bucket="memory-analyticsbucket",
            mode="PRODUCT",
            stack_version=None,
            stack_prefix=prefix,
            tabulator_data_catalog=f"quilt-{prefix}-tabulator",
        )

    @hookimpl
    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        return self.get_catalog_config(catalog_url)

    @hookimpl
    def get_registry_url(self) -> str:
        return self._session.catalog.registry_url

    @hookimpl
    def get_catalog_link(
        self,
        package_name: PackageName | None,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        version_id: str | None,
    ) -> str:
        if registry.bucket is None:
            raise NotSupportedError("get_catalog_link", reason=f"{registry} is not a bucket")
        return catalog_page(
            self._session.catalog.catalog_url,
            registry.bucket,
            package_name=package_name,
            top_hash=top_hash.value,
            path=path,
            version_id=version_id,
        )

    @hookimpl
    def switch_role(self, role: str) -> AuthStatus:
        user = self._session.user()
        if role not in (user.role, *user.extra_roles):
            raise NotFoundError(f"{user.name!r} has no role {role!r}.")
        others = {*filter(None, [user.role]), *user.extra_roles} - {role}
        self._session.catalog.users[user.name] = attrs.evolve(
            user, role=role, extra_roles=tuple(sorted(others))
        )
        return self.get_auth_status()

    @hookimpl
    def health(self) -> Health:
        return Health(
            reachable=True,
            registry_url=self._session.catalog.registry_url,
            latency_seconds=0.0,
            message="It lies in memory.",
        )


class BucketOperations:
    """The catalog's buckets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def list_buckets(self) -> Iterable[BucketInfo]:
        configs = self._session.catalog.buckets
        return [
            BucketInfo(
                name=name,
                title=configs[name].title,
                description=configs[name].description,
                icon_url=configs[name].icon_url,
                tags=configs[name].tags,
                relevance_score=configs[name].relevance_score,
                browsable=configs[name].browsable,
            )
            for name in self._session.readable_buckets()
        ]


class TabulatorOperations:
    """Tabulator tables and open query."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def list_tabulator_tables(self, bucket: str) -> Iterable[TabulatorTable]:
        self._check(bucket, write=False)
        tables = self._session.catalog.tables
        return [tables[key] for key in sorted(tables) if key[0] == bucket]

    @hookimpl
    def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        self._check(bucket, write=False)
        return self._find(bucket, table_name)

    @hookimpl
    def create_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        self._check(bucket, write=True)
        self._check_free(bucket, table_name)
        return self._set(bucket, table_name, config)

    @hookimpl
    def update_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        self._check(bucket, write=True)
        self._find(bucket, table_name)
        return self._set(bucket, table_name, config)

    @hookimpl
    def rename_tabulator_table(self, bucket: str, old_name: str, new_name: str) -> TabulatorTable:
        self._check(bucket, write=True)
        table = self._find(bucket, old_name)
        if new_name != old_name:
            self._check_free(bucket, new_name)
        del self._session.catalog.tables[bucket, old_name]
        return self._set(bucket, new_name, table.config)

    @hookimpl
    def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        self._check(bucket, write=True)
        table = self._find(bucket, table_name)
        del self._session.catalog.tables[bucket, table_name]
        return table

    @hookimpl
    def get_open_query_status(self) -> OpenQueryStatus:
        self._session.admin()
        return OpenQueryStatus(enabled=self._session.catalog.open_query)

    @hookimpl
    def set_open_query(self, enabled: bool) -> OpenQueryStatus:
        self._session.admin()
        self._session.catalog.open_query = enabled
        return OpenQueryStatus(enabled=enabled)

    def _check(self, bucket: str, *, write: bool) -> None:
        user, level = self._session.user(), self._session.level(bucket)
        if bucket not in self._session.catalog.buckets or not (level or user.is_admin):
            raise NotFoundError(f"There is no bucket {bucket!r}, or it cannot be read.")
        if write and not (user.is_admin or level is BucketPermissionLevel.READ_WRITE):
            raise PermissionDeniedError(f"This identity may not change the tables of {bucket!r}.")

    def _find(self, bucket: str, name: str) -> TabulatorTable:
        try:
            return self._session.catalog.tables[bucket, name]
        except KeyError:
            raise NotFoundError(f"{bucket!r} has no table {name!r}.") from None

    def _check_free(self, bucket: str, name: str) -> None:
        if (bucket, name) in self._session.catalog.tables:
            raise ConflictError(f"{bucket!r} has a table {name!r}.")

    def _set(self, bucket: str, name: str, config: str) -> TabulatorTable:
        if "schema" not in config:
            raise ValidationError("The configuration has no `schema`.")
        table = TabulatorTable(bucket=bucket, name=name, config=config)
        self._session.catalog.tables[bucket, name] = table
        return table


class ApiKeyOperations:
    """API keys: the user's own and, for administrators, those of all users."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _keys(self, user: str | None, **wanted: object) -> list[ApiKey]:
        found = [
            key
            for owner, key in self._session.catalog.api_keys.values()
            if (user is None or owner == user)
            and all(value is None or getattr(key, name) == value for name, value in wanted.items())
        ]
        return sorted(found, key=lambda key: (-key.created_at.timestamp(), key.id))

    def _key(self, key_id: str, user: str | None) -> ApiKey:
        for key in self._keys(user):
            if key.id == key_id:
                return key
        raise NotFoundError(f"There is no API key {key_id!r}.")

    @hookimpl
    def list_api_keys(
        self, name: str | None, fingerprint: str | None, status: ApiKeyStatus | None
    ) -> Iterable[ApiKey]:
        user = self._session.user().name
        return self._keys(user, name=name, fingerprint=fingerprint, status=status)

    @hookimpl
    def get_api_key(self, key_id: str) -> ApiKey:
        return self._key(key_id, self._session.user().name)

    @hookimpl
    def create_api_key(self, name: str, expires_in_days: int) -> ApiKeyCreated:
        user, catalog = self._session.user(), self._session.catalog
        secret = f"qk_memory_{catalog.new_id()}"
        created = catalog.now()
        key = ApiKey(
            id=catalog.new_id(),
            name=name,
            fingerprint=f"{secret[:5]}…{secret[-3:]}",
            created_at=created,
            expires_at=created + timedelta(days=expires_in_days),
            user_email=user.email,
            status=ApiKeyStatus.ACTIVE,
        )
        catalog.api_keys[key.id] = (user.name, key)
        return ApiKeyCreated(api_key=key, secret=secret)

    @hookimpl
    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        self._key(key_id, self._session.user().name)
        del self._session.catalog.api_keys[key_id]
        return Acknowledgement(action="revoke_api_key", subject=key_id)

    @hookimpl
    def admin_list_api_keys(
        self,
        email: str | None,
        name: str | None,
        fingerprint: str | None,
        status: ApiKeyStatus | None,
    ) -> Iterable[ApiKey]:
        self._session.admin()
        wanted = {"name": name, "fingerprint": fingerprint, "status": status}
        return self._keys(None, user_email=email, **wanted)

    @hookimpl
    def admin_get_api_key(self, key_id: str) -> ApiKey:
        self._session.admin()
        return self._key(key_id, None)

    @hookimpl
    def admin_revoke_api_key(self, key_id: str) -> Acknowledgement:
        self._session.admin()
        self._key(key_id, None)
        del self._session.catalog.api_keys[key_id]
        return Acknowledgement(action="admin_revoke_api_key", subject=key_id)
