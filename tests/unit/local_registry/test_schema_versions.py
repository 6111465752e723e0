"""Each state of the served schema: the complete schema of that time, without later additions."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, parse, print_schema, validate
from local_registry.config import SCHEMA_VERSIONS
from local_registry.graphql import buckets, objects, packages, reports, roles, search, users
from local_registry.graphql.coordinates import coordinates, kept, main
from local_registry.graphql.execute import schema
from local_registry.graphql.schema_versions import STEPS, schema_text

pytestmark = pytest.mark.slow

CAME_WITH = {
    "2025-02": "{ searchPackages(latestOnly: true) { __typename } }",
    "2025-07": """mutation m($params: PackagePushParams!, $src: PackagePromoteSource!) {
        packagePromote(params: $params, src: $src, destPrefix: "p") { __typename } }""",
    "2025-10": """mutation { bucketSetTabulatorTable(bucketName: "b", tableName: "t") {
        __typename } }""",
    "2026-01": "{ me { apiKeys { id } } }",
    "2026-08": "{ buckets { name } }",
    "2026-11": 'mutation { packageDelete(bucket: "b", name: "n/m") { __typename } }',
}
# A field that has another type or argument in the newest schema than in older ones.
OLDER_FORMS = {
    "2025-02": "{ searchPackages { ... on PackagesSearchResultSet { stats { total } } } }",
    "2026-01": """{ searchPackages { ... on PackagesSearchResultSet {
        firstPage(order: BEST_MATCH) { cursor } } } }""",
}


def _takes(served: GraphQLSchema, document: str) -> bool:
    return not validate(served, parse(document))


@pytest.mark.parametrize("label", SCHEMA_VERSIONS)
def test_later_additions_are_absent(label: str) -> None:
    served = schema(label)
    for since, document in CAME_WITH.items():
        assert _takes(served, document) is (label >= since), since
    for until, document in OLDER_FORMS.items():
        assert _takes(served, document) is (label <= until), until


def test_every_step_belongs_to_a_state() -> None:
    assert list(STEPS) == sorted(SCHEMA_VERSIONS[1:], reverse=True)
    assert set(CAME_WITH) == set(STEPS)


@pytest.mark.parametrize("label", SCHEMA_VERSIONS)
def test_the_served_schema_is_exactly_the_real_one(label: str) -> None:
    assert coordinates(build_schema(schema_text(label))) == kept(label)
    # The executable schema has all of it too, with the directives that guard its fields.
    assert coordinates(schema(label)) == kept(label)


def test_every_resolver_answers_a_field_of_some_state() -> None:
    states = [build_schema(schema_text(label)) for label in SCHEMA_VERSIONS]
    for module in (users, roles, buckets, packages, search, objects, reports):
        for bindable in module.bindables:
            kinds = [state.get_type(bindable.name) for state in states]
            fields = {name for kind in kinds for name in getattr(kind, "fields", ())}
            assert set(bindable._resolvers) <= fields, bindable.name


def test_coordinates_include_all_that_makes_a_document_valid() -> None:
    text = """
        directive @admin on FIELD_DEFINITION
        type Query { one(size: Int = 30, names: [String!]!): One! @admin }
        interface Named { name: String }
        type One implements Named { name: String }
        enum Order { UP }
        input Filter { order: Order! = UP }
        union Any = One
        scalar Datetime
    """
    assert coordinates(build_schema(text)) == (
        "Any | One",
        "Filter.order: Order! = UP",
        "Named.name: String",
        "One implements Named",
        "One.name: String",
        "Order.UP",
        "Query.one(names): [String!]!",
        "Query.one(size): Int = 30",
        "Query.one: One! @admin",
        "scalar Datetime",
    )


def _write_schemas(folder: Path) -> None:
    for label in SCHEMA_VERSIONS:
        (folder / f"registry-{label}.graphql").write_text(schema_text(label), encoding="utf-8")


def test_schema_files_that_agree_are_no_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_schemas(tmp_path)
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""


def test_schema_files_that_differ_or_are_missing_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_schemas(tmp_path)
    (tmp_path / "registry-2024-11.graphql").unlink()
    newest = tmp_path / "registry-2026-11.graphql"
    newest.write_text(f"{schema_text()}\nscalar Brand\n", encoding="utf-8")
    (tmp_path / "registry-2027-01.graphql").write_text("type Query { a: Int }", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "+scalar Brand" in said
    assert "has no registry-2024-11.graphql" in said
    assert "does not serve the state 2027-01" in said


def test_the_newest_state_is_served_by_default() -> None:
    assert print_schema(schema()) == print_schema(schema(SCHEMA_VERSIONS[-1]))
    assert isinstance(schema().get_type("RoleSignup"), GraphQLObjectType)
