"""What the facade accepts, and that bad input never reaches a backend."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

import quilt_core
from quilt_core import (
    BucketPermission,
    BucketPermissionLevel,
    CopyMode,
    EntrySource,
    MetadataPredicate,
    QuiltOps,
    Registry,
    SearchFilter,
    hookimpl,
)
from quilt_core.errors import ValidationError
from quilt_core.hookspecs import operations
from quilt_core.ops import parsing
from quilt_core.ops.admin import AdminOps
from quilt_core.plugins.validation import spec_parameters
from quilt_core.testing.conformance.calls import example_call


class Untouched:
    """Fails the test when any operation is called."""


def _refuse(operation: str) -> Any:
    def method(self: object) -> Any:
        raise AssertionError(f"{operation} reached the backend")

    method.__name__ = operation
    named = [one.replace(default=one.empty) for one in spec_parameters(operation).values()]
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    method.__signature__ = inspect.Signature([itself, *named])  # type: ignore[attr-defined]
    return hookimpl(method)


for _operation in operations():
    setattr(Untouched, _operation, _refuse(_operation))


@pytest.fixture
def ops() -> QuiltOps:
    backend = quilt_core.BackendPlugin(name="none", hook_version=1, implementers=[Untouched()])
    return quilt_core.connect(backend, registry="s3://bucket")


BAD_CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("get_package_info", ("no name",), {}),
    ("get_package_info", ("a/b", "https://registry"), {}),
    ("get_package_info", ("a/b",), {"top_hash": "xyz"}),
    ("list_package_versions", ("a",), {}),
    ("get_package_metadata", ("a/b/c",), {}),
    ("browse_content", ("a/b",), {"path": "a//b"}),
    ("browse_content", ("a/b",), {"path": "../x"}),
    ("get_content_url", ("a/b",), {}),
    ("get_content_url", ("a/b",), {"path": "x/"}),
    ("diff_packages", ("a/b", "c"), {}),
    ("diff_packages", ("a/b", "c/d"), {"package2_hash": "q"}),
    ("search_packages", (3,), {}),
    ("search_packages", ("x", []), {}),
    ("search_packages", ("x",), {"order": "best"}),
    ("search_packages", ("x",), {"limit": 0}),
    ("search_packages", ("x",), {"user_meta": [MetadataPredicate(path="species", text="x")]}),
    ("search_packages", ("x",), {"user_meta": [MetadataPredicate(path="/species")]}),
    *(
        ("search_packages", ("x",), {"user_meta": [MetadataPredicate(path="/n", number_min=bound)]})
        for bound in (2**53 + 1, 10**400, math.inf, math.nan, "7", True)
    ),
    ("search_packages", ("x",), {"user_meta": MetadataPredicate(path="/a", text="x")}),
    ("search_packages", ("x",), {"user_meta": [MetadataPredicate(path=5, text="x")]}),
    ("read_content", ("a/b", "x"), {"encoding": "utf-8\0"}),
    ("read_content", ("a/b", "x"), {"encoding": "undefined"}),
    ("read_content", ("a/b", "x"), {"encoding": "hex"}),
    ("search_packages", ("x",), {"filters": {"size_min": 1}}),
    ("search_packages", ("x",), {"filters": SearchFilter(size_max=2**53 + 1)}),
    ("search_packages", ("x",), {"filters": SearchFilter(size_min=math.nan)}),
    ("search_packages", ("x",), {"filters": SearchFilter(entries_min="1")}),
    ("create_package_revision", ("a/b", []), {}),
    ("create_package_revision", ("a/b", "s3://bucket/key"), {}),
    ("create_package_revision", ("a/b", ["s3://bucket"]), {}),
    ("create_package_revision", ("a/b", ["s3://b/x", "http://b/y"]), {}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"metadata": {"n": math.nan}}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"metadata": [1]}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"metadata": {1: "a"}}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"metadata": {"half": "\ud800"}}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"metadata": {"\ud800": "half"}}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"message": ""}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"message": "\ud800"}),
    ("create_package_revision", ("a/b", {"\ud800": "s3://bkt/x"}), {}),
    ("browse_content", ("a/b",), {"path": "\ud800"}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"copy": "some"}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"workflow": ""}),
    ("create_package_revision", ("a/b", {"/x": "s3://bkt/x"}), {}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"], None, "bkt"), {}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"expected_top_hash": "abcdef"}),
    ("create_package_revision", ("a/b", ["s3://bkt/x"]), {"expected_top_hash": "latest"}),
    ("update_package_revision", ("a/b", ["s3://bkt/x"]), {"expected_top_hash": "none"}),
    ("update_package_revision", ("a/b",), {}),
    ("update_package_revision", ("a/b",), {"remove": "x"}),
    ("update_package_revision", ("a/b",), {"remove": ["/x"]}),
    ("delete_package", ("a/b", "B"), {}),
    ("delete_package", ("a", "s3://bucket"), {}),
    ("delete_package", ("a/b", "s3://bucket"), {"top_hash": "zz"}),
    ("get_catalog_config", ("catalog",), {}),
    ("configure_catalog", ("s3://catalog",), {}),
    ("execute_graphql_query", ("",), {}),
    ("execute_graphql_query", ("{ me }",), {"registry": "s3://x"}),
    ("list_tabulator_tables", ("Not A Bucket",), {}),
    ("create_tabulator_table", ("bucket", "t", ""), {}),
    ("set_open_query", ("yes",), {}),
    ("create_api_key", ("ci", 0), {}),
    ("list_api_keys", (), {"status": "GONE"}),
    ("get_boto3_client", ("",), {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "args", "kwargs"), BAD_CALLS)
def test_bad_input_is_refused_before_any_backend_sees_it(
    ops: QuiltOps, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as caught:
        getattr(ops, method)(*args, **kwargs)
    assert len(str(caught.value)) > 15
    if method.endswith("_revision") or method == "delete_package":
        assert caught.value.context["outcome"] == "not_written"


WRONG = (object(), 5, None, ["x", 3], EntrySource("s3://bkt/x"))
"""What is none of the types that a parameter takes, or is one of several in the place of a list."""


def _parameters() -> Iterator[tuple[str, str]]:
    for operation in operations():
        group: type[object] = QuiltOps
        name = operation
        if operation.startswith("admin_"):
            group, name = AdminOps, operation.removeprefix("admin_")
        for one in inspect.signature(getattr(group, name)).parameters:
            # `bucket` and `name` are the former names of what delete_package takes.
            former = operation == "delete_package" and one in ("bucket", "name")
            if one not in ("self", "progress", "others") and not former:
                yield operation, one


@pytest.mark.parametrize(("operation", "parameter"), [*_parameters()])
def test_a_value_of_a_wrong_type_is_a_validation_error(
    ops: QuiltOps, operation: str, parameter: str
) -> None:
    """It never is an error of Python's, and what no parameter takes never reaches the backend."""
    method, arguments = example_call(ops, operation, "s3://bucket")
    for wrong in WRONG:
        try:
            found = method(**{**arguments, parameter: wrong})
        except ValidationError:
            continue
        except AssertionError as error:
            assert "reached the backend" in str(error)
            assert wrong is None or wrong == 5, f"{parameter}={wrong!r} is taken"
        else:
            pytest.fail(f"{parameter}={wrong!r} returned {found!r}")


