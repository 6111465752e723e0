"""Writes: what is sent, conflicts, and pushes whose answer was lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from quilt_core import (
    BackendError,
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QuiltOps,
    QuiltOpsError,
    TransportError,
    ValidationError,
)
from quilt_core.error_messages import object_not_found

BASE, NEW, OTHER, LAST = "a" * 64, "b" * 64, "c" * 64, "d" * 64
OLD_TIME, NEW_TIME = "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"
BETWEEN, LAST_TIME = "2020-01-01T12:00:00Z", "2020-01-03T00:00:00Z"
OLD_ENTRY = {
    "physicalKey": "s3://bucket/old.csv?versionId=1", "size": 5.0,
    "hash": {"type": "SHA256", "value": "x"},
    "meta": {"user_meta": {"k": "v"}, "system": [1]},
}  # fmt: skip


def revision(top_hash: str, time: str, message: str | None = "m", meta: Any = None) -> Any:
    return {
        "hash": top_hash, "modified": time, "message": message, "userMeta": meta, "totalEntries": 1,
    }  # fmt: skip


def state(latest: str | None, *recent: Any) -> dict[str, Any]:
    package = {"revision": latest and {"hash": latest}, "revisions": {"page": list(recent)}}
    return {
        "registry": {"__typename": "PackageList"},
        "package": package if latest or recent else None,
    }


def entries(
    contents: Any,
    top_hash: str = BASE,
    meta: Any = None,
    history: tuple[tuple[str, str], ...] = ((BASE, OLD_TIME),),
) -> dict[str, Any]:
    return {
        "package": {
            "revision": {
                "hash": top_hash,
                "userMeta": meta,
                "totalEntries": len(contents or ()),
                "contentsFlatMap": contents,
            },
            "revisions": {"page": [{"hash": one, "modified": at} for one, at in history]},
        }
    }


def success(*history: tuple[str, str], latest: str | None = NEW, ours: str = NEW) -> dict[str, Any]:
    page = [{"hash": top_hash, "modified": time} for top_hash, time in history]
    package = {"revision": latest and {"hash": latest}, "revisions": {"page": page}}
    return {
        "packageConstruct": {
            "__typename": "PackagePushSuccess", "revision": {"hash": ours}, "package": package,
        }
    }  # fmt: skip


SUCCESS = success((NEW, NEW_TIME), (BASE, OLD_TIME))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("quilt_core.deadline.time.sleep", waited.append)
    return waited


@pytest.fixture
def sent(registry: Any) -> Callable[[], dict[str, Any]]:
    def variables() -> dict[str, Any]:
        (push,) = [one for one in registry.requests if one.operation == "packageConstruct"]
        return dict(push.payload["variables"])

    return variables


class TestCreate:
    def test_two_requests(self, ops: QuiltOps, registry: Any, sent: Any) -> None:
        registry.answer("packageState", state(None))
        registry.answer("packageConstruct", success((NEW, NEW_TIME)))
        result = ops.create_package_revision(
            "a/b", {"y/a.csv": "s3://x-y/1", "x.csv": "s3://x-y/2"}
        )
        assert registry.operations() == ["packageState", "packageConstruct"]
        assert (result.top_hash, result.previous_top_hash) == (NEW, None)
        assert result.added == ("x.csv", "y/a.csv")
        assert sent()["params"] == {
            "bucket": "bucket",
            "name": "a/b",
            "message": "Package created via QuiltOps",
            "userMeta": None,
            "workflow": None,
        }
        assert sent()["src"]["entries"][0] == {
            "logicalKey": "x.csv", "physicalKey": "s3://x-y/2", "hash": None, "size": None,
            "meta": None,
        }  # fmt: skip

    @pytest.mark.parametrize(("workflow", "wire"), [(None, ""), ("w", "w")])
    def test_workflows(
        self, ops: QuiltOps, registry: Any, sent: Any, workflow: str | None, wire: str
    ) -> None:
        registry.answer("packageState", state(BASE, revision(BASE, OLD_TIME)))
        registry.answer("packageConstruct", SUCCESS)
        ops.create_package_revision("a/b", ["s3://x-y/1"], workflow=workflow)
        assert sent()["params"]["workflow"] == wire

    def test_unreadable_registry(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("packageState", {"registry": None, "package": None})
        with pytest.raises(NotFoundError, match="s3://bucket"):
            ops.create_package_revision("a/b", ["s3://x-y/1"])
        assert registry.operations() == ["packageState"]

    @pytest.mark.parametrize(
        ("name", "context", "expected"),
        [
            ("FailedToFetchObjectMetadata", {"physical_key": "s3://x-y/1", "error": "(403) no"},
             PermissionDeniedError),
            ("Forbidden", {"details": "s3://x-y/1"}, PermissionDeniedError),
            ("AWSError", {"status_code": 403, "error_message": "s3://x-y/1"},
             PermissionDeniedError),
            ("WorkflowValidationError", {"details": "s3://x-y/1"}, ValidationError),
            ("ManifestTooLarge", {"size": 5, "max_size": 4, "details": "s3://x-y/1"}, BackendError),
            ("NobodyKnows", {"details": "s3://x-y/1"}, BackendError),
        ],
    )  # fmt: skip
    def test_refusals_reach_the_user_whole(
        self,
        ops: QuiltOps,
        registry: Any,
        name: str,
        context: dict[str, Any],
        expected: type[Exception],
    ) -> None:
        refusal = {
            "__typename": "OperationError",
            "name": name,
            "message": "why",
            "context": context,
        }
        registry.answer("packageState", state(None))
        registry.answer("packageConstruct", {"packageConstruct": refusal})
        with pytest.raises(expected) as caught:
            ops.create_package_revision("a/b", ["s3://x-y/1"])
        assert type(caught.value) is expected
        assert "why" in str(caught.value)
        assert name in str(caught.value)
        assert "s3://x-y/1" in str(caught.value)

    def test_a_missing_object_is_reported_as_by_every_backend(
        self, ops: QuiltOps, registry: Any
    ) -> None:
        refusal = {
            "__typename": "OperationError",
            "name": "FailedToFetchObjectMetadata",
            "message": "why",
            "context": {"physical_key": "s3://x-y/1", "error": "(404)"},
        }
        registry.answer("packageState", state(None))
        registry.answer("packageConstruct", {"packageConstruct": refusal})
        with pytest.raises(NotFoundError) as caught:
            ops.create_package_revision("a/b", ["s3://x-y/1"])
        expected = object_not_found("s3://x-y/1")
        assert (caught.value.message, caught.value.hint) == (expected.message, expected.hint)
        assert caught.value.context["error"] == "(404)"

    def test_every_input_error_is_told(self, ops: QuiltOps, registry: Any) -> None:
        errors = [
            {"path": "src.entries", "message": "one", "name": "A", "context": None},
            {"path": "params.message", "message": "two", "name": "B", "context": None},
        ]
        registry.answer("packageState", state(None))
        refusal = {"__typename": "InvalidInput", "errors": errors}
        registry.answer("packageConstruct", {"packageConstruct": refusal})
        with pytest.raises(ValidationError) as caught:
            ops.create_package_revision("a/b", ["s3://x-y/1"])
        for word in ("src.entries", "one", "(A)", "params.message", "two", "(B)"):
            assert word in str(caught.value)

    def test_copy_without_aws_credentials_writes_nothing(
        self, ops: QuiltOps, registry: Any, raw: Any
    ) -> None:
        registry.answer("packageState", state(None))
        registry.answer("/api/auth/get_credentials", raw(status=403, body=b'{"message": "no"}'))
        with pytest.raises(NotSupportedError, match="credentials"):
            ops.create_package_revision("a/b", ["s3://x-y/1"], copy="all")
        assert registry.operations() == ["packageState"]


class TestUpdate:
    def test_two_requests_and_nothing_lost(self, ops: QuiltOps, registry: Any, sent: Any) -> None:
        registry.answer("packageToUpdate", entries({"old.csv": OLD_ENTRY}, meta={"a": 1, "b": 2}))
        registry.answer("packageConstruct", SUCCESS)
        result = ops.update_package_revision("a/b", ["s3://x-y/d/new.csv"], metadata={"b": 3})
        assert registry.operations() == ["packageToUpdate", "packageConstruct"]
        new, old = sent()["src"]["entries"]
        assert new["logicalKey"] == "d/new.csv"
        assert old == {"logicalKey": "old.csv", **OLD_ENTRY, "size": 5}
        assert sent()["params"]["userMeta"] == {"a": 1, "b": 3}
        assert (result.total_entries, result.previous_top_hash) == (2, BASE)

    @pytest.mark.parametrize("present", [None, {}])
    def test_no_metadata_stays_what_it_was(
        self, ops: QuiltOps, registry: Any, sent: Any, present: Any
    ) -> None:
        registry.answer("packageToUpdate", entries({"old.csv": OLD_ENTRY}, meta=present))
        registry.answer("packageConstruct", SUCCESS)
        ops.update_package_revision("a/b", ["s3://x-y/new.csv"])
        assert sent()["params"]["userMeta"] == present

    @pytest.mark.slow
    def test_too_many_entries_for_one_answer(self, ops: QuiltOps, registry: Any, sent: Any) -> None:
        contents = {f"{number:05}.csv": OLD_ENTRY for number in range(10_001)}

        def ask(request: Any) -> dict[str, Any]:
            answer = entries(contents)
            if request.payload["variables"]["max"] < 10_001:
                answer["package"]["revision"]["contentsFlatMap"] = None
            return answer

        registry.answer("packageToUpdate", ask)
        registry.answer("packageEntries", ask)
        registry.answer("packageConstruct", SUCCESS)
        ops.update_package_revision("a/b", ["s3://x-y/new.csv"])
        assert len(sent()["src"]["entries"]) == 10_002
        exact = registry.requests[1].payload["variables"]
        assert (exact["revision"], exact["max"]) == (BASE, 10_001)

    @pytest.fixture
    def slow(self, registry: Any, ahead: list[float]) -> None:
        """Eleven seconds pass while the entries are read."""

        def read(_: Any) -> Any:
            ahead[0] = 11.0
            return entries({"old.csv": OLD_ENTRY})

        registry.answer("packageToUpdate", read)

    @pytest.mark.usefixtures("slow")
    def test_after_ten_seconds_latest_is_checked_again(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("packageState", state(BASE, revision(BASE, OLD_TIME)))
        registry.answer("packageConstruct", SUCCESS)
        assert ops.update_package_revision("a/b", ["s3://x-y/new.csv"]).top_hash == NEW
        assert registry.operations() == ["packageToUpdate", "packageState", "packageConstruct"]

    @pytest.mark.usefixtures("slow")
    def test_a_conflict_names_both_revisions_and_writes_nothing(
        self, ops: QuiltOps, registry: Any
    ) -> None:
        registry.answer("packageState", state(OTHER, revision(OTHER, NEW_TIME)))
        with pytest.raises(ConflictError) as caught:
            ops.update_package_revision("a/b", ["s3://x-y/new.csv"])
        assert (caught.value.expected, caught.value.actual) == (BASE, OTHER)
        assert caught.value.context["outcome"] == "not_written"
        assert "packageConstruct" not in registry.operations()

    def test_force_names_the_revision_that_it_replaced(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("packageToUpdate", entries({"old.csv": OLD_ENTRY}))
        answer = success((NEW, NEW_TIME), (OTHER, BETWEEN), (BASE, OLD_TIME))
        registry.answer("packageConstruct", answer)
        result = ops.update_package_revision("a/b", ["s3://x-y/new.csv"], force=True)
        assert result.previous_top_hash == OTHER
        assert registry.operations() == ["packageToUpdate", "packageConstruct"]

    def test_removing_a_missing_entry(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("packageToUpdate", entries({"old.csv": OLD_ENTRY}))
        with pytest.raises(NotFoundError, match=r"'gone\.csv'"):
            ops.update_package_revision("a/b", remove=["gone.csv", "old.csv"])
        assert registry.operations() == ["packageToUpdate"]


class TestAfterTheWrite:
    """The history in the answer shows revisions that were published in the meantime."""

    BEFORE = state(BASE, revision(BASE, OLD_TIME))

    def update(self, ops: QuiltOps, registry: Any, answer: Any, **named: Any) -> Any:
        registry.answer("packageToUpdate", entries({"old.csv": OLD_ENTRY}))
        registry.answer("packageConstruct", answer)
        return ops.update_package_revision("a/b", ["s3://x-y/new.csv"], **named)

    @pytest.mark.parametrize(
        "answer",
        [
            success((NEW, NEW_TIME), (OTHER, BETWEEN), (BASE, OLD_TIME)),
            success((NEW, NEW_TIME), (OTHER, NEW_TIME), (BASE, OLD_TIME)),
            success((OTHER, NEW_TIME), (NEW, BETWEEN), (BASE, OLD_TIME)),
            success((OTHER, NEW_TIME), (BASE, OLD_TIME), latest=OTHER),
            success((NEW, NEW_TIME), (OTHER, OLD_TIME)),
            success(
                (LAST, LAST_TIME), (OTHER, NEW_TIME), (NEW, BETWEEN), (BASE, OLD_TIME), latest=LAST
            ),
        ],
        ids=[
            "between",
            "one second",
            "slower than ours",
            "took our pointer",
            "took the base's",
            "replaced by ours, which is not the latest now",
        ],
    )
    def test_a_writer_who_overwrote_another_is_told(
        self, ops: QuiltOps, registry: Any, answer: Any
    ) -> None:
        with pytest.raises(ConflictError) as caught:
            self.update(ops, registry, answer)
        context = caught.value.context
        assert context["outcome"] == "written"
        assert (context["base"], context["overwritten"], context["ours"]) == (BASE, OTHER, NEW)
        assert self.update(ops, registry, answer, force=True).top_hash == NEW

    @pytest.mark.parametrize(
        "answer",
        [
            success((NEW, NEW_TIME), (BASE, OLD_TIME)),
            success((OTHER, NEW_TIME), (NEW, BETWEEN), (BASE, OLD_TIME), latest=OTHER),
            success(),
            success((BASE, NEW_TIME), ours=BASE, latest=BASE),
        ],
        ids=["nobody", "another one after ours", "a history that lags behind", "the same again"],
    )
    def test_without_other_writers_the_update_succeeds(
        self, ops: QuiltOps, registry: Any, answer: Any
    ) -> None:
        made = self.update(ops, registry, answer)
        assert made.top_hash == answer["packageConstruct"]["revision"]["hash"]

    @staticmethod
    def unsettled(*newer: tuple[str, timedelta]) -> tuple[tuple[str, str], ...]:
        """A history that starts with revisions from some time ago, newest first."""
        now = datetime.now(UTC)
        return (*((one, (now - age).isoformat()) for one, age in newer), (BASE, OLD_TIME))

    def given(self, registry: Any, *history: tuple[str, str]) -> None:
        registry.answer("packageToUpdate", entries({"old.csv": OLD_ENTRY}, history=history))

    def test_a_write_that_is_not_latest_yet_is_waited_for(
        self, ops: QuiltOps, registry: Any, no_waiting: list[float]
    ) -> None:
        history = self.unsettled((OTHER, timedelta()))

        def look(_: Any) -> Any:
            latest = OTHER if sum(no_waiting) > 6 else BASE
            return state(latest, *(revision(*one) for one in history))

        self.given(registry, *history)
        registry.answer("packageState", look)
        with pytest.raises(ConflictError) as caught:
            ops.update_package_revision("a/b", ["s3://x-y/new.csv"])
        assert caught.value.context["outcome"] == "not_written"
        assert caught.value.actual == OTHER

    def test_a_write_that_appears_meanwhile_is_waited_for_as_well(
        self, ops: QuiltOps, registry: Any, no_waiting: list[float]
    ) -> None:
        """The first is left over from a rollback; the second becomes `latest` after 8 seconds."""

        def look(_: Any) -> Any:
            waited = sum(no_waiting)
            newer = [(OTHER, timedelta(seconds=9))]
            if waited > 4:
                newer.insert(0, (LAST, timedelta()))
            latest = LAST if waited > 12 else BASE
            return state(latest, *(revision(*one) for one in self.unsettled(*newer)))

        self.given(registry, *self.unsettled((OTHER, timedelta(seconds=9))))
        registry.answer("packageState", look)
        with pytest.raises(ConflictError) as caught:
            ops.update_package_revision("a/b", ["s3://x-y/new.csv"])
        assert caught.value.context["outcome"] == "not_written"
        assert caught.value.actual == LAST

    def test_a_package_that_is_constantly_written(
        self, ops: QuiltOps, registry: Any, no_waiting: list[float]
    ) -> None:
        def look(_: Any) -> Any:
            one = (f"{len(no_waiting):064x}", timedelta())
            return state(BASE, *(revision(*one) for one in self.unsettled(one)))

        registry.answer("packageState", look)
        with pytest.raises(ConflictError, match="all the time") as caught:
            ops.create_package_revision("a/b", ["s3://x-y/new.csv"])
        assert caught.value.context["outcome"] == "not_written"
        assert 60 <= sum(no_waiting) < 70

    def test_a_slow_answer_is_not_mistaken_for_a_rollback(
        self, ops: QuiltOps, registry: Any, ahead: list[float]
    ) -> None:
        """The other revision was published after `latest` was read, and before the history was."""
        history = self.unsettled((OTHER, timedelta()))

        def look(_: Any) -> Any:
            ahead[0] = 30.0
            return state(BASE, *(revision(*one) for one in history))

        now = state(OTHER, *(revision(*one) for one in history))
        registry.series("packageState", look, now)
        registry.answer("packageConstruct", success((NEW, NEW_TIME), *history))
        made = ops.create_package_revision("a/b", ["s3://x-y/new.csv"])
        assert made.previous_top_hash == OTHER
        assert registry.operations() == ["packageState", "packageState", "packageConstruct"]

    def test_a_revision_that_a_rollback_left_is_not_waited_for(
        self, ops: QuiltOps, registry: Any, no_waiting: list[float]
    ) -> None:
        self.given(registry, *self.unsettled((OTHER, timedelta(seconds=12))))
        registry.answer("packageConstruct", SUCCESS)
        assert ops.update_package_revision("a/b", ["s3://x-y/new.csv"]).top_hash == NEW
        assert no_waiting == []

    def test_an_overwritten_revision_is_reported_after_a_lost_answer_too(
        self, ops: QuiltOps, registry: Any, reset: object
    ) -> None:
        after = state(
            NEW, revision(NEW, NEW_TIME), revision(OTHER, BETWEEN), revision(BASE, OLD_TIME)
        )
        registry.answer("packageEntries", entries(TestLostAnswers.PUSHED, NEW))
        registry.series("packageState", self.BEFORE, self.BEFORE, after)
        registry.answer("packageConstruct", reset)
        with pytest.raises(ConflictError) as caught:
            ops.create_package_revision("a/b", {"x.csv": "s3://x-y/1"}, message="m")
        assert caught.value.context["overwritten"] == OTHER


class TestAnswersThatLie:
    """Each answer is verified: its claim is not taken for what was done."""

    @staticmethod
    def union(**member: Any) -> dict[str, Any]:
        return {"packageConstruct": member}

    @pytest.fixture
    def answers(self, raw: Any) -> list[Any]:
        failure = {"__typename": "OperationError", "message": "no", "context": None}
        bad = success((NEW, NEW_TIME))
        bad["packageConstruct"]["revision"] = {"hash": "zz not a hash"}
        return [
            *(self.union(**failure, name=name) for name in ("Timeout", "Odd", "QuiltException")),
            self.union(__typename="InvalidInput", errors=[]),
            self.union(__typename="PackagePushSuccess", revision=None, package=None),
            self.union(__typename="PackagePushSuccess"),
            self.union(__typename="SomethingNew"),
            {"packageConstruct": None},
            {},
            bad,
            raw(status=401),
            raw(status=403),
            raw(status=500, body=b"{}"),
            raw(
                status=504,
                headers={"Retry-After": "²", "Date": "Thu, 99 Nov 2026 1:1:1 +" + "9" * 20},
            ),
        ]

    def test_a_write_that_happened_is_recognised(
        self, ops: QuiltOps, registry: Any, answers: list[Any]
    ) -> None:
        registry.answer("packageEntries", entries(TestLostAnswers.PUSHED, NEW))
        for answer in answers:
            registry.series("packageState", state(None), state(NEW, revision(NEW, NEW_TIME)))
            registry.answer("packageConstruct", answer)
            made = ops.create_package_revision("a/b", {"x.csv": "s3://x-y/1"}, message="m")
            assert made.top_hash == NEW

    def test_a_write_that_did_not_happen_is_reported(
        self, ops: QuiltOps, registry: Any, answers: list[Any]
    ) -> None:
        registry.answer("packageState", state(None))
        told = []
        for answer in answers:
            registry.answer("packageConstruct", answer)
            with pytest.raises(QuiltOpsError) as caught:
                ops.create_package_revision("a/b", {"x.csv": "s3://x-y/1"}, message="m")
            told.append(caught.value.context["outcome"])
        refused = {2, 3, 10, 11}
        assert told == ["not_written" if n in refused else "unknown" for n in range(len(answers))]


class TestLostAnswers:
    PUSHED: ClassVar[dict[str, Any]] = {
        "x.csv": {
            "physicalKey": "s3://x-y/1?versionId=9", "size": 1.0,
            "hash": {"type": "SHA256", "value": "y"}, "meta": {},
        }
    }  # fmt: skip

    def push(self, ops: QuiltOps) -> Any:
        return ops.create_package_revision("a/b", {"x.csv": "s3://x-y/1"}, message="m")

    @pytest.fixture
    def faults(self, reset: object, raw: Any) -> list[Any]:
        cut = raw(body=b'{"data"', declared_length=99)
        return [reset, raw(status=504), raw(status=502, body=b"<html>"), cut]

    def test_push_that_arrived_is_recognised(
        self, ops: QuiltOps, registry: Any, faults: list[Any]
    ) -> None:
        registry.answer("packageEntries", entries(self.PUSHED, NEW))
        for fault in faults:
            registry.requests.clear()
            after = state(NEW, revision(NEW, NEW_TIME), revision(BASE, OLD_TIME))
            before = state(BASE, revision(BASE, OLD_TIME))
            registry.series("packageState", before, before, after)
            registry.answer("packageConstruct", fault)
            assert self.push(ops).top_hash == NEW
            assert registry.operations().count("packageConstruct") == 1

    def test_another_users_push_is_not_taken_for_ours(
        self, ops: QuiltOps, registry: Any, reset: object
    ) -> None:
        registry.series(
            "packageState",
            state(BASE, revision(BASE, OLD_TIME)),
            state(OTHER, revision(OTHER, NEW_TIME), revision(BASE, OLD_TIME)),
        )
        registry.answer("packageEntries", entries({"x.csv": OLD_ENTRY}, OTHER))
        registry.answer("packageConstruct", reset)
        with pytest.raises(BackendError, match="not known") as caught:
            self.push(ops)
        assert "list_package_versions" in str(caught.value.hint)
        assert caught.value.context["previous_top_hash"] == BASE
        assert isinstance(caught.value.__cause__, TransportError)

    def test_a_push_that_was_never_sent(
        self, connect: Callable[..., QuiltOps], registry: Any
    ) -> None:
        registry.answer("packageState", state(None))
        ops = connect()

        def gone(request: Any) -> Any:
            return registry.answers["packageState"]

        registry.answer("packageConstruct", gone)
        registry.close()
        with pytest.raises(TransportError):
            self.push(ops)

    def test_after_an_internal_failure_the_outcome_is_looked_up(
        self, ops: QuiltOps, registry: Any
    ) -> None:
        errors = {"data": None, "errors": [{"message": "Task timed out", "path": ["x"]}]}
        registry.answer("packageConstruct", errors)
        registry.series("packageState", state(None), state(NEW, revision(NEW, NEW_TIME)))
        registry.answer("packageEntries", entries(self.PUSHED, NEW))
        assert self.push(ops).top_hash == NEW
        registry.answer("packageState", state(None))
        with pytest.raises(BackendError, match="Task timed out"):
            self.push(ops)


class TestDelete:
    @staticmethod
    def versions(*hashes: str) -> dict[str, Any]:
        listed = [
            {"hash": one, "modified": f"{2999 - number}-01-01T00:00:00Z", "message": None}
            for number, one in enumerate(hashes)
        ]
        latest = {"hash": hashes[0]} if hashes else None
        return {
            "package": {"revision": latest, "revisions": {"total": len(hashes), "page": listed}}
        }

    SUCCESS: ClassVar[dict[str, Any]] = {"__typename": "PackageRevisionDeleteSuccess"}
    LACKING: ClassVar[bytes] = b'{"errors": [{"message": "Cannot query field packageDelete"}]}'

    @staticmethod
    def refusal(name: str) -> dict[str, Any]:
        return {"__typename": "OperationError", "name": name, "message": "no", "context": None}

    @staticmethod
    def asked(request: Any) -> dict[str, str]:
        """The revisions that a document deletes, in order, by the alias of their answer."""
        variables = request.payload["variables"]
        if "hash" in variables:
            return {"packageRevisionDelete": variables["hash"]}
        hashes = [value for name, value in variables.items() if name.startswith("hash")]
        return {f"deleted{number}": value for number, value in enumerate(hashes)}

    @pytest.fixture
    def old_registry(self, registry: Any, raw: Any) -> Any:
        """A registry that can delete only revisions, and succeeds."""
        registry.answer("packageDelete", raw(status=400, body=self.LACKING))
        registry.answer("listPackages", {"packages": {"total": 0, "page": []}})
        registry.answer(
            "packageRevisionDelete",
            lambda request: dict.fromkeys(self.asked(request), self.SUCCESS),
        )
        return registry

    def test_a_package_is_deleted_in_one_request(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("listVersions", self.versions(BASE, NEW, OTHER))
        registry.answer("packageDelete", {"packageDelete": {"__typename": "Ok"}})
        steps: list[tuple[int, int | None]] = []
        result = ops.delete_package(
            "a/b", "s3://bucket", progress=lambda one: steps.append((one.done, one.total))
        )
        assert result.deleted == (BASE, NEW, OTHER)
        assert registry.operations() == ["listVersions", "packageDelete"]
        assert steps == [(3, 3)]

    def test_one_revision_is_deleted_alone(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("packageInfo", {"package": {"revision": {"hash": NEW}}})
        registry.answer("packageRevisionDelete", {"packageRevisionDelete": self.SUCCESS})
        assert ops.delete_package("a/b", "s3://bucket", top_hash=NEW).deleted == (NEW,)
        assert registry.operations() == ["packageInfo", "packageRevisionDelete"]
        registry.requests.clear()
        registry.answer("listVersions", self.versions(BASE, NEW))
        assert ops.delete_package("a/b", "s3://bucket", top_hash=NEW[:8]).deleted == (NEW,)
        assert registry.operations() == ["listVersions", "packageRevisionDelete"]

    def test_a_registry_that_cannot_delete_packages_is_asked_once(
        self, ops: QuiltOps, old_registry: Any
    ) -> None:
        old_registry.answer("listVersions", self.versions(BASE, NEW))
        for expected in (["packageDelete", "packageRevisionDelete"], ["packageRevisionDelete"]):
            old_registry.requests.clear()
            assert ops.delete_package("a/b", "s3://bucket").deleted == (BASE, NEW)
            assert old_registry.operations() == ["listVersions", *expected]

    def test_latest_goes_last(self, connect: Callable[..., QuiltOps], old_registry: Any) -> None:
        hashes = [f"{number:064x}" for number in range(101)]
        old_registry.answer("listVersions", self.versions(*hashes))
        result = connect(page_size=200).delete_package("a/b", "s3://bucket")
        assert result.deleted == tuple(hashes)
        sent = [one for one in old_registry.requests if one.operation == "packageRevisionDelete"]
        assert sorted(len(self.asked(one)) for one in sent) == [1, 50, 50]
        assert list(self.asked(sent[-1]).values()) == [hashes[0]]

    @pytest.mark.parametrize(("page", "pages"), [(40, 3), (101, 1), (100, 2)])
    def test_there_is_one_request_per_page_and_per_fifty_revisions(
        self, connect: Callable[..., QuiltOps], old_registry: Any, page: int, pages: int
    ) -> None:
        hashes = [f"{number:064x}" for number in range(101)]

        def listed(request: Any) -> dict[str, Any]:
            answer = self.versions(*hashes)
            variables = request.payload["variables"]
            size, number = variables["perPage"], variables["number"]
            revisions = answer["package"]["revisions"]
            revisions["page"] = revisions["page"][(number - 1) * size : number * size]
            return answer

        old_registry.answer("listVersions", listed)
        ops = connect(page_size=page)
        ops.delete_package("a/b", "s3://bucket")  # it lacks packageDelete, which is now known
        old_registry.requests.clear()
        assert ops.delete_package("a/b", "s3://bucket").deleted == tuple(hashes)
        asked = Counter(old_registry.operations())
        assert asked == {"listVersions": pages, "packageRevisionDelete": 3}

    def test_what_remains_is_told(self, ops: QuiltOps, old_registry: Any) -> None:
        def delete(request: Any) -> Any:
            return {
                name: self.refusal("Busy") if top_hash == NEW else self.SUCCESS
                for name, top_hash in self.asked(request).items()
            }

        old_registry.series("listVersions", self.versions(BASE, NEW, OTHER), self.versions(NEW))
        old_registry.answer("packageRevisionDelete", delete)
        result = ops.delete_package("a/b", "s3://bucket")
        assert result.deleted == (BASE, OTHER)
        assert [(one.top_hash, "Busy" in one.reason) for one in result.failed] == [(NEW, True)]
        assert not result.is_complete

    def test_a_document_with_too_many_fields_is_split(
        self, ops: QuiltOps, old_registry: Any, raw: Any
    ) -> None:
        def delete(request: Any) -> Any:
            asked = self.asked(request)
            if len(asked) > 1:
                return raw(status=400, body=b'{"errors": [{"message": "too many aliases"}]}')
            return dict.fromkeys(asked, self.SUCCESS)

        old_registry.answer("listVersions", self.versions(BASE, NEW, OTHER))
        old_registry.answer("packageRevisionDelete", delete)
        assert ops.delete_package("a/b", "s3://bucket").deleted == (BASE, NEW, OTHER)
        assert self.asked(old_registry.requests[-1]) == {"packageRevisionDelete": BASE}

    def test_not_allowed_is_not_tried_again_and_again(
        self, connect: Callable[..., QuiltOps], old_registry: Any
    ) -> None:
        hashes = [f"{number:064x}" for number in range(500)]
        old_registry.answer("listVersions", self.versions(*hashes))
        old_registry.answer(
            "packageRevisionDelete",
            lambda request: dict.fromkeys(self.asked(request), self.refusal("Forbidden")),
        )
        with pytest.raises(PermissionDeniedError) as caught:
            connect(max_concurrency=2, page_size=500).delete_package("a/b", "s3://bucket")
        assert caught.value.context["outcome"] == "not_written"
        assert old_registry.operations().count("packageRevisionDelete") < 5

    @pytest.mark.parametrize("operation", ["packageDelete", "packageRevisionDelete"])
    def test_a_lost_answer_is_looked_up(
        self, ops: QuiltOps, old_registry: Any, reset: object, operation: str
    ) -> None:
        old_registry.answer(operation, reset)
        nothing = {"package": None}
        old_registry.series("listVersions", self.versions(BASE, NEW), nothing)
        assert ops.delete_package("a/b", "s3://bucket").deleted == (BASE, NEW)
        old_registry.series("listVersions", self.versions(BASE, NEW), self.versions(NEW))
        result = ops.delete_package("a/b", "s3://bucket")
        assert (result.deleted, [one.top_hash for one in result.failed]) == ((BASE,), [NEW])
        old_registry.series("listVersions", self.versions(BASE, NEW))
        with pytest.raises(TransportError) as caught:
            ops.delete_package("a/b", "s3://bucket")
        assert caught.value.context["outcome"] == "unknown"
        # A registry that can no longer be read says nothing about the package.
        old_registry.series("listVersions", self.versions(BASE, NEW), nothing)
        old_registry.answer("listPackages", {"packages": None})
        with pytest.raises(TransportError) as caught:
            ops.delete_package("a/b", "s3://bucket")
        assert caught.value.context["outcome"] == "unknown"

    @pytest.mark.parametrize("operation", ["packageDelete", "packageRevisionDelete"])
    def test_other_answers_are_looked_up_too(
        self, ops: QuiltOps, old_registry: Any, raw: Any, operation: str
    ) -> None:
        answers = [
            ({operation: self.refusal("Forbidden")}, "not_written"),
            ({operation: self.refusal("Odd")}, "not_written"),
            (raw(status=403), "not_written"),
            (raw(status=401), "not_written"),
            ({operation: None}, "unknown"),
            ({operation: {"__typename": "SomethingNew"}}, "unknown"),
        ]
        for answer, outcome in answers:
            old_registry.series("listVersions", self.versions(BASE))
            old_registry.answer(operation, answer)
            with pytest.raises(QuiltOpsError) as caught:
                ops.delete_package("a/b", "s3://bucket")
            assert caught.value.context["outcome"] == outcome
            old_registry.series("listVersions", self.versions(BASE), {"package": None})
            assert ops.delete_package("a/b", "s3://bucket").deleted == (BASE,)


def test_metadata_survives_json_unchanged(ops: QuiltOps, registry: Any, sent: Any) -> None:
    registry.answer("packageState", state(None))
    registry.answer("packageConstruct", success((NEW, NEW_TIME)))
    metadata = {"text": "ünïcødé 🐧", "number": 1e22, "float": 1.0, "nested": [{"a": None}]}
    ops.create_package_revision("a/b", ["s3://x-y/1"], metadata)
    assert json.dumps(sent()["params"]["userMeta"]) == json.dumps(metadata)


def test_waiting_time_grows_with_the_number_of_objects_to_hash(
    ops: QuiltOps, registry: Any, no_waiting: list[float], reset: object
) -> None:
    registry.answer("packageState", state(None))
    registry.answer("packageConstruct", reset)
    uris = {f"{number}.csv": "s3://x-y/1" for number in range(1000)}
    with pytest.raises(BackendError, match="not known"):
        ops.create_package_revision("a/b", uris)
    assert 50 < sum(no_waiting) < 70


def test_a_promotion_does_not_need_the_total_that_graphql_rounds(
    ops: QuiltOps, registry: Any, sent: Any
) -> None:
    source = entries({"a": OLD_ENTRY})
    source["package"]["revision"] |= {"message": "told", "workflow": None}
    registry.answer("packageToPromote", source)
    registry.answer("packageState", state(None))
    registry.answer("packageConstruct", success((NEW, NEW_TIME)))
    assert ops.promote_package("a/b", destination="s3://other", copy="none").top_hash == NEW
    assert sent()["params"]["message"] == "told"
