"""What `install` replaces, and the identity of calls afterwards."""

from __future__ import annotations

from collections.abc import Callable

import boto3
import pytest
import quiltops_mcp
from local_registry import LocalRegistry
from quilt_mcp.context import factory as context_factory
from quilt_mcp.context.runtime_context import RuntimeAuthState, clear_runtime_auth, set_runtime_auth
from quilt_mcp.ops import exceptions
from quilt_mcp.ops.factory import QuiltOpsFactory
from quilt_mcp.services import auth_service
from quilt_mcp.services.athena_service import AthenaQueryService
from quilt_mcp.services.permission_discovery import AWSPermissionDiscovery
from quilt_mcp.utils import common

import quilt_core
from quilt_core import PluginError, ValidationError

Enter = Callable[..., None]
DATABASE = "icebergdatabase-local"


def act_as(token: str) -> None:
    """What quilt-mcp's middleware does for a request."""
    set_runtime_auth(RuntimeAuthState("Bearer", token))


@pytest.mark.parametrize(
    ("deployment", "variable", "backend"),
    [("local", None, "platform"), ("legacy", None, "quilt3"), ("legacy", "platform", "platform"),
     ("remote", None, "platform"), ("local", "memory", "memory")],
)  # fmt: skip
def test_which_backend_answers(
    enter: Enter, monkeypatch: pytest.MonkeyPatch, deployment: str, variable: str | None,
    backend: str,
) -> None:  # fmt: skip
    enter("writer", deployment)
    if variable:
        monkeypatch.setenv("QUILT_BACKEND", variable)
    with quiltops_mcp.install() as ops:
        assert ops.backend_name == backend
        assert ops.settings.multitenant == (deployment == "remote")
        assert isinstance(QuiltOpsFactory.create(), quiltops_mcp.QuiltopsBackend)


