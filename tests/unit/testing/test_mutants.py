"""The conformance suite catches liars: each mutant of a correct backend fails it.

A mutant is the in-memory backend under a wrapper that spoils one operation's answer or arguments.
"""

# ruff: noqa: E501 - a line a mutant
from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import attrs
import pytest

from quilt_core import (
    NotFoundError,
    PermissionDeniedError,
    SearchFilter,
    StoredObject,
    ValidationError,
    hookimpl,
)
from quilt_core.hookspecs import operations
from quilt_core.manifest import SHA256, EntryHash, hash_bytes
from quilt_core.ops import QuiltOps
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.run import run_suite
from quilt_core.testing.memory import make_backend
from quilt_core.testing.memory.environment import MemoryEnvironment


class MutantEnvironment(MemoryEnvironment):
    """A memory environment whose connections are spoilt."""

    def __init__(self, mutant: object) -> None:
        super().__init__()
        self._mutant = mutant

    def connect(self, user: TestUser = TestUser.WRITER) -> QuiltOps:
        import quilt_core

        name = None if user is TestUser.ANONYMOUS else user.value
        return quilt_core.connect(
            make_backend(self.catalog, name),
            registry=self.registry,
            catalog_url=self.catalog.catalog_url,
            extensions=[self._mutant],
        )


def spoil(operation: str, change: Callable[[Any], Any]) -> object:
    """A wrapper that changes an operation's answer."""

    def wrapper(self: object) -> Any:
        answer = yield
        return change(list(answer) if isinstance(answer, list) else answer)

    return type("Mutant", (), {operation: hookimpl(wrapper=True)(wrapper)})()


def swallow(operation: str, instead: Any) -> object:
    """A wrapper that turns errors into an answer."""

    def wrapper(self: object) -> Any:
        try:
            return (yield)
        except NotFoundError:
            return instead

    return type("Mutant", (), {operation: hookimpl(wrapper=True)(wrapper)})()


