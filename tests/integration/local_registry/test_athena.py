"""The local registry's Athena, called with boto3 as any client would."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import boto3
import pytest
from botocore import UNSIGNED
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from local_registry.athena.model import GLUE, Column, Place, QueryFailedError, Rows, Table
from local_registry.config import QueryLimits, RegistryConfig
from local_registry.conformance import RegistryEnvironment
from local_registry.faults import FaultRule
from local_registry.identity.model import Identity
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

from quilt_core import NotSupportedError, deadline
from quilt_core.manifest import ManifestEntry, ManifestHeader

WRITERS = "QuiltUserAthena-local-DemoWriter"
DATABASE = "icebergdatabase-local"
TABULATOR = "quilt-local-tabulator"
PENGUINS = """
schema:
- {name: species, type: STRING}
- {name: island, type: STRING}
source:
  type: quilt-packages
  package_name: "^palmer/(?<what>.+)$"
  logical_key: "data/by-island/(?<file>[a-z]+)\\\\.csv$"
parser: {format: csv, header: true}
"""


def athena(registry: LocalRegistry, user: str, **changed: Any) -> Any:
    """A client with the AWS keys of a user's role."""
    env = registry.client_env(user)
    given = {
        "endpoint_url": env["AWS_ENDPOINT_URL_ATHENA"],
        "region_name": env["AWS_DEFAULT_REGION"],
        "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": env["AWS_SESSION_TOKEN"],
    }
    return boto3.session.Session().client("athena", **{**given, **changed})


def finished(client: Any, query_id: str) -> dict[str, Any]:
    """The description of a query once it has ended."""
    for _ in range(2_000):
        found: dict[str, Any] = client.get_query_execution(QueryExecutionId=query_id)
        if found["QueryExecution"]["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return found["QueryExecution"]
        time.sleep(0.01)
    raise AssertionError(found)


def run(client: Any, sql: str, **more: Any) -> dict[str, Any]:
    """A query from its start to its end."""
    given = {"WorkGroup": WRITERS, "QueryExecutionContext": {"Database": DATABASE}, **more}
    started = client.start_query_execution(QueryString=sql, **given)
    return finished(client, started["QueryExecutionId"])


def rows(client: Any, found: dict[str, Any], **more: Any) -> list[list[str | None]]:
    """All rows of a result."""
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    pages = client.get_paginator("get_query_results").paginate(
        QueryExecutionId=found["QueryExecutionId"], **more
    )
    return [
        [datum.get("VarCharValue") for datum in row["Data"]]
        for page in pages
        for row in page["ResultSet"]["Rows"]
    ]


def code(call: Callable[[], Any]) -> str:
    """Athena's name for the error that a call raises."""
    with pytest.raises(ClientError) as raised:
        call()
    return str(raised.value.response["Error"]["Code"])


@pytest.fixture
def writer(shared_local_registry: LocalRegistry) -> Any:
    return athena(shared_local_registry, "writer")


@attrs.define
class Numbers:
    """An engine for tests: `SELECT n` gives n rows, `WAIT` waits until it is stopped."""

    began: threading.Event = attrs.field(factory=threading.Event)

    def tables(self, identity: Identity) -> Sequence[Table]:
        column = Column(name="number", type="bigint")
        return [
            Table(catalog=GLUE, database=DATABASE, name=f"{bucket}_package_tag", columns=(column,))
            for bucket in identity.permissions
        ]

    def check(self, sql: str) -> None:
        if sql.split()[0] not in ("SELECT", "WITH"):
            raise QueryFailedError("", f"line 1:1: mismatched input '{sql.split()[0]}'")

    @contextmanager
    def run(self, identity: Identity, sql: str, place: Place) -> Iterator[Rows]:
        word = sql.split()[1]
        if word == "WAIT":
            self.began.set()
            while True:
                deadline.pause(0.01)
        if not word.isdigit():
            raise QueryFailedError("COLUMN_NOT_FOUND", f"line 1:8: Column '{word}' is not there")
        texts = (None, "", 'a "b",\nc')
        yield Rows(
            columns=(Column(name="number", type="bigint"), Column(name="text", type="varchar")),
            batches=iter([[(number, texts[number % 3]) for number in range(int(word))]]),
            scanned=42,
        )


@contextmanager
def counting(**limits: Any) -> Iterator[tuple[LocalRegistry, Numbers]]:
    engine = Numbers()
    config = RegistryConfig(query_limits=QueryLimits(**limits))
    with LocalRegistry(config, engine=engine) as registry:
        yield registry, engine


@pytest.fixture(scope="module")
def numbers() -> Iterator[LocalRegistry]:
    with counting() as (registry, _):
        yield registry


def test_packages(writer: Any) -> None:
    found = run(
        writer,
        'SELECT e.logical_key, e.size FROM "demo-data_package_tag" t JOIN '
        '"demo-data_package_entry" e ON t.top_hash = e.top_hash '
        "WHERE t.pkg_name = 'palmer/penguins' AND e.size < 2000 ORDER BY 1",
    )
    assert rows(writer, found) == [
        ["logical_key", "size"],
        ["LICENSE.md", "248"],
        ["README.md", "1001"],
    ]
    assert (found["StatementType"], found["WorkGroup"]) == ("DML", WRITERS)
    assert found["Statistics"]["DataScannedInBytes"] > 0
    info = writer.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]
    assert [one["Type"] for one in info["ResultSetMetadata"]["ColumnInfo"]] == ["varchar", "bigint"]


