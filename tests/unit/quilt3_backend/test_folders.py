"""A folder as a registry: every package operation works without an account or a server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from quilt3_backend.stores import local

from quilt_core import QuiltOps
from quilt_core.domain import ContentType, EntrySource, Progress, SearchFilter
from quilt_core.errors import (
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    ProtocolError,
    ValidationError,
)

Write = Callable[[str, str], str]
KEY = "data/a b+c%d?e#f é.csv"


def test_a_created_package_is_complete(ops: QuiltOps, write: Write) -> None:
    sources = [
        EntrySource(write("one.csv", "hello"), KEY, {"unit": "mm"}),
        EntrySource(write("two.txt", ""), "empty.txt"),
    ]
    made = ops.create_package_revision("a/b", sources, {"k": [1, None, "é"]}, message="First\nline")

    assert made.added == (KEY, "empty.txt")
    assert (made.total_entries, made.previous_top_hash, made.copied) == (2, None, 0)
    info = ops.get_package_info("a/b")
    assert (info.top_hash, info.message, info.bucket) == (made.top_hash, "First\nline", None)
    assert (info.total_entries, info.total_bytes) == (2, 5)
    assert info.metadata == ops.get_package_metadata("a/b") == {"k": [1, None, "é"]}
    (entry,) = ops.browse_content("a/b", path=KEY)
    assert (entry.type, entry.size, entry.metadata) == (ContentType.FILE, 5, {"unit": "mm"})


def test_quilt3_can_read_what_was_written(ops: QuiltOps, write: Write, folder: Path) -> None:
    from quilt3 import Package

    made = ops.create_package_revision(
        "a/b", [EntrySource(write("x.csv", "hello"), KEY, {"u": 1})], {"k": 1}
    )

    package = Package.browse.__wrapped__(Package, "a/b", registry=folder.as_uri())
    assert package.top_hash == made.top_hash
    assert package.meta == {"k": 1}
    assert package[KEY].meta == {"u": 1}
    assert package[KEY].get_bytes() == b"hello"


def test_what_quilt3_wrote_can_be_read(ops: QuiltOps, write: Write, folder: Path) -> None:
    from quilt3 import Package

    package = Package().set(KEY, write("x.csv", "hello"), meta={"u": 1})
    package.set("d/e.txt", write("y.txt", "y"))
    package["d"].set_meta({"about": "d"})
    top_hash = Package.build.__wrapped__(package, "a/b", registry=folder.as_uri(), message="hi")

    assert ops.get_package_info("a/b").top_hash == top_hash
    listing = ops.browse_content("a/b")
    assert [(item.path, item.metadata) for item in listing] == [
        ("d", {"about": "d"}), ("data", {}),
    ]  # fmt: skip


def test_an_update_keeps_everything_else(ops: QuiltOps, write: Write, folder: Path) -> None:
    from quilt3 import Package

    package = Package().set("d/e.txt", write("y.txt", "y"), meta={"u": 1})
    package["d/e.txt"]._meta["system"] = {"kept": True}
    package["d"].set_meta({"about": "d"})
    package.set("f.txt", write("f.txt", "f"))
    package.set_meta({"a": 1, "b": {"c": 2}})
    first = Package.build.__wrapped__(package, "a/b", registry=folder.as_uri())

    made = ops.update_package_revision(
        "a/b", {"new.txt": write("n.txt", "new")}, metadata={"b": 3}, remove=["f.txt"]
    )

    assert made.previous_top_hash == first
    assert (made.added, made.replaced, made.removed) == (("new.txt",), (), ("f.txt",))
    assert ops.get_package_metadata("a/b") == {"a": 1, "b": 3}
    assert ops.browse_content("a/b")[0].metadata == {"about": "d"}
    manifest = (folder / ".quilt/packages" / made.top_hash).read_text(encoding="utf-8")
    kept = next(line for line in map(json.loads, manifest.splitlines()[1:]) if "hash" in line)
    assert kept["meta"] == {"user_meta": {"u": 1}, "system": {"kept": True}}


def test_a_file_becomes_a_directory_and_a_file_again(ops: QuiltOps, write: Write) -> None:
    ops.create_package_revision("a/b", {"a": write("1", "1"), "z": write("2", "2")})

    down = ops.update_package_revision("a/b", {"a/b": write("3", "3")})
    assert (down.added, down.removed) == (("a/b",), ("a",))
    up = ops.update_package_revision("a/b", {"a": write("4", "4")})
    assert (up.added, up.removed) == (("a",), ("a/b",))
    assert [entry.path for entry in ops.browse_content("a/b")] == ["a", "z"]


def test_a_package_may_become_empty(ops: QuiltOps, write: Write) -> None:
    ops.create_package_revision("a/b", {"only.txt": write("1", "1")})

    ops.update_package_revision("a/b", remove=["only.txt"])

    assert ops.browse_content("a/b") == []
    assert list(ops.browse_content("a/b", recursive=True)) == []
    assert ops.get_package_info("a/b").total_entries == 0


def test_listings_are_ordered_by_path_component(ops: QuiltOps, write: Write) -> None:
    uri = write("x", "x")
    ops.create_package_revision("a/b", dict.fromkeys(["a.txt", "a/b", "a-b/c", "z", "a/a/c"], uri))

    assert [entry.path for entry in ops.browse_content("a/b")] == ["a", "a-b", "a.txt", "z"]
    assert [entry.path for entry in ops.browse_content("a/b", path="a/")] == ["a/a", "a/b"]
    assert [entry.path for entry in ops.browse_content("a/b", recursive=True)] == [
        "a/a/c", "a/b", "a-b/c", "a.txt", "z",
    ]  # fmt: skip
    assert [e.path for e in ops.browse_content("a/b", path="a", recursive=True)] == [
        "a/a/c", "a/b",
    ]  # fmt: skip


def test_revisions_of_the_same_second_are_all_kept(ops: QuiltOps, write: Write) -> None:
    made = [
        ops.create_package_revision("a/b", {"x": write("x", str(n))}, message=f"m{n}")
        for n in range(3)
    ]

    versions = ops.list_package_versions("a/b")
    assert [version.top_hash for version in versions] == [one.top_hash for one in reversed(made)]
    assert [version.is_latest for version in versions] == [True, False, False]
    assert len({version.modified for version in versions}) == 3


def test_a_pointer_that_disappears_during_the_listing_is_left_out(
    ops: QuiltOps, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two writers removes its pointer again while others are reading."""
    made = ops.create_package_revision("a/b", {KEY: write("x.csv", "hello")})
    fleeting = folder / ".quilt/named_packages/a/b/1700000000"
    look = local._read_pointer
    looks = []

    def goes(path: Path) -> bytes:
        if path == fleeting:
            looks.append(path)
            fleeting.unlink()
        return look(path)

    monkeypatch.setattr(local, "_read_pointer", goes)
    for _ in range(2):
        fleeting.write_text("f" * 64)
        versions = ops.list_package_versions("a/b")
        assert [one.top_hash for one in versions] == [made.top_hash]
    assert len(looks) == 2


