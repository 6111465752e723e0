"""What one backend writes, the other reads and updates; the same content has the same top hash."""

from __future__ import annotations

from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user
from msgspec.structs import replace

import quilt_core
from quilt_core import ConflictError, ContentType, EntrySource, QuiltOps, ValidationError
from quilt_core.manifest import DirectoryRecord
from quilt_core.testing.conformance.content import ODD_KEYS

ORDERS = [("platform", "quilt3"), ("quilt3", "platform")]


def _connections(both: Any, order: tuple[str, str]) -> tuple[QuiltOps, QuiltOps]:
    first, second = (getattr(both, name) for name in order)
    return first, second


def _uris(environment: RegistryEnvironment, **files: bytes) -> dict[str, str]:
    return {key: environment.put_object(f"in/{key}", body) for key, body in files.items()}


METADATA: dict[str, dict[str, Any] | None] = {
    "none": None,
    "empty": {},
    "nested": {"ü": [1, 2.5, None, {"deep": [[]]}], "n": 10**15},
    "large": {"blob": "ü" * 490_000},
}


@pytest.mark.parametrize("metadata", METADATA)
def test_the_same_content_has_the_same_top_hash(
    environment: RegistryEnvironment, both: Any, metadata: str
) -> None:
    uris = {key: environment.put_object(f"in/{key}", key.encode()) for key in ODD_KEYS}
    made = {
        name: ops.create_package_revision(
            f"team/{name}", uris, METADATA[metadata], message="Müßig\nzwei"
        )
        for name, ops in (("platform", both.platform), ("quilt3", both.quilt3))
    }
    assert made["platform"].top_hash == made["quilt3"].top_hash
    for name in made:
        both.ask(lambda ops, name=name: ops.get_package_info(f"team/{name}"))
        both.ask(lambda ops, name=name: list(ops.browse_content(f"team/{name}", recursive=True)))
    difference = both.ask(lambda ops: ops.diff_packages("team/platform", "team/quilt3"))
    assert not (difference.added or difference.deleted or difference.modified)