def test_tabulator_tables(local_registry: LocalRegistry) -> None:
    local_registry.context.state.tabulator.set("demo-data", "birds", PENGUINS)
    client = athena(local_registry, "writer")
    whole = (
        f'SELECT what, file, count(*) FROM "{TABULATOR}"."demo-data"."birds" '
        "WHERE species = 'Adelie' GROUP BY 1, 2 ORDER BY 2"
    )
    expected = [["penguins", "biscoe", "44"], ["penguins", "dream", "56"]]
    assert rows(client, run(client, whole))[1:3] == expected
    here = {"Catalog": TABULATOR, "Database": "demo-data"}
    short = whole.replace(f'"{TABULATOR}"."demo-data".', "")
    assert rows(client, run(client, short, QueryExecutionContext=here))[1:3] == expected
    assert rows(client, run(client, "SHOW TABLES", QueryExecutionContext=here)) == [["birds"]]
    assert (
        code(lambda: client.list_table_metadata(CatalogName=TABULATOR, DatabaseName="demo-shared"))
        == "MetadataException"
    )


def test_without_duckdb(writer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise NotSupportedError("query", reason="duckdb is not installed")

    monkeypatch.setattr("local_registry.athena.package_engine.check_installed", missing)
    status = run(writer, "SELECT 1")["Status"]
    assert status["State"] == "FAILED"
    assert "pip install" in status["StateChangeReason"]
    with pytest.raises(ClientError, match="pip install"):
        writer.list_databases(CatalogName=GLUE)
    assert writer.list_work_groups()["WorkGroups"]


def test_statements_that_list(shared_local_registry: LocalRegistry, writer: Any) -> None:
    """Their results are plain text without a header, and DESCRIBE puts each row into one value."""
    found = run(writer, "DESCRIBE `demo-data_package_tag`")
    assert found["StatementType"] == "UTILITY"
    assert rows(writer, found)[0] == [f"{'pkg_name':<20}\t{'string':<20}\t{'':<20}"]
    page = writer.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]
    names = [one["Name"] for one in page["ResultSetMetadata"]["ColumnInfo"]]
    assert names == ["col_name", "data_type", "comment"]
    place = found["ResultConfiguration"]["OutputLocation"]
    assert place.endswith(".txt")
    bucket, _, key = place[5:].partition("/")
    stored = shared_local_registry.s3_client("writer").get_object(Bucket=bucket, Key=key)
    assert stored["Body"].read().decode().splitlines()[1].startswith("tag_name  ")
    catalogs = run(writer, f"SHOW DATABASES IN `{GLUE}`")
    assert rows(writer, catalogs) == [["default"], [DATABASE]]
    tables = run(writer, "SHOW TABLES LIKE 'demo-data*'")
    assert ["demo-data_package_entry"] in rows(writer, tables)
    missing = run(writer, "DESCRIBE `demo-private_package_tag`")
    assert missing["Status"]["StateChangeReason"].startswith("TABLE_NOT_FOUND")


