"""The main failures of every operation: bad input, missing, denied, expired, server error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs
import pytest

from quilt_core import (
    AuthenticationError,
    BackendError,
    BucketPermission,
    BucketPermissionLevel,
    BucketSettings,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.calls import example_call, facade_method

NO_HASH = "0" * 64
UNKNOWN = "00000000-0000-4000-8000-999999999999"
WITHOUT_TOKEN = frozenset(
    {
        "get_catalog_config",
        "configure_catalog",
        "get_registry_url",
        "get_graphql_endpoint",
        "get_graphql_auth_headers",
        "health",
        "get_catalog_link",
    }
)
"""Operations that ask the catalog's own host, or for a token."""


@attrs.frozen(kw_only=True)
class Case:
    """A call that fails, and the way in which it fails."""

    operation: str
    kind: str
    error: type[QuiltOpsError]
    call: Callable[[Any], object]
    injected: bool = False
    """Whether the failure is injected, which is not possible with a real catalog."""

    def __str__(self) -> str:
        return f"{self.operation}-{self.kind}"


def example(ops: QuiltOps, operation: str) -> object:
    method, arguments = example_call(ops, operation, "s3://bucket")
    return _read(method(**arguments))


def _read(answer: object) -> object:
    return list(answer) if isinstance(answer, Iterator) else answer


def expired(operation: str) -> Case:
    return Case(
        operation=operation,
        kind="expired",
        error=AuthenticationError,
        call=lambda place: example(place.expired(), operation),
    )


def server_error(operation: str) -> Case:
    def call(place: Any) -> object:
        place.fail()
        return example(place.connect(place.admin), operation)

    return Case(
        operation=operation, kind="server_error", error=BackendError, call=call, injected=True
    )


def not_an_administrator(operation: str) -> Case:
    return Case(
        operation=operation,
        kind="denied",
        error=PermissionDeniedError,
        call=lambda place: example(place.connect(place.writer), operation),
    )


def refused(
    operation: str,
    kind: str,
    error: type[QuiltOpsError],
    arguments: Callable[[Any], dict[str, Any]],
    who: str = "writer",
) -> Case:
    def call(place: Any) -> object:
        return _read(facade_method(place.connect(who), operation)(**arguments(place)))

    return Case(operation=operation, kind=kind, error=error, call=call)