def test_a_revision_is_found_by_hash_prefix_tag_and_time(
    ops: QuiltOps, write: Write, folder: Path
) -> None:
    first = ops.create_package_revision("a/b", {"x": write("x", "1")})
    second = ops.create_package_revision("a/b", {"x": write("x", "22")})
    pointers = folder / ".quilt/named_packages/a/b"
    newest = max(path.name for path in pointers.iterdir() if path.name != "latest")

    for ref in (first.top_hash, first.top_hash[:6], first.top_hash[:6].upper()):
        assert ops.get_package_info("a/b", top_hash=ref).top_hash == first.top_hash
    for ref in ("latest", None, newest):
        assert ops.get_package_info("a/b", top_hash=ref).top_hash == second.top_hash
    for ref in ("f" * 64, "ffffff", "1000000000"):
        with pytest.raises(NotFoundError, match=ref):
            ops.get_package_info("a/b", top_hash=ref)


def test_a_conflict_names_both_revisions(ops: QuiltOps, write: Write) -> None:
    first = ops.create_package_revision("a/b", {"x": write("x", "1")})
    between: list[str] = []

    def interfere(progress: Progress) -> None:
        if not between:
            between.append("")
            made = ops.create_package_revision("a/b", {"x": write("y", "2")})
            between[0] = made.top_hash

    with pytest.raises(ConflictError) as caught:
        ops.update_package_revision("a/b", {"z": write("z", "3")}, progress=interfere)
    assert (caught.value.expected, caught.value.actual) == (first.top_hash, between[0])
    assert ops.get_package_info("a/b").top_hash == between[0]

    between.clear()
    forced = ops.update_package_revision(
        "a/b", {"z": write("z", "3")}, progress=interfere, force=True
    )
    assert ops.get_package_info("a/b").top_hash == forced.top_hash


