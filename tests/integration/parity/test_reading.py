"""Every reading operation gives equal objects through both backends, whatever the package."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from local_registry.conformance import RegistryEnvironment

from quilt_core import NotFoundError, QuiltOps, SearchFilter
from quilt_core.manifest import DirectoryRecord, ManifestEntry
from quilt_core.testing.conformance.content import ODD_KEYS

Given = Callable[[RegistryEnvironment], Any]


def _one_file(environment: RegistryEnvironment) -> None:
    environment.given(
        [environment.entry("a.csv", b"1,2", {"species": "Adélie", "n": [1, {"x": None}]})]
    )


def _odd_keys(environment: RegistryEnvironment) -> None:
    environment.given([environment.entry(key, key.encode()) for key in ODD_KEYS])


def _nested_metadata(environment: RegistryEnvironment) -> None:
    metadata = {"ü": {"deep": [[], {}, None, True, 1.5, -0.25, 10**15]}, "text": "\n\t\"'"}
    directories = [DirectoryRecord(logical_key="d/", meta={"kind": "raw"})]
    environment.given([environment.entry("d/x")], user_meta=metadata, directories=directories)


def _large_metadata(environment: RegistryEnvironment) -> None:
    environment.given(
        [environment.entry("a")], user_meta={"blob": "ü" * 490_000, "list": [*range(2000)]}
    )


def _null_metadata(environment: RegistryEnvironment) -> None:
    environment.given([environment.entry("a")], user_meta=None, message=None)


def _message_of_many_lines(environment: RegistryEnvironment) -> None:
    environment.given([environment.entry("a")], message="First line\n\n  second — line\n")


def _empty(environment: RegistryEnvironment) -> None:
    environment.given([])


def _huge_sizes(environment: RegistryEnvironment) -> None:
    entry = environment.entry("huge.bin")
    environment.given([msgspec.structs.replace(entry, size=2**53 + 2)])


def _metadata_that_is_no_object(environment: RegistryEnvironment) -> None:
    """quilt3 accepts any JSON as an entry's metadata."""
    environment.given(
        [
            msgspec.structs.replace(environment.entry(str(number)), meta={"user_meta": odd})
            for number, odd in enumerate(("text", [1], 7, True, None))
        ]
    )


def _metadata_of_huge_directories(environment: RegistryEnvironment) -> None:
    """A package as a registry may serve it; its sizes can be read only in the manifest."""
    directories = [
        DirectoryRecord(logical_key="d/", meta={"kind": "raw"}),
        DirectoryRecord(logical_key="e/", meta={"user_meta": {"kind": "raw"}}),
    ]
    entries = [
        msgspec.structs.replace(environment.entry(key), size=2**53 + 2) for key in ("d/x", "e/x")
    ]
    environment.given(entries, directories=directories)


def _without_versions_and_hashes(environment: RegistryEnvironment) -> None:
    entry = environment.entry("v")
    bare = entry.physical_key.partition("?")[0]
    other = ManifestEntry(
        logical_key="elsewhere",
        physical_key="s3://no-such-bucket-anywhere/key",
        size=3,
        hash=None,
        meta={},
    )
    environment.given([msgspec.structs.replace(entry, physical_key=bare), other])


def _one_object_twice(environment: RegistryEnvironment) -> None:
    entry = environment.entry("a")
    environment.given([entry, msgspec.structs.replace(entry, logical_key="b/a")])


def _file_and_directory_in_turn(environment: RegistryEnvironment) -> None:
    environment.given([environment.entry("a"), environment.entry("b/c")], message="one")
    environment.given([environment.entry("a/b"), environment.entry("b")], message="two")


def _latest_is_not_the_newest(environment: RegistryEnvironment) -> None:
    environment.given([environment.entry("a")], message="one")
    environment.given([environment.entry("a", b"changed")], message="two", latest=False)


def _never_tagged(environment: RegistryEnvironment) -> None:
    environment.given([environment.entry("a")], latest=False)


PACKAGES: dict[str, Given] = {
    function.__name__.strip("_").replace("_", " "): function
    for function in (
        _one_file, _odd_keys, _nested_metadata, _large_metadata, _null_metadata,
        _metadata_that_is_no_object, _metadata_of_huge_directories,
        _message_of_many_lines, _empty, _huge_sizes, _without_versions_and_hashes,
        _one_object_twice, _file_and_directory_in_turn, _latest_is_not_the_newest, _never_tagged,
    )
}  # fmt: skip


def _or_error(call: Callable[[QuiltOps], Any]) -> Callable[[QuiltOps], Any]:
    """The result of a read: the objects, or the fact that there is nothing."""

    def read(ops: QuiltOps) -> Any:
        try:
            answer = call(ops)
        except NotFoundError:
            return NotFoundError
        return list(answer) if isinstance(answer, Iterator) else answer

    return read


