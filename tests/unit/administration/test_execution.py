"""The outcome of a plan: every change is done, failed or not tried, and is reported as such."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quilt_core import (
    AuthenticationError,
    BackendError,
    PermissionDeniedError,
    QuiltOps,
    RoleSignup,
    TransportError,
    administration,
    hookimpl,
)
from quilt_core.administration import ChangeResult, Status
from quilt_core.testing.memory import MemoryCatalog, connect

from .conftest import CODE, Applier, Planner  # type: ignore[import-not-found]

FILE = """
buckets: {new-bucket: {title: N}, raw: {tags: [x], description: D}, clean: {}}
policies:
  Fresh: {permissions: {new-bucket: READ_WRITE, raw: READ}}
  Policy of Readers: {permissions: {clean: READ}}
  Outside: {arn: "arn:aws:iam::000000000000:policy/x"}
roles:
  Admin: {}
  Readers:
    policies: [Policy of Readers, Fresh]
    default_bucket: raw
    signup: {page: join, access_code: open-sesame-1, title: T}
  New: {policies: [Fresh, Outside]}
  Odd: {arn: "arn:aws:iam::000000000000:role/x"}
default_role: New
sso: {version: '1.0', default_role: New, mappings: []}
users:
  ada: {role: New, extra_roles: [Odd], email: Ada@Example.com}
  bob: {admin: true}
  eve: {email: eve@example.com, role: Readers, extra_roles: [New], admin: true, active: false}
