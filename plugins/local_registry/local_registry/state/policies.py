"""Policies: bucket permissions under a title, attached to managed roles."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Sequence

from local_registry.identity.errors import (
    InvalidInputError,
    MissingError,
    OperationFailedError,
)
from local_registry.identity.model import Level, Permission, Policy
from local_registry.state.database import Database
from local_registry.state.roles import MAX_POLICIES

_ARN = re.compile(r"arn:aws[\w-]*:iam::(\d{12}|aws):policy/.+")


def _policy(row: sqlite3.Row) -> Policy:
    return Policy(id=row["id"], title=row["title"], arn=row["arn"], managed=bool(row["managed"]))


class PolicyStore:
    """The policies of the registry.

    `InvalidInputError` has the names that clients know: PolicyTitleConflict, PolicyArnConflict,
    RoleHasTooManyPoliciesToAttach (docs/protocol.md, J.7).
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def list(self) -> list[Policy]:
        """All policies, by title."""
        return [_policy(row) for row in self._db.all("SELECT * FROM policies ORDER BY title")]

    def get(self, policy_id: str) -> Policy | None:
        """The policy with this id."""
        row = self._db.one("SELECT * FROM policies WHERE id = ?", policy_id)
        return _policy(row) if row else None

    def find(self, title: str) -> Policy | None:
        """The policy with this title."""
        row = self._db.one("SELECT * FROM policies WHERE title = ?", title)
        return _policy(row) if row else None

    def create_managed(
        self, title: str, permissions: Sequence[Permission], role_ids: Sequence[str] = ()
    ) -> Policy:
        """Make a policy with bucket permissions and attach it to managed roles (ids).

        Raises `InvalidInputError`: paths `input.title`, `input.permissions`, `input.roles`.
        """
        with self._db.transaction():
            policy_id = str(uuid.uuid4())
            arn = f"arn:aws:iam::000000000000:policy/quilt/{policy_id}"
            self._check_title(title, None)
            self._db.run("INSERT INTO policies VALUES (?, ?, ?, 1)", policy_id, title, arn)
            self._set_permissions(policy_id, permissions)
            self._set_roles(policy_id, role_ids)
            return self._must_get(policy_id)

    def create_unmanaged(self, title: str, arn: str, role_ids: Sequence[str] = ()) -> Policy:
        """Make a policy of which only the ARN is known; also checks `input.arn`."""
        with self._db.transaction():
            policy_id = str(uuid.uuid4())
            self._check_title(title, None)
            self._check_arn(arn, None)
            self._db.run("INSERT INTO policies VALUES (?, ?, ?, 0)", policy_id, title, arn)
            self._set_roles(policy_id, role_ids)
            return self._must_get(policy_id)

    def update_managed(
        self,
        policy_id: str,
        title: str,
        permissions: Sequence[Permission],
        role_ids: Sequence[str],
    ) -> Policy:
        """Replace title, permissions and roles of a managed policy.

        Raises `InvalidInputError` (path `id`, name PolicyDoesNotExist or PolicyIsUnmanaged; and as
        `create_managed`).
        """
        with self._db.transaction():
            self._check_kind(policy_id, managed=True)
            self._check_title(title, policy_id)
            self._db.run("UPDATE policies SET title = ? WHERE id = ?", title, policy_id)
            self._set_permissions(policy_id, permissions)
            self._set_roles(policy_id, role_ids)
            return self._must_get(policy_id)

    def update_unmanaged(
        self, policy_id: str, title: str, arn: str, role_ids: Sequence[str]
    ) -> Policy:
        """Replace title, ARN and roles of an unmanaged policy; raises as `update_managed`."""
        with self._db.transaction():
            self._check_kind(policy_id, managed=False)
            self._check_title(title, policy_id)
            self._check_arn(arn, policy_id)
            self._db.run(
                "UPDATE policies SET title = ?, arn = ? WHERE id = ?", title, arn, policy_id
            )
            self._set_roles(policy_id, role_ids)
            return self._must_get(policy_id)

    def delete(self, policy_id: str) -> None:
        """Remove a policy that no role has.

        Raises `InvalidInputError` (PolicyDoesNotExist), `OperationFailedError` (PolicyAssigned).
        """
        with self._db.transaction():
            if self.get(policy_id) is None:
                raise _unknown(policy_id)
            if self.role_ids(policy_id):
                raise OperationFailedError("PolicyAssigned", "The policy is attached to a role")
            self._db.run("DELETE FROM policies WHERE id = ?", policy_id)

    def permissions(self, policy_id: str) -> Sequence[Permission]:
        """What the policy allows, in the order given."""
        rows = self._db.all(
            "SELECT * FROM policy_permissions WHERE policy_id = ? ORDER BY position", policy_id
        )
        return [Permission(bucket=row["bucket"], level=Level(row["level"])) for row in rows]

    def role_ids(self, policy_id: str) -> Sequence[str]:
        """Ids of the roles that have the policy, by the role's name."""
        rows = self._db.all(
            """SELECT o.id FROM roles o JOIN role_policies r ON r.role_id = o.id
               WHERE r.policy_id = ? ORDER BY o.name""",
            policy_id,
        )
        return [row["id"] for row in rows]

    def with_bucket(self, bucket: str) -> Sequence[tuple[Policy, Level]]:
        """The policies that name a bucket, with the level, by title."""
        rows = self._db.all(
            """SELECT o.*, p.level FROM policy_permissions p JOIN policies o ON o.id = p.policy_id
               WHERE p.bucket = ? ORDER BY o.title""",
            bucket,
        )
        return [(_policy(row), Level(row["level"])) for row in rows]

    def _must_get(self, policy_id: str) -> Policy:
        policy = self.get(policy_id)
        if policy is None:
            raise MissingError(f"No policy with the id {policy_id!r}")
        return policy

    def _check_kind(self, policy_id: str, *, managed: bool) -> None:
        policy = self.get(policy_id)
        if policy is None:
            raise _unknown(policy_id)
        if policy.managed != managed:
            name = "PolicyIsManaged" if policy.managed else "PolicyIsUnmanaged"
            raise InvalidInputError.at("id", name, "The policy is of the other kind")

    def _check_title(self, title: str, own_id: str | None) -> None:
        if not title.strip():
            raise InvalidInputError.at("input.title", "InvalidTitle", "A policy needs a title")
        other = self.find(title)
        if other and other.id != own_id:
            raise InvalidInputError.at(
                "input.title", "PolicyTitleConflict", f"There is a policy {title!r}"
            )

    def _check_arn(self, arn: str, own_id: str | None) -> None:
        if not _ARN.fullmatch(arn):
            raise InvalidInputError.at("input.arn", "InvalidArn", f"Not a policy's ARN: {arn!r}")
        row = self._db.one("SELECT id FROM policies WHERE arn = ?", arn)
        if row and row["id"] != own_id:
            raise InvalidInputError.at(
                "input.arn", "PolicyArnConflict", f"There is a policy with the ARN {arn!r}"
            )

    def _set_permissions(self, policy_id: str, permissions: Sequence[Permission]) -> None:
        levels = {permission.bucket: permission.level for permission in permissions}
        if len(levels) != len(permissions):
            raise InvalidInputError.at("input.permissions", "Duplicate", "A bucket named twice")
        for bucket in levels:
            if not self._db.one("SELECT 1 FROM buckets WHERE name = ?", bucket):
                raise InvalidInputError.at(
                    "input.permissions", "BucketNotFound", f"There is no bucket {bucket!r}"
                )
        self._db.run("DELETE FROM policy_permissions WHERE policy_id = ?", policy_id)
        self._db.run_many(
            "INSERT INTO policy_permissions VALUES (?, ?, ?, ?)",
            [
                (policy_id, bucket, str(level), n)
                for n, (bucket, level) in enumerate(levels.items())
            ],
        )

    def _set_roles(self, policy_id: str, role_ids: Sequence[str]) -> None:
        kept = set(self.role_ids(policy_id))
        wanted = list(dict.fromkeys(role_ids))
        for role_id in wanted:
            if role_id not in kept:
                self._attach(policy_id, role_id)
        for role_id in kept.difference(wanted):
            self._db.run(
                "DELETE FROM role_policies WHERE role_id = ? AND policy_id = ?", role_id, policy_id
            )

    def _attach(self, policy_id: str, role_id: str) -> None:
        role = self._db.one("SELECT managed FROM roles WHERE id = ?", role_id)
        if role is None:
            raise InvalidInputError.at("input.roles", "RoleDoesNotExist", f"No role {role_id!r}")
        if not role["managed"]:
            raise InvalidInputError.at("input.roles", "RoleIsUnmanaged", f"Unmanaged: {role_id!r}")
        count = self._db.all("SELECT 1 FROM role_policies WHERE role_id = ?", role_id)
        if len(count) >= MAX_POLICIES:
            raise InvalidInputError.at(
                "input.roles", "RoleHasTooManyPoliciesToAttach", "The role has enough policies"
            )
        self._db.run("INSERT INTO role_policies VALUES (?, ?, ?)", role_id, policy_id, len(count))


def _unknown(policy_id: str) -> InvalidInputError:
    return InvalidInputError.at("id", "PolicyDoesNotExist", f"No policy {policy_id!r}")
