"""Every document is valid wherever its operation exists, and every member of its unions is known.

The schemas are those that the local registry serves, and, when they lie beside the checkout, the
snapshots of real ones.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    parse,
    validate,
    visit,
)
from graphql.language import FieldNode, InlineFragmentNode
from platform_backend.backend import DOCUMENTS

from quilt_core.registry.client.arms import EMPTY_MEMBERS
from quilt_core.registry.client.documents import Variant

ROOT = Path(__file__).parents[3]
SNAPSHOTS = ROOT.parent / "shared" / "schema"
LABELS = ("2024-11", "2025-02", "2025-07", "2025-10", "2026-01", "2026-08")
ERRORS = {"InvalidInput", "OperationError", *EMPTY_MEMBERS}


def served(label: str) -> str | None:
    """The local registry's own schema of that state, when the registry can give it."""
    versions = pytest.importorskip("local_registry.graphql.schema")
    return versions.schema_text(label)


def snapshot(label: str) -> str | None:
    path = SNAPSHOTS / f"registry-{label}.graphql"
    return path.read_text(encoding="utf-8") if path.exists() else None


@pytest.fixture(scope="module", params=["served", "snapshot"])
def schemas(request: pytest.FixtureRequest) -> dict[str, GraphQLSchema]:
    source = served if request.param == "served" else snapshot
    texts = {label: source(label) for label in LABELS}
    if not all(texts.values()):
        pytest.skip("not run: the snapshots of real schemas are not beside this checkout")
    return {label: build_schema(text or "", assume_valid=True) for label, text in texts.items()}


@pytest.fixture(scope="module", params=DOCUMENTS.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def takes(schema: GraphQLSchema, variant: Variant) -> bool:
    return not validate(schema, parse(variant.text))


def test_a_variant_is_valid_on_every_schema_that_has_the_operation(
    schemas: dict[str, GraphQLSchema], name: str
) -> None:
    document = DOCUMENTS.load(name)
    since = document.variants[-1].since
    for label, schema in schemas.items():
        taken = [variant.label for variant in document.variants if takes(schema, variant)]
        if since is not None and label < since:
            assert not taken, f"{name} says since {since}, and {label} takes it"
        else:
            reasons = validate(schema, parse(document.variants[-1].text))
            assert taken, f"{name} on {label}: {reasons}"


def test_the_label_of_a_variant_is_the_first_schema_that_takes_it(
    schemas: dict[str, GraphQLSchema], name: str
) -> None:
    document = DOCUMENTS.load(name)
    if len(document.variants) == 1:
        assert document.variants[0].label == ""
        return
    for variant in document.variants:
        first = next(label for label in LABELS if takes(schemas[label], variant))
        assert variant.label == first


def test_no_variant_is_superfluous(schemas: dict[str, GraphQLSchema], name: str) -> None:
    document = DOCUMENTS.load(name)
    for newer, older in zip(document.variants, document.variants[1:], strict=False):
        assert any(
            takes(schema, older) and not takes(schema, newer) for schema in schemas.values()
        ), f"{name}.{older.label} is never needed"


class Unions(Visitor):
    """The unions that a document selects from, with the members that it names."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.found: dict[str, GraphQLUnionType] = {}

    def enter_field(self, node: FieldNode, *_: object) -> None:
        kind = get_named_type(self.types.get_type())
        if isinstance(kind, GraphQLUnionType):
            self.found[node.name.value] = kind
            selected = {
                selection.name.value
                for selection in (node.selection_set.selections if node.selection_set else ())
                if isinstance(selection, FieldNode)
            }
            assert "__typename" in selected, f"{node.name.value} does not ask for __typename"

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: object) -> None:
        return None


def unions(schema: GraphQLSchema, document: DocumentNode) -> dict[str, GraphQLUnionType]:
    types = TypeInfo(schema)
    visitor = Unions(types)
    visit(document, TypeInfoVisitor(types, visitor))
    return visitor.found


SUCCESSES = {
    "PackagePushSuccess", "PackageRevisionDeleteSuccess", "BrowsingSession", "Ok", "User",
    "SsoConfig", "BucketConfig", "BucketAddSuccess", "BucketUpdateSuccess", "BucketRemoveSuccess",
    "RoleCreateSuccess", "RoleUpdateSuccess", "RoleDeleteSuccess", "RoleSetDefaultSuccess",
    "Policy", "ManagedRole", "UnmanagedRole", "APIKeyCreated", "PackageFile", "PackageDir",
    "PackagesSearchResultSet", "PackagesSearchResultSetPage", "EmptySearchResultSet",
}  # fmt: skip


def test_every_member_of_every_union_is_a_success_or_in_the_error_table(
    schemas: dict[str, GraphQLSchema], name: str
) -> None:
    for variant in DOCUMENTS.load(name).variants:
        for schema in schemas.values():
            document = parse(variant.text)
            if validate(schema, document):
                continue
            for field, union in unions(schema, document).items():
                members = {member.name for member in union.types}
                assert members <= SUCCESSES | ERRORS, f"{field}: {members - SUCCESSES - ERRORS}"
                for error in members & {"InvalidInput", "OperationError"}:
                    assert re.search(rf"\b{error}Fields\b", variant.text), (
                        f"{name} does not ask {field} for its {error}"
                    )
