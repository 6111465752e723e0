"""Behaviours of administering users (U-…)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quilt_core import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    ValidationError,
)
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour


class AdminUsers(AdminBehaviours):
    """Users."""

    @behaviour(
        "U-1",
        "admin_create_user",
        "admin_get_user",
        "admin_list_users",
        "admin_delete_user",
        "admin_list_roles",
        users=ADMIN,
    )
    def test_the_life_of_a_user(self, root: QuiltOps) -> None:
        """A created user comes back with name, email, role and extra roles, active and not an
        administrator, and reading and listing give the same user. Users are listed by name. After
        the deletion, reading raises NotFoundError, and the name and email can be used again.
        """
        name = unique("ada")
        role, extra = [root.admin.create_role(unique("R"), policies=[]).name for _ in range(2)]
        user = root.admin.create_user(name, f"{name}@example.com", role, [extra])
        assert (user.name, user.email, user.role) == (name, f"{name}@example.com", role)
        assert user.extra_roles == (extra,)
        assert user.is_active
        assert not user.is_admin
        assert root.admin.get_user(name) == user
        listed = root.admin.list_users()
        assert user in listed
        assert [one.name for one in listed] == sorted(one.name for one in listed)
        root.admin.delete_user(name)
        with pytest.raises(NotFoundError):
            root.admin.get_user(name)
        assert name not in [one.name for one in root.admin.list_users()]
        again = root.admin.create_user(name, f"{name}@example.com", extra)
        assert (again.role, again.extra_roles) == (extra, ())

    @behaviour(
        "U-2",
        "admin_set_user_email",
        "admin_set_user_admin",
        "admin_set_user_active",
        "admin_set_user_role",
        "admin_add_user_roles",
        "admin_remove_user_roles",
        "admin_reset_user_password",
        users=ADMIN,
    )
    def test_each_change_of_a_user_is_told_and_read_back(self, root: QuiltOps) -> None:
        """Every change of a user (email, administrator, active, roles) returns the user as it then
        is, and the next reading gives the same. Roles that are added are extra roles. When the role
        is removed, the fallback takes its place and is no longer an extra role. `append` keeps the
        roles that the user has. Resetting the password returns the user's name.
        """
        admin, name = root.admin, unique("bob")
        roles = sorted(admin.create_role(unique("R"), policies=[]).name for _ in range(3))
        admin.create_user(name, f"{name}@example.com", roles[0])
        email = f"{name}@example.org"
        assert admin.set_user_email(name, email).email == email
        assert admin.set_user_admin(name, True).is_admin
        assert not admin.set_user_admin(name, False).is_admin
        assert not admin.set_user_active(name, False).is_active
        assert admin.set_user_active(name, True).is_active
        assert admin.add_user_roles(name, roles[1:]).extra_roles == tuple(roles[1:])
        user = admin.remove_user_roles(name, [roles[0]], roles[2])
        assert (user.role, user.extra_roles) == (roles[2], (roles[1],))
        user = admin.set_user_role(name, roles[0])
        assert user.role == roles[0]
        user = admin.set_user_role(name, roles[1], [roles[2]], append=True)
        assert user.role == roles[1]
        assert set(user.extra_roles) >= {roles[2]}
        assert admin.reset_user_password(name).subject == name
        assert admin.get_user(name) == user

    @behaviour(
        "U-3",
        "admin_get_user",
        "admin_delete_user",
        "admin_set_user_email",
        "admin_set_user_admin",
        "admin_set_user_active",
        "admin_set_user_role",
        "admin_add_user_roles",
        "admin_remove_user_roles",
        "admin_reset_user_password",
        users=ADMIN,
    )
    def test_an_unknown_user(self, root: QuiltOps) -> None:
        """Reading, changing or deleting a user that does not exist raises NotFoundError."""
        admin = root.admin
        role = admin.list_roles()[0].name
        for call in (
            lambda: admin.get_user("nobody-here"),
            lambda: admin.delete_user("nobody-here"),
            lambda: admin.set_user_email("nobody-here", "a@example.com"),
            lambda: admin.set_user_admin("nobody-here", True),
            lambda: admin.set_user_active("nobody-here", True),
            lambda: admin.set_user_role("nobody-here", role),
            lambda: admin.add_user_roles("nobody-here", [role]),
            lambda: admin.remove_user_roles("nobody-here", [role]),
            lambda: admin.reset_user_password("nobody-here"),
        ):
            with pytest.raises(NotFoundError):
                call()

    @behaviour("U-4", "admin_create_user", "admin_set_user_email", users=ADMIN)
    def test_what_is_taken_or_malformed(self, root: QuiltOps) -> None:
        """A name or an email that another user has raises ConflictError, when creating and when
        changing, also if that user is locked out or an administrator. A malformed email and an
        unknown role, extra roles included, raise ValidationError.
        """
        admin = root.admin
        role = admin.create_role(unique("R"), policies=[]).name
        one, two = unique("one"), unique("two")
        admin.create_user(one, f"{one}@example.com", role)
        with pytest.raises(NotFoundError):  # it is not a name
            admin.get_user(f"{one}@example.com")
        with pytest.raises(ConflictError):
            admin.create_user(one, f"{two}@example.com", role)
        with pytest.raises(ConflictError):
            admin.create_user(two, f"{one}@example.com", role)
        with pytest.raises(ValidationError):
            admin.create_user(two, "no address", role)
        with pytest.raises(ValidationError):
            admin.create_user(two, f"{two}@example.com", "no-such-role")
        with pytest.raises(ValidationError):
            admin.create_user(two, f"{two}@example.com", role, ["no-such-role"])
        admin.create_user(two, f"{two}@example.com", role)
        with pytest.raises(ConflictError):
            admin.set_user_email(two, f"{one}@example.com")
        for change in (admin.set_user_active, admin.set_user_admin):
            change(one, change == admin.set_user_admin)
            before = [admin.get_user(name) for name in (one, two)]
            for name in (one, unique("three")):
                with pytest.raises(ConflictError):
                    admin.create_user(name, f"{one}@example.com", role)
            with pytest.raises(ConflictError):
                admin.create_user(one, f"{unique('three')}@example.com", role)
            with pytest.raises(ConflictError):
                admin.set_user_email(two, f"{one}@example.com")
            assert [admin.get_user(name) for name in (one, two)] == before

    @behaviour(
        "U-5", "admin_create_user", "admin_get_user", "admin_set_user_role",
        "admin_add_user_roles", users=ADMIN,
    )  # fmt: skip
    def test_unknown_roles_are_refused(self, root: QuiltOps) -> None:
        """A role that the catalog does not have raises ValidationError or NotFoundError in every
        call that would give it to a user, even together with roles that exist; the user stays as
        before.
        """
        admin, name = root.admin, unique("hal")
        one, two = (admin.create_role(unique("R"), policies=[]).name for _ in "12")
        before = admin.create_user(name, f"{name}@example.com", one)
        calls: tuple[Callable[[], object], ...] = (
            lambda: admin.set_user_role(name, "no-such-role"),
            lambda: admin.set_user_role(name, two, ["no-such-role"]),
            lambda: admin.set_user_role(name, two, [one, "no-such-role"], append=True),
            lambda: admin.add_user_roles(name, ["no-such-role"]),
            lambda: admin.add_user_roles(name, [two, "no-such-role"]),
        )
        for call in calls:
            with pytest.raises((ValidationError, NotFoundError)):
                call()
            assert admin.get_user(name) == before

    @behaviour("U-15", "admin_set_user_admin", "admin_list_users", "get_auth_status", users=ADMIN)
    def test_who_is_an_administrator(self, ops: QuiltOps, root: QuiltOps) -> None:
        """Users who are made administrators are shown as such by their own status, and administer
        at once, whatever their role is; when that is revoked, they no longer do.
        """
        name = ops.get_auth_status().user_name
        assert name is not None
        root.admin.set_user_admin(name, True)
        try:
            assert ops.get_auth_status().is_admin
            assert name in [one.name for one in ops.admin.list_users()]
        finally:
            root.admin.set_user_admin(name, False)
        assert not ops.get_auth_status().is_admin
        with pytest.raises(PermissionDeniedError):
            ops.admin.list_users()

    @behaviour(
        "U-12", "admin_remove_user_roles", "admin_delete_user", "admin_create_user",
        "admin_set_user_admin", "admin_set_user_active", users=ADMIN,
    )  # fmt: skip
    def test_what_would_lock_somebody_out(self, root: QuiltOps) -> None:
        """A user's last role cannot be removed, and administrators cannot delete their own
        accounts: ValidationError is raised, and everything stays as it was. Another administrator
        can be deleted, and one who is locked out, too; the name and the address are free again.
        """
        admin, name = root.admin, unique("di")
        role = admin.create_role(unique("R"), policies=[]).name
        before = admin.create_user(name, f"{name}@example.com", role)
        with pytest.raises(ValidationError):
            admin.remove_user_roles(name, [role])
        assert admin.get_user(name) == before
        me = root.get_auth_status().user_name
        assert me is not None
        with pytest.raises(ValidationError):
            admin.delete_user(me)
        assert admin.get_user(me).name == me
        for active in (True, False):
            other, mail = unique("ad"), f"{unique('ad')}@example.com"
            admin.create_user(other, mail, role)
            admin.set_user_admin(other, True)
            admin.set_user_active(other, active)
            admin.delete_user(other)
            with pytest.raises(NotFoundError):
                admin.get_user(other)
            assert not admin.create_user(other, mail, role).is_admin