def test_nested_values(writer: Any) -> None:
    sql = (
        "SELECT ARRAY[1, NULL] a, MAP(ARRAY['k'], ARRAY[2]) m, CAST(ROW(1, 'x') AS "
        "ROW(n integer, t varchar)) r, CAST(NULL AS varchar) n, json_parse('{\"a\": 1}') j"
    )
    found = run(writer, sql)
    assert rows(writer, found)[1] == ["[1, null]", "{k=2}", "{n=1, t=x}", None, '{"a":1}']


def test_results_end_with_the_registry(tmp_path: Path) -> None:
    config = RegistryConfig(data_dir=tmp_path)
    with LocalRegistry(config, engine=Numbers()) as registry:
        found = run(athena(registry, "writer"), "SELECT 1")
    bucket = found["ResultConfiguration"]["OutputLocation"].split("/")[2]
    with LocalRegistry(config, engine=Numbers()) as registry:
        assert registry.context.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
        query_id = found["QueryExecutionId"]
        with pytest.raises(ClientError, match="was not found"):
            athena(registry, "writer").get_query_execution(QueryExecutionId=query_id)


def test_information_schema(writer: Any) -> None:
    found = run(
        writer,
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = "
        f"'{DATABASE}' AND table_name = 'demo-data_package_tag' ORDER BY ordinal_position",
    )
    assert rows(writer, found)[1:] == [
        ["pkg_name", "varchar"],
        ["tag_name", "varchar"],
        ["top_hash", "varchar"],
    ]
    names = run(writer, "SELECT table_name FROM information_schema.tables")
    assert ["demo-private_package_tag"] not in rows(writer, names)
    counted = run(writer, "SELECT count(*) FROM information_schema.tables WHERE 1 = 2")
    assert rows(writer, counted) == [["_col0"], ["0"]]


def test_tables_do_not_contain_what_a_role_may_not_read(
    shared_local_registry: LocalRegistry,
) -> None:
    registry = shared_local_registry
    bucket = add_bucket(registry)
    own = add_user(registry, reads=[bucket])
    client = athena(registry, own.name)
    (group,) = (
        one["Name"] for one in client.list_work_groups()["WorkGroups"] if one["Name"] != "primary"
    )

    def state(sql: str) -> tuple[str, str]:
        status = run(client, sql, WorkGroup=group)["Status"]
        return status["State"], status.get("StateChangeReason", "")

    assert state(f'SELECT * FROM "{bucket}_package_tag"')[0] == "SUCCEEDED"
    for sql in (
        'SELECT * FROM "demo-data_package_tag"',
        'SELECT * FROM "demo-data_package_entry"',
        f'SELECT * FROM "{DATABASE}"."demo-data_package_tag"',
        f'SELECT 1 FROM "{bucket}_package_tag" UNION ALL SELECT 1 FROM "demo-data_package_tag"',
    ):
        ended, reason = state(sql)
        assert ended == "FAILED" and reason.startswith("TABLE_NOT_FOUND"), reason
    for sql in (
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "COPY (SELECT 1) TO '/no-such-folder/x'",
        "ATTACH '/no-such-folder/x.db'",
        "INSTALL httpfs",
        "SET memory_limit = '1TB'",
        "CREATE TABLE x AS SELECT 1",
        f'DELETE FROM "{bucket}_package_tag"',
    ):
        try:
            ended, reason = state(sql)
        except ClientError as error:
            ended, reason = "FAILED", str(error)
        assert ended == "FAILED", sql
        assert "root:" not in reason
    tables = client.list_table_metadata(CatalogName=GLUE, DatabaseName=DATABASE)
    names = {one["Name"] for one in tables["TableMetadataList"]}
    assert names == {
        f"{bucket}_package_{kind}" for kind in ("entry", "manifest", "revision", "tag")
    }


