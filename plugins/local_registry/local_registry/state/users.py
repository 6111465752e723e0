"""Users and the roles that they have."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Sequence

from local_registry.clock import Clock, to_datetime
from local_registry.identity.errors import InvalidInputError, MissingError, OperationFailedError
from local_registry.identity.model import User
from local_registry.state.database import Database

_NAME = re.compile(r"[A-Za-z0-9_][\w.@+-]{0,63}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class UserStore:
    """The registry's users, by name. They have no passwords: tokens are given out directly."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def list(self) -> list[User]:
        """All users, by name."""
        return [self._user(row) for row in self._db.all("SELECT * FROM users ORDER BY name")]

    def get(self, name: str) -> User | None:
        """The user of this name."""
        row = self._db.one("SELECT * FROM users WHERE name = ?", name)
        return self._user(row) if row else None

    def get_by_id(self, user_id: str) -> User | None:
        """The user with this id."""
        row = self._db.one("SELECT * FROM users WHERE id = ?", user_id)
        return self._user(row) if row else None

    def create(
        self,
        *,
        name: str,
        email: str,
        role: str,
        extra_roles: Sequence[str] = (),
        is_admin: bool = False,
        is_active: bool = True,
    ) -> User:
        """Make a user with an active role and extra roles (names).

        Raises `InvalidInputError`: `input.name` or `input.email` (Invalid or Conflict),
        `input.role`, `input.extraRoles` (RoleDoesNotExist).
        """
        with self._db.transaction():
            self._check_new(name, email)
            self._role_id(role, "input.role")
            roles = {extra: self._role_id(extra, "input.extraRoles") for extra in extra_roles}
            roles = {role: self._role_id(role, "input.role"), **roles}
            user_id, now = str(uuid.uuid4()), self._clock()
            self._db.run(
                "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
                *(user_id, name, email, now, now, is_active, is_admin),
            )
            self._write_roles(user_id, list(roles.values()))
            return self._must_get(name)

    def delete(self, name: str, *, by: str | None = None) -> None:
        """Remove a user, on behalf of the user named `by`.

        Raises `MissingError`, `OperationFailedError` (DeleteSelf).
        """
        user = self._must_get(name)
        if name == by:
            raise OperationFailedError("DeleteSelf", "You cannot delete yourself")
        self._db.run("DELETE FROM users WHERE id = ?", user.id)

    def set_email(self, name: str, email: str) -> User:
        """Change the address.

        Raises `MissingError`, `InvalidInputError` (`email`, InvalidEmail),
        `OperationFailedError` (EmailAlreadyInUse).
        """
        with self._db.transaction():
            user = self._must_get(name)
            if not _EMAIL.fullmatch(email):
                raise InvalidInputError.at("email", "InvalidEmail", f"Not an address: {email!r}")
            other = self._db.one("SELECT id FROM users WHERE email = ?", email)
            if other and other["id"] != user.id:
                raise OperationFailedError("EmailAlreadyInUse", "Another user has this address")
            self._db.run("UPDATE users SET email = ? WHERE id = ?", email, user.id)
            return self._must_get(name)

    def set_admin(self, name: str, is_admin: bool) -> User:
        """Make a user an administrator, or revoke this; raises `MissingError`."""
        user = self._must_get(name)
        self._db.run("UPDATE users SET is_admin = ? WHERE id = ?", is_admin, user.id)
        return self._must_get(name)

    def set_active(self, name: str, is_active: bool) -> User:
        """Activate or deactivate a user; raises `MissingError`."""
        user = self._must_get(name)
        self._db.run("UPDATE users SET is_active = ? WHERE id = ?", is_active, user.id)
        return self._must_get(name)

    def reset_password(self, name: str) -> None:
        """End a user's sessions, as a new password does; keys stay. Raises `MissingError`."""
        user = self._must_get(name)
        self._db.run("DELETE FROM tokens WHERE user_id = ?", user.id)

    def set_role(
        self,
        name: str,
        role: str,
        extra_roles: Sequence[str] | None = None,
        *,
        append: bool = False,
    ) -> User:
        """Replace the user's roles by an active role and extra roles (names) or, with `append`, add
        them.

        Raises `MissingError`, `InvalidInputError` (`role`, `extraRoles`: RoleDoesNotExist).
        """
        with self._db.transaction():
            user = self._must_get(name)
            active = self._role_id(role, "role")
            extra = [self._role_id(each, "extraRoles") for each in extra_roles or ()]
            kept = self._role_ids(user.id) if append else []
            self._write_roles(user.id, [active, *kept, *extra])
            return self._must_get(name)

    def add_roles(self, name: str, roles: Sequence[str]) -> User:
        """Add extra roles (names).

        Raises `MissingError`, `InvalidInputError` (`roles`: RoleDoesNotExist).
        """
        with self._db.transaction():
            user = self._must_get(name)
            added = [self._role_id(each, "roles") for each in roles]
            self._write_roles(user.id, [*self._role_ids(user.id), *added])
            return self._must_get(name)

    def remove_roles(self, name: str, roles: Sequence[str], fallback: str | None = None) -> User:
        """Remove roles (names). If the active one is removed, `fallback` becomes active, or
        otherwise the first that remains.

        Raises `MissingError`, `InvalidInputError` (`roles`: RoleDoesNotExist, or NoRolesLeft;
        `fallback`: RoleDoesNotExist, or InvalidFallback for a role that is taken away).
        """
        with self._db.transaction():
            user = self._must_get(name)
            gone = {self._role_id(each, "roles") for each in roles}
            had = self._role_ids(user.id)
            left = [role_id for role_id in had if role_id not in gone]
            if fallback is not None:
                fallback_id = self._role_id(fallback, "fallback")
                if fallback_id in gone:
                    raise InvalidInputError.at(
                        "fallback", "InvalidFallback", f"{fallback!r} is one of those to remove"
                    )
                if had and had[0] in gone:
                    left.insert(0, fallback_id)
            if not left:
                raise InvalidInputError.at("roles", "NoRolesLeft", "A user needs a role")
            self._write_roles(user.id, left)
            return self._must_get(name)

    def switch_role(self, name: str, role: str) -> User:
        """Make another of the user's own roles the active one.

        Raises `MissingError`, `InvalidInputError` (`roleName`: RoleNotAssigned).
        """
        with self._db.transaction():
            user = self._must_get(name)
            if role not in user.roles:
                raise InvalidInputError.at(
                    "roleName", "RoleNotAssigned", f"You do not have the role {role!r}"
                )
            active = self._role_id(role, "roleName")
            self._write_roles(user.id, [active, *self._role_ids(user.id)])
            return self._must_get(name)

    def note_login(self, user_id: str) -> None:
        """Remember that the user logged in now."""
        self._db.run("UPDATE users SET last_login = ? WHERE id = ?", self._clock(), user_id)

    def _user(self, row: sqlite3.Row) -> User:
        roles = self._db.all(
            """SELECT o.name FROM user_roles u JOIN roles o ON o.id = u.role_id
               WHERE u.user_id = ? ORDER BY u.position""",
            row["id"],
        )
        names = [role["name"] for role in roles]
        return User(
            id=row["id"],
            name=row["name"],
            email=row["email"],
            date_joined=to_datetime(row["date_joined"]),
            last_login=to_datetime(row["last_login"]),
            is_active=bool(row["is_active"]),
            is_admin=bool(row["is_admin"]),
            is_sso_only=bool(row["is_sso_only"]),
            is_service=bool(row["is_service"]),
            role=names[0] if names else None,
            extra_roles=tuple(names[1:]),
        )

    def _must_get(self, name: str) -> User:
        user = self.get(name)
        if user is None:
            raise MissingError(f"There is no user {name!r}")
        return user

    def _check_new(self, name: str, email: str) -> None:
        if not _NAME.fullmatch(name):
            raise InvalidInputError.at("input.name", "Invalid", f"Not a user's name: {name!r}")
        if self.get(name):
            raise InvalidInputError.at("input.name", "Conflict", f"There is a user {name!r}")
        if not _EMAIL.fullmatch(email):
            raise InvalidInputError.at("input.email", "Invalid", f"Not an address: {email!r}")
        if self._db.one("SELECT 1 FROM users WHERE email = ?", email):
            raise InvalidInputError.at("input.email", "Conflict", "Another user has this address")

    def _role_id(self, name: str, path: str) -> str:
        row = self._db.one("SELECT id FROM roles WHERE name = ?", name)
        if row is None:
            raise InvalidInputError.at(path, "RoleDoesNotExist", f"There is no role {name!r}")
        return str(row["id"])

    def _role_ids(self, user_id: str) -> Sequence[str]:
        rows = self._db.all(
            "SELECT role_id FROM user_roles WHERE user_id = ? ORDER BY position", user_id
        )
        return [row["role_id"] for row in rows]

    def _write_roles(self, user_id: str, role_ids: Sequence[str]) -> None:
        self._db.run("DELETE FROM user_roles WHERE user_id = ?", user_id)
        self._db.run_many(
            "INSERT INTO user_roles VALUES (?, ?, ?)",
            [(user_id, role_id, n) for n, role_id in enumerate(dict.fromkeys(role_ids))],
        )
