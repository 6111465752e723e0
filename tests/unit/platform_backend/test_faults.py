"""What goes wrong between here and the registry, and how it is handled."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import quilt_core
from quilt_core import (
    BackendError,
    NotSupportedError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOps,
    TransportError,
)

ME = {"me": {"name": "ada", "email": "a@b.c", "isAdmin": False, "role": {"name": "R"}, "roles": []}}
BUCKETS = {"buckets": []}


class TestQueries:
    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_repeated_after_transient_faults(
        self, ops: QuiltOps, registry: Any, raw: Any, status: int
    ) -> None:
        registry.series("me", raw(status=status), raw(status=status), ME)
        assert ops.get_auth_status().user_name == "ada"
        assert len(registry.requests) == 3

    def test_repeated_after_a_dropped_connection(
        self, ops: QuiltOps, registry: Any, reset: object, raw: Any
    ) -> None:
        cut_short = raw(body=b'{"data": {"me"', declared_length=500)
        registry.series("me", reset, cut_short, ME)
        assert ops.get_auth_status().user_name == "ada"

    def test_waits_as_long_as_the_server_asks(
        self, ops: QuiltOps, registry: Any, raw: Any, no_pauses: list[float]
    ) -> None:
        registry.series("me", raw(status=429, headers={"Retry-After": "7"}), ME)
        ops.get_auth_status()
        assert no_pauses == [7.0]

    def test_waits_double_and_vary(
        self, ops: QuiltOps, registry: Any, raw: Any, no_pauses: list[float]
    ) -> None:
        registry.answer("me", raw(status=503))
        with pytest.raises(TransportError):
            ops.get_auth_status()
        assert len(no_pauses) == 5
        assert no_pauses[:3] == sorted(no_pauses[:3])
        assert sum(no_pauses) < 8

    def test_a_wait_that_is_too_long_is_left_to_the_caller(
        self, ops: QuiltOps, registry: Any, raw: Any, no_pauses: list[float]
    ) -> None:
        registry.answer("me", raw(status=503, headers={"Retry-After": "600"}))
        with pytest.raises(TransportError) as caught:
            ops.get_auth_status()
        assert caught.value.retry_after == 600
        assert not no_pauses

    def test_given_up_after_six_attempts(self, ops: QuiltOps, registry: Any, reset: object) -> None:
        registry.answer("me", reset)
        with pytest.raises(TransportError, match="broke"):
            ops.get_auth_status()
        assert len(registry.requests) == 6

    def test_errors_in_the_answer_are_not_repeated(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("me", {"data": None, "errors": [{"message": "Internal Server Error"}]})
        with pytest.raises(BackendError, match="Internal Server Error"):
            ops.get_auth_status()
        assert len(registry.requests) == 1

    def test_a_refused_connection(self, connect: Callable[..., QuiltOps]) -> None:
        with pytest.raises(TransportError, match=r"127\.0\.0\.1:9"):
            connect(registry_url="http://127.0.0.1:9").list_buckets()


class TestMutations:
    def test_never_sent_again_once_it_may_have_arrived(
        self, ops: QuiltOps, registry: Any, reset: object, raw: Any
    ) -> None:
        for fault in (reset, raw(status=503), raw(body=b"{", declared_length=99)):
            registry.requests.clear()
            registry.answer("createApiKey", fault)
            with pytest.raises(TransportError):
                ops.create_api_key("ci")
            assert len(registry.requests) == 1

    def test_sent_again_when_it_certainly_did_not_arrive(
        self, connect: Callable[..., QuiltOps], no_pauses: list[float]
    ) -> None:
        with pytest.raises(TransportError):
            connect(registry_url="http://127.0.0.1:9").create_api_key("ci")
        assert len(no_pauses) == 3

    def test_users_mutation_is_not_repeated(self, ops: QuiltOps, registry: Any, raw: Any) -> None:
        registry.answer("/graphql", raw(status=503))
        for document in (
            "mutation { x }",
            "# query\nmutation M { x }",
            'query Q { a(b: "}") } mutation M { x }',
            "nonsense",
        ):
            registry.requests.clear()
            with pytest.raises(TransportError):
                ops.execute_graphql_query(document)
            assert len(registry.requests) == 1, document

    @pytest.mark.parametrize(
        "document",
        ["{ me { name } }", "query { x }", "query Q { x } fragment F on T { y }",
         "# mutation\n{ x }", 'query { a(b: "mutation { x }") }'],
    )  # fmt: skip
    def test_users_query_is_repeated(
        self, ops: QuiltOps, registry: Any, raw: Any, document: str
    ) -> None:
        registry.series("/graphql", raw(status=503), {"data": {"x": 1}, "errors": []})
        assert ops.execute_graphql_query(document)["data"] == {"x": 1}


class TestVariants:
    def test_an_older_registry_is_recognised_once(
        self, ops: QuiltOps, registry: Any, raw: Any
    ) -> None:
        def list_buckets(request: Any) -> Any:
            if "bucketConfigs" in request.payload["query"]:
                return BUCKETS
            body = {"message": "no", "errors": [{"message": "Cannot query field 'buckets'"}]}
            return raw(status=400, body=json.dumps(body).encode())

        registry.answer("listBuckets", list_buckets)
        ops.list_buckets()
        ops.list_buckets()
        assert len(registry.requests) == 3

    def test_an_unrelated_400_does_not_change_the_variant(
        self, ops: QuiltOps, registry: Any, raw: Any
    ) -> None:
        registry.series("listBuckets", raw(status=400, body=b"<html>WAF</html>"), BUCKETS)
        with pytest.raises(BackendError):
            ops.list_buckets()
        ops.list_buckets()
        assert all("bucketConfigs" not in one.payload["query"] for one in registry.requests)

    def test_an_operation_that_came_later_is_not_supported(
        self, ops: QuiltOps, registry: Any, raw: Any
    ) -> None:
        body = {"errors": [{"message": "Cannot query field 'apiKeys' on type 'Me'"}]}
        registry.answer("listApiKeys", raw(status=400, body=json.dumps(body).encode()))
        with pytest.raises(NotSupportedError, match="2026-01") as caught:
            ops.list_api_keys()
        assert caught.value.operation == "list_api_keys"
        assert caught.value.backend == "platform"

    def test_unknown_schema(self, ops: QuiltOps, registry: Any, raw: Any) -> None:
        body = {"errors": [{"message": "Cannot query field 'package'"}]}
        registry.answer("packageInfo", raw(status=400, body=json.dumps(body).encode()))
        with pytest.raises(ProtocolError, match="Cannot query field 'package'"):
            ops.get_package_info("a/b")


REFUSED = {"data": None, "errors": [{"message": "whatever", "path": ["admin"]}]}


class TestAdministrators:
    def test_a_user_who_is_not_an_administrator_is_told_so(
        self, ops: QuiltOps, registry: Any
    ) -> None:
        registry.answer("adminListUsers", REFUSED)
        registry.answer("me", ME)
        with pytest.raises(PermissionDeniedError, match="'ada'"):
            ops.admin.list_users()

    def test_administrators_see_the_failure(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("adminListUsers", REFUSED)
        registry.answer("me", {"me": {**ME["me"], "isAdmin": True}})
        with pytest.raises(BackendError, match="whatever") as caught:
            ops.admin.list_users()
        assert not isinstance(caught.value, PermissionDeniedError)

    def test_an_anonymous_user_is_told_to_log_in(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("adminListUsers", REFUSED)
        registry.answer("me", {"me": None})
        with pytest.raises(quilt_core.AuthenticationError):
            ops.admin.list_users()


class TestForbidden:
    def test_status_403(self, ops: QuiltOps, registry: Any, raw: Any) -> None:
        registry.answer("me", raw(status=403, body=b'{"message": "User is inactive"}'))
        with pytest.raises(PermissionDeniedError, match="inactive"):
            ops.get_auth_status()

    def test_all_raw_errors_are_included(self, ops: QuiltOps, registry: Any) -> None:
        errors = [{"message": "one", "path": ["a", 0]}, {"message": "two"}]
        registry.answer("/graphql", {"data": None, "errors": errors})
        with pytest.raises(BackendError, match=r"one \(at a\.0\).*two"):
            ops.execute_graphql_query("{ a }")

    def test_other_registry_gets_no_token(self, ops: QuiltOps, other_registry: Any) -> None:
        other_registry.answer("/graphql", {"data": {"x": 1}, "errors": []})
        ops.execute_graphql_query("{ x }", registry=other_registry.url)
        assert other_registry.requests[0].authorization is None

    def test_the_users_own_registry_gets_the_token(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("/graphql", {"data": {"x": 1}, "errors": []})
        ops.execute_graphql_query("{ x }", registry=f"{registry.url}/")
        assert registry.requests[0].authorization == "Bearer opaque-token"
