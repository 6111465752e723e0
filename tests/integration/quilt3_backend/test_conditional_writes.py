"""`latest` is replaced conditionally: no other writer's revision is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry
from quilt3_backend.stores import S3Store

from quilt_core import (
    NO_REVISION,
    BackendError,
    ConflictError,
    PackageName,
    PermissionDeniedError,
    QuiltOps,
    QuiltOpsError,
)

Put = Callable[..., str]


@pytest.fixture
def after_claim(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something once, between a writer's timestamp pointer and its `latest`."""
    claim = S3Store.claim_pointer

    def arrange(act: Callable[[], object]) -> None:
        acts = [act]

        def claiming(self: S3Store, *args: Any) -> bool:
            claimed = claim(self, *args)
            if acts:
                acts.pop()()
            return claimed

        monkeypatch.setattr(S3Store, "claim_pointer", claiming)

    return arrange


@pytest.mark.parametrize("new", [False, True], ids=["update", "new package"])
def test_the_second_writer_overwrites_nothing(
    ops: QuiltOps, put: Put, after_claim: Any, new: bool
) -> None:
    uri = put("a", b"1")
    base = None if new else ops.create_package_revision("a/b", {"a": uri}).top_hash
    others: list[str] = []
    after_claim(
        lambda: others.append(ops.create_package_revision("a/b", {"x": uri}, message="x").top_hash)
    )
    with pytest.raises(ConflictError) as caught:
        ops.create_package_revision("a/b", {"b": uri}, message="mine")
    assert (caught.value.expected, caught.value.actual) == (base, others[0])
    assert caught.value.context["outcome"] == "not_written"
    assert ops.get_package_info("a/b").top_hash == others[0]
    messages = {one.message for one in ops.list_package_versions("a/b")}
    assert "mine" not in messages  # its pointer was removed again