_READS = BucketPermission(bucket="bucket", level=BucketPermissionLevel.READ)
_WRITES = BucketPermission(bucket="bucket", level=BucketPermissionLevel.READ_WRITE)

BAD_ADMIN_CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("get_user", ("",), {}),
    ("create_user", ("ada", "", "r"), {}),
    ("set_user_admin", ("ada", "yes"), {}),
    ("add_user_roles", ("ada", "role"), {}),
    ("add_user_roles", ("ada", []), {}),
    ("remove_user_roles", ("ada", ["a", "b"]), {"fallback": "b"}),
    ("remove_user_roles", ("ada", ["a"]), {"fallback": ""}),
    ("create_role", ("r",), {}),
    ("create_role", ("r",), {"policies": [], "arn": "x"}),
    ("create_role", ("r",), {"policies": "p"}),
    ("update_role", ("r",), {}),
    ("create_policy", ("p",), {}),
    ("create_policy", ("p",), {"permissions": ["READ"]}),
    ("create_policy", ("p",), {"permissions": [_READS, _WRITES]}),
    ("update_policy", ("p",), {"permissions": [_READS, _READS]}),
    ("update_policy", ("p",), {}),
    ("set_sso_config", ("",), {}),
    ("set_sso_config", ({},), {}),
    ("add_bucket", ("bucket", {"title": "x"}), {}),
    ("get_api_key", ("",), {}),
    ("list_api_keys", ("",), {}),
    ("list_api_keys", (), {"name": ""}),
    ("list_api_keys", (), {"fingerprint": " "}),
]


