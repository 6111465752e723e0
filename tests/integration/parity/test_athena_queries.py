"""Queries in Athena through both backends: where they run, what goes wrong, and equal rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from local_registry.athena.model import GLUE, Column, Place, QueryFailedError, Rows, Table
from local_registry.config import RegistryConfig
from local_registry.faults import FaultRule
from local_registry.identity.model import Identity
from local_registry.server import LocalRegistry
from local_registry.testing import add_user
from quilt_registry.query import results

import quilt_core
from quilt_core import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QueryEngine,
    QueryState,
    QuiltOps,
    TransportError,
    ValidationError,
    deadline,
)

BACKENDS = ("platform", "quilt3")
BOTH = pytest.mark.parametrize("backend", BACKENDS)
Connect = Callable[..., QuiltOps]
ROWS = 2_500
DATABASE = "icebergdatabase-local"


class Counting:
    """`SELECT n` gives n rows, `SELECT WAIT` waits until it is stopped, others fail."""

    def tables(self, identity: Identity) -> list[Table]:
        return [
            Table(
                catalog=GLUE,
                database=DATABASE,
                name=f"{bucket}_package_tag",
                columns=(Column(name="pkg_name", type="varchar"),),
            )
            for bucket in identity.permissions
        ]

    def check(self, sql: str) -> None:
        if not sql.startswith("SELECT "):
            raise QueryFailedError("", "line 1:1: mismatched input")

    @contextmanager
    def run(self, identity: Identity, sql: str, place: Place) -> Iterator[Rows]:
        word = sql.split()[1]
        while word == "WAIT":
            deadline.pause(0.01)
        if not word.isdigit():
            raise QueryFailedError("", _FAILURES[word], category=2)
        columns = (Column(name="n", type="bigint"), Column(name="t", type="varchar"))
        yield Rows(columns=columns, batches=iter([_numbered(int(word))]), scanned=4_711)


_FAILURES = {
    "COLUMN": "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved or requester is not "
    "authorized to access requested resources",
    "DENIED": "PERMISSION_DENIED: Access Denied",
    "LIMIT": "Query exhausted resources at this scale factor",
    "DIVISION": "DIVISION_BY_ZERO: Division by zero",
}


def _numbered(count: int) -> list[tuple[int, str | None]]:
    return [(number, (None, "", 'a,"b"\n')[number % 3]) for number in range(count)]


@pytest.fixture(scope="module")
def counting() -> Iterator[LocalRegistry]:
    with LocalRegistry(RegistryConfig(), engine=Counting()) as registry:
        yield registry


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Connects to a registry as a user."""
    with ExitStack() as stack:

        def make(registry: LocalRegistry, user: str, backend: str, /, **settings: Any) -> QuiltOps:
            env = registry.client_env("writer")
            for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_ATHENA"):
                monkeypatch.setenv(name, env[name])
            given = {
                "catalog_url": registry.endpoints.catalog_url,
                "registry": "s3://demo-data",
                "use_quilt3_login": False,
                **settings,
            }
            if "api_key" not in given:
                given.setdefault("token", registry.token(user))
            return stack.enter_context(quilt_core.connect(backend, **given))

        yield make


@pytest.fixture(autouse=True)
def _no_faults(counting: LocalRegistry) -> Iterator[None]:
    yield
    counting.faults.replace([])


def _asked(registry: LocalRegistry) -> list[str]:
    return [one.operation for one in registry.log.requests() if one.target == "/aws/athena"]