def each(change: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda items: [change(item) for item in items]


def evolve(**changes: Any) -> Callable[[Any], Any]:
    def change(item: Any) -> Any:
        given = {name: v(item) if callable(v) else v for name, v in changes.items()}
        return attrs.evolve(item, **given)

    return change


class Forward(io.BufferedReader):
    """A file that only goes on."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.tell()


class IgnoresChecksums:
    """Writes without looking."""

    @hookimpl(tryfirst=True, wrapper=True)
    def put_object(self, source: Any, uri: Any, checksum: EntryHash | None) -> Any:
        try:
            return (yield)
        except ValidationError:
            if checksum is None:
                raise
            return StoredObject(uri=uri.url, size=len(source), hash=checksum, version=None)


class EverybodyWrites:
    """Takes what it may not write for written."""

    @hookimpl(wrapper=True)
    def put_object(self, source: Any, uri: Any) -> Any:
        try:
            return (yield)
        except PermissionDeniedError:
            return StoredObject(
                uri=uri.url, size=len(source), hash=hash_bytes(source), version=None
            )


HOUR = timedelta(hours=1)
MUTANTS: dict[str, tuple[str, object]] = {
    "browse drops the last item": ("Browsing", spoil("browse_content", lambda a: a[:-1])),
    "browse is cut at a page": ("Browsing", spoil("browse_content", lambda a: a[:1000])),
    "browse gives files first": ("Browsing", spoil("browse_content", lambda a: a[::-1])),
    "browse gives a slash": ("Browsing", spoil("browse_content", each(evolve(path=lambda i: i.path + "/")))),
    "browse loses metadata": ("Browsing", spoil("browse_content", each(evolve(metadata={})))),
    "browse gives no sizes": ("Browsing", spoil("browse_content", each(evolve(size=0)))),
    "browse loses versions": ("Browsing", spoil("browse_content", each(evolve(
        physical_key=lambda i: i.physical_key and i.physical_key.partition("?")[0])))),
    "browse gives relative paths": ("Browsing", spoil("browse_content", each(evolve(
        path=lambda i: i.path.rpartition("/")[2])))),
    "browse finds nothing instead of an error": ("Browsing", swallow("browse_content", [])),
    "browse gives dictionaries": ("Browsing", spoil("browse_content", each(lambda i: i.to_dict()))),
    "browse gives nothing": ("Browsing", spoil("browse_content", lambda a: [])),
    "info forgets the message": ("PackageReading", spoil("get_package_info", evolve(message=None))),
    "info forgets metadata": ("PackageReading", spoil("get_package_info", evolve(metadata={}))),
    "info gives a short hash": ("PackageReading", spoil("get_package_info", evolve(
        top_hash=lambda i: i.top_hash[:8]))),
    "info is an hour off": ("PackageReading", spoil("get_package_info", evolve(
        modified=lambda i: i.modified + HOUR))),
    "info swaps counts": ("PackageReading", spoil("get_package_info", evolve(
        total_entries=lambda i: i.total_bytes, total_bytes=lambda i: i.total_entries))),
    "info gives a dictionary": ("PackageReading", spoil("get_package_info", lambda i: i.to_dict())),
    "info names the wrong registry": ("PackageReading", spoil("get_package_info", evolve(registry="s3://x-y-z"))),
    "versions are cut at a page": ("PackageReading", spoil("list_package_versions", lambda a: a[:100])),
    "versions are oldest first": ("PackageReading", spoil("list_package_versions", lambda a: a[::-1])),
    "versions call all latest": ("PackageReading", spoil("list_package_versions", each(evolve(is_latest=True)))),
    "versions forget messages": ("PackageReading", spoil("list_package_versions", each(evolve(message=None)))),
    "versions of nothing are none": ("PackageReading", swallow("list_package_versions", [])),
    "metadata is always empty": ("PackageReading", spoil("get_package_metadata", lambda m: {})),
    "metadata of nothing is empty": ("PackageReading", swallow("get_package_metadata", {})),
    "packages are cut at a page": ("PackageReading", spoil("list_all_packages", lambda a: a[:100])),
    "packages are unsorted": ("PackageReading", spoil("list_all_packages", lambda a: a[::-1])),
    "packages come twice": ("PackageReading", spoil("list_all_packages", lambda a: sorted(a + a))),
    "an unreadable registry is empty": ("PackageReading", swallow("list_all_packages", [])),
    "diff swaps added and deleted": ("PackageReading", spoil("diff_packages", evolve(
        added=lambda d: d.deleted, deleted=lambda d: d.added))),
    "diff sees no modification": ("PackageReading", spoil("diff_packages", evolve(modified=()))),
    "diff is always empty": ("PackageReading", spoil("diff_packages", evolve(added=(), deleted=(), modified=()))),
    "create claims another hash": ("Creating", spoil("create_package_revision", evolve(top_hash="0" * 64))),
    "create forgets the previous hash": ("Creating", spoil("create_package_revision", evolve(previous_top_hash=None))),
    "create claims copies": ("Creating", spoil("create_package_revision", evolve(copied=3))),
    "create makes a catalog up": ("Creating", spoil("create_package_revision", evolve(
        catalog_url="https://catalog.example.com/x"))),
    "update hides removals": ("Updating", spoil("update_package_revision", evolve(removed=()))),
    "update hides replacements": ("Updating", spoil("update_package_revision", evolve(replaced=()))),
    "update miscounts": ("Updating", spoil("update_package_revision", evolve(total_entries=1))),
    "create cannot tell of a shared manifest": ("Outcomes", spoil("create_package_revision", evolve(
        manifest_replaced=True))),
    "updates add what they replace": ("Outcomes", spoil("update_package_revision", evolve(
        added=lambda r: r.replaced, replaced=()))),
    "updates know no previous revision": ("Outcomes", spoil("update_package_revision", evolve(
        previous_top_hash=None))),
    "delete claims too little": ("Deleting", spoil("delete_package", evolve(deleted=lambda r: r.deleted[:1]))),
    "search is cut at a page": ("Searching", spoil("search_packages", lambda a: a[:100])),
    "search finds nothing": ("Searching", spoil("search_packages", lambda a: [])),
    "search comes twice": ("Searching", spoil("search_packages", lambda a: a + a)),
    "search has no hashes": ("Searching", spoil("search_packages", each(evolve(top_hash="")))),
    "search is unordered": ("Searching", spoil("search_packages", lambda a: a[::-1])),
    "an unreadable registry finds nothing": ("Searching", swallow("search_packages", [])),
    "the URL is another": ("ContentUrls", spoil("get_content_url", lambda u: "data:,x;base64,AAAA")),
    "objects are cut at a page": ("Objects", spoil("list_objects", lambda a: a[:1000])),
    "objects are unsorted": ("Objects", spoil("list_objects", lambda a: a[::-1])),
    "objects have no sizes": ("Objects", spoil("list_objects", each(evolve(size=0)))),
    "folders of a listing are left out": ("Objects", spoil("list_objects", lambda a: [
        one for one in a if not one.is_prefix])),
    "an object that is not there is empty": ("Objects", swallow("open_object", io.BytesIO(b""))),
    "objects lose their versions": ("Objects", spoil("put_object", evolve(
        uri=lambda o: o.uri.partition("?")[0]))),
    "put gives the legacy hash": ("Objects", spoil("put_object", evolve(
        hash=lambda o: EntryHash(SHA256, o.hash.value)))),
    "put miscounts": ("Objects", spoil("put_object", evolve(size=lambda o: o.size + 1))),
    "info gives another checksum": ("Objects", spoil("get_object_info", evolve(checksum=hash_bytes(b"mutant")))),
    "info forgets the version": ("Objects", spoil("get_object_info", evolve(version=None))),
    "an open object cannot be read again": ("Objects", spoil("open_object", Forward)),
    "an open object is cut": ("Objects", spoil("open_object", lambda f: io.BufferedReader(io.BytesIO(f.read(8 << 20))))),
    "put ignores the checksum": ("Objects", IgnoresChecksums()),
    "everybody may write": ("Objects", EverybodyWrites()),
    "object search finds nothing": ("Objects", spoil("search_objects", lambda a: [])),
    "object search comes twice": ("Objects", spoil("search_objects", lambda a: a + a)),
    "everybody is admin": ("Catalog", spoil("get_auth_status", evolve(is_admin=True))),
    "roles are unsorted": ("Catalog", spoil("get_auth_status", evolve(roles=lambda s: s.roles[::-1]))),
    "hidden buckets show": ("Buckets", spoil("list_buckets", lambda a: [
        *a, attrs.evolve(a[0], name="memory-hidden")])),
    "tables are none": ("Tabulator", spoil("list_tabulator_tables", lambda a: [])),
    "users are unsorted": ("AdminUsers", spoil("admin_list_users", lambda a: a[::-1])),
    "roles forget permissions": ("AdminAccess", spoil("admin_get_role", evolve(permissions=()))),
    "an API key has no secret": ("AdminRest", spoil("create_api_key", evolve(secret=""))),
}  # fmt: skip


class IgnoresFilters:
    """Searches without the conditions."""

    @hookimpl(wrapper=True)
    def search_packages(self, filters: SearchFilter) -> Any:
        for field in attrs.fields(SearchFilter):
            object.__setattr__(filters, field.name, None)
        return (yield)


MUTANTS["search ignores filters"] = ("Searching", IgnoresFilters())


class UploadsEverything:
    """Pushes that look at nothing that is there: every file is uploaded again."""

    @hookimpl(wrapper=True)
    def browse_content(self, recursive: bool) -> Any:
        answer = yield
        return [attrs.evolve(item, hash=None) for item in answer] if recursive else answer


class Corrupts:
    """Objects that are written with other bytes than those of the file."""

    @hookimpl(wrapper=True)
    def put_object(self) -> Any:
        stored = yield
        return attrs.evolve(stored, hash=_other(stored.hash))


def _other(found: EntryHash) -> EntryHash:
    return EntryHash(found.type, "A" * len(found.value))


class DoesNotVerify:
    """Downloads that take any bytes for right, as they compare nothing."""

    @hookimpl(wrapper=True)
    def browse_content(self, recursive: bool) -> Any:
        answer = list((yield))
        if not recursive:
            return answer
        return [
            attrs.evolve(item, hash=hash_bytes(b"bad bytes") if item.path == "bad" else item.hash)
            for item in answer
        ]


MUTANTS["every push uploads everything"] = ("Pushing", UploadsEverything())
MUTANTS["an upload tells another hash"] = ("Pushing", Corrupts())
MUTANTS["a download compares nothing"] = ("Downloading", DoesNotVerify())
MUTANTS |= {
    "push calls the unchanged changed": ("Pushing", spoil("push_package", evolve(
        changed=lambda r: r.unchanged, unchanged=()))),
    "push hides removals": ("Pushing", spoil("push_package", evolve(removed=()))),
    "push claims what it did not write": ("Pushing", spoil("push_package", evolve(written=True))),
    "push counts no bytes": ("Pushing", spoil("push_package", evolve(total_bytes=0))),
    "push forgets the previous hash": ("Pushing", spoil("push_package", evolve(previous_top_hash=None))),
    "download claims everything": ("Downloading", spoil("download_package", evolve(
        downloaded=lambda r: r.downloaded + r.unchanged, unchanged=()))),
    "download hides deletions": ("Downloading", spoil("download_package", evolve(deleted=()))),
    "verify finds everything right": ("Downloading", spoil("verify_package", evolve(
        missing=(), extra=(), differing=()))),
    "verify misses strangers": ("Downloading", spoil("verify_package", evolve(extra=()))),
    "reading stops early": ("ContentReading", spoil("read_content", lambda data: data[:-1])),
    "a file is opened at its end": ("ContentReading", spoil("open_content", lambda file: io.BytesIO(b""))),
    "what is not there is empty": ("ContentReading", swallow("read_content", b"")),
}  # fmt: skip


def verdicts(mutant: object, test_class: str) -> bool:
    @contextmanager
    def environments(backend: str) -> Iterator[Callable[[], Environment]]:
        yield lambda: MutantEnvironment(mutant)

    report = run_suite(
        "memory", environments, arguments=["-x", "-k", f"Test{test_class} and not ten_thousand"]
    )
    return report.failed


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_caught(name: str) -> None:
    test_class, mutant = MUTANTS[name]
    assert verdicts(mutant, test_class), f"{name}: the suite saw nothing"


def test_the_unspoilt_backend_passes_in_the_same_harness() -> None:
    class Transparent:
        @hookimpl(wrapper=True)
        def browse_content(self) -> Any:
            return (yield)

    assert not verdicts(Transparent(), "Browsing")


def test_there_are_at_least_thirty() -> None:
    assert len(MUTANTS) >= 30
    assert operations()