def _reads(name: str, bucket: str) -> dict[str, Callable[[QuiltOps], Any]]:
    return {
        "info": lambda ops: ops.get_package_info(name),
        "versions": lambda ops: ops.list_package_versions(name),
        "metadata": lambda ops: ops.get_package_metadata(name),
        "browse": lambda ops: ops.browse_content(name),
        "browse a directory": lambda ops: ops.browse_content(name, path="b"),
        "browse all": lambda ops: ops.browse_content(name, recursive=True),
        "search": lambda ops: ops.search_packages("", bucket, order="name"),
        "search revisions": lambda ops: ops.search_packages(
            "", bucket, latest_only=False, order="newest"
        ),
        "list": lambda ops: ops.list_all_packages(),
        "diff": lambda ops: ops.diff_packages(name, name, package1_hash="latest"),
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_equal_objects(environment: RegistryEnvironment, both: Any, package: str) -> None:
    PACKAGES[package](environment)
    for read in _reads(environment.name, environment.registry).values():
        both.ask(_or_error(read))
    for version in both.ask(_or_error(lambda ops: ops.list_package_versions(environment.name))):
        top_hash = version.top_hash
        info = both.ask(lambda ops, h=top_hash: ops.get_package_info(environment.name, top_hash=h))
        assert info.top_hash == top_hash
        both.ask(lambda ops, h=top_hash: ops.browse_content(environment.name, top_hash=h[:8]))
        both.ask(
            lambda ops, h=top_hash: _or_error(
                lambda ops: ops.diff_packages(environment.name, environment.name, package1_hash=h)
            )(ops)
        )


def test_twenty_five_thousand_entries(environment: RegistryEnvironment, both: Any) -> None:
    sample = environment.entry("sample", b"12345")
    entries = [
        msgspec.structs.replace(sample, logical_key=f"d{n % 7}/{n:05}.bin", size=n)
        for n in range(25_000)
    ]
    first = environment.given(entries, message="all")
    environment.given(entries[1:], message="one less")
    listed = both.ask(_or_error(lambda ops: ops.browse_content(environment.name, recursive=True)))
    assert len(listed) == 24_999
    assert len(both.ask(lambda ops: ops.browse_content(environment.name))) == 7
    both.ask(lambda ops: ops.browse_content(environment.name, path="d3"))
    assert both.ask(lambda ops: ops.get_package_info(environment.name)).total_entries == 24_999
    diff = both.ask(
        lambda ops: ops.diff_packages(environment.name, environment.name, package1_hash=first)
    )
    assert diff.deleted == ("d0/00000.bin",)


@pytest.fixture(params=["Pacific/Kiritimati", "America/St_Johns"])
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """The process runs in a different time zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_times_are_taken_from_the_pointers_if_there_are_any(
    environment: RegistryEnvironment, both: Any
) -> None:
    environment.given([environment.entry("a")], message="one")  # the environment's first second
    environment.given([environment.entry("b")], message="two")
    expected = [datetime(2020, 9, 13, 12, 26, second, tzinfo=UTC) for second in (41, 40)]
    versions = both.ask(lambda ops: ops.list_package_versions(environment.name))
    assert [one.modified for one in versions] == expected
    info = both.ask(lambda ops: ops.get_package_info(environment.name))
    assert info.modified == expected[0]
    assert info.modified.utcoffset() is not None
    since = SearchFilter(modified_from=expected[0], modified_to=expected[0])
    found = both.ask(lambda ops: ops.search_packages("", environment.registry, filters=since))
    assert [one.top_hash for one in found] == [info.top_hash]


def test_operations_on_the_catalog(both: Any) -> None:
    both.ask(lambda ops: ops.list_buckets())
    both.ask(lambda ops: ops.get_auth_status())
    both.ask(lambda ops: ops.get_catalog_config())
    both.ask(lambda ops: ops.get_registry_url())
    both.ask(lambda ops: ops.get_graphql_endpoint())
    both.ask(lambda ops: ops.execute_graphql_query("{ me { name isAdmin } }"))
    both.ask(lambda ops: ops.list_tabulator_tables(ops.list_buckets()[0].name))


def test_an_administrator(environment: RegistryEnvironment, as_administrator: Any) -> None:
    as_administrator.ask(lambda ops: ops.get_open_query_status())
    as_administrator.ask(lambda ops: ops.admin.list_users())
    as_administrator.ask(lambda ops: ops.admin.list_roles())
    as_administrator.ask(lambda ops: ops.admin.list_policies())
    as_administrator.ask(lambda ops: ops.admin.list_buckets())
    as_administrator.ask(lambda ops: ops.admin.list_api_keys())
    as_administrator.ask(lambda ops: ops.admin.get_sso_config())