@pytest.mark.parametrize("message", [None, " ", "one\n\n  two\t—\r\nthree\n", "\0\x7f\u2028"])
def test_messages_and_entry_metadata_are_written_in_the_same_way(
    environment: RegistryEnvironment, both: Any, message: str | None
) -> None:
    uri = environment.put_object("in/a", b"1")
    numbers = {"large": 2**70, "float": 1.0, "tiny": 5e-324, "minus": -0.0, "list": (1, None)}
    sources = [EntrySource(uri, "a", numbers), EntrySource(uri, "b", {}), EntrySource(uri, "c/d")]
    made = {
        ops.create_package_revision(name, sources, message=message).top_hash
        for name, ops in (("team/platform", both.platform), ("team/quilt3", both.quilt3))
    }
    assert len(made) == 1
    for name in ("team/platform", "team/quilt3"):
        info = both.ask(lambda ops, name=name: ops.get_package_info(name))
        assert info.message == message
        both.ask(lambda ops, name=name: list(ops.browse_content(name, recursive=True)))


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_one_backend_creates_and_the_other_updates(
    environment: RegistryEnvironment, both: Any, order: tuple[str, str]
) -> None:
    creator, updater = _connections(both, order)
    creator.create_package_revision(
        environment.name,
        _uris(environment, a=b"1", b=b"22", c=b"333"),
        {"keep": 1, "change": {"old": True}},
    )
    updater.update_package_revision(
        environment.name,
        _uris(environment, b=b"changed", d=b"new"),
        metadata={"change": {"new": True}},
        remove=["c"],
    )
    creator.update_package_revision(
        environment.name, {"e/f": environment.put_object("in/f", b"deep")}
    )
    assert both.ask(lambda ops: ops.get_package_metadata(environment.name)) == {
        "keep": 1,
        "change": {"new": True},
    }
    listed = both.ask(lambda ops: list(ops.browse_content(environment.name, recursive=True)))
    assert [(item.path, item.size) for item in listed] == [
        ("a", 1), ("b", 7), ("d", 3), ("e/f", 4),
    ]  # fmt: skip
    assert len(both.ask(lambda ops: ops.list_package_versions(environment.name))) == 3


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_entries_keep_metadata_hash_and_place(
    environment: RegistryEnvironment, both: Any, order: tuple[str, str]
) -> None:
    _, updater = _connections(both, order)
    kept = [
        environment.entry("a", b"1", {"n": {"x": 1}}),
        environment.entry("d/b", b"2", {"ü": None}),
    ]
    first = environment.given(kept, user_meta={"m": 1})
    updater.update_package_revision(
        environment.name, {"new": environment.put_object("in/new", b"3")}
    )
    difference = both.ask(
        lambda ops: ops.diff_packages(environment.name, environment.name, package1_hash=first)
    )
    assert difference.added == ("new",)
    assert not (difference.deleted or difference.modified)
    before = both.ask(lambda ops: list(ops.browse_content(environment.name, None, "", first, True)))
    after = both.ask(lambda ops: list(ops.browse_content(environment.name, recursive=True)))
    assert [item for item in after if item.path != "new"] == before


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_pushes_in_the_same_second_are_all_kept(
    environment: RegistryEnvironment, both: Any, order: tuple[str, str]
) -> None:
    first, second = _connections(both, order)
    uris = _uris(environment, a=b"1")
    made = [
        ops.create_package_revision(environment.name, uris, {"n": n}).top_hash
        for n, ops in enumerate((first, second, first))
    ]
    listed = both.ask(lambda ops: ops.list_package_versions(environment.name))
    assert [one.top_hash for one in listed] == made[::-1]


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_a_revision_of_the_other_is_a_conflict(
    environment: RegistryEnvironment, both: Any, order: tuple[str, str]
) -> None:
    """The other backend pushes while this one is copying objects."""
    mine, other = _connections(both, order)
    mine.create_package_revision(environment.name, _uris(environment, a=b"1"))
    pushed: list[str] = []

    def push_in_between(_: object) -> None:
        if not pushed:
            uris = {"x": environment.put_object("in/x", b"x")}
            pushed.append(other.create_package_revision(environment.name, uris).top_hash)

    change = {"b": environment.put_object("in/b", b"2")}
    with pytest.raises(ConflictError) as conflict:
        mine.update_package_revision(environment.name, change, copy="all", progress=push_in_between)
    assert pushed[0] in conflict.value.context.values()
    assert both.ask(lambda ops: ops.get_package_info(environment.name)).top_hash == pushed[0]


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
@pytest.mark.parametrize("copy", ["all", "new"])
def test_copies_lie_in_the_same_places(
    environment: RegistryEnvironment, both: Any, order: tuple[str, str], copy: str
) -> None:
    first, second = _connections(both, order)
    uris = _uris(environment, a=b"1", b=b"22")
    places = []
    for number, ops in enumerate((first, second)):
        name = f"team/{number}"
        ops.create_package_revision(name, uris, copy=copy, message=name)
        items = both.ask(lambda ops, name=name: ops.browse_content(name))
        places.append([item.physical_key.partition("?")[0].replace(name, "") for item in items])
    assert places[0] == places[1]


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_one_backend_deletes_what_the_other_wrote(
    environment: RegistryEnvironment, both: Any, order: tuple[str, str]
) -> None:
    writer, deleter = _connections(both, order)
    uris = _uris(environment, a=b"1")
    hashes = {
        writer.create_package_revision(environment.name, uris, {"n": n}).top_hash for n in (1, 2)
    }
    gone = deleter.delete_package(environment.name)
    assert set(gone.deleted) == hashes
    assert both.ask(lambda ops: ops.list_all_packages()) == []


