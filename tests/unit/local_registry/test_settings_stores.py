"""Buckets, tabulator tables, API keys, browsing sessions, and state that is stored in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_registry.identity.errors import InvalidInputError, MemberError, OperationFailedError
from local_registry.identity.model import Identity, Level
from local_registry.state import State
from local_registry.state.browsing import parse_scope
from local_registry.state.buckets import Bucket

HASH = "0" * 64
TABLE = """
schema: [{name: id, type: STRING}]
source: {type: quilt-packages, package_name: "^a/b$", logical_key: ".*"}
parser: {format: csv}
"""


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(clock: Clock) -> State:
    state = State(clock=clock, max_api_keys=3, max_browsing_sessions=2)
    state.buckets.add(Bucket(name="open", title="Open", browsable=True))
    state.buckets.add(Bucket(name="shut", title="Shut"))
    state.roles.create_managed("R")
    for name in ("ada", "bob"):
        state.users.create(name=name, email=f"{name}@example.com", role="R")
    return state


def _identity(state: State, name: str) -> Identity:
    user = state.users.get(name)
    assert user is not None
    return Identity(
        user_id=user.id,
        user_name=name,
        email=user.email,
        is_admin=False,
        role="R",
        roles=("R",),
        permissions={"open": Level.READ, "shut": Level.READ},
    )


def test_state_in_a_folder_outlives_the_process(tmp_path: Path) -> None:
    first = State(tmp_path / "data")
    first.buckets.add(Bucket(name="b", title="B", tags=("x",), linked_data={"@id": 1}))
    first.settings.open_query = True
    first.close()
    second = State(tmp_path / "data")
    assert second.buckets.get("b") == Bucket(
        name="b", title="B", tags=("x",), linked_data={"@id": 1}
    )
    assert second.settings.open_query
    second.close()


def test_buckets_are_updated_field_by_field(state: State) -> None:
    changed = state.buckets.update("open", {"description": "all", "relevance_score": 7})
    assert (changed.title, changed.description) == ("Open", "all")
    assert [bucket.name for bucket in state.buckets.list()] == ["open", "shut"]


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"file_extensions_to_index": ("csv",)}, "BucketFileExtensionsToIndexInvalid"),
        ({"index_content_bytes": -1}, "BucketIndexContentBytesInvalid"),
        ({"sns_notification_arn": "nonsense"}, "SnsInvalid"),
    ],
)
def test_invalid_bucket_settings_are_refused(
    state: State, changes: dict[str, object], member: str
) -> None:
    with pytest.raises(MemberError, match=member):
        state.buckets.update("open", changes)


def test_unknown_and_existing_buckets_are_refused(state: State) -> None:
    with pytest.raises(MemberError, match="BucketNotFound"):
        state.buckets.update("missing", {})
    with pytest.raises(MemberError, match="BucketNotFound"):
        state.buckets.remove("missing")
    with pytest.raises(MemberError, match="BucketAlreadyAdded"):
        state.buckets.add(Bucket(name="open", title="Again"))


def test_tables_are_set_renamed_and_removed(state: State) -> None:
    state.tabulator.set("open", "one", TABLE)
    state.tabulator.set("open", "two", TABLE)
    state.tabulator.rename("open", "one", "three")
    assert [table.name for table in state.tabulator.list("open")] == ["three", "two"]
    assert state.tabulator.list("open")[0].config == TABLE
    assert state.tabulator.list("shut") == []
    state.tabulator.set("open", "two", None)
    assert [table.name for table in state.tabulator.list("open")] == ["three"]


def test_invalid_tables_are_refused(state: State) -> None:
    state.tabulator.set("open", "one", TABLE)
    state.tabulator.set("open", "two", TABLE)
    tables = state.tabulator
    for act, path, name in [
        (lambda: tables.set("open", "one", "schema: []"), "config", "InvalidConfig"),
        (lambda: tables.set("open", "one", "["), "config", "InvalidConfig"),
        (lambda: tables.set("open", "one", TABLE.replace("^a/b$", "(")), "config", "InvalidConfig"),
        (lambda: tables.set("open", "one", TABLE.replace("csv", "xls")), "config", "InvalidConfig"),
        (lambda: tables.set("open", "no spaces", TABLE), "tableName", "Invalid"),
        (lambda: tables.set("open", "missing", None), "tableName", "NotFound"),
        (lambda: tables.rename("open", "missing", "x"), "tableName", "NotFound"),
        (lambda: tables.rename("open", "one", "two"), "newTableName", "Conflict"),
    ]:
        with pytest.raises(InvalidInputError) as error:
            act()
        assert (error.value.problems[0].path, error.value.problems[0].name) == (path, name)


def test_keys_show_their_secret_once_and_expire(state: State, clock: Clock) -> None:
    ada = _identity(state, "ada")
    key, secret = state.api_keys.create(ada.user_id, "laptop", 1)
    assert secret.startswith("qk_")
    assert secret not in repr(state.api_keys.get(key.id))
    assert key.fingerprint.startswith("qk_") and len(key.fingerprint) < 15
    assert state.api_keys.find(secret) == key
    assert state.api_keys.list(name="laptop", expired=False) == [key]
    clock.now += 86_400
    assert state.api_keys.list(name="laptop", expired=True) == [key]
    assert state.api_keys.status_of([key]) == ["EXPIRED"]


def test_the_number_of_keys_is_limited_and_owners_revoke_theirs(state: State) -> None:
    ada, bob = _identity(state, "ada"), _identity(state, "bob")
    keys = [state.api_keys.create(ada.user_id, f"k{n}", 90) for n in range(3)]
    with pytest.raises(InvalidInputError, match="Revoke"):
        state.api_keys.create(ada.user_id, "one more", 90)
    with pytest.raises(InvalidInputError):
        state.api_keys.revoke(key_id=keys[0][0].id, user_id=bob.user_id)
    state.api_keys.revoke(key_id=keys[0][0].id, user_id=ada.user_id)
    state.api_keys.revoke(secret=keys[1][1])
    assert [key.name for key in state.api_keys.list(user_id=ada.user_id)] == ["k2"]
    for days in (0, 366):
        with pytest.raises(InvalidInputError):
            state.api_keys.create(bob.user_id, "x", days)


@pytest.mark.parametrize(
    ("text", "package", "revision"),
    [
        (f"quilt+s3://open#package=a/b@{HASH}", "a/b", HASH),
        ("quilt+s3://open#package=a/b:latest", "a/b", "latest"),
        ("quilt+s3://open#package=a/b", "a/b", "latest"),
        (f"quilt+s3://open#package=a/b@{HASH}&path=x%2Fy", "a/b", HASH),
    ],
)
def test_scopes_are_package_uris(text: str, package: str, revision: str) -> None:
    scope = parse_scope(text)
    assert (scope.bucket, scope.package, scope.revision) == ("open", package, revision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s3://open#package=a/b&hash=0",
        "quilt+s3://open",
        "quilt+s3://open/key#package=a/b",
        "quilt+s3://open#package=a",
        "quilt+s3://open#package=../..@" + HASH,
        f"quilt+s3://open#package=a/b@{HASH}:latest",
        "quilt+s3://open#package=a/b@short",
        "quilt+s3://#package=a/b",
        "quilt+s3://open?x=1#package=a/b",
    ],
)
def test_other_scopes_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        parse_scope(text)
    assert error.value.problems[0].path == "scope"


def test_sessions_belong_to_their_owner_and_end(state: State, clock: Clock) -> None:
    ada, bob = _identity(state, "ada"), _identity(state, "bob")
    scope = f"quilt+s3://open#package=a/b@{HASH}"
    session = state.browsing.create(ada, scope, 60)
    assert state.browsing.get_owned(ada, session.id) == session
    with pytest.raises(OperationFailedError) as mismatch:
        state.browsing.refresh(bob, session.id, 60)
    assert mismatch.value.name == "OwnerMismatch"
    clock.now += 59
    assert state.browsing.refresh(ada, session.id, 60).expires > session.expires
    clock.now += 61
    with pytest.raises(OperationFailedError) as over:
        state.browsing.get(session.id)
    assert over.value.name == "SessionNotFound"


def test_the_number_of_sessions_is_limited_and_they_need_a_browsable_bucket(state: State) -> None:
    ada = _identity(state, "ada")
    scope = "quilt+s3://open#package=a/b"
    sessions = [state.browsing.create(ada, scope, 60) for _ in range(3)]
    with pytest.raises(OperationFailedError):
        state.browsing.get(sessions[0].id)
    assert state.browsing.get(sessions[2].id) == sessions[2]
    state.browsing.dispose(ada, sessions[2].id)
    with pytest.raises(OperationFailedError):
        state.browsing.get(sessions[2].id)
    for bucket, name in [("shut", "BucketNotBrowsable"), ("other", "BucketNotFound")]:
        with pytest.raises(OperationFailedError) as error:
            state.browsing.create(ada, f"quilt+s3://{bucket}#package=a/b", 60)
        assert error.value.name == name
    with pytest.raises(InvalidInputError):
        state.browsing.create(ada, scope, 0)