def test_a_package_that_appears_in_the_meantime_is_a_conflict(ops: QuiltOps, write: Write) -> None:
    def interfere(progress: Progress) -> None:
        if not seen:
            seen.append(progress)
            ops.create_package_revision("a/b", {"x": write("y", "2")})

    seen: list[Progress] = []
    with pytest.raises(ConflictError) as caught:
        ops.create_package_revision("a/b", {"x": write("x", "1")}, progress=interfere)
    assert caught.value.expected is None
    assert caught.value.actual == ops.get_package_info("a/b").top_hash


def test_a_clock_that_is_ahead_is_not_waited_for(ops: QuiltOps, write: Write, folder: Path) -> None:
    ahead = int(time.time()) + 1000
    ops.create_package_revision("a/b", {"x": write("x", "1")})
    pointers = folder / ".quilt/named_packages/a/b"
    (pointers / str(ahead)).write_bytes((pointers / "latest").read_bytes())

    started = time.monotonic()
    made = ops.create_package_revision("a/b", {"x": write("x", "2")})

    assert time.monotonic() - started < 5
    assert ops.list_package_versions("a/b")[0].top_hash == made.top_hash


def test_deleting_one_revision_moves_latest_to_the_newest_left(ops: QuiltOps, write: Write) -> None:
    made = [
        ops.create_package_revision("a/b", {"x": write("x", str(n))}).top_hash for n in range(3)
    ]

    gone = ops.delete_package("a/b", top_hash=made[2][:8])

    assert (gone.deleted, gone.failed, gone.is_complete) == ((made[2],), (), True)
    assert ops.get_package_info("a/b").top_hash == made[1]
    ops.delete_package("a/b", top_hash=made[0])
    assert ops.get_package_info("a/b").top_hash == made[1]


def test_deleting_all_revisions_leaves_nothing(ops: QuiltOps, write: Write, folder: Path) -> None:
    made = [
        ops.create_package_revision("a/b", {"x": write("x", str(n))}).top_hash for n in range(2)
    ]

    gone = ops.delete_package("a/b", folder.as_uri())

    assert gone.deleted == (made[1], made[0])
    assert ops.list_all_packages() == []
    with pytest.raises(NotFoundError, match="a/b"):
        ops.delete_package("a/b")
    assert not list((folder / ".quilt/named_packages").iterdir())


def test_search_covers_everything(ops: QuiltOps, write: Write) -> None:
    ops.create_package_revision("a/x", {"x": write("x", "1")}, {"species": "Adelie"}, message="one")
    ops.create_package_revision("a/x", {"x": write("x", "22")}, {"species": "Gentoo"})
    ops.create_package_revision("b/y", {"penguins.csv": write("y", "333")}, message="two")

    def names(*args: object, **kwargs: object) -> list[str]:
        return [hit.name for hit in ops.search_packages(*args, **kwargs)]  # type: ignore[arg-type]

    assert names(order="name") == ["a/x", "b/y"]
    assert names("adelie") == []
    assert names("adelie", latest_only=False) == ["a/x"]
    assert names("penguins") == ["b/y"]
    assert names(filters=SearchFilter(size_min=3)) == ["b/y"]
    assert names(order="name_descending", limit=1) == ["b/y"]
    assert len(ops.search_packages(latest_only=False)) == 3
    hit = ops.search_packages("gentoo")[0]
    assert hit == ops.get_package_info("a/x")
    with pytest.raises(ValidationError, match="cannot be parsed"):
        ops.search_packages("(")