@pytest.mark.parametrize(("updater", "stays"), [("quilt3", True), ("platform", False)])
def test_metadata_of_directories_in_an_update(
    environment: RegistryEnvironment, both: Any, updater: str, stays: bool
) -> None:
    """The one thing for which `packageConstruct` has no field; docs/concepts.md says so."""
    kept = [environment.entry("d/a", b"1", {"n": 1}), environment.entry("d/e/b", b"2")]
    folders = [DirectoryRecord(logical_key=key, meta={"kind": key}) for key in ("d/", "d/e/")]
    environment.given(kept, directories=folders)
    new = {"d/new": environment.put_object("in/new", b"3")}
    getattr(both, updater).update_package_revision(environment.name, new)
    found = both.ask(
        lambda ops: [
            *ops.browse_content(environment.name),
            *ops.browse_content(environment.name, path="d"),
        ]
    )
    metadata = {one.path: one.metadata for one in found if one.type is ContentType.DIRECTORY}
    assert metadata == {key: {"kind": f"{key}/"} if stays else {} for key in ("d", "d/e")}


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_an_update_of_twenty_five_thousand_entries(
    environment: RegistryEnvironment, both: Any, order: tuple[str, str]
) -> None:
    updater, _ = _connections(both, order)
    sample = environment.entry("sample", b"12345", {"unit": "mm"})
    keys = [f"d{n % 7}/ü {n:05}+%#?.bin" for n in range(25_000)]
    first = environment.given([replace(sample, logical_key=key) for key in keys])
    new = {"new": environment.put_object("in/new", b"3")}
    made = updater.update_package_revision(environment.name, new, remove=[keys[0]])
    assert (made.total_entries, made.added, made.removed) == (25_000, ("new",), (keys[0],))
    change = both.ask(
        lambda ops: ops.diff_packages(environment.name, environment.name, package1_hash=first)
    )
    assert (change.added, change.deleted, change.modified) == (("new",), (keys[0],), ())
    kept = both.ask(lambda ops: ops.browse_content(environment.name, path=keys[-1]))
    assert [(one.physical_key, one.size, one.metadata) for one in kept] == [
        (sample.physical_key, 5, {"unit": "mm"})
    ]


def test_an_object_overwritten_while_versioning_was_suspended_is_not_copied(
    both: Any, environment: RegistryEnvironment, shared_local_registry: LocalRegistry
) -> None:
    """The version "null" is now a different object of the same size: no copy takes its place."""
    s3, bucket = shared_local_registry.s3_client(), environment.registry[5:]
    suspended = {"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}}
    s3.put_bucket_versioning(**suspended)
    uri = f"s3://{bucket}/k?versionId=null"
    entry = replace(environment.entry("a", b"old"), physical_key=uri)
    for body in (b"old", b"new"):
        s3.put_object(Bucket=bucket, Key="k", Body=body, ChecksumAlgorithm="SHA256")
    environment.given([entry])
    target = environment.second_registry
    error = both.refuse(
        lambda ops: ops.promote_package(environment.name, destination=target, copy="new")
    )
    assert error.error is ValidationError
    assert "a different checksum" in error.context["entries"]["a"]


def test_a_bucket_without_versions(
    shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both write the same there, without versions."""
    registry = shared_local_registry
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", registry.endpoints.s3_endpoint)
    bucket = add_bucket(registry, versioning=False)
    user = add_user(registry, writes=[bucket]).name
    registry.s3_client().put_object(Bucket=bucket, Key="k", Body=b"x")
    written = []
    for backend in ("platform", "quilt3"):
        with quilt_core.connect(
            backend,
            catalog_url=registry.endpoints.catalog_url,
            token=registry.token(user),
            registry=f"s3://{bucket}",
        ) as ops:
            name = f"team/{backend}"
            made = ops.create_package_revision(name, [f"s3://{bucket}/k"], message="m")
            assert ops.browse_content(name)[0].physical_key == f"s3://{bucket}/k"
            more = {"l": f"s3://{bucket}/k"}
            for dry_run in (True, False):
                with pytest.raises(ValidationError, match="keeps no versions") as caught:
                    ops.update_package_revision(name, more, copy="all", dry_run=dry_run)
                assert caught.value.context["outcome"] == "not_written"
            copied = ops.update_package_revision(name, more, copy="all", allow_unversioned=True)
            assert copied.copied == 2
            assert ops.browse_content(name)[0].physical_key == f"s3://{bucket}/{name}/k"
            assert ops.delete_package(name, f"s3://{bucket}").deleted
            written.append(made.top_hash)
    assert written[0] == written[1]
