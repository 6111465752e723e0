"""Faults in tabulator tables and API keys."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from quilt_core import NotFoundError
from quilt_core.domain.tabulator import OpenQueryStatus

from ..harness import Mutant, answer, edit, evolve, swallow

MODULE = "registry_operations"

MUTANTS = [
    Mutant("the list of tables is empty", "T-1", answer("list_tabulator_tables", lambda a: [])),
    Mutant("tables are in reverse order", "T-1", answer("list_tabulator_tables", lambda a: a[::-1])),
    Mutant("tables of all buckets are listed", "T-10", edit(MODULE, "[tables[key] for key in sorted(tables) if key[0] == bucket]", "[tables[key] for key in sorted(tables)]")),
    Mutant("tables are cut off after 100", "T-11", answer("list_tabulator_tables", lambda a: a[:100])),
    Mutant("creating a table replaces an existing one", "T-1", edit(MODULE, "self._check_free(bucket, table_name)", "pass")),
    Mutant("renaming replaces an existing table", "T-1", edit(MODULE, "self._check_free(bucket, new_name)", "pass")),
    Mutant("renaming keeps the old name too", "T-1", edit(MODULE, "del self._session.catalog.tables[bucket, old_name]", "pass")),
    Mutant("renaming loses the configuration", "T-1", edit(MODULE, "return self._set(bucket, new_name, table.config)", 'return self._set(bucket, new_name, "schema: []")')),
    Mutant("updating a table changes nothing", "T-1", edit(MODULE, "self._find(bucket, table_name)\n        return self._set(bucket, table_name, config)", "return self._find(bucket, table_name)")),
    Mutant("updating creates a missing table", "T-2", edit(MODULE, "self._find(bucket, table_name)\n        return self._set", "return self._set")),
    Mutant("deleting a table deletes nothing", "T-1", edit(MODULE, "del self._session.catalog.tables[bucket, table_name]\n        return table", "return table")),
    Mutant("a configuration is stripped", "T-1", edit(MODULE, "config=config)", "config=config.strip())")),
    Mutant("a configuration without a schema is accepted", "T-3", edit(MODULE, 'if "schema" not in config:', "if False:")),
    Mutant("a missing table is returned as an empty one", "T-2", edit(MODULE, 'raise NotFoundError(f"{bucket!r} has no table {name!r}.") from None', 'return TabulatorTable(bucket=bucket, name=name, config="")')),
    Mutant("an unknown bucket has no tables", "T-2", swallow("list_tabulator_tables", [], NotFoundError)),
    Mutant("a bad update replaces the configuration", "T-12", edit(MODULE, 'if "schema" not in config:', 'if (bucket, name) in self._session.catalog.tables:\n            self._session.catalog.tables[bucket, name] = TabulatorTable(bucket=bucket, name=name, config=config)\n        if "schema" not in config:')),
    Mutant("a reader creates a table", "T-4", edit(MODULE, "if write and not (user.is_admin or level is BucketPermissionLevel.READ_WRITE):", "if False:")),
    Mutant("a reader updates a table", "T-13", edit(MODULE, "self._check(bucket, write=True)\n        self._find(bucket, table_name)\n        return", "self._check(bucket, write=False)\n        self._find(bucket, table_name)\n        return")),
    Mutant("a reader renames a table", "T-13", edit(MODULE, "self._check(bucket, write=True)\n        table = self._find(bucket, old_name)", "self._check(bucket, write=False)\n        table = self._find(bucket, old_name)")),
    Mutant("a reader deletes a table", "T-13", edit(MODULE, "self._check(bucket, write=True)\n        table = self._find(bucket, table_name)", "self._check(bucket, write=False)\n        table = self._find(bucket, table_name)")),
    Mutant("tables of a hidden bucket are listed", "T-14", edit(MODULE, "if bucket not in self._session.catalog.buckets or not (level or user.is_admin):", "if bucket not in self._session.catalog.buckets:")),
    Mutant("open query cannot be switched on", "T-5", answer("get_open_query_status", lambda s: OpenQueryStatus(enabled=False))),
    Mutant("open query cannot be switched off", "T-5", edit(MODULE, "self._session.catalog.open_query = enabled", "self._session.catalog.open_query |= enabled")),
    Mutant("any user can read the open query setting", "T-5", edit(MODULE, "self._session.admin()\n        return OpenQueryStatus(enabled=self", "return OpenQueryStatus(enabled=self")),
    Mutant("any user can change the open query setting", "T-5", edit(MODULE, "self._session.admin()\n        self._session.catalog.open_query", "self._session.catalog.open_query")),
    # API keys
    Mutant("an API key has no secret", "X-3", answer("create_api_key", evolve(secret=""))),
    Mutant("an API key never expires", "X-3", edit(MODULE, "timedelta(days=expires_in_days)", "timedelta(days=3650)")),
    Mutant("an API key expires in hours", "X-3", edit(MODULE, "timedelta(days=expires_in_days)", "timedelta(hours=expires_in_days)")),
    Mutant("keys are listed oldest first", "X-3", answer("list_api_keys", lambda a: a[::-1])),
    Mutant("the filter by key name is ignored", "X-10", edit(MODULE, "return self._keys(user, name=name, fingerprint", "return self._keys(user, fingerprint")),
    Mutant("the filter by key fingerprint is ignored", "X-10", edit(MODULE, "return self._keys(user, name=name, fingerprint=fingerprint, ", "return self._keys(user, name=name, ")),
    Mutant("the filter by key status is ignored", "X-3", edit(MODULE, "fingerprint=fingerprint, status=status)", "fingerprint=fingerprint)")),
    Mutant("keys of all users are listed", "X-11", edit(MODULE, "return self._keys(user, name", "return self._keys(None, name")),
    Mutant("keys of all users can be read", "X-11", edit(MODULE, "return self._key(key_id, self._session.user().name)", "return self._key(key_id, None)")),
    Mutant("keys of all users can be revoked", "X-11", edit(MODULE, "self._key(key_id, self._session.user().name)\n        del", "self._key(key_id, None)\n        del")),
    Mutant("revoking revokes nothing", "X-3", edit(MODULE, 'del self._session.catalog.api_keys[key_id]\n        return Acknowledgement(action="revoke', 'return Acknowledgement(action="revoke')),
    Mutant("revoking by an administrator revokes nothing", "X-3", edit(MODULE, 'del self._session.catalog.api_keys[key_id]\n        return Acknowledgement(action="admin_revoke', 'return Acknowledgement(action="admin_revoke')),
    Mutant("an administrator sees only their own keys", "X-11", edit(MODULE, "return self._keys(None, user_email=email, **wanted)", "return self._keys(self._session.user().name, user_email=email, **wanted)")),
    Mutant("the filter by the address of a key's user is ignored", "X-11", edit(MODULE, "user_email=email, **wanted", "**wanted")),
    Mutant("revoking a missing key raises no error", "X-3", swallow("revoke_api_key", None, NotFoundError)),
    Mutant("keys do not name their owner", "X-11", edit(MODULE, "user_email=user.email,", 'user_email="admin@example.com",')),
    Mutant("the fingerprint changes", "X-3", answer("get_api_key", evolve(fingerprint="qk_…"))),
    Mutant("a key's creation time is tomorrow", "X-12", edit(MODULE, "created_at=created,", "created_at=created + timedelta(days=1),")),
    Mutant("the key is returned instead of its secret", "X-12", answer("create_api_key", evolve(secret=lambda c: c.api_key.fingerprint))),
]  # fmt: skip