def test_a_package_that_names_an_object_of_another_bucket(local_registry: LocalRegistry) -> None:
    """Tabulator reads with the rights of the user who asks, not of the user who pushed."""
    environment = RegistryEnvironment(local_registry, "platform")
    hidden = environment.put_hidden_object("secret.csv", b"species,island\nx,y\n")
    assert hidden is not None
    entry = ManifestEntry(
        logical_key="data/by-island/secret.csv", physical_key=hidden, size=19, hash=None, meta={}
    )
    environment.publish("palmer/secret", ManifestHeader(), [entry], second=1_700_000_000)
    bucket = environment.registry.removeprefix("s3://")
    local_registry.context.state.tabulator.set(
        bucket, "birds", f"{PENGUINS}continue_on_error: true\n"
    )
    user = add_user(local_registry, reads=[bucket])
    client = athena(local_registry, user.name)
    found = run(
        client,
        f'SELECT species, "$issue" FROM "{TABULATOR}"."{bucket}"."birds"',
        WorkGroup=f"QuiltUserAthena-local-Role-{user.name}",
    )
    _, (species, issue) = rows(client, found)
    assert species is None
    assert issue


def test_which_workgroup_a_role_may_use(shared_local_registry: LocalRegistry, writer: Any) -> None:
    names = [one["Name"] for one in writer.list_work_groups()["WorkGroups"]]
    assert WRITERS in names and "primary" in names
    settings = writer.get_work_group(WorkGroup=WRITERS)["WorkGroup"]["Configuration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["ResultConfiguration"]["OutputLocation"].startswith("s3://local-athenaresults")
    other = next(name for name in names if name not in (WRITERS, "primary"))
    assert code(lambda: writer.get_work_group(WorkGroup=other)) == "AccessDeniedException"
    assert (
        code(lambda: writer.start_query_execution(QueryString="SELECT 1", WorkGroup=other))
        == "AccessDeniedException"
    )
    assert code(lambda: writer.get_work_group(WorkGroup="x")) == "InvalidRequestException"


def test_the_primary_workgroup_needs_a_location_that_the_role_may_write_to(
    shared_local_registry: LocalRegistry, writer: Any
) -> None:
    def start(place: str | None) -> Any:
        more = {} if place is None else {"ResultConfiguration": {"OutputLocation": place}}
        return writer.start_query_execution(QueryString="SELECT 1 AS one", **more)

    assert code(lambda: start(None)) == "InvalidRequestException"
    assert code(lambda: start("s3://demo-private/x/")) == "AccessDeniedException"
    found = finished(writer, start("s3://demo-data/results")["QueryExecutionId"])
    place = found["ResultConfiguration"]["OutputLocation"]
    assert place == f"s3://demo-data/results/{found['QueryExecutionId']}.csv"
    stored = shared_local_registry.s3_client("writer").get_object(
        Bucket="demo-data", Key=place.removeprefix("s3://demo-data/")
    )
    assert stored["Body"].read() == b'"one"\n"1"\n'
    assert found["QueryExecutionId"] in writer.list_query_executions()["QueryExecutionIds"]


def test_queries_belong_to_the_user_who_started_them(numbers: LocalRegistry) -> None:
    writer, reader = athena(numbers, "writer"), athena(numbers, "reader")
    found = run(writer, "SELECT 3")
    query_id = found["QueryExecutionId"]
    for call in (reader.get_query_execution, reader.get_query_results, reader.stop_query_execution):
        assert code(lambda call=call: call(QueryExecutionId=query_id)) == "InvalidRequestException"
    several = reader.batch_get_query_execution(QueryExecutionIds=[query_id])
    assert several["QueryExecutions"] == []
    assert several["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == query_id
    assert query_id in writer.list_query_executions(WorkGroup=WRITERS)["QueryExecutionIds"]
    several = writer.batch_get_query_execution(QueryExecutionIds=[query_id, "nothing"])
    assert [one["QueryExecutionId"] for one in several["QueryExecutions"]] == [query_id]
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"][5:].partition("/")
    assert numbers.s3_client("writer").get_object(Bucket=bucket, Key=key)["Body"].read()
    for user in ("reader", "admin"):
        with pytest.raises(ClientError, match="AccessDenied"):
            numbers.s3_client(user).get_object(Bucket=bucket, Key=key)
    for call in (
        lambda: numbers.s3_client("writer").list_objects_v2(Bucket=bucket),
        lambda: numbers.s3_client("writer").delete_object(Bucket=bucket, Key=key),
        lambda: numbers.s3_client("writer").put_object(Bucket=bucket, Key=key, Body=b"x"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()


def test_after_switching_roles_queries_of_the_other_role_are_not_visible(
    local_registry: LocalRegistry,
) -> None:
    state = local_registry.context.state
    user = add_user(local_registry, reads=["demo-data"], extra_roles=("Spare",))
    before = athena(local_registry, user.name)
    found = run(before, "SELECT 1", WorkGroup=f"QuiltUserAthena-local-Role-{user.name}")
    state.users.switch_role(user.name, "Spare")
    after = athena(local_registry, user.name)
    query_id = found["QueryExecutionId"]
    assert code(lambda: after.get_query_results(QueryExecutionId=query_id)) == (
        "InvalidRequestException"
    )
    assert len(rows(before, found)) == 2


def test_pages_and_the_result_file_have_the_same_rows(numbers: LocalRegistry) -> None:
    client = athena(numbers, "writer")
    found = run(client, "SELECT 2500")
    texts = (None, "", 'a "b",\nc')
    expected = [["number", "text"], *([str(n), texts[n % 3]] for n in range(2500))]
    assert rows(client, found) == expected
    assert rows(client, found, PaginationConfig={"PageSize": 7, "MaxItems": 100}) == expected[:100]
    first = client.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert len(first["ResultSet"]["Rows"]) == 1_000
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"][5:].partition("/")
    s3 = numbers.s3_client("writer")
    stored = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert stored.startswith('"number","text"\n"0",\n"1",""\n"2","a ""b"",\nc"\n')
    assert [[n, t or None] for n, t in csv.reader(io.StringIO(stored))] == [
        [n, t or None] for n, t in expected
    ]
    assert s3.get_object(Bucket=bucket, Key=f"{key}.metadata")["Body"].read()
    for size in (999, 1000, 1001):
        exact = run(client, f"SELECT {size}")
        assert len(rows(client, exact)) == size + 1


@pytest.mark.parametrize("token", ["x", "W10=", "WyJhIiwgMV0=", "0"])
def test_invalid_page_tokens(numbers: LocalRegistry, token: str) -> None:
    client = athena(numbers, "writer")
    query_id = run(client, "SELECT 5")["QueryExecutionId"]
    assert (
        code(lambda: client.get_query_results(QueryExecutionId=query_id, NextToken=token))
        == "InvalidRequestException"
    )
    assert code(lambda: client.list_work_groups(NextToken="x")) == "InvalidRequestException"


def test_failures(numbers: LocalRegistry) -> None:
    client = athena(numbers, "writer")
    status = run(client, "SELECT x")["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"] == "COLUMN_NOT_FOUND: line 1:8: Column 'x' is not there"
    assert status["AthenaError"]["ErrorCategory"] == 2
    query_id = run(client, "SELECT x")["QueryExecutionId"]
    assert code(lambda: client.get_query_results(QueryExecutionId=query_id)) == (
        "InvalidRequestException"
    )
    with pytest.raises(ClientError, match="line 1:1: mismatched input 'SELEC'") as raised:
        run(client, "SELEC 1")
    assert raised.value.response["AthenaErrorCode"] == "MALFORMED_QUERY"
    assert code(client.list_named_queries) == "UnknownOperationException"
    assert code(lambda: client.list_databases(CatalogName="x")) == "InvalidRequestException"
    assert (
        code(
            lambda: client.get_table_metadata(
                CatalogName=GLUE, DatabaseName=DATABASE, TableName="nothing"
            )
        )
        == "MetadataException"
    )
    assert (
        code(
            lambda: client.list_table_metadata(
                CatalogName=GLUE, DatabaseName=DATABASE, Expression="(a+)+$"
            )
        )
        == "InvalidRequestException"
    )


def test_an_idempotent_start(numbers: LocalRegistry) -> None:
    client = athena(numbers, "writer")
    given = {"WorkGroup": WRITERS, "ClientRequestToken": "t" * 32}
    first = client.start_query_execution(QueryString="SELECT 1", **given)
    again = client.start_query_execution(QueryString="SELECT 1", **given)
    assert first["QueryExecutionId"] == again["QueryExecutionId"]
    assert code(lambda: client.start_query_execution(QueryString="SELECT 2", **given)) == (
        "InvalidRequestException"
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"region_name": "eu-west-1"}, "InvalidSignatureException"),
        ({"aws_secret_access_key": "wrong"}, "InvalidSignatureException"),
        ({"aws_session_token": "wrong"}, "UnrecognizedClientException"),
        ({"aws_access_key_id": "ASIANOBODY"}, "UnrecognizedClientException"),
    ],
)
def test_signatures(numbers: LocalRegistry, changed: dict[str, str], expected: str) -> None:
    client = athena(numbers, "writer", **changed)
    assert code(client.list_work_groups) == expected


def test_a_body_that_was_changed_in_transit(numbers: LocalRegistry) -> None:
    client = athena(numbers, "writer")

    def change(request: Any, **_: Any) -> None:
        request.body = request.body.replace(b"SELECT 1", b"SELECT 2")

    client.meta.events.register("before-send.athena", change)
    assert (
        code(lambda: client.start_query_execution(QueryString="SELECT 1", WorkGroup=WRITERS))
        == "InvalidSignatureException"
    )


def test_keys_for_s3_cannot_sign_for_athena(numbers: LocalRegistry) -> None:
    client = athena(numbers, "writer")
    client.meta.events.register(
        "before-sign.athena",
        lambda request, **_: request.context.update(signing={"signing_name": "s3"}),
    )
    with pytest.raises(ClientError, match="correct service: 'athena'"):
        client.list_work_groups()


def test_anonymous(numbers: LocalRegistry) -> None:
    client = athena(numbers, "writer", config=Config(signature_version=UNSIGNED))
    assert code(client.list_work_groups) == "MissingAuthenticationTokenException"


def test_stopping() -> None:
    with counting() as (registry, engine):
        client = athena(registry, "writer")
        started = client.start_query_execution(QueryString="SELECT WAIT", WorkGroup=WRITERS)
        query_id = started["QueryExecutionId"]
        assert engine.began.wait(10)
        assert code(lambda: client.get_query_results(QueryExecutionId=query_id)) == (
            "InvalidRequestException"
        )
        client.stop_query_execution(QueryExecutionId=query_id)
        status = finished(client, query_id)["Status"]
        assert status["State"] == "CANCELLED"
        client.stop_query_execution(QueryExecutionId=query_id)
        assert finished(client, query_id)["Status"] == status


def test_the_limit_of_queries_per_user() -> None:
    with counting(at_once=1, per_user=1) as (registry, engine):
        client, reader = athena(registry, "writer"), athena(registry, "reader")
        group = "QuiltUserAthena-local-DemoReader"
        first = client.start_query_execution(QueryString="SELECT WAIT", WorkGroup=WRITERS)
        assert engine.began.wait(10)
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            client.start_query_execution(QueryString="SELECT 1", WorkGroup=WRITERS)
        other = reader.start_query_execution(QueryString="SELECT 1", WorkGroup=group)
        query_id = other["QueryExecutionId"]
        waiting = reader.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        assert waiting["Status"]["State"] == "QUEUED"
        client.stop_query_execution(QueryExecutionId=first["QueryExecutionId"])
        assert finished(reader, query_id)["Status"]["State"] == "SUCCEEDED"


def test_the_limits_of_a_query() -> None:
    with counting(seconds=0.3, result_bytes=2_000, kept=3) as (registry, _):
        client = athena(registry, "writer")
        status = run(client, "SELECT WAIT")["Status"]
        assert status["State"] == "FAILED"
        assert "exhausted resources" in status["StateChangeReason"]
        status = run(client, "SELECT 500")["Status"]
        assert "EXCEEDED_RESULT_LIMIT" in status["StateChangeReason"]
        first, *others = (run(client, f"SELECT {number}") for number in (1, 2, 3, 4))
        with pytest.raises(ClientError, match="was not found"):
            client.get_query_execution(QueryExecutionId=first["QueryExecutionId"])
        assert [len(rows(client, one)) for one in others] == [3, 4, 5]
        bucket, _, key = first["ResultConfiguration"]["OutputLocation"][5:].partition("/")
        with pytest.raises(ClientError, match="NoSuchKey"):
            registry.context.s3.get_object(Bucket=bucket, Key=key)
        # a result in the user's own bucket remains, although its query is forgotten
        place = {"OutputLocation": "s3://demo-data/kept"}
        own = run(client, "SELECT 1", WorkGroup="primary", ResultConfiguration=place)
        for number in range(4):
            run(client, f"SELECT {number}")
        with pytest.raises(ClientError, match="was not found"):
            client.get_query_execution(QueryExecutionId=own["QueryExecutionId"])
        key = f"kept/{own['QueryExecutionId']}.csv"
        assert registry.context.s3.get_object(Bucket="demo-data", Key=key)["ContentLength"]


def test_stopping_the_registry_ends_its_queries() -> None:
    before = set(threading.enumerate())
    with counting() as (registry, engine):
        client = athena(registry, "writer")
        client.start_query_execution(QueryString="SELECT WAIT", WorkGroup=WRITERS)
        assert engine.began.wait(10)
    left = set(threading.enumerate()) - before
    assert not [one for one in left if one.name.startswith("athena")]


def test_injected_faults_have_the_form_of_athena_errors(local_registry: LocalRegistry) -> None:
    client = athena(local_registry, "writer")
    local_registry.faults.replace(
        [FaultRule.parse("status,status=429,operation=ListWorkGroups,count=2")]
    )
    assert client.list_work_groups()["ResponseMetadata"]["RetryAttempts"] == 2
    local_registry.faults.replace([FaultRule.parse("expired-token,operation=ListWorkGroups")])
    assert code(client.list_work_groups) == "ExpiredTokenException"
    counts = local_registry.log.counts()
    assert counts["registry", "ListWorkGroups", "writer"] == 1


@pytest.mark.parametrize(
    ("target", "body", "expected"),
    [
        ("AmazonAthena.StartQueryExecution", b"[]", "SerializationException"),
        ("AmazonAthena.StartQueryExecution", b"{", "SerializationException"),
        ("AmazonAthena.StartQueryExecution", b"{}", "InvalidRequestException"),
        ("AmazonAthena.StartQueryExecution", b'{"QueryString": 1}', "InvalidRequestException"),
        (
            "AmazonAthena.GetQueryResults",
            b'{"QueryExecutionId": "x", "MaxResults": 1001}',
            "InvalidRequestException",
        ),
        ("AmazonAthena.GetWorkGroup", b'{"WorkGroup": "a b"}', "InvalidRequestException"),
        ("AmazonAthena.Nothing", b"{}", "UnknownOperationException"),
        ("AWSGlue.GetTables", b"{}", "UnknownOperationException"),
    ],
)
def test_invalid_requests(
    numbers: LocalRegistry, http: Any, target: str, body: bytes, expected: str
) -> None:
    env = numbers.client_env("writer")
    request = AWSRequest(
        method="POST",
        url=env["AWS_ENDPOINT_URL_ATHENA"],
        data=body,
        headers={"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"},
    )
    keys = Credentials(
        env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"]
    )
    SigV4Auth(keys, "athena", env["AWS_DEFAULT_REGION"]).add_auth(request)
    answer = http.post(request.url, data=body, headers=dict(request.headers))
    assert answer.status_code == 400
    assert answer.json()["__type"] == expected
