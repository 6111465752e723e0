"""A worker: operations of every kind on packages of its own, whose state it knows."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from ledger import Ledger, Outcome, Write

from quilt_core import ConflictError, QuiltOps, QuiltOpsError
from quilt_core.errors import BackendError, NotFoundError

TABLE = """schema:
- name: a
  type: STRING
source: {type: quilt-packages, package_name: ^team/, logical_key: .*}
parser: {format: csv}
"""


@attrs.define(kw_only=True)
class Known:
    """The expected state of a package: its revisions, oldest first, and the content of each key."""

    name: str
    revisions: list[Write] = attrs.field(factory=list)

    @property
    def latest(self) -> Write:
        return self.revisions[-1]


class Stop(Exception):
    """The operation raised; its error has been noted."""


@attrs.define(kw_only=True)
class Worker:
    """Carries out a number of operations, one after the other, chosen by a seed."""

    number: int
    ops: QuiltOps
    bucket: str
    objects: Mapping[str, bytes]
    """URIs and their content."""
    ledger: Ledger
    rng: random.Random
    known: dict[str, Known] = attrs.field(factory=dict)
    made: int = 0
    table: str = ""

    def run(self, operations: int) -> None:
        """Carry out the given number of calls."""
        for _ in range(operations):
            choices = READS if self.known and self.rng.random() < 0.6 else ACTIONS
            try:
                self.rng.choice(choices)(self)
            except Stop:
                continue

    def call(self, operation: str, *args: Any, read: bool = False, **named: Any) -> Any:
        """Call an operation; its documented errors are noted and end the current step."""
        group: Any = self.ops.admin if operation.startswith("admin_") else self.ops
        method: Callable[..., Any] = getattr(group, operation.removeprefix("admin_"))
        try:
            answer = method(*args, **named)
        except QuiltOpsError as error:
            self.ledger.called(operation, error, read=read)
            raise Stop from error
        self.ledger.called(operation, None, read=read)
        return answer

    def expect(self, operation: str, found: object, wanted: object) -> None:
        """A read must be right."""
        if found != wanted:
            self.ledger.mistake(f"{operation} gave {found!r:.300} where {wanted!r:.300} is right")

    # Writes

    def create(self) -> None:
        name = f"team/w{self.number}_{self.made}"
        self._publish(name, Known(name=name), "create_package_revision")

    def create_again(self) -> None:
        if self.known:
            package = self.rng.choice(list(self.known.values()))
            self._publish(package.name, package, "create_package_revision")

    def update(self) -> None:
        if self.known:
            package = self.rng.choice(list(self.known.values()))
            self._publish(package.name, package, "update_package_revision")

    def contend(self) -> None:
        """Write to the package that all workers write to."""
        name = f"team/shared_{self.rng.randrange(4)}"
        self._publish(name, None, "create_package_revision", force=self.rng.random() < 0.5)

    def _publish(self, name: str, package: Known | None, operation: str, **named: Any) -> None:
        self.made += 1
        uris = self.rng.sample(sorted(self.objects), self.rng.randint(1, 4))
        new = {f"d{index % 2}/k{index}": uri for index, uri in enumerate(uris)}
        updating = operation.startswith("update")
        before = package.latest if package and updating else None
        entries = {**(before.entries if before else {}),
                   **{key: self.objects[uri] for key, uri in new.items()}}  # fmt: skip
        metadata = {"worker": self.number, "made": self.made}
        write = self.ledger.plan(
            Write(
                package=name,
                message=f"m{self.number}-{self.made}",
                entries=entries,
                metadata=metadata,
            )
        )
        named["copy"] = self.rng.choice(["none", "none", "none", "all"])
        try:
            result = self.call(operation, name, new, metadata=metadata, message=write.message,
                               **named)  # fmt: skip
        except Stop as stop:
            self._after_failure(write, package, stop.__cause__)
            raise
        write.outcome, write.top_hash = Outcome.WRITTEN, result.top_hash
        if package is not None:
            package.revisions.append(write)
            self.known[name] = package

    def _after_failure(self, write: Write, package: Known | None, error: Any) -> None:
        if isinstance(error, ConflictError) and package is not None:
            self.ledger.mistake(f"{write.package} has one writer, and there was a {error!r}")
        outcome = error.context.get("outcome")
        if outcome == "unknown":
            self.known.pop(write.package, None)  # nothing more is known about it
        elif outcome == "written":
            write.outcome, write.top_hash = Outcome.WRITTEN, error.context["ours"]
        elif outcome == "not_written":
            write.outcome = Outcome.FAILED
        else:
            self.ledger.mistake(f"{write.message} failed without an outcome: {error!r}")

    def delete(self) -> None:
        if len(self.known) < 3:
            return
        package = self.known.pop(self.rng.choice(list(self.known)))
        one = self.rng.choice(package.revisions) if self.rng.random() < 0.5 else None
        doomed = package.revisions if one is None else [one]
        for write in doomed:
            write.deleted = Outcome.UNSURE
        arguments = {} if one is None else {"top_hash": one.top_hash}
        result = self.call("delete_package", None, package.name, **arguments)
        for write in doomed:
            if write.top_hash in result.deleted:
                write.deleted = Outcome.WRITTEN
        if one is not None and not result.failed and len(package.revisions) > 1:
            package.revisions.remove(one)
            self.known[package.name] = package

    # Reads

    def _any(self) -> Known:
        return self.rng.choice(list(self.known.values()))

    def info(self) -> None:
        package = self._any()
        write = self.rng.choice(package.revisions)
        reference = {} if write is package.latest else {"top_hash": write.top_hash}
        found = self.call("get_package_info", package.name, read=True, **reference)
        wanted = (write.top_hash, write.message, len(write.entries))
        self.expect(
            "get_package_info", (found.top_hash, found.message, found.total_entries), wanted
        )

    def versions(self) -> None:
        package = self._any()
        found = self.call("list_package_versions", package.name, read=True)
        wanted = {write.top_hash for write in package.revisions}
        self.expect("list_package_versions", {one.top_hash for one in found}, wanted)
        latest = [one.top_hash for one in found if one.is_latest]
        self.expect("list_package_versions", latest, [package.latest.top_hash])

    def metadata(self) -> None:
        package = self._any()
        found = self.call("get_package_metadata", package.name, read=True)
        self.expect("get_package_metadata", dict(found), dict(package.latest.metadata))

    def browse(self) -> None:
        package = self._any()
        found = self.call("browse_content", package.name, recursive=True, read=True)
        wanted = {key: len(content) for key, content in package.latest.entries.items()}
        self.expect("browse_content", {one.path: one.size for one in found}, wanted)

    def url(self) -> None:
        package = self._any()
        key = self.rng.choice(sorted(package.latest.entries))
        found = self.call("get_content_url", package.name, path=key, read=True)
        self.expect("get_content_url", "X-Amz-Signature=" in found, True)

    def diff(self) -> None:
        first, second = self._any(), self._any()
        found = self.call("diff_packages", first.name, second.name, read=True)
        added = sorted(set(second.latest.entries) - set(first.latest.entries))
        self.expect("diff_packages", sorted(found.added), added)

    def listing(self) -> None:
        found = set(self.call("list_all_packages", read=True))
        self.expect("list_all_packages", set(self.known) - found, set())

    def search(self) -> None:
        package = self._any()
        found = self.call("search_packages", package.name, read=True)
        self.expect("search_packages", any(one.name == package.name for one in found), True)

    def missing(self) -> None:
        try:
            self.call("get_package_info", "team/never")
        except Stop as stop:
            good = isinstance(stop.__cause__, (NotFoundError, BackendError))
            self.expect("get_package_info of nothing", good, True)

    def small_reads(self) -> None:
        for operation, arguments in SMALL_READS:
            self.call(operation, *(one.format(bucket=self.bucket) for one in arguments), read=True)

    # Administration

    def user(self) -> None:
        self.made += 1
        name = f"u{self.number}x{self.made}"
        self.ledger.user(name, Outcome.UNSURE)
        try:
            self.call("admin_create_user", name, f"{name}@example.com", "role")
        except Stop as stop:
            if not isinstance(stop.__cause__, BackendError):
                self.ledger.user(name, Outcome.FAILED)
            raise
        self.ledger.user(name, Outcome.WRITTEN)
        found = self.call("admin_get_user", name, read=True)
        self.expect("admin_get_user", found.email, f"{name}@example.com")
        self.call("admin_set_user_email", name, f"{name}@example.org")
        self.call("admin_set_user_active", name, False)

    def roles(self) -> None:
        self.made += 1
        role = self.call("admin_create_role", f"r{self.number}x{self.made}", policies=[])
        found = self.call("admin_get_role", role.name, read=True)
        self.expect("admin_get_role", found.id, role.id)
        self.call("admin_update_role", role.name, name=f"{role.name}y")
        self.call("admin_delete_role", role.id)

    def policies(self) -> None:
        self.made += 1
        title = f"p{self.number}x{self.made}"
        policy = self.call("admin_create_policy", title, permissions=[])
        found = self.call("admin_get_policy", policy.id, read=True)
        self.expect("admin_get_policy", found.title, title)
        self.call("admin_update_policy", policy.id, title=f"{title}y")
        self.call("admin_delete_policy", policy.id)

    def tables(self) -> None:
        self.made += 1
        name = f"t{self.number}x{self.made}"
        self.call("create_tabulator_table", self.bucket, name, TABLE)
        found = self.call("get_tabulator_table", self.bucket, name, read=True)
        self.expect("get_tabulator_table", found.name, name)
        self.call("rename_tabulator_table", self.bucket, name, f"{name}y")
        self.call("delete_tabulator_table", self.bucket, f"{name}y")

    def keys(self) -> None:
        self.made += 1
        made = self.call("create_api_key", f"k{self.number}x{self.made}")
        found = self.call("get_api_key", made.api_key.id, read=True)
        self.expect("get_api_key", found.name, made.api_key.name)
        self.call("revoke_api_key", made.api_key.id)


SMALL_READS: list[tuple[str, tuple[str, ...]]] = [
    ("get_auth_status", ()), ("get_catalog_config", ()), ("list_buckets", ()),
    ("list_tabulator_tables", ("{bucket}",)), ("get_open_query_status", ()),
    ("list_api_keys", ()), ("execute_graphql_query", ("query q {{ me {{ name }} }}",)),
    ("admin_list_users", ()), ("admin_list_roles", ()), ("admin_list_policies", ()),
    ("admin_get_sso_config", ()), ("admin_list_buckets", ()),
    ("admin_get_bucket", ("{bucket}",)), ("admin_list_api_keys", ()),
]  # fmt: skip
READS: list[Callable[[Worker], None]] = [
    Worker.info, Worker.info, Worker.versions, Worker.metadata, Worker.browse, Worker.url,
    Worker.diff, Worker.listing, Worker.search, Worker.missing,
]  # fmt: skip
ACTIONS: list[Callable[[Worker], None]] = [
    Worker.create, Worker.create, Worker.create_again, Worker.update, Worker.update,
    Worker.contend, Worker.delete, Worker.small_reads, Worker.user, Worker.roles,
    Worker.policies, Worker.tables, Worker.keys,
]  # fmt: skip