def test_a_timestamp_that_was_taken_and_released_is_not_a_conflict(
    ops: QuiltOps,
    put: Put,
    registry: LocalRegistry,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other writer came second at `latest`, and removes its timestamp pointer again."""
    uri = put("a", b"1")
    ops.create_package_revision("a/b", {"a": uri})
    claim, read, s3 = S3Store.claim_pointer, S3Store.read_pointer, registry.s3_client()
    taken: list[str] = []

    def claiming(self: S3Store, package: PackageName, name: str, top_hash: str) -> bool:
        if not taken:
            taken.append(f".quilt/named_packages/a/b/{name}")
            s3.put_object(Bucket=bucket, Key=taken[0], Body=b"f" * 64)
        return claim(self, package, name, top_hash)

    def reading(self: S3Store, package: PackageName, name: str) -> str:
        if taken and taken[0].endswith(f"/{name}"):
            s3.delete_object(Bucket=bucket, Key=taken[0])
        return read(self, package, name)

    monkeypatch.setattr(S3Store, "claim_pointer", claiming)
    monkeypatch.setattr(S3Store, "read_pointer", reading)
    made = ops.create_package_revision("a/b", {"b": uri})
    assert taken
    assert ops.get_package_info("a/b").top_hash == made.top_hash


def test_force_overwrites_anyway(ops: QuiltOps, put: Put, after_claim: Any) -> None:
    uri = put("a", b"1")
    ops.create_package_revision("a/b", {"a": uri})
    after_claim(lambda: ops.create_package_revision("a/b", {"x": uri}, message="x"))
    made = ops.create_package_revision("a/b", {"b": uri}, message="mine", force=True)
    assert ops.get_package_info("a/b").top_hash == made.top_hash
    assert len(ops.list_package_versions("a/b")) == 3


@pytest.mark.parametrize("pointer", ["latest", "1*"])
def test_a_lost_answer_is_not_a_conflict(
    ops: QuiltOps, put: Put, registry: LocalRegistry, bucket: str, pointer: str
) -> None:
    """The second attempt is refused, because the first one has written what it checks."""
    uri = put("a", b"1")
    for expected in (NO_REVISION, None):
        registry.faults.replace(
            [
                FaultRule(
                    kind="reset-after",
                    side="s3",
                    operation="PutObject",
                    path=f"*/named_packages/a/b/{pointer}",
                    count=1,
                )
            ]
        )
        made = ops.create_package_revision(
            "a/b", {"a": uri}, message=expected, expected_top_hash=expected
        )
        assert sum(count for *_, count in registry.faults.counts()) == 1
        assert ops.get_package_info("a/b").top_hash == made.top_hash


def test_a_pointer_that_cannot_be_written_at_all(
    ops: QuiltOps, put: Put, registry: LocalRegistry
) -> None:
    uri = put("a", b"1")
    ops.create_package_revision("a/b", {"a": uri})
    for pattern, outcome in (("1*", "unknown"), ("latest", "unknown")):
        registry.faults.replace(
            [
                FaultRule(
                    kind="reset-before",
                    side="s3",
                    operation="PutObject",
                    path=f"*/named_packages/a/b/{pattern}",
                )
            ]
        )
        with pytest.raises(QuiltOpsError) as caught:
            ops.create_package_revision("a/b", {"a": uri}, message=pattern)
        assert caught.value.context["outcome"] == outcome


def test_a_deletion_whose_answer_was_lost(ops: QuiltOps, put: Put, registry: LocalRegistry) -> None:
    made = ops.create_package_revision("a/b", {"a": put("a", b"1")})
    registry.faults.replace([FaultRule(kind="reset-before", side="s3", operation="DeleteObjects")])
    with pytest.raises(QuiltOpsError) as caught:
        ops.delete_package("a/b")
    assert caught.value.context["outcome"] == "unknown"
    registry.faults.replace(())
    assert ops.delete_package("a/b").deleted == (made.top_hash,)


@pytest.fixture
def before_deletion(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Do something once, just before a deletion removes its pointers, and let some remain."""
    delete = S3Store.delete_pointers

    def arrange(
        act: Callable[[], object], refused: Callable[[str], bool] = lambda _: False
    ) -> None:
        acts = [act]

        def deleting(self: S3Store, package_name: Any, names: Any) -> Any:
            while acts:
                acts.pop()()
            stay = {name for name in names if refused(name)}
            errors = delete(self, package_name, [name for name in names if name not in stay])
            return {**errors, **{name: PermissionDeniedError("not this one") for name in stay}}

        monkeypatch.setattr(S3Store, "delete_pointers", deleting)

    return arrange


def test_pointers_that_are_still_there_do_not_count_as_deleted(
    ops: QuiltOps, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = put("a", b"1")
    first = ops.create_package_revision("a/b", {"a": uri}).top_hash
    second = ops.update_package_revision("a/b", {"x": uri}).top_hash
    oldest = min(int(one.modified.timestamp()) for one in ops.list_package_versions("a/b"))
    delete = S3Store.delete_pointers

    def deleting(self: S3Store, package_name: Any, names: Any) -> Any:
        return delete(self, package_name, [name for name in names if name != str(oldest)])

    monkeypatch.setattr(S3Store, "delete_pointers", deleting)
    result = ops.delete_package("a/b")
    assert result.deleted == (second,)
    assert [one.top_hash for one in result.failed] == [first]
    with pytest.raises(BackendError, match="still there") as caught:
        ops.delete_package("a/b")
    assert caught.value.context["outcome"] == "unknown"


def test_a_pointer_that_the_answer_does_not_name_is_an_error() -> None:
    class Client:
        def delete_objects(self, **_: object) -> object:
            gone, denied = (f".quilt/named_packages/a/b/{name}" for name in (1, 2))
            errors = [{"Key": denied, "Code": "AccessDenied"}, {"Key": "other", "Code": "x"}]
            return {"Deleted": [{"Key": gone}], "Errors": errors}

    store = S3Store(bucket="bucket", s3=Client(), workers=1)
    errors = store.delete_pointers(PackageName.parse("a/b"), ["1", "2", "3"])
    assert {name: type(error) for name, error in errors.items()} == {
        "2": PermissionDeniedError,
        "3": BackendError,
    }


def test_a_revision_published_before_the_deletion_becomes_the_latest(
    ops: QuiltOps, put: Put, before_deletion: Any
) -> None:
    uri = put("a", b"1")
    first = ops.create_package_revision("a/b", {"a": uri}).top_hash
    came: list[str] = []
    before_deletion(lambda: came.append(ops.update_package_revision("a/b", {"x": uri}).top_hash))
    assert ops.delete_package("a/b").deleted == (first,)
    assert ops.get_package_info("a/b").top_hash == came[0]
    assert [one.top_hash for one in ops.list_package_versions("a/b")] == came


def test_a_revision_that_remains_becomes_the_latest(
    ops: QuiltOps, put: Put, before_deletion: Any
) -> None:
    uri = put("a", b"1")
    first = ops.create_package_revision("a/b", {"a": uri}).top_hash
    second = ops.update_package_revision("a/b", {"x": uri}).top_hash
    names = sorted(str(int(one.modified.timestamp())) for one in ops.list_package_versions("a/b"))
    before_deletion(lambda: None, refused=lambda name: name == names[0])
    result = ops.delete_package("a/b")
    assert (result.deleted, [one.top_hash for one in result.failed]) == ((second,), [first])
    assert ops.get_package_info("a/b").top_hash == first


def test_latest_is_removed_whether_or_not_its_own_deletion_is_refused(
    ops: QuiltOps, put: Put, before_deletion: Any
) -> None:
    uri = put("a", b"1")
    first = ops.create_package_revision("a/b", {"a": uri}).top_hash
    second = ops.update_package_revision("a/b", {"x": uri}).top_hash
    names = sorted(str(int(one.modified.timestamp())) for one in ops.list_package_versions("a/b"))
    before_deletion(lambda: None, refused=lambda name: name in ("latest", names[0]))
    result = ops.delete_package("a/b")
    assert (result.deleted, [one.top_hash for one in result.failed]) == ((second,), [first])
    assert ops.get_package_info("a/b").top_hash == first


def test_a_manifest_that_other_revisions_share(ops: QuiltOps, put: Put) -> None:
    """Physical keys are not part of a top hash: the copy moves the first package's objects, too."""
    uri = put("a", b"1")
    first = ops.create_package_revision("team/first", {"a": uri})
    again = ops.create_package_revision("team/again", {"a": uri})
    copied = ops.create_package_revision("team/copied", {"a": uri}, copy="all")
    assert first.top_hash == again.top_hash == copied.top_hash
    replaced = [one.manifest_replaced for one in (first, again, copied)]
    assert replaced == [False, False, True]
    [entry] = ops.browse_content("team/first")
    assert "team/copied/a" in str(entry.physical_key)


def test_a_manifest_is_not_overwritten_by_a_write_that_lost(
    ops: QuiltOps, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is that of another revision with different physical keys."""
    uri = put("a", b"1")
    ops.create_package_revision("team/first", {"a": uri})
    ops.create_package_revision("team/mine", {"b": uri})
    moved = put("moved", b"1")
    write = S3Store.write_manifest

    def writing(self: S3Store, *args: Any) -> bool:
        monkeypatch.setattr(S3Store, "write_manifest", write)
        ops.create_package_revision("team/mine", {"c": uri})
        return write(self, *args)

    monkeypatch.setattr(S3Store, "write_manifest", writing)
    with pytest.raises(ConflictError) as caught:
        ops.create_package_revision("team/mine", {"a": moved})
    assert caught.value.context["outcome"] == "not_written"
    [entry] = ops.browse_content("team/first")
    assert str(entry.physical_key).partition("?")[0] == uri