def test_the_servers_argument_takes_precedence_over_the_environment(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quilt_mcp.config import get_mode_config

    enter("writer")
    monkeypatch.setenv("QUILT_BACKEND", "platform")
    get_mode_config(backend_override="quilt3")
    with quiltops_mcp.install() as ops:
        assert ops.backend_name == "quilt3"


def test_many_users_need_a_multitenant_connection(enter: Enter) -> None:
    enter("writer", "remote")
    with (
        quilt_core.connect("platform") as ops,
        pytest.raises(ValidationError, match="many users"),
    ):
        quiltops_mcp.install(ops)
    with quilt_core.connect("platform", multitenant=True) as ops:
        assert quiltops_mcp.install(ops) is ops


def test_the_processs_own_token_is_not_used_for_a_request(
    enter: Enter, local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter("writer")
    monkeypatch.delenv("QUILT_API_KEY")
    with quilt_core.connect("platform", token=local_registry.token("writer")) as ops:
        quiltops_mcp.install(ops)
        backend = QuiltOpsFactory.create()
        assert backend.get_auth_status().is_authenticated
        act_as(local_registry.token("reader"))
        with pytest.raises(exceptions.AuthenticationError, match="one of its own"):
            backend.list_buckets()


def test_each_call_acts_as_its_own_request(
    enter: Enter, local_registry: LocalRegistry, people: dict[str, str]
) -> None:
    enter("writer")
    with quiltops_mcp.install():
        backend = QuiltOpsFactory.create()
        own = {one.name for one in backend.list_buckets()}
        for name, bucket in people.items():
            for token in (local_registry.token(name), local_registry.api_key(name)):
                act_as(token)
                assert [one.name for one in backend.list_buckets()] == [bucket]
                assert auth_service.create_auth_service().is_valid()
        clear_runtime_auth()
        assert {one.name for one in backend.list_buckets()} == own


def test_a_multitenant_server_refuses_calls_outside_a_request(enter: Enter) -> None:
    enter("writer", "remote")
    with quiltops_mcp.install():
        with pytest.raises(exceptions.AuthenticationError):
            QuiltOpsFactory.create().list_buckets()
        assert not auth_service.create_auth_service().is_valid()
        act_as("")
        with pytest.raises(exceptions.AuthenticationError):
            QuiltOpsFactory.create().list_buckets()


def test_aws_calls_act_as_the_request(
    enter: Enter, local_registry: LocalRegistry, people: dict[str, str]
) -> None:
    enter("writer", "remote")
    with quiltops_mcp.install():
        contexts = context_factory.RequestContextFactory()
        services = [auth_service.create_auth_service, contexts._create_auth_service]
        for name, bucket in people.items():
            act_as(local_registry.token(name))
            athena = AthenaQueryService()
            clients = [make().get_boto3_session().client("s3") for make in services]
            for client in [*clients, common.get_s3_client(), athena.s3_client]:
                body = client.get_object(Bucket=bucket, Key="own.txt")["Body"].read()
                assert body.decode() == name
            found = athena._get_athena_credentials(region="us-east-1")
            known = clients[0]._request_signer._credentials
            assert found.access_key == known.access_key
            discovery = AWSPermissionDiscovery(session=boto3.Session(region_name="us-east-1"))
            assert discovery._discover_buckets_via_graphql() == {bucket}


def test_athena_is_each_users_own(
    enter: Enter, local_registry: LocalRegistry, people: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Every query uses the workgroup of the user's role and the tables that the user may read,
    although quilt-mcp remembers workgroups without users.
    """
    enter("writer", "remote")
    for name, value in local_registry.client_env("writer").items():
        monkeypatch.setenv(name, value)  # an AWS identity of the process, which no query may use
    tokens = {name: local_registry.token(name) for name in people}
    local_registry.log.clear()
    with quiltops_mcp.install():
        for name in [*people, *people]:
            act_as(tokens[name])
            service = AthenaQueryService()
            assert service._get_workgroup("us-east-1") == f"QuiltUserAthena-local-Role-{name}"
            listed = service.discover_tables(DATABASE)
            found = {one["name"].partition("_package_")[0] for one in listed["tables"]}
            assert found == {people[name]}
            answer = service.execute_query(f"SELECT '{name}' AS who")
            assert answer["data"].to_dict("records") == [{"who": name}]
            columns = service.get_table_metadata(DATABASE, f"{people[name]}_package_tag")
            assert [one["name"] for one in columns["columns"]] == [
                "pkg_name",
                "tag_name",
                "top_hash",
            ]
            other = next(one for one in people if one != name)
            refused = service.execute_query(
                f'SELECT * FROM "{people[other]}_package_tag"', DATABASE
            )
            assert "TABLE_NOT_FOUND" in refused["error"]
    asked = [one for one in local_registry.log.requests() if one.target == "/aws/athena"]
    assert sum(one.operation == "ListWorkGroups" for one in asked) == len(people)
    assert {one.identity for one in asked} == {*people}


def test_aws_never_falls_back_to_this_process(
    enter: Enter, local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """quilt-mcp's own code would fall back to it, and then act with the server's rights."""
    enter("writer", "remote")
    for name, value in local_registry.client_env("writer").items():
        monkeypatch.setenv(name, value)  # an AWS identity of the process
    with quiltops_mcp.install():
        act_as(local_registry.token("writer", seconds=-1))
        ways = [
            common.get_s3_client,
            common.get_sts_client,
            auth_service.create_auth_service().get_boto3_session,
            lambda: AthenaQueryService().s3_client,
            lambda: AthenaQueryService().glue_client,
            lambda: AthenaQueryService()._get_athena_credentials(region="us-east-1"),
            lambda: AthenaQueryService()._get_workgroup("us-east-1"),
            lambda: AthenaQueryService().engine,
        ]
        for way in ways:
            with pytest.raises((exceptions.AuthenticationError, auth_service.AuthServiceError)):
                way()


def test_a_quilt_mcp_with_a_different_structure_is_refused(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter("writer")
    monkeypatch.delattr(common, "_runtime_boto3_session")
    with pytest.raises(PluginError, match=r"common\._runtime_boto3_session"):
        quiltops_mcp.install()