def test_missing_things_raise_not_found(ops: QuiltOps, write: Write, folder: Path) -> None:
    with pytest.raises(NotFoundError, match="registry"):
        ops.list_all_packages()
    with pytest.raises(NotFoundError, match="registry"):
        ops.search_packages()
    ops.create_package_revision("a/b", {"d/x": write("x", "1")})
    for reading in (
        lambda: ops.get_package_info("no/package"),
        lambda: ops.update_package_revision("no/package", metadata={"a": 1}),
        lambda: ops.list_package_versions("no/package"),
        lambda: ops.diff_packages("a/b", "no/package"),
    ):
        with pytest.raises(NotFoundError, match="no/package"):
            reading()
    for path in ("nothing", "d/nothing", "d/x/y", "dd"):
        with pytest.raises(NotFoundError, match=path):
            ops.browse_content("a/b", path=path)
        with pytest.raises(NotFoundError, match=path):
            list(ops.browse_content("a/b", path=path, recursive=True))
    with pytest.raises(ValidationError, match="directory"):
        ops.get_content_url("a/b", path="d")
    with pytest.raises(NotFoundError, match="none"):
        ops.update_package_revision("a/b", remove=["none"])


def test_a_missing_source_file_writes_nothing(ops: QuiltOps, write: Write, folder: Path) -> None:
    for uri in ("file:///no/such/file", folder.parent.as_uri()):
        with pytest.raises(NotFoundError, match=uri):
            ops.create_package_revision("a/b", {"x": write("x", "1"), "y": uri})
    assert not folder.exists()


def test_copies_into_a_folder_are_refused_with_the_reason(
    ops: QuiltOps, write: Write, folder: Path
) -> None:
    for allowed in (False, True):
        with pytest.raises(NotSupportedError, match="overwrite") as caught:
            ops.create_package_revision(
                "a/b", {"x": write("x", "1")}, copy=True, allow_unversioned=allowed
            )
        assert "--allow-unversioned) does not permit it" in str(caught.value)
    assert not folder.exists()


def test_workflows_are_checked_before_anything_is_written(
    ops: QuiltOps, write: Write, folder: Path
) -> None:
    config = folder / ".quilt/workflows/config.yml"
    config.parent.mkdir(parents=True)
    schema = folder / "schema.json"
    schema.write_text(json.dumps({"type": "object", "required": ["species"]}))
    config.write_text(
        "version: '1'\ndefault_workflow: alpha\nworkflows:\n"
        "  alpha: {name: A, metadata_schema: s, is_message_required: true}\n"
        "  beta: {name: B, handle_pattern: ^team/}\n"
        f"schemas: {{s: {{url: '{schema.as_uri()}'}}}}\n"
    )
    source = {"x": write("x", "1")}

    with pytest.raises(ValidationError, match="species"):
        ops.create_package_revision("a/b", source, {"wrong": 1})
    with pytest.raises(ValidationError, match="message"):
        ops.create_package_revision("a/b", source, {"species": 1}, message=None)
    with pytest.raises(ValidationError, match="pattern"):
        ops.create_package_revision("a/b", source, workflow="beta")
    with pytest.raises(ValidationError, match="gamma"):
        ops.create_package_revision("a/b", source, workflow="gamma")
    with pytest.raises(ValidationError, match="required"):
        ops.create_package_revision("a/b", source, workflow=None)
    assert ops.list_all_packages() == []
    made = ops.create_package_revision("a/b", source, {"species": 1})
    assert ops.get_package_info("a/b").workflow == "alpha"
    header = json.loads((folder / ".quilt/packages" / made.top_hash).read_text().partition("\n")[0])
    assert header["workflow"]["schemas"] == {"s": schema.as_uri()}


