"""Administration operations: roles and policies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketPermission, Policy, Role, RoleSignup
from quilt_core.domain.keep import KEEP, Keep
from quilt_core.errors import ConflictError, NotFoundError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.testing.memory.session import Session


class AdminAccessOperations:
    """Roles and policies, which refer to each other."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _role(self, id_or_name: str) -> Role:
        self._session.admin()
        found = self._session.catalog.find_role(id_or_name)
        if found is None:
            raise NotFoundError(f"There is no role {id_or_name!r}.")
        return found

    def _policy(self, policy_id: str) -> Policy:
        self._session.admin()
        try:
            return self._session.catalog.policies[policy_id]
        except KeyError:
            raise NotFoundError(f"There is no policy {policy_id!r}.") from None

    def _save(self, role: Role) -> Role:
        """Store a role with its computed permissions, and add it to its policies."""
        catalog = self._session.catalog
        best: dict[str, BucketPermission] = {}
        for policy_id in role.policies:
            for one in catalog.policies[policy_id].permissions:
                if one.bucket not in best or one.level.value > best[one.bucket].level.value:
                    best[one.bucket] = one
        if role.id != "admin-role":
            role = attrs.evolve(role, permissions=tuple(best[name] for name in sorted(best)))
        catalog.roles[role.id] = role
        for policy in list(catalog.policies.values()):
            roles = {*policy.roles} - {role.id}
            if policy.id in role.policies:
                roles.add(role.id)
            catalog.policies[policy.id] = attrs.evolve(policy, roles=tuple(sorted(roles)))
        return role

    def _check_policies(self, policies: Iterable[str]) -> tuple[str, ...]:
        ids = tuple(sorted(set(policies)))
        for policy_id in ids:
            if policy_id not in self._session.catalog.policies:
                raise ValidationError(f"There is no policy {policy_id!r}.")
        return ids

    def _check_name(self, name: str, own: str | None = None) -> None:
        roles = self._session.catalog.roles.values()
        found = next((role for role in roles if role.name == name), None)
        if found is not None and found.id != own:
            raise ConflictError(f"There is a role {name!r}.")

    def _check_sso(self, role: Role) -> None:
        if role.name == self._session.catalog.sso_role():
            raise ConflictError(f"Single sign-on uses the role {role.name!r}.")

    def _check_signup(self, signup: RoleSignup | None, own: str | None = None) -> None:
        if signup is None:
            return
        for role in self._session.catalog.roles.values():
            page = None if role.signup is None else role.signup.page
            if page == signup.page and role.id != own:
                raise ConflictError(f"The role {role.name!r} has the signup page {page!r}.")

    @hookimpl
    def admin_list_roles(self) -> Iterable[Role]:
        self._session.admin()
        return sorted(self._session.catalog.roles.values(), key=lambda role: role.name)

    @hookimpl
    def admin_get_role(self, id_or_name: str) -> Role:
        return self._role(id_or_name)

    @hookimpl
    def admin_get_default_role(self) -> Role:
        self._session.admin()
        if self._session.catalog.default_role is None:
            raise NotFoundError("No default role is set.")
        return self._role(self._session.catalog.default_role)

    @hookimpl
    def admin_create_role(
        self,
        name: str,
        policies: tuple[str, ...] | None,
        arn: str | None,
        default_bucket: str | None,
        signup: RoleSignup | None,
    ) -> Role:
        self._session.admin()
        self._check_name(name)
        self._check_signup(signup)
        role = Role(
            id=self._session.catalog.new_id(),
            name=name,
            arn=arn or f"arn:aws:iam::memory:role/{name}",
            managed=arn is None,
            policies=self._check_policies(policies or ()),
            permissions=(),
            default_bucket=default_bucket,
            signup=signup,
        )
        return self._save(role)

    @hookimpl
    def admin_update_role(
        self,
        id_or_name: str,
        name: str | None,
        policies: tuple[str, ...] | None,
        arn: str | None,
        default_bucket: str | Keep | None,
        signup: RoleSignup | Keep | None,
    ) -> Role:
        role = self._role(id_or_name)
        if (policies is not None and not role.managed) or (arn is not None and role.managed):
            kind = "managed" if role.managed else "unmanaged"
            raise ValidationError(f"The role {role.name!r} is {kind}.")
        changes: dict[str, Any] = {"default_bucket": default_bucket, "signup": signup}
        changes = {field: value for field, value in changes.items() if value is not KEEP}
        self._check_signup(changes.get("signup"), role.id)
        if name not in (None, role.name):
            self._check_sso(role)
        if name is not None:
            self._check_name(name, role.id)
        ids = role.policies if policies is None else self._check_policies(policies)
        if name is not None:
            for user in list(self._session.catalog.users.values()):
                self._rename(user.name, role.name, name)
        return self._save(
            attrs.evolve(role, name=name or role.name, policies=ids, arn=arn or role.arn, **changes)
        )

    def _rename(self, user_name: str, old: str, new: str) -> None:
        users = self._session.catalog.users
        user = users[user_name]
        extra = tuple(sorted(new if one == old else one for one in user.extra_roles))
        active = new if user.role == old else user.role
        users[user_name] = attrs.evolve(user, role=active, extra_roles=extra)

    @hookimpl
    def admin_delete_role(self, id_or_name: str) -> Acknowledgement:
        role = self._role(id_or_name)
        self._check_sso(role)
        for user in self._session.catalog.users.values():
            if role.name in (user.role, *user.extra_roles):
                raise ConflictError(f"The user {user.name!r} has the role {role.name!r}.")
        if role.id == self._session.catalog.default_role:
            raise ConflictError(f"The role {role.name!r} is the default role.")
        self._save(attrs.evolve(role, policies=()))
        del self._session.catalog.roles[role.id]
        return Acknowledgement(action="admin_delete_role", subject=id_or_name)

    @hookimpl
    def admin_set_default_role(self, id_or_name: str) -> Role:
        role = self._role(id_or_name)
        if self._session.catalog.sso_role() not in (None, role.name):
            raise ConflictError("The configuration of single sign-on determines the default role.")
        self._session.catalog.default_role = role.id
        return role

    @hookimpl
    def admin_list_policies(self) -> Iterable[Policy]:
        self._session.admin()
        policies = self._session.catalog.policies.values()
        return sorted(policies, key=lambda policy: (policy.title, policy.id))

    @hookimpl
    def admin_get_policy(self, policy_id: str) -> Policy:
        return self._policy(policy_id)

    @hookimpl
    def admin_create_policy(
        self,
        title: str,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...],
    ) -> Policy:
        self._session.admin()
        policy = Policy(
            id=self._session.catalog.new_id(),
            title=title,
            arn=arn or f"arn:aws:iam::memory:policy/{title}",
            managed=arn is None,
            permissions=(),
            roles=(),
        )
        return self._save_policy(policy, title, permissions or (), arn, roles)

    @hookimpl
    def admin_update_policy(
        self,
        policy_id: str,
        title: str | None,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...] | None,
    ) -> Policy:
        policy = self._policy(policy_id)
        if (permissions is not None and not policy.managed) or (arn and policy.managed):
            kind = "managed" if policy.managed else "unmanaged"
            raise ValidationError(f"The policy {policy.title!r} is {kind}.")
        given = policy.permissions if permissions is None else permissions
        attached = policy.roles if roles is None else roles
        return self._save_policy(policy, title or policy.title, given, arn, attached)

    def _save_policy(
        self,
        policy: Policy,
        title: str,
        permissions: tuple[BucketPermission, ...],
        arn: str | None,
        roles: tuple[str, ...],
    ) -> Policy:
        catalog = self._session.catalog
        for other in catalog.policies.values():
            if other.id != policy.id and (other.title == title or other.arn == arn):
                raise ConflictError(f"Another policy has this title or ARN: {other.title!r}.")
        for one in permissions:
            if one.bucket not in catalog.buckets:
                raise ValidationError(f"The catalog has no bucket {one.bucket!r}.")
        for role_id in roles:
            if role_id not in catalog.roles or not catalog.roles[role_id].managed:
                raise ValidationError(f"There is no managed role {role_id!r}.")
        ordered = tuple(sorted(permissions, key=lambda one: one.bucket))
        changed = attrs.evolve(policy, title=title, permissions=ordered, arn=arn or policy.arn)
        catalog.policies[policy.id] = changed
        for role in list(catalog.roles.values()):
            ids = {*role.policies} - {policy.id}
            if role.id in roles:
                ids.add(policy.id)
            self._save(attrs.evolve(role, policies=tuple(sorted(ids))))
        return catalog.policies[policy.id]

    @hookimpl
    def admin_delete_policy(self, policy_id: str) -> Acknowledgement:
        policy = self._policy(policy_id)
        if policy.roles:
            raise ConflictError(f"Roles have the policy {policy.title!r}.")
        del self._session.catalog.policies[policy_id]
        return Acknowledgement(action="admin_delete_policy", subject=policy_id)