def given(**arguments: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _place: arguments


def _catalogs() -> Iterator[Case]:
    def ask(operation: str, place: Any) -> object:
        # The registry's own host has no config.json.
        url = place.registry_url
        if operation in ("get_catalog_config", "configure_catalog"):
            return facade_method(place.open(), operation)(catalog_url=url)
        return facade_method(place.open(catalog_url=url), operation)()

    others = {"get_graphql_auth_headers", "get_catalog_link"}
    for operation in sorted(WITHOUT_TOKEN - others):
        call = partial(ask, operation)
        yield Case(operation=operation, kind="missing", error=NotFoundError, call=call)

    def headers(place: Any, token: str) -> object:
        return place.connect(None, refresh_token=token).get_graphql_auth_headers()

    def failing(place: Any) -> object:
        token = place.refresh_token(place.writer)
        place.fail("/api/token")
        return headers(place, token)

    name = "get_graphql_auth_headers"
    yield Case(
        operation=name,
        kind="expired",
        error=AuthenticationError,
        call=lambda place: headers(place, "a refresh token of yesterday"),
    )
    yield Case(operation=name, kind="server_error", error=BackendError, call=failing, injected=True)


def _queries() -> Iterator[Case]:
    name = "execute_graphql_query"
    yield refused(name, "bad_input", ValidationError, given(query="{ noSuchField }"))
    users = "query users { admin { user { list { name } } } }"
    yield refused(name, "denied", PermissionDeniedError, given(query=users))
    for name in ("query", "start_query"):
        yield refused(name, "bad_input", ValidationError, given(sql="SELEC 1", engine="athena"))
    for name in ("get_query", "cancel_query"):
        yield refused(name, "missing", NotFoundError, given(query_id=UNKNOWN))


def _packages() -> Iterator[Case]:
    here, unknown = {"package_name": "cassettes/penguins"}, {"package_name": "cassettes/none"}
    two = {"package1_name": "cassettes/penguins", "package2_name": "cassettes/penguins"}
    one = {"package1_name": "cassettes/penguins", "package2_name": "cassettes/none"}
    absent = {"registry": "s3://cassette-no-such-bucket"}
    missing: dict[str, dict[str, Any]] = {
        "get_package_info": unknown,
        "list_package_versions": unknown,
        "get_package_metadata": unknown,
        "diff_packages": one,
        "browse_content": unknown,
        "get_content_url": {**unknown, "path": "a"},
        "update_package_revision": {**unknown, "metadata": {"n": 1}},
        "delete_package": {"package_name": "cassettes/none"},
        "list_all_packages": absent,
        "search_packages": absent,
        "get_catalog_link": {"target": "cassettes/penguins", "top_hash": NO_HASH[:8]},
        "list_workflows": absent,
        "promote_package": {**unknown, "destination": "s3://cassette-elsewhere"},
        "rollback_package": {**unknown, "top_hash": NO_HASH},
    }
    for name, arguments in missing.items():
        yield refused(name, "missing", NotFoundError, given(**arguments))
    for name in ("get_package_info", "get_package_metadata", "browse_content"):
        yield refused(name, "missing_revision", NotFoundError, given(**here, top_hash=NO_HASH))
    yield refused(
        "diff_packages", "missing_revision", NotFoundError, given(**two, package2_hash=NO_HASH)
    )
    for name in ("browse_content", "get_content_url"):
        yield refused(name, "missing_path", NotFoundError, given(**here, path="none.csv"))
    yield refused("get_content_url", "bad_input", ValidationError, given(**here, path="data"))
    # A user who may not read a bucket is not told whether it exists.
    reads = {
        "get_package_info": here,
        "list_package_versions": here,
        "get_package_metadata": here,
        "diff_packages": two,
        "browse_content": here,
        "get_content_url": {**here, "path": "data/a.csv"},
        "list_all_packages": {},
        "search_packages": {},
    }
    for name, arguments in reads.items():
        yield refused(name, "denied", NotFoundError, given(**arguments), "stranger")


def _writes() -> Iterator[Case]:
    def objects(package: str, key: str, **more: Any) -> Callable[[Any], dict[str, Any]]:
        return lambda place: {"package_name": package, "s3_uris": [place.uri(key)], **more}

    # For an existing package, creating waits or not, depending on the time of recording.
    packages = {
        "create_package_revision": "cassettes/new",
        "update_package_revision": "cassettes/penguins",
    }
    for name, package in packages.items():
        yield refused(name, "missing_object", NotFoundError, objects(package, "data/none.csv"))
        good = objects(package, "data/a.csv")
        yield refused(name, "denied", PermissionDeniedError, good, "reader")
        bad = objects(package, "data/a.csv", workflow="no-such-workflow")
        yield refused(name, "bad_input", ValidationError, bad)
    yield refused(
        "promote_package",
        "denied",
        NotFoundError,
        lambda place: {
            "package_name": place.package,
            "destination": f"s3://{place.hidden_bucket}",
            "copy": "none",
        },
    )
    yield refused(
        "delete_package",
        "denied",
        PermissionDeniedError,
        lambda place: {"package_name": place.package},
        "reader",
    )


def _tables() -> Iterator[Case]:
    def table(name: str = "none", **more: Any) -> Callable[[Any], dict[str, Any]]:
        return lambda place: {"bucket": place.bucket, "table_name": name, **more}

    config = {"config": "parser: only"}
    good = {
        "config": "schema:\n- name: a\n  type: STRING\nsource:\n  type: quilt-packages\n"
        "  package_name: '^(?P<ns>[^/]+)/(?P<name>[^/]+)$'\n  logical_key: '.*'\n"
        "parser:\n  format: csv\n"
    }
    yield refused("get_tabulator_table", "missing", NotFoundError, table())
    yield refused("update_tabulator_table", "missing", NotFoundError, table(**good))
    yield refused("delete_tabulator_table", "missing", NotFoundError, table())
    renamed = {"old_name": "none", "new_name": "other"}
    yield refused(
        "rename_tabulator_table",
        "missing",
        NotFoundError,
        lambda place: {"bucket": place.bucket, **renamed},
    )
    absent = {"bucket": "cassette-no-such-bucket"}
    yield refused("list_tabulator_tables", "missing", NotFoundError, given(**absent))
    yield refused(
        "create_tabulator_table", "missing", NotFoundError, given(**absent, table_name="t", **good)
    )
    yield refused("create_tabulator_table", "bad_input", ValidationError, table("t", **config))
    yield refused(
        "create_tabulator_table", "denied", PermissionDeniedError, table("t", **good), "reader"
    )
    yield refused("switch_role", "bad_input", QuiltOpsError, given(role="CassetteNone"))
    for name in ("get_open_query_status", "set_open_query"):
        yield not_an_administrator(name)


def _keys() -> Iterator[Case]:
    for name in ("get_api_key", "revoke_api_key"):
        yield refused(name, "missing", NotFoundError, given(key_id=UNKNOWN))
    for name in ("admin_get_api_key", "admin_revoke_api_key"):
        yield refused(name, "missing", NotFoundError, given(key_id=UNKNOWN), "admin")


def _with_user(arguments: dict[str, Any], place: Any) -> dict[str, Any]:
    return {"name": place.user_name, **arguments}


def _administration() -> Iterator[Case]:
    user: dict[str, Any] = {"name": "cassette_nobody"}
    settings = {"settings": BucketSettings(title="Title")}
    missing: dict[str, dict[str, Any]] = {
        "admin_get_user": user,
        "admin_delete_user": user,
        "admin_set_user_email": {**user, "email": "a@example.com"},
        "admin_set_user_admin": {**user, "admin": True},
        "admin_set_user_active": {**user, "active": True},
        "admin_reset_user_password": user,
        "admin_set_user_role": {**user, "role": "Role-writer"},
        "admin_add_user_roles": {**user, "roles": ["Role-writer"]},
        "admin_remove_user_roles": {**user, "roles": ["Role-writer"]},
        "admin_get_role": {"id_or_name": "CassetteNone"},
        "admin_update_role": {"id_or_name": "CassetteNone", "name": "Other"},
        "admin_delete_role": {"id_or_name": "CassetteNone"},
        "admin_set_default_role": {"id_or_name": "CassetteNone"},
        "admin_get_policy": {"policy_id": UNKNOWN},
        "admin_update_policy": {"policy_id": UNKNOWN, "title": "Other"},
        "admin_delete_policy": {"policy_id": UNKNOWN},
        "admin_get_bucket": {"name": "cassette-no-such-bucket"},
        "admin_add_bucket": {"name": "cassette-no-such-bucket", **settings},
        "admin_update_bucket": {"name": "cassette-no-such-bucket", **settings},
        "admin_remove_bucket": {"name": "cassette-no-such-bucket"},
    }
    for name, arguments in missing.items():
        yield refused(name, "missing", NotFoundError, given(**arguments), "admin")
    mail = {"email": "no address", "role": "Role-writer"}
    unknown = BucketPermission(bucket="cassette-no-such-bucket", level=BucketPermissionLevel.READ)
    bad: dict[str, dict[str, Any]] = {
        "admin_create_user": {"name": "cassette_eve", **mail},
        "admin_create_policy": {"title": "Cassette", "permissions": [unknown]},
        "admin_set_sso_config": {"config": "nonsense"},
    }
    for name, arguments in bad.items():
        yield refused(name, "bad_input", ValidationError, given(**arguments), "admin")
    of_user: dict[str, dict[str, Any]] = {
        "admin_set_user_email": {"email": "no address"},
        "admin_set_user_role": {"role": "CassetteNone"},
        "admin_add_user_roles": {"roles": ["CassetteNone"]},
    }
    for name, arguments in of_user.items():
        named = partial(_with_user, arguments)
        yield refused(name, "bad_input", ValidationError, named, "admin")
    # The schema has no member for this: the registry answers with `errors`.
    yield refused(
        "admin_create_role",
        "bad_input",
        BackendError,
        given(name="Cassette", policies=[UNKNOWN]),
        "admin",
    )
    yield refused(
        "admin_add_bucket",
        "taken",
        ConflictError,
        lambda place: {"name": place.bucket, **settings},
        "admin",
    )
    for name in operations("admin"):
        if name != "admin_get_bucket":
            yield not_an_administrator(name)
    yield refused(
        "admin_get_bucket", "denied", PermissionDeniedError, lambda place: {"name": place.bucket}
    )


def _everywhere() -> Iterator[Case]:
    for operation in operations():
        if operation not in WITHOUT_TOKEN:
            yield expired(operation)
            yield server_error(operation)


CASES = [
    *_catalogs(),
    *_queries(),
    *_packages(),
    *_writes(),
    *_tables(),
    *_keys(),
    *_administration(),
    *_everywhere(),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refusal(case: Case, place: Any) -> None:
    with pytest.raises(case.error) as caught:
        case.call(place)
    assert caught.value.operation == case.operation
