"""How a write changes the entries that are already there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from quilt_core import (
    DEFAULT_WORKFLOW,
    NewEntry,
    NotFoundError,
    NotSupportedError,
    PackageName,
    Registry,
    S3Uri,
    ValidationError,
    Workflow,
)
from quilt_core.domain import CopyMode
from quilt_core.manifest import EntryHash, ManifestEntry
from quilt_core.revisions import (
    RevisionPlan,
    RevisionRequest,
    compare_entries,
    merge_metadata,
    plan_copies,
    plan_create,
    plan_update,
    resolve_prefix,
    seconds_to_wait,
)

NAME = PackageName("a", "b")
REGISTRY = Registry(bucket="bucket")


def old(key: str, **fields: object) -> ManifestEntry:
    values = {"physical_key": f"s3://bucket/{key}", "size": 1, "hash": EntryHash("SHA256", "x")}
    return ManifestEntry(**{**values, "meta": {}, **fields, "logical_key": key})


def new(key: str) -> NewEntry:
    return NewEntry(key, S3Uri("other", key))


def update(present: list[str], given: list[str] = (), remove: list[str] = ()) -> RevisionPlan:  # type: ignore[assignment]
    return plan_update(
        [old(key) for key in present],
        None,
        entries=[new(key) for key in given],
        metadata=None,
        remove=remove,
        package_name=NAME,
        registry=REGISTRY,
    )


def kept(plan: RevisionPlan) -> list[str]:
    return [entry.logical_key for entry in plan.kept]


def test_all_other_entries_stay_in_component_order() -> None:
    plan = update(["a.txt", "a/b", "z"], ["a/a", "z"])
    assert kept(plan) == ["a/b", "a.txt"]
    assert (plan.added, plan.replaced, plan.removed) == (("a/a",), ("z",), ())
    assert plan.total_entries == 4


def test_an_entry_stays_unchanged() -> None:
    entry = old("x", meta={"user_meta": {"k": 1}, "system": 2})
    plan = plan_update(
        [entry], {}, entries=(), metadata=None, remove=(), package_name=NAME, registry=REGISTRY
    )
    assert plan.kept == (entry,)


def test_a_file_in_place_of_a_directory() -> None:
    plan = update(["d/a", "d/e/b", "dx"], ["d"])
    assert (kept(plan), plan.added, plan.removed) == (["dx"], ("d",), ("d/a", "d/e/b"))


def test_a_directory_in_place_of_a_file() -> None:
    plan = update(["d", "e"], ["d/a/b"])
    assert (kept(plan), plan.added, plan.removed) == (["e"], ("d/a/b",), ("d",))


def test_remove_keys_and_directories() -> None:
    plan = update(["d/a", "d/b/c", "e", "dx"], [], ["d", "e"])
    assert (kept(plan), plan.removed) == (["dx"], ("d/a", "d/b/c", "e"))


def test_removed_and_given_is_replaced() -> None:
    plan = update(["d/a", "d/b"], ["d/a"], ["d"])
    assert (plan.replaced, plan.removed, kept(plan)) == (("d/a",), ("d/b",), [])


def test_everything_that_cannot_be_removed_is_named() -> None:
    with pytest.raises(NotFoundError) as caught:
        update(["d/a"], [], ["d/a", "x", "d/a/b", "da"])
    assert caught.value.context["remove"] == ["d/a/b", "da", "x"]


def test_create_adds_everything() -> None:
    plan = plan_create([new("b"), new("a/x"), new("a.x")], {"k": 1})
    assert plan.added == ("a/x", "a.x", "b")
    assert plan.user_meta == {"k": 1}
    assert plan_create([new("b")], None).user_meta is None


@pytest.mark.parametrize(
    ("present", "changes", "merged"),
    [
        (None, None, None),
        ({}, None, {}),
        ({"a": 1}, None, {"a": 1}),
        (None, {"a": 1}, {"a": 1}),
        ({"a": {"x": 1}, "b": 2}, {"a": {"y": 1}}, {"a": {"y": 1}, "b": 2}),
    ],
)
def test_metadata(present: object, changes: object, merged: object) -> None:
    assert merge_metadata(present, changes) == merged  # type: ignore[arg-type]


class TestPrefix:
    HASHES = ("abcdef12", "abcdef34", "fedcba00")

    def test_one_revision_matches(self) -> None:
        assert resolve_prefix("fedcba", self.HASHES, NAME, REGISTRY) == "fedcba00"
        assert resolve_prefix("abcdef1", self.HASHES * 2, NAME, REGISTRY) == "abcdef12"

    def test_several_revisions_match(self) -> None:
        with pytest.raises(ValidationError, match="abcdef34"):
            resolve_prefix("abcdef", self.HASHES, NAME, REGISTRY)

    def test_no_revision_matches(self) -> None:
        with pytest.raises(NotFoundError, match="a/b in s3://bucket"):
            resolve_prefix("000000", self.HASHES, NAME, REGISTRY)


class TestWaiting:
    NEWEST = datetime.fromtimestamp(1000, UTC)

    @pytest.mark.parametrize(
        ("now", "offset", "least", "most"),
        [
            (999.5, None, 1.5, 1.52),
            (1000.25, None, 0.75, 0.77),
            (1000.25, -1.9, 0.75, 0.77),
            (1001.0, None, 0, 0),
            (1500.0, -500.0, 1.0, 1.02),
            (500.5, 500.0, 0.5, 0.52),
            (500.5, 501.0, 0, 0),
            (900.0, None, 0, 0),
        ],
    )
    def test_waits_until_the_second_of_the_pointer_has_passed(
        self, now: float, offset: float | None, least: float, most: float
    ) -> None:
        assert least <= seconds_to_wait(self.NEWEST, now, offset) <= most

    def test_first_revision(self) -> None:
        assert seconds_to_wait(None, 1000.0) == 0


class TestCopies:
    OBJECTS = (
        ("x/in.csv", "s3://bucket/raw/in.csv?versionId=1"),
        ("x/there.csv", "s3://bucket/a/b/x/there.csv?versionId=2"),
        ("out%.csv", "s3://other/out%25.csv"),
    )

    def keys(self, mode: CopyMode) -> list[tuple[str, str, str]]:
        tasks = plan_copies(self.OBJECTS, mode, "bucket", NAME, "promote_package")
        return [(task.logical_key, task.source.key, task.key) for task in tasks]

    def test_modes(self) -> None:
        inside = ("x/in.csv", "raw/in.csv", "a/b/x/in.csv")
        outside = ("out%.csv", "out%.csv", "a/b/out%.csv")
        assert self.keys(CopyMode.NONE) == []
        assert self.keys(CopyMode.NEW) == [outside]
        assert self.keys(CopyMode.ALL) == [inside, outside]

    def test_versions_are_kept(self) -> None:
        (task, _) = plan_copies(self.OBJECTS, CopyMode.ALL, "bucket", NAME, "promote_package")
        assert task.source.version_id == "1"

    def test_local_files_cannot_be_copied(self) -> None:
        with pytest.raises(NotSupportedError, match="file:///x") as caught:
            plan_copies([("x", "file:///x")], CopyMode.ALL, "bucket", NAME, "promote_package")
        assert caught.value.operation == "promote_package"


class TestComparison:
    def test_which_changes_count_as_modified(self) -> None:
        before = {key: old(key) for key in ("same", "size", "hash", "meta", "system", "gone")}
        after = {
            "same": old("same", physical_key="s3://bucket/elsewhere"),
            "size": old("size", size=2),
            "hash": old("hash", hash=EntryHash("SHA256", "y")),
            "meta": old("meta", meta={"user_meta": {"k": 1}}),
            "system": old("system", meta={"system": 1}),
            "d/new": old("d/new"),
            "d.new": old("d.new"),
        }
        difference = compare_entries(before, after)
        assert difference.added == ("d/new", "d.new")
        assert difference.deleted == ("gone",)
        assert difference.modified == ("hash", "meta", "size")

    def test_without_a_hash_the_physical_key_decides(self) -> None:
        before = {"x": old("x", hash=None), "y": old("y", hash=None)}
        after = {"x": old("x", hash=None), "y": old("y", physical_key="s3://bucket/other")}
        assert compare_entries(before, after).modified == ("y",)


@pytest.mark.parametrize(
    ("asked", "source", "expected"),
    [
        ((None, DEFAULT_WORKFLOW), ("first", "beta"), ("first", "beta")),
        (("other", "alpha"), ("first", "beta"), ("other", "alpha")),
        ((None, None), ("first", "beta"), ("first", None)),
        ((None, DEFAULT_WORKFLOW), (None, None), (None, DEFAULT_WORKFLOW)),
    ],
)
def test_a_promotion_keeps_message_and_workflow_unless_others_are_given(
    asked: tuple[str | None, Workflow],
    source: tuple[str | None, str | None],
    expected: tuple[str | None, Workflow],
) -> None:
    request = RevisionRequest.for_promotion(
        NAME, REGISTRY, asked[0], CopyMode.NONE, asked[1], False, None, None,
        source_message=source[0], source_workflow=source[1],
    )  # fmt: skip

    assert (request.message, request.workflow) == expected
