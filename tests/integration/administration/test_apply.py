"""Files applied to a registry: all sections, failures on the way, rights, and undoing changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry

from quilt_core import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    ValidationError,
    administration,
)
from quilt_core.administration import Plan, Status

FILE = """
version: 1
buckets:
  extra-bucket: {title: Extra, description: "Ünïcode ✓", tags: [b, a], browsable: true}
  demo-shared:
    title: Shared
    linked_data: {"@type": Dataset, n: [1, null, true]}
    file_extensions_to_index: [.csv]
    index_content_bytes: 1000
    prefixes: [raw/, ""]
policies:
  "Read: “extra” & more": {permissions: {extra-bucket: READ}}
  Write shared: {permissions: {demo-shared: READ_WRITE, extra-bucket: READ_WRITE}}
  Outside: {arn: "arn:aws:iam::000000000000:policy/outside"}
roles:
  Extra+Readers=1:
    policies: ["Read: “extra” & more", Outside]
    default_bucket: extra-bucket
    signup: {page: join-us, access_code: open-sesame-1, title: "Join: us", description: null}
  Outsiders: {arn: "arn:aws:iam::000000000000:role/outsiders"}
default_role: Extra+Readers=1
sso:
  version: "1.0"
  default_role: Extra+Readers=1
  mappings: [{schema: {type: object}, roles: [Outsiders], admin: false}]
users:
  reader: {role: Extra+Readers=1, email: Reader@Example.com}
  writer: {extra_roles: [Outsiders]}
  new.user+1@x: {email: new+1@example.com, role: Outsiders, admin: true}
  gone: {email: gone@example.com, role: Outsiders, active: false}
"""


@pytest.fixture
def plan(ops: QuiltOps, local_registry: LocalRegistry) -> Callable[..., Plan]:
    local_registry.s3_client().create_bucket(Bucket="extra-bucket")

    def make(text: str = FILE, **options: Any) -> Plan:
        document = administration.parse_document(text)
        state = administration.read_state(ops)
        return administration.make_plan(state, document, invite=True, **options)

    return make


def test_the_registry_matches_the_file_after_it_is_applied(
    ops: QuiltOps, plan: Callable[..., Plan]
) -> None:
    results = administration.execute_plan(ops, plan())
    assert [one for one in results if one.status is not Status.DONE] == []
    assert plan().is_empty
    role = ops.admin.get_role("Extra+Readers=1")
    assert role.signup is not None
    assert role.signup.access_code == "open-sesame-1"
    assert ops.admin.get_user("reader").email == "Reader@Example.com"
    assert ops.admin.get_user("new.user+1@x").is_admin
    assert not ops.admin.get_user("gone").is_active
    state = administration.read_state(ops)
    exported = administration.parse_document(administration.export_text(state))
    again = administration.make_plan(state, exported, prune=True)
    assert again.is_empty
    assert again.unlisted == {}


def test_applying_the_export_of_a_seeded_registry_changes_nothing(ops: QuiltOps) -> None:
    state = administration.read_state(ops)
    text = administration.export_text(state)
    assert administration.apply_document(ops, administration.parse_document(text), prune=True) == []


def test_pruning_removes_what_the_file_created(ops: QuiltOps, plan: Callable[..., Plan]) -> None:
    before = administration.export_data(administration.read_state(ops))
    administration.execute_plan(ops, plan())
    for user in ("new.user+1@x", "gone"):
        ops.admin.delete_user(user)
    before["default_role"] = "DemoReader"
    document = administration.make_document(before)
    # The old settings had no prefixes of their own, no linked data and so on; these remain.
    results = administration.apply_document(ops, document, prune=True)
    assert [one for one in results if one.status is not Status.DONE] == []
    assert administration.apply_document(ops, document, prune=True) == []


def test_a_default_role_that_single_sign_on_does_not_name_is_refused_before_anything_is_written(
    ops: QuiltOps, plan: Callable[..., Plan]
) -> None:
    administration.execute_plan(ops, plan())
    document = administration.parse_document("version: 1\ndefault_role: DemoReader")
    with pytest.raises(ValidationError, match="names 'Extra"):
        administration.apply_document(ops, document)
    with pytest.raises(ConflictError):  # which is what the registry says
        ops.admin.set_default_role("DemoReader")


def test_only_what_another_user_created_meanwhile_fails(
    ops: QuiltOps, plan: Callable[..., Plan]
) -> None:
    made = plan()
    ops.admin.create_role("Extra+Readers=1", policies=[])
    results = administration.execute_plan(ops, made)
    done = {(one.change.operation, one.change.name): one.status for one in results}
    assert done["create_role", "Extra+Readers=1"] is Status.FAILED
    assert done["set_user_role", "reader"] is Status.NOT_TRIED
    assert done["set_user_email", "reader"] is Status.DONE
    results = administration.execute_plan(ops, plan())
    assert {one.status for one in results} == {Status.DONE}
    assert plan().is_empty


def test_only_an_administrator_may_read_and_apply(
    connect: Callable[..., QuiltOps], local_registry: LocalRegistry
) -> None:
    with pytest.raises(PermissionDeniedError):
        administration.read_state(connect(local_registry, "writer"))


def test_an_administrator_cannot_lock_herself_out(plan: Callable[..., Plan]) -> None:
    with pytest.raises(ValidationError, match="this is you"):
        plan("version: 1\nusers: {admin: {admin: false}}")


def test_only_names_that_the_registry_refuses_fail(
    ops: QuiltOps, plan: Callable[..., Plan]
) -> None:
    bad = ["no/slash", "x" * 70, "a b", "é"]
    roles = "".join(f"  {name!r}: {{policies: []}}\n" for name in [*bad, "Fine"])
    results = administration.execute_plan(ops, plan(f"version: 1\nroles:\n{roles}"))
    assert [one.change.name for one in results if one.status is Status.FAILED] == bad
    errors = [one.error for one in results if one.error is not None]
    assert {error["error"] for error in errors} == {"ValidationError"}
    assert results[-1].status is Status.DONE


def test_indexing_in_progress_is_a_conflict(
    connect: Callable[..., QuiltOps], local_registry: LocalRegistry
) -> None:
    ops = connect(local_registry)
    local_registry.faults.replace([FaultRule(kind="status", status=409, path="*/reindex/*")])
    with pytest.raises(ConflictError, match="is already being indexed"):
        ops.admin.reindex_bucket("demo-data")
    local_registry.faults.replace([])
    with pytest.raises(NotFoundError, match="no bucket 'nowhere-x'"):
        ops.admin.reindex_bucket("nowhere-x", "raw/")
    assert ops.admin.reindex_bucket("demo-data", "raw/").subject == "demo-data"
    assert ops.admin.get_bucket("demo-data").last_indexed is not None