@pytest.mark.parametrize(("method", "args", "kwargs"), BAD_ADMIN_CALLS)
def test_bad_administration_input_is_refused(
    ops: QuiltOps, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        getattr(ops.admin, method)(*args, **kwargs)


def test_what_is_no_text_is_not_called_empty() -> None:
    for value, problem in ((5, "not text"), (None, "not text"), (" ", "empty")):
        with pytest.raises(ValidationError, match=f"is {problem}"):
            parsing.parse_text(value, "role", "ReadWrite")  # type: ignore[arg-type]


def test_logical_keys_from_uris() -> None:
    uris = ["s3://bucket/raw/a%20b.csv?versionId=v1", "s3://bucket/c.csv"]
    whole = parsing.parse_sources(uris, auto_organize=True)
    assert [entry.logical_key for entry in whole] == ["raw/a b.csv", "c.csv"]
    base = parsing.parse_sources(uris, auto_organize=False)
    assert [entry.logical_key for entry in base] == ["a b.csv", "c.csv"]
    assert whole[0].uri.url == uris[0]


def test_one_object_may_have_two_logical_keys() -> None:
    sources = [EntrySource("s3://bkt/a", "x"), EntrySource("s3://bkt/a", "y", {"n": 1})]
    entries = parsing.parse_sources(sources, auto_organize=True)
    assert [(entry.logical_key, entry.metadata) for entry in entries] == [
        ("x", None),
        ("y", {"n": 1}),
    ]


def test_two_uris_with_one_logical_key_are_both_named() -> None:
    with pytest.raises(ValidationError) as caught:
        parsing.parse_sources(["s3://bkt/a/x.csv", "s3://bkt/b/x.csv"], auto_organize=False)
    assert "s3://bkt/a/x.csv" in str(caught.value)
    assert "s3://bkt/b/x.csv" in str(caught.value)


def test_a_path_cannot_be_both_a_file_and_a_directory() -> None:
    with pytest.raises(ValidationError, match="is below"):
        parsing.parse_sources(["s3://bkt/a", "s3://bkt/a/b"], auto_organize=True)


def test_copy_modes() -> None:
    modes = [
        parsing.parse_copy(given) for given in (False, True, "none", "all", "new", CopyMode.NEW)
    ]
    expected = [
        CopyMode.NONE,
        CopyMode.ALL,
        CopyMode.NONE,
        CopyMode.ALL,
        CopyMode.NEW,
        CopyMode.NEW,
    ]
    assert modes == expected


def test_a_path_in_the_place_of_a_registry_is_told(ops: QuiltOps) -> None:
    for call in (ops.get_content_url, ops.browse_content):
        with pytest.raises(ValidationError, match=r"path='data/x\.csv'"):
            call("team/data", "data/x.csv")
        with pytest.raises(ValidationError) as caught:
            call("team/data", "s3://Bucket")
        assert "path=" not in str(caught.value)


def test_registries_to_search() -> None:
    bucket = Registry(bucket="bucket")
    assert parsing.parse_registries(None, None) is None
    assert parsing.parse_registries("*", bucket) is None
    assert parsing.parse_registries(None, bucket) == (bucket,)
    assert parsing.parse_registries(["s3://bucket", bucket], None) == (bucket,)


def test_empty_metadata_is_treated_as_none() -> None:
    assert parsing.parse_metadata({}) is None


def test_metadata_is_a_copy_with_the_same_values() -> None:
    given = {"a": [1, {"b": 1.0}], "n": [2**80, -0.0, 1e300, 0.1, True, None, "é"], "t": (1, (2,))}
    text = json.dumps(given)
    found = parsing.parse_metadata(given)
    assert json.dumps(found) == text
    given["a"].append(2)
    assert json.dumps(found) == text
    assert found is not None
    assert found["t"] == [1, [2]]


@pytest.mark.parametrize(
    "bad", [{"a": [float("nan")]}, {"a": float("inf")}, {"a": {1: 2}}, {"a": {1}}, {"a": "\ud800"}]
)
def test_metadata_that_is_not_json_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parsing.parse_metadata(bad)


class Mute:
    """A backend whose errors do not say what became of the write."""

    @hookimpl
    def delete_package(self, package_name: object, registry: object) -> object:
        raise quilt_core.NotFoundError(str(package_name))

    @hookimpl
    def create_package_revision(
        self,
        package_name: object,
        registry: object,
        entries: object,
        metadata: object,
        message: object,
    ) -> object:
        return "no result"


def test_every_error_of_a_write_states_an_outcome() -> None:
    """What the backend does not say is unknown; what the facade itself refuses is certain."""
    backend = quilt_core.BackendPlugin(name="mute", hook_version=1, implementers=[Mute()])
    ops = quilt_core.connect(backend, registry="s3://bucket")
    calls = {
        "unknown": (
            lambda: ops.delete_package("a/b"),
            lambda: ops.create_package_revision("a/b", ["s3://bkt/x"]),
        ),
        "not_written": (
            lambda: ops.update_package_revision("a/b", ["s3://bkt/x"]),
            lambda: ops.create_package_revision("a/b", ["s3://bkt/x"], expected_top_hash="0" * 64),
        ),
    }
    for outcome, failing in calls.items():
        for call in failing:
            with pytest.raises(quilt_core.QuiltOpsError) as caught:
                call()
            assert caught.value.context["outcome"] == outcome
            assert caught.value.operation
