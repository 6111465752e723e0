"""The conformance suite catches liars: each mutant of a correct backend fails it.

A mutant is the in-memory backend under a wrapper that spoils one operation's answer or arguments.
"""

# ruff: noqa: E501 - a line a mutant
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import attrs
import pytest

from quilt_core import NotFoundError, RollbackResult, SearchFilter, hookimpl
from quilt_core.hookspecs import operations
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
    "promote claims another hash": ("Lifecycle", spoil("promote_package", evolve(top_hash="0" * 64))),
    "promote names the source": ("Lifecycle", spoil("promote_package", evolve(registry="s3://memory-bucket"))),
    "promote miscounts": ("Lifecycle", spoil("promote_package", evolve(total_entries=1))),
    "promote hides copies": ("Lifecycle", spoil("promote_package", evolve(copied=0))),
    "promote claims copies": ("Lifecycle", spoil("promote_package", evolve(copied=lambda r: r.total_entries))),
    "promote forgets what was there": ("Lifecycle", spoil("promote_package", evolve(previous_top_hash=None))),
    "promote names no files": ("Lifecycle", spoil("promote_package", evolve(added=()))),
    "rollback claims the former revision": ("Lifecycle", spoil("rollback_package", evolve(
        top_hash=lambda r: r.previous_top_hash))),
    "rollback forgets the former revision": ("Lifecycle", spoil("rollback_package", evolve(previous_top_hash=None))),
    "rollback of nothing is fine": ("Lifecycle", swallow("rollback_package", RollbackResult(
        package_name="a/b", registry="s3://x-y", top_hash="0" * 64, previous_top_hash=None, catalog_url=None))),
    "workflows are cut": ("Lifecycle", spoil("list_workflows", lambda a: a[:1])),
    "workflows have no default": ("Lifecycle", spoil("list_workflows", each(evolve(is_default=False)))),
    "workflows are all required": ("Lifecycle", spoil("list_workflows", each(evolve(is_workflow_required=True)))),
    "unreadable workflows are none": ("Lifecycle", swallow("list_workflows", [])),
    "links forget the revision": ("Links", spoil("get_catalog_link", lambda a: re.sub("[0-9a-f]{64}", "latest", a))),
    "links forget the path": ("Links", spoil("get_catalog_link", lambda a: a.partition("/a%20b")[0])),
    "links forget the version": ("Links", spoil("get_catalog_link", lambda a: a.partition("?")[0])),
    "links are not encoded": ("Links", spoil("get_catalog_link", unquote)),
    "a switched role shows late": ("Roles", spoil("switch_role", evolve(role="Writers"))),
    "search is cut at a page": ("Searching", spoil("search_packages", lambda a: a[:100])),
    "search finds nothing": ("Searching", spoil("search_packages", lambda a: [])),
    "search comes twice": ("Searching", spoil("search_packages", lambda a: a + a)),
    "search has no hashes": ("Searching", spoil("search_packages", each(evolve(top_hash="")))),
    "search is unordered": ("Searching", spoil("search_packages", lambda a: a[::-1])),
    "an unreadable registry finds nothing": ("Searching", swallow("search_packages", [])),
    "the URL is another": ("ContentUrls", spoil("get_content_url", lambda u: "data:,x;base64,AAAA")),
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