@BOTH
def test_the_workgroup_and_database_are_looked_for_once(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    """The role's own workgroup, skipping those that are not allowed or have no place for results,
    and the database that has the tables."""
    ops = connect(counting, "writer", backend)
    counting.log.clear()
    result = ops.query("SELECT 2")
    assert (result.engine, result.bytes_scanned, result.row_count) == (QueryEngine.ATHENA, 4_711, 2)
    assert list(result) == _numbered(2)
    asked = _asked(counting)
    assert asked[:2] == ["ListWorkGroups", "GetWorkGroup"]
    assert asked.count("ListDatabases") == 1
    counting.log.clear()
    assert list(ops.query("SELECT 1", engine="athena")) == _numbered(1)
    again = _asked(counting)
    assert again[0] == "StartQueryExecution"
    assert set(again) == {"StartQueryExecution", "GetQueryExecution", "GetQueryResults"}


@BOTH
def test_a_configured_workgroup_is_used_without_a_search(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    options = {
        "athena_workgroup": "QuiltUserAthena-local-DemoWriter",
        "athena_database": DATABASE,
    }
    ops = connect(counting, "writer", backend, options=options)
    counting.log.clear()
    assert list(ops.query("SELECT 1")) == _numbered(1)
    assert _asked(counting)[0] == "StartQueryExecution"
    nowhere = connect(counting, "writer", backend, options={"athena_catalog": "nowhere"})
    with pytest.raises(NotFoundError, match="catalog nowhere was not found"):
        nowhere.query("SELECT 1")
    wrong = connect(counting, "writer", backend, options={**options, "athena_workgroup": "other"})
    with pytest.raises(NotFoundError, match="WorkGroup other is not found"):
        wrong.query("SELECT 1")


@BOTH
def test_the_workgroup_of_the_buckets_settings(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    settings = b"ui: {athena: {defaultWorkgroup: QuiltUserAthena-local-DemoWriter}}"
    key = ".quilt/catalog/config.yaml"
    counting.context.s3.put_object(Bucket="demo-data", Key=key, Body=settings)
    counting.log.clear()
    assert list(connect(counting, "writer", backend).query("SELECT 1")) == _numbered(1)
    assert "ListWorkGroups" not in _asked(counting)
    counting.context.s3.delete_object(Bucket="demo-data", Key=key)


@BOTH
def test_without_a_usable_workgroup(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    """If Athena was requested by name, the error says what was looked for."""
    ops = connect(counting, "writer", backend, registry="s3://demo-private")
    with pytest.raises(NotSupportedError) as raised:
        ops.query("SELECT 1", engine="athena")
    assert "'demo-private_package_tag'" in raised.value.message
    assert f"(looked in: {DATABASE}, default)" in raised.value.message
    assert "QUILT_OPTION_ATHENA_DATABASE" in str(raised.value.hint)


@BOTH
def test_a_workgroup_of_another_role(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    other = {"athena_workgroup": "QuiltUserAthena-local-DemoReader"}
    ops = connect(counting, "writer", backend, options=other)
    with pytest.raises(PermissionDeniedError, match="athena:StartQueryExecution"):
        ops.query("SELECT 1")


@BOTH
def test_a_registry_without_athena(
    counting: LocalRegistry, connect: Connect, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The query is executed locally, unless Athena was requested by name."""
    ops = connect(counting, "writer", backend)
    endpoint = f"{counting.endpoints.registry_url}/aws/glue"  # it has no Athena
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", endpoint)
    result = ops.query('SELECT pkg_name FROM "demo-data_package_tag"')
    assert result.engine is QueryEngine.LOCAL
    assert list(result) == [("palmer/penguins",)]
    with pytest.raises(NotSupportedError):
        ops.query("SELECT 1", engine="athena")


@BOTH
def test_a_role_that_was_changed(counting: LocalRegistry, connect: Connect, backend: str) -> None:
    user = add_user(counting, reads=["demo-data"])
    ops = connect(counting, user.name, backend)
    assert list(ops.query("SELECT 1")) == _numbered(1)
    counting.context.state.users.set_role(user.name, "DemoWriter")
    ops.get_boto3_client("athena")
    counting.faults.replace(
        [FaultRule.parse("expired-token,operation=StartQueryExecution,count=1")]
    )
    counting.log.clear()
    assert list(ops.query("SELECT 1")) == _numbered(1)
    assert "GetWorkGroup" in _asked(counting)


@BOTH
@pytest.mark.parametrize("pyarrow", [True, False])
def test_a_large_result_is_read_from_its_file(
    counting: LocalRegistry,
    connect: Connect,
    backend: str,
    monkeypatch: pytest.MonkeyPatch,
    pyarrow: bool,
) -> None:
    monkeypatch.setattr(results, "has_pyarrow", lambda: pyarrow)
    ops = connect(counting, "writer", backend)
    counting.log.clear()
    result = ops.query(f"SELECT {ROWS}")
    assert list(result) == _numbered(ROWS)
    assert result.row_count == ROWS
    assert _asked(counting).count("GetQueryResults") == 1


@BOTH
def test_pages_are_used_if_the_result_file_may_not_be_read(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    ops = connect(counting, "writer", backend)
    counting.faults.replace(
        [FaultRule.parse("status,status=403,side=s3,path=/local-athenaresults-local/*")]
    )
    counting.log.clear()
    assert list(ops.query(f"SELECT {ROWS}")) == _numbered(ROWS)
    assert _asked(counting).count("GetQueryResults") == 3


@BOTH
def test_a_result_file_that_is_cut_off(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    ops = connect(counting, "writer", backend)
    counting.faults.replace(
        [FaultRule.parse("truncate,side=s3,operation=GetObject,count=2,path=*athena*")]
    )
    assert list(ops.query(f"SELECT {ROWS}")) == _numbered(ROWS)


@BOTH
@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELEC 1", ValidationError),
        ("SELECT COLUMN", ValidationError),
        ("SELECT DENIED", PermissionDeniedError),
        ("SELECT LIMIT", BackendError),
        ("SELECT DIVISION", BackendError),
    ],
)
def test_failures(
    counting: LocalRegistry, connect: Connect, backend: str, sql: str, kind: type[Exception]
) -> None:
    ops = connect(counting, "writer", backend)
    with pytest.raises(quilt_core.QuiltOpsError) as raised:
        ops.query(sql)
    assert type(raised.value) is kind
    if kind is ValidationError:
        assert raised.value.context["line"] == 1
    if sql != "SELEC 1":
        status = ops.start_query(sql)
        status = _ended(ops, status.query_id)
        assert (status.state, status.result) == (QueryState.FAILED, None)
        assert status.error == _FAILURES[sql.split()[1]]


def _ended(ops: QuiltOps, query_id: str) -> quilt_core.QueryStatus:
    for _ in range(500):
        status = ops.get_query(query_id)
        if status.is_final:
            return status
        time.sleep(0.01)
    raise AssertionError(status)


@BOTH
def test_throttling(counting: LocalRegistry, connect: Connect, backend: str) -> None:
    ops = connect(counting, "writer", backend)
    counting.faults.replace(
        [
            FaultRule.parse(f"status,status=429,operation={name},count=1")
            for name in ("StartQueryExecution", "GetQueryExecution", "GetQueryResults")
        ]
    )
    assert list(ops.query("SELECT 3")) == _numbered(3)


@BOTH
def test_an_answer_that_was_lost_starts_no_second_query(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    ops = connect(counting, "writer", backend)
    list(ops.query("SELECT 1"))
    client = ops.get_boto3_client("athena")
    group = "QuiltUserAthena-local-DemoWriter"
    before = len(client.list_query_executions(WorkGroup=group)["QueryExecutionIds"])
    counting.faults.replace([FaultRule.parse("reset-after,operation=StartQueryExecution,count=1")])
    assert list(ops.query("SELECT 2")) == _numbered(2)
    after = len(client.list_query_executions(WorkGroup=group)["QueryExecutionIds"])
    assert after == min(before + 1, 50)


@BOTH
def test_expired_credentials_are_replaced_once(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    ops = connect(counting, "writer", backend)
    counting.faults.replace(
        [FaultRule.parse("expired-token,operation=StartQueryExecution,count=1")]
    )
    assert list(ops.query("SELECT 1")) == _numbered(1)
    counting.faults.replace([FaultRule.parse("expired-token,operation=StartQueryExecution")])
    with pytest.raises(AuthenticationError):
        ops.query("SELECT 1")


@BOTH
def test_an_html_page_instead_of_an_answer(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    ops = connect(counting, "writer", backend)
    list(ops.query("SELECT 1"))
    for operation in ("StartQueryExecution", "GetQueryExecution", "GetQueryResults"):
        counting.faults.replace([FaultRule.parse(f"html,operation={operation}")])
        with pytest.raises(BackendError):
            list(ops.query("SELECT 1"))


@BOTH
def test_a_deadline_stops_the_query(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    ops = connect(counting, "writer", backend)
    list(ops.query("SELECT 1"))
    counting.log.clear()
    with pytest.raises(TransportError):
        ops.with_options(deadline=0.5).query("SELECT WAIT")
    assert "StopQueryExecution" in _asked(counting)


@BOTH
def test_leaving_early_stops_the_query(
    counting: LocalRegistry, connect: Connect, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops = connect(counting, "writer", backend)
    list(ops.query("SELECT 1"))

    def leave(_: float) -> None:
        raise KeyboardInterrupt

    counting.log.clear()
    monkeypatch.setattr("quilt_registry.query.executions.deadline.pause", leave)
    with pytest.raises(KeyboardInterrupt):
        ops.query("SELECT WAIT")
    assert "StopQueryExecution" in _asked(counting)


@BOTH
def test_started_queries(counting: LocalRegistry, connect: Connect, backend: str) -> None:
    ops = connect(counting, "writer", backend)
    status = _ended(ops, ops.start_query("SELECT 4").query_id)
    assert (status.state, status.sql, status.bytes_scanned) == (
        QueryState.SUCCEEDED,
        "SELECT 4",
        4_711,
    )
    assert status.result is not None
    assert list(status.result) == _numbered(4)
    waiting = ops.start_query("SELECT WAIT")
    ops.cancel_query(waiting.query_id)
    assert _ended(ops, waiting.query_id).state is QueryState.CANCELLED
    assert ops.cancel_query(status.query_id).state is QueryState.SUCCEEDED
    with pytest.raises(NotFoundError):
        connect(counting, "reader", backend).get_query(status.query_id)
    with pytest.raises(NotFoundError):
        ops.get_query("nothing")


@BOTH
def test_a_prefix_of_another_bucket_is_refused(
    counting: LocalRegistry, connect: Connect, backend: str
) -> None:
    ops = connect(counting, "writer", backend)
    for engine in ("athena", None):
        with pytest.raises(ValidationError, match="begin with the bucket's name"):
            ops.query("SELECT 1", prefix="other", engine=engine)
    assert list(ops.query("SELECT 1", prefix="demo-data")) == _numbered(1)


@pytest.mark.parametrize("engine", ["athena", None])
@BOTH
def test_without_a_login(
    counting: LocalRegistry, connect: Connect, backend: str, engine: Any
) -> None:
    ops = connect(counting, "writer", backend, token=None, api_key=None)
    with pytest.raises(AuthenticationError):
        ops.query('SELECT * FROM "demo-data_package_tag"', engine=engine)


def test_equal_rows_everywhere(
    shared_local_registry: LocalRegistry, connect: Connect, tmp_path: Path
) -> None:
    """The same SQL text gives equal rows from a folder and, through both backends and both engines,
    from a bucket: all columns except physical keys and times."""
    registry = shared_local_registry
    folder = tmp_path / "demo-data"
    folder.mkdir()
    data = tmp_path / "a.csv"
    data.write_text("x\n1\n")
    metadata = {"n": 3, "nested": {"deep": [1, None]}, "text": 'a "b"', "empty": ""}
    name = "team/equal"
    asked = {
        "tags": "SELECT pkg_name, tag_name, top_hash FROM {tag} WHERE pkg_name = 'team/equal'",
        "revisions": "SELECT pkg_name, top_hash FROM {revision} WHERE pkg_name = 'team/equal'",
        "entries": "SELECT e.top_hash, e.logical_key, e.hash_type, e.hash_value, e.size, "
        "e.metadata FROM {entry} e JOIN {tag} t ON t.top_hash = e.top_hash "
        "WHERE t.pkg_name = 'team/equal' ORDER BY e.logical_key",
        "manifests": "SELECT m.top_hash, m.message, m.metadata, "
        "json_extract_scalar(m.metadata, '$.text'), json_extract(m.metadata, '$.nested') "
        "FROM {manifest} m JOIN {tag} t ON t.top_hash = m.top_hash "
        "WHERE t.pkg_name = 'team/equal'",
        "values": "SELECT CAST(NULL AS bigint) a, 9223372036854775807 b, "
        "CAST(1.50 AS decimal(10, 2)) c, 1e10 d, DATE '2026-01-02' e, '' f, "
        "CAST(NULL AS varchar) g, true h, TIMESTAMP '2026-01-02 03:04:05.123' i, 1e0 / 3 j",
    }
    tables = {
        kind: f'"demo-data_package_{kind}"' for kind in ("tag", "revision", "entry", "manifest")
    }

    def rows(ops: QuiltOps, **more: Any) -> dict[str, Any]:
        return {key: list(ops.query(sql.format(**tables), **more)) for key, sql in asked.items()}

    found = {}
    local = connect(registry, "writer", "quilt3", registry=f"file://{folder}")
    local.push_package(name, {"d/a.csv": data, "b.csv": data}, message="m", metadata=metadata)
    found["folder"] = rows(local)
    ops = connect(registry, "writer", "quilt3")
    ops.push_package(name, {"d/a.csv": data, "b.csv": data}, message="m", metadata=metadata)
    for backend in BACKENDS:
        ops = connect(registry, "writer", backend)
        found[f"{backend}, in Athena"] = rows(ops, engine="athena")
        found[f"{backend}, here"] = rows(ops, engine="local")
    assert len(found["folder"]["entries"]) == 2
    for where, answer in found.items():
        assert answer == found["folder"], where