"""


def outcomes(results: list[ChangeResult]) -> dict[str, str]:
    return {
        f"{one.change.operation} {one.change.name}".rstrip(): one.status.value for one in results
    }


def test_the_catalog_matches_the_file_afterwards(
    apply: Applier, plan: Planner, ops: QuiltOps
) -> None:
    results = apply(FILE, invite=True, prune=True)
    assert {one.status for one in results} == {Status.DONE}
    admin = ops.admin
    assert [bucket.name for bucket in admin.list_buckets()] == ["clean", "new-bucket", "raw"]
    assert [role.name for role in admin.list_roles()] == ["Admin", "New", "Odd", "Readers"]
    assert [one.title for one in admin.list_policies()] == ["Fresh", "Outside", "Policy of Readers"]
    assert admin.get_default_role().name == "New"
    assert admin.get_role("Readers").signup == RoleSignup(page="join", access_code=CODE, title="T")
    eve = admin.get_user("eve")
    assert (eve.role, eve.extra_roles, eve.is_admin, eve.is_active) == (
        "Readers", ("New",), True, False,
    )  # fmt: skip
    assert admin.get_user("ada").email == "Ada@Example.com"
    assert plan(FILE, invite=True, prune=True).is_empty
    assert apply(FILE, invite=True, prune=True) == []


def test_an_export_applies_without_a_change(apply: Applier, ops: QuiltOps) -> None:
    apply(FILE, invite=True)
    state = administration.read_state(ops)
    text = administration.export_text(state)
    assert CODE not in text
    for form in (text, administration.export_text(state, ascii_only=True)):
        document = administration.parse_document(form)
        made = administration.make_plan(state, document, prune=True, invite=True)
        assert made.is_empty
        assert not made.unlisted
        assert made.untouched == ()


class _Failing:
    """Fails an operation for one particular name."""

    def __init__(self) -> None:
        self.failures: dict[tuple[str, str], Exception] = {}
        self.calls: list[str] = []

    def _maybe(self, operation: str, name: str) -> None:
        self.calls.append(f"{operation} {name}")
        if (operation, name) in self.failures:
            raise self.failures[operation, name]

    @hookimpl(wrapper=True)
    def admin_create_policy(self, title: str) -> Iterator[None]:
        self._maybe("create_policy", title)
        return (yield)

    @hookimpl(wrapper=True)
    def admin_set_user_email(self, name: str) -> Iterator[None]:
        self._maybe("set_user_email", name)
        return (yield)

    @hookimpl(wrapper=True)
    def admin_create_user(self, name: str) -> Iterator[None]:
        self._maybe("create_user", name)
        return (yield)

    @hookimpl(wrapper=True)
    def admin_delete_role(self, id_or_name: str) -> Iterator[None]:
        self._maybe("delete_role", id_or_name)
        return (yield)


def failing(
    catalog: MemoryCatalog, failures: dict[tuple[str, str], Exception]
) -> tuple[list[ChangeResult], _Failing]:
    extension = _Failing()
    extension.failures = failures
    with connect(catalog, extensions=[extension]) as ops:
        document = administration.parse_document("version: 1\n" + FILE)
        return administration.apply_document(ops, document, invite=True, prune=True), extension


def test_only_changes_that_depend_on_a_failed_one_are_not_tried(
    catalog: MemoryCatalog,
) -> None:
    error = BackendError("It broke.", context={"outcome": "not_written"})
    results, extension = failing(catalog, {("create_policy", "Fresh"): error})
    assert outcomes(results) == {
        "add_bucket new-bucket": "done",
        "update_bucket raw": "done",
        "create_policy Fresh": "failed",
        "update_policy Policy of Readers": "done",
        "create_policy Outside": "done",
        "update_role Readers": "not tried",
        "create_role New": "not tried",
        "create_role Odd": "done",
        "set_sso_config": "not tried",
        "set_default_role New": "not tried",
        "set_user_email ada": "done",
        "set_user_role ada": "not tried",
        "set_user_admin bob": "done",
        "create_user eve": "not tried",
        "set_user_admin eve": "not tried",
        "set_user_active eve": "not tried",
        "delete_role Writers": "not tried",
        "delete_policy Policy of Writers": "not tried",
    }
    (failed,) = [one for one in results if one.status is Status.FAILED]
    assert failed.reason == "It broke."
    assert failed.error is not None
    assert failed.error["error"] == "BackendError"
    assert failed.exit_code == BackendError.exit_code
    reasons = {one.change.operation: one.reason for one in results if one.reason}
    assert reasons["create_role"] == "the policy 'Fresh' failed"
    assert reasons["delete_role"] == "nothing is deleted after a failure"
    assert not [call for call in extension.calls if call.startswith("delete")]


def test_a_user_who_fails_does_not_hold_up_the_others(catalog: MemoryCatalog) -> None:
    results, _ = failing(catalog, {("set_user_email", "ada"): BackendError("No.")})
    done = outcomes(results)
    assert done["set_user_email ada"] == "failed"
    assert done["set_user_role ada"] == done["create_user eve"] == "done"
    assert done["delete_role Writers"] == "not tried"
    results, _ = failing(catalog, {})
    assert outcomes(results) == {
        "set_user_email ada": "done",
        "delete_role Writers": "done",
        "delete_policy Policy of Writers": "done",
    }


@pytest.mark.parametrize(
    "error", [TransportError("No network."), AuthenticationError("No longer logged in.")]
)
def test_nothing_more_is_tried_after_an_error_that_will_recur(
    catalog: MemoryCatalog, error: Exception
) -> None:
    results, _ = failing(catalog, {("create_policy", "Fresh"): error})
    statuses = [one.status for one in results]
    assert statuses[:3] == [Status.DONE, Status.DONE, Status.FAILED]
    assert set(statuses[3:]) == {Status.NOT_TRIED}


def test_a_bug_is_raised_unchanged(catalog: MemoryCatalog) -> None:
    with pytest.raises(TypeError):
        failing(catalog, {("create_policy", "Fresh"): TypeError("a bug")})


def test_results_are_reported_as_they_come(plan: Planner, ops: QuiltOps) -> None:
    seen: list[Any] = []
    made = plan("users: {bob: {admin: true, active: false}}")
    results = administration.execute_plan(ops, made, on_result=seen.append)
    assert seen == results
    assert len(seen) == 2


def test_only_administrators_may_read_the_state(catalog: MemoryCatalog) -> None:
    with connect(catalog, user="ada") as ops, pytest.raises(PermissionDeniedError):
        administration.read_state(ops)


def test_a_bucket_that_comes_back_different_is_reported(catalog: MemoryCatalog) -> None:
    class Lossy:
        @hookimpl(wrapper=True)
        def admin_update_bucket(self) -> Iterator[None]:
            import attrs

            answer: Any = yield
            return attrs.evolve(answer, tags=())

    with connect(catalog) as ops:
        administration.apply_document(
            ops, administration.parse_document("version: 1\nbuckets: {raw: {tags: [x]}}")
        )
        assert administration.resubmit_bucket(ops, "raw") == ops.admin.get_bucket("raw")
    with connect(catalog, extensions=[Lossy()]) as ops, pytest.raises(BackendError) as caught:
        administration.resubmit_bucket(ops, "raw")
    assert caught.value.context["changed"] == {"tags": {"before": ["x"], "after": []}}
