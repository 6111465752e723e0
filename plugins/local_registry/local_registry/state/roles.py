"""Roles: managed ones that carry policies, unmanaged ones that carry an ARN."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Sequence

from local_registry.identity.errors import MemberError, MissingError
from local_registry.identity.model import Level, Permission, Role, RoleDetails, RoleSignup
from local_registry.state.database import Database
from local_registry.state.settings import SettingsStore
from local_registry.state.sso import SsoStore

MAX_POLICIES = 20  # as AWS attaches at most to one role, counting those of the stack
_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_RESERVED = frozenset({"root", "admin"})
_DEFAULT = "default_role"
_ACCOUNT = "000000000000"
_AS_IT_IS = RoleDetails()


def _role(row: sqlite3.Row) -> Role:
    return Role(id=row["id"], name=row["name"], arn=row["arn"], managed=bool(row["managed"]))


class RoleStore:
    """The roles of the registry, by id or name; errors are `MemberError` with the GraphQL name."""

    def __init__(self, database: Database, settings: SettingsStore, sso: SsoStore) -> None:
        self._db = database
        self._settings = settings
        self._sso = sso

    def list(self) -> list[Role]:
        """All roles, by name."""
        return [_role(row) for row in self._db.all("SELECT * FROM roles ORDER BY name")]

    def get(self, role_id: str) -> Role | None:
        """The role with this id."""
        row = self._db.one("SELECT * FROM roles WHERE id = ?", role_id)
        return _role(row) if row else None

    def find(self, name: str) -> Role | None:
        """The role with this name."""
        row = self._db.one("SELECT * FROM roles WHERE name = ?", name)
        return _role(row) if row else None

    def get_default(self) -> Role | None:
        """The role that new users get; `None` when none was set."""
        role_id = self._settings.get(_DEFAULT)
        return self.get(role_id) if role_id else None

    def create_managed(
        self, name: str, policy_ids: Sequence[str] = (), details: RoleDetails = _AS_IT_IS
    ) -> Role:
        """Make a role with policies (ids, all of them managed or not).

        Raises `MemberError` (RoleNameReserved, RoleNameInvalid, RoleNameExists,
        RoleHasTooManyPoliciesToAttach, RoleSignupPageConflict), `MissingError` for an unknown
        policy (GraphQL's unions have no member for it).
        """
        with self._db.transaction():
            role = self._insert(name, f"arn:aws:iam::{_ACCOUNT}:role/quilt/{name}", managed=True)
            self.set_policies(role.id, policy_ids)
            self._set_details(role.id, details)
            return role

    def create_unmanaged(self, name: str, arn: str, details: RoleDetails = _AS_IT_IS) -> Role:
        """Make a role of which only the ARN is known; raises as `create_managed`."""
        with self._db.transaction():
            role = self._insert(name, arn, managed=False)
            self._set_details(role.id, details)
            return role

    def update_managed(
        self, role_id: str, name: str, policy_ids: Sequence[str], details: RoleDetails = _AS_IT_IS
    ) -> Role:
        """Rename a role and replace its policies.

        Raises `MissingError` for an unknown id, `MemberError` (RoleIsUnmanaged,
        RoleNameUsedBySsoConfig and those of `create_managed`).
        """
        with self._db.transaction():
            role = self._must_get(role_id)
            if not role.managed:
                raise MemberError("RoleIsUnmanaged")
            self._rename(role, name)
            self.set_policies(role_id, policy_ids)
            self._set_details(role_id, details)
            return self._must_get(role_id)

    def update_unmanaged(
        self, role_id: str, name: str, arn: str, details: RoleDetails = _AS_IT_IS
    ) -> Role:
        """Rename a role and change its ARN; raises as `update_managed` (RoleIsManaged)."""
        with self._db.transaction():
            role = self._must_get(role_id)
            if role.managed:
                raise MemberError("RoleIsManaged")
            self._rename(role, name)
            self._db.run("UPDATE roles SET arn = ? WHERE id = ?", arn, role_id)
            self._set_details(role_id, details)
            return self._must_get(role_id)

    def delete(self, role_id: str) -> None:
        """Remove a role that nobody has.

        Raises `MemberError`: RoleDoesNotExist, RoleNameUsedBySsoConfig, RoleAssigned (a user has
        it, or it is the default).
        """
        with self._db.transaction():
            role = self.get(role_id)
            if role is None:
                raise MemberError("RoleDoesNotExist")
            self._check_sso(role.name)
            used = self._db.one("SELECT 1 FROM user_roles WHERE role_id = ?", role_id)
            if used or self._settings.get(_DEFAULT) == role_id:
                raise MemberError("RoleAssigned")
            self._db.run("DELETE FROM roles WHERE id = ?", role_id)

    def set_default(self, role_id: str) -> Role:
        """Make this the role of new users.

        Raises `MemberError`: RoleDoesNotExist, SsoConfigConflict (the configuration of single
        sign-on names another default).
        """
        with self._db.transaction():
            role = self.get(role_id)
            if role is None:
                raise MemberError("RoleDoesNotExist")
            if self._sso.default_role() not in (None, role.name):
                raise MemberError("SsoConfigConflict")
            self._settings.set(_DEFAULT, role_id)
            return role

    def set_policies(self, role_id: str, policy_ids: Sequence[str]) -> None:
        """Replace the policies of a managed role; raises as `create_managed`."""
        wanted = list(dict.fromkeys(policy_ids))
        if len(wanted) > MAX_POLICIES:
            raise MemberError("RoleHasTooManyPoliciesToAttach")
        with self._db.transaction():
            for policy_id in wanted:
                if not self._db.one("SELECT 1 FROM policies WHERE id = ?", policy_id):
                    raise MissingError(f"No policy with the id {policy_id!r}")
            self._db.run("DELETE FROM role_policies WHERE role_id = ?", role_id)
            self._db.run_many(
                "INSERT INTO role_policies VALUES (?, ?, ?)",
                [(role_id, policy_id, n) for n, policy_id in enumerate(wanted)],
            )

    def policy_ids(self, role_id: str) -> Sequence[str]:
        """Ids of the policies of a role, in the order given."""
        rows = self._db.all(
            "SELECT policy_id FROM role_policies WHERE role_id = ? ORDER BY position", role_id
        )
        return [row["policy_id"] for row in rows]

    def default_bucket(self, role_id: str) -> str | None:
        """The bucket that the role's users see first; `None` when none was set."""
        row = self._db.one("SELECT default_bucket FROM role_details WHERE role_id = ?", role_id)
        return row["default_bucket"] if row else None

    def signup(self, role_id: str) -> RoleSignup | None:
        """How the role is offered to those who sign up; `None` when it is not."""
        row = self._db.one(
            "SELECT * FROM role_details WHERE role_id = ? AND signup_page IS NOT NULL", role_id
        )
        if row is None:
            return None
        return RoleSignup(
            page=row["signup_page"],
            access_code=row["signup_access_code"],
            title=row["signup_title"],
            description=row["signup_description"],
        )

    def permissions(self, role_id: str) -> Sequence[Permission]:
        """What a role may do, bucket by bucket: the best that any of its policies gives."""
        rows = self._db.all(
            """SELECT p.bucket, MAX(p.level) AS level FROM policy_permissions p
               JOIN role_policies r ON r.policy_id = p.policy_id
               WHERE r.role_id = ? GROUP BY p.bucket ORDER BY p.bucket""",
            role_id,
        )
        return [Permission(bucket=row["bucket"], level=Level(row["level"])) for row in rows]

    def with_bucket(self, bucket: str) -> Sequence[tuple[Role, Level]]:
        """The roles that reach a bucket, with the level, by the role's name."""
        rows = self._db.all(
            """SELECT o.*, MAX(p.level) AS level FROM policy_permissions p
               JOIN role_policies r ON r.policy_id = p.policy_id
               JOIN roles o ON o.id = r.role_id
               WHERE p.bucket = ? GROUP BY o.id ORDER BY o.name""",
            bucket,
        )
        return [(_role(row), Level(row["level"])) for row in rows]

    def _set_details(self, role_id: str, details: RoleDetails) -> None:
        default_bucket = details.get("default_bucket", self.default_bucket(role_id))
        signup = details.get("signup", self.signup(role_id))
        page = signup and signup.page
        taken = "SELECT 1 FROM role_details WHERE signup_page = ? AND role_id != ?"
        if page is not None and self._db.one(taken, page, role_id):
            raise MemberError("RoleSignupPageConflict")
        self._db.run(
            "INSERT OR REPLACE INTO role_details VALUES (?, ?, ?, ?, ?, ?)",
            role_id,
            default_bucket,
            page,
            signup and signup.access_code,
            signup and signup.title,
            signup and signup.description,
        )

    def _must_get(self, role_id: str) -> Role:
        role = self.get(role_id)
        if role is None:
            raise MissingError(f"No role with the id {role_id!r}")
        return role

    def _insert(self, name: str, arn: str, *, managed: bool) -> Role:
        self._check_name(name)
        role = Role(id=str(uuid.uuid4()), name=name, arn=arn, managed=managed)
        self._db.run("INSERT INTO roles VALUES (?, ?, ?, ?)", role.id, name, arn, managed)
        return role

    def _rename(self, role: Role, name: str) -> None:
        if name == role.name:
            return
        self._check_sso(role.name)
        self._check_name(name)
        self._db.run("UPDATE roles SET name = ? WHERE id = ?", name, role.id)

    def _check_sso(self, name: str) -> None:
        if name in self._sso.role_names():
            raise MemberError("RoleNameUsedBySsoConfig")

    def _check_name(self, name: str) -> None:
        if name.lower() in _RESERVED:
            raise MemberError("RoleNameReserved")
        if not _NAME.fullmatch(name):
            raise MemberError("RoleNameInvalid")
        if self.find(name):
            raise MemberError("RoleNameExists")
