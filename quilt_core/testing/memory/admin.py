"""Administration operations: users, SSO, buckets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketConfig, BucketSettings, SsoConfig, User
from quilt_core.errors import ConflictError, NotFoundError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.testing.memory.session import Session


class AdminUserOperations:
    """Users and single sign-on."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _find(self, name: str) -> User:
        self._session.admin()
        try:
            return self._session.catalog.users[name]
        except KeyError:
            raise NotFoundError(f"There is no user {name!r}.") from None

    def _change(self, name: str, **changes: Any) -> User:
        user = attrs.evolve(self._find(name), **changes)
        self._session.catalog.users[name] = user
        return user

    def _check_roles(self, *names: str) -> None:
        for name in names:
            known = (role.name for role in self._session.catalog.roles.values())
            if name not in known:
                raise ValidationError(f"There is no role {name!r}.")

    def _check_email(self, email: str, own: str | None = None) -> None:
        if email.count("@") != 1:
            raise ValidationError(f"{email!r} is not an address.")
        for user in self._session.catalog.users.values():
            if user.email == email and user.name != own:
                raise ConflictError(f"Another user has the address {email!r}.")

    @hookimpl
    def admin_list_users(self) -> Iterable[User]:
        self._session.admin()
        users = self._session.catalog.users
        return [users[name] for name in sorted(users)]

    @hookimpl
    def admin_get_user(self, name: str) -> User:
        return self._find(name)

    @hookimpl
    def admin_create_user(
        self, name: str, email: str, role: str, extra_roles: tuple[str, ...]
    ) -> User:
        self._session.admin()
        if name in self._session.catalog.users:
            raise ConflictError(f"There is a user {name!r}.")
        self._check_email(email)
        self._check_roles(role, *extra_roles)
        self._session.catalog.add_user(name, role=role, extra_roles=extra_roles)
        return self._change(name, email=email)

    @hookimpl
    def admin_delete_user(self, name: str) -> Acknowledgement:
        user = self._find(name)
        if user.name == self._session.user().name:
            raise ValidationError("One cannot delete oneself.")
        del self._session.catalog.users[name]
        keys = self._session.catalog.api_keys
        for key_id in [key_id for key_id, (owner, _) in keys.items() if owner == name]:
            del keys[key_id]
        return Acknowledgement(action="admin_delete_user", subject=name)

    @hookimpl
    def admin_set_user_email(self, name: str, email: str) -> User:
        self._find(name)
        self._check_email(email, name)
        keys = self._session.catalog.api_keys
        for key_id, (owner, key) in list(keys.items()):
            if owner == name:
                keys[key_id] = (owner, attrs.evolve(key, user_email=email))
        return self._change(name, email=email)

    @hookimpl
    def admin_set_user_admin(self, name: str, admin: bool) -> User:
        return self._change(name, is_admin=admin)

    @hookimpl
    def admin_set_user_active(self, name: str, active: bool) -> User:
        return self._change(name, is_active=active)

    @hookimpl
    def admin_reset_user_password(self, name: str) -> Acknowledgement:
        self._find(name)
        return Acknowledgement(action="admin_reset_user_password", subject=name)

    @hookimpl
    def admin_set_user_role(
        self, name: str, role: str, extra_roles: tuple[str, ...] | None, append: bool
    ) -> User:
        user = self._find(name)
        self._check_roles(role, *(extra_roles or ()))
        extra = set(extra_roles or ())
        if append:
            extra |= {*user.extra_roles, *filter(None, [user.role])}
        return self._change(name, role=role, extra_roles=tuple(sorted(extra - {role})))

    @hookimpl
    def admin_add_user_roles(self, name: str, roles: tuple[str, ...]) -> User:
        user = self._find(name)
        self._check_roles(*roles)
        return self._change(
            name, extra_roles=tuple(sorted({*user.extra_roles, *roles} - {user.role}))
        )

    @hookimpl
    def admin_remove_user_roles(
        self, name: str, roles: tuple[str, ...], fallback: str | None
    ) -> User:
        user = self._find(name)
        self._check_roles(*roles, *filter(None, [fallback]))
        left = [role for role in user.extra_roles if role not in roles]
        active = user.role if user.role not in roles else fallback or next(iter(left), None)
        if active is None:
            raise ValidationError(f"No role of {name!r} would remain.")
        return self._change(
            name, role=active, extra_roles=tuple(role for role in left if role != active)
        )

    @hookimpl
    def admin_get_sso_config(self) -> SsoConfig:
        self._session.admin()
        return self._session.catalog.sso

    @hookimpl
    def admin_set_sso_config(self, config: str) -> SsoConfig:
        uploader = self._session.admin().name
        if "version" not in config:
            raise ValidationError("The configuration has no `version`.")
        catalog, before = self._session.catalog, self._session.catalog.sso
        catalog.sso = SsoConfig(text=config, timestamp=catalog.now(), uploader=uploader)
        named = catalog.sso_role()
        if named is not None and named not in [role.name for role in catalog.roles.values()]:
            catalog.sso = before
            raise ValidationError(f"There is no role {named!r}.")
        return catalog.sso

    @hookimpl
    def admin_remove_sso_config(self) -> SsoConfig:
        self._session.admin()
        self._session.catalog.sso = SsoConfig(text=None)
        return self._session.catalog.sso


class AdminBucketOperations:
    """The catalog's buckets, as administrators configure them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def admin_list_buckets(self) -> Iterable[BucketConfig]:
        self._session.admin()
        buckets = self._session.catalog.buckets
        return [buckets[name] for name in sorted(buckets)]

    @hookimpl
    def admin_get_bucket(self, name: str) -> BucketConfig:
        self._session.admin()
        try:
            return self._session.catalog.buckets[name]
        except KeyError:
            raise NotFoundError(f"The catalog has no bucket {name!r}.") from None

    @hookimpl
    def admin_add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        self._session.admin()
        catalog = self._session.catalog
        if name in catalog.buckets:
            raise ConflictError(f"The catalog has the bucket {name!r}.")
        if name not in catalog.foreign_buckets:
            raise NotFoundError(f"There is no S3 bucket {name!r}.")
        catalog.add_bucket(name)
        return self._set(name, settings)

    @hookimpl
    def admin_update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        self.admin_get_bucket(name)
        return self._set(name, settings)

    @hookimpl
    def admin_remove_bucket(self, name: str) -> Acknowledgement:
        self.admin_get_bucket(name)
        del self._session.catalog.buckets[name]
        self._session.catalog.foreign_buckets.add(name)
        return Acknowledgement(action="admin_remove_bucket", subject=name)

    @hookimpl
    def admin_reindex_bucket(self, name: str, prefix: str | None) -> Acknowledgement:
        # Searches scan the objects themselves, so there is nothing to do.
        found, now = self.admin_get_bucket(name), self._session.catalog.now()
        self._session.catalog.buckets[name] = attrs.evolve(found, last_indexed=now)
        return Acknowledgement(action="admin_reindex_bucket", subject=name)

    def _set(self, name: str, settings: BucketSettings) -> BucketConfig:
        given = {
            field.name: getattr(settings, field.name)
            for field in attrs.fields(BucketSettings)
            if getattr(settings, field.name) is not None
        }
        changed = attrs.evolve(self._session.catalog.buckets[name], **given)
        self._session.catalog.buckets[name] = changed
        return changed