def test_a_read_only_folder_is_a_permission_error(
    ops: QuiltOps, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops.create_package_revision("a/b", {"x": write("x", "1")})

    def denied(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    # The tests may be run by root, whom mode bits do not restrict.
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(PermissionDeniedError, match=r"manifest|write"):
        ops.update_package_revision("a/b", metadata={"a": 1})


def test_metadata_stays_none_empty_or_complete(ops: QuiltOps, write: Write, folder: Path) -> None:
    from quilt3 import Package

    def header(top_hash: str) -> dict[str, object]:
        line = (folder / ".quilt/packages" / top_hash).read_text().partition("\n")[0]
        return dict(json.loads(line))

    uri = write("x", "1")
    none = ops.create_package_revision("n/one", {"x": uri})
    assert "user_meta" not in header(none.top_hash)
    for name, meta, kept in (("n/null", None, False), ("n/empty", {}, True)):
        package = Package().set("x", uri).set_meta(meta)
        Package.build.__wrapped__(package, name, registry=folder.as_uri())
        made = ops.update_package_revision(name, {"y": uri})
        assert ("user_meta" in header(made.top_hash)) is kept
        assert ops.get_package_metadata(name) == {}
        changed = ops.update_package_revision(name, metadata={"a": 1})
        assert header(changed.top_hash)["user_meta"] == {"a": 1}


@pytest.mark.parametrize("new", [False, True], ids=["update", "new package"])
def test_the_second_of_two_writers_overwrites_nothing(
    ops: QuiltOps, write: Write, monkeypatch: pytest.MonkeyPatch, new: bool
) -> None:
    from quilt3_backend.stores import LocalStore

    uri = write("a", "1")
    base = None if new else ops.create_package_revision("a/b", {"a": uri}).top_hash
    claim, others = LocalStore.claim_pointer, []

    def claiming(self: LocalStore, *args: str) -> bool:
        claimed = claim(self, *args)  # type: ignore[arg-type]
        monkeypatch.setattr(LocalStore, "claim_pointer", claim)
        others.append(ops.create_package_revision("a/b", {"x": uri}, message="x").top_hash)
        return claimed

    monkeypatch.setattr(LocalStore, "claim_pointer", claiming)
    with pytest.raises(ConflictError) as caught:
        ops.create_package_revision("a/b", {"b": uri}, message="mine")
    assert (caught.value.expected, caught.value.actual) == (base, others[0])
    assert caught.value.context["outcome"] == "not_written"
    assert ops.get_package_info("a/b").top_hash == others[0]
    assert "mine" not in {one.message for one in ops.list_package_versions("a/b")}


@pytest.mark.parametrize("dry_run", [True, False])
def test_files_that_would_be_overwritten_are_found_before_any_is_written(
    ops: QuiltOps, dry_run: bool
) -> None:
    ops.push_package("a/b", {"m": b"old", "n": b"old", "same": b"same"})
    registry = f"{ops.settings.registry}/"
    before = [one.uri for one in ops.list_objects(registry, recursive=True)]
    new = {f"{number:03}": b"data" for number in range(100)}
    with pytest.raises(ValidationError) as caught:
        ops.push_package("a/b", {**new, "m": b"new", "n": b"new", "same": b"same"}, dry_run=dry_run)
    assert list(caught.value.context["failures"]) == ["m", "n"]
    assert [one.uri for one in ops.list_objects(registry, recursive=True)] == before
    assert ops.push_package("a/b", {**new, "m": b"old", "same": b"same"}).uploads == 100


def test_workflows_that_are_no_small_file(
    ops: QuiltOps, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MOST_BYTES", 1000)
    path = folder / ".quilt" / "workflows" / "config.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#" * 1001, encoding="utf-8")
    with pytest.raises(ProtocolError, match="is not read"):
        ops.list_workflows()


@pytest.mark.parametrize("copy", ["new", "all", "none"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_local_files_are_not_promoted_to_a_bucket(ops: QuiltOps, copy: Any, dry_run: bool) -> None:
    ops.push_package("a/b", {"x": b"1"}, allow_unversioned=True)
    with pytest.raises(ValidationError, match=r"'x' is file:.* refers to objects in S3") as caught:
        ops.promote_package("a/b", destination="s3://bucket", copy=copy, dry_run=dry_run)
    assert "download_package, then push_package" in str(caught.value.hint)
    assert caught.value.context["outcome"] == "not_written"


def test_a_download_and_a_push_publish_the_same_in_another_registry(
    ops: QuiltOps, tmp_path: Path
) -> None:
    """The way that the guide shows for packages that cannot be promoted."""
    ops.push_package(
        "a/b", {"d/x": b"1", "y": b""}, metadata={"n": 1}, entry_metadata={"y": {"m": [None]}},
        message="First", allow_unversioned=True,
    )  # fmt: skip
    info, there = ops.get_package_info("a/b"), (tmp_path / "other").as_uri()
    files = list(ops.browse_content("a/b", recursive=True, top_hash=info.top_hash))
    ops.download_package("a/b", tmp_path / "copy", top_hash=info.top_hash)
    made = ops.push_package(
        "a/b",
        {one.path: tmp_path / "copy" / one.path for one in files},
        there,
        metadata=info.metadata,
        entry_metadata={one.path: one.metadata for one in files if one.metadata},
        message=info.message,
        allow_unversioned=True,
    )
    assert made.top_hash == info.top_hash
