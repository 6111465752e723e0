"""Every document is valid wherever its operation exists, and all members of its unions are known.

The schemas are those that the local registry serves. Each is the complete schema of a state that
real registries run, which `tests/unit/local_registry/test_schema_versions.py` ensures.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from graphql import (
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)
from graphql.language import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode
from local_registry.config import SCHEMA_VERSIONS
from local_registry.graphql.execute import schema
from platform_backend.backend import DOCUMENTS
from quilt_registry.graphql.documents import Variant
from quilt_registry.graphql.result_unions import EMPTY_MEMBERS

pytestmark = pytest.mark.slow

ERRORS = {"InvalidInput", "OperationError", *EMPTY_MEMBERS}
SUCCESSES = {
    "PackagePushSuccess", "PackageRevisionDeleteSuccess", "BrowsingSession", "Me", "Ok", "User",
    "SsoConfig", "BucketConfig", "BucketAddSuccess", "BucketUpdateSuccess", "BucketRemoveSuccess",
    "RoleCreateSuccess", "RoleUpdateSuccess", "RoleDeleteSuccess", "RoleSetDefaultSuccess",
    "Policy", "ManagedRole", "UnmanagedRole", "APIKeyCreated", "PackageFile", "PackageDir",
    "PackagesSearchResultSet", "PackagesSearchResultSetPage", "EmptySearchResultSet",
    "ObjectsSearchResultSet", "ObjectsSearchResultSetPage",
}  # fmt: skip


@cache
def objections(label: str, name: str, variant: str) -> list[str]:
    """The schema's errors for a variant; empty when it is valid."""
    document = parse(text_of(name, variant))
    return [str(error) for error in validate(schema(label), document)]


def text_of(name: str, variant: str) -> str:
    return next(one.text for one in DOCUMENTS.load(name).variants if one.label == variant)


@pytest.fixture(scope="module", params=DOCUMENTS.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def takes(label: str, name: str, variant: Variant) -> bool:
    return not objections(label, name, variant.label)


def test_a_variant_is_valid_on_every_schema_that_has_the_operation(name: str) -> None:
    variants = DOCUMENTS.load(name).variants
    since = variants[-1].since
    for label in SCHEMA_VERSIONS:
        taken = [one.label for one in variants if takes(label, name, one)]
        if since is not None and label < since:
            assert not taken, f"{name} says since {since}, and {label} takes it"
        else:
            assert taken, f"{label}: {objections(label, name, variants[-1].label)}"


def test_the_label_of_a_variant_is_the_first_schema_that_takes_it(name: str) -> None:
    variants = DOCUMENTS.load(name).variants
    if len(variants) == 1:
        assert variants[0].label == ""
        return
    for variant in variants:
        first = next(label for label in SCHEMA_VERSIONS if takes(label, name, variant))
        assert variant.label == first


def test_no_variant_is_superfluous(name: str) -> None:
    variants = DOCUMENTS.load(name).variants
    for newer, older in pairwise(variants):
        assert any(
            takes(label, name, older) and not takes(label, name, newer) for label in SCHEMA_VERSIONS
        ), f"{name}.{older.label} is never needed"


class Unions(Visitor):
    """Collects the unions that a document selects from, with what it selects of each."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.found: list[tuple[str, GraphQLUnionType, SelectionSetNode]] = []

    def enter_field(self, node: FieldNode, *_: object) -> None:
        kind = get_named_type(self.types.get_type())
        if isinstance(kind, GraphQLUnionType) and node.selection_set is not None:
            self.found.append((node.name.value, kind, node.selection_set))


def spreads(selected: SelectionSetNode) -> set[str]:
    return {one.name.value for one in selected.selections if isinstance(one, FragmentSpreadNode)}


def field_names(selected: SelectionSetNode) -> set[str]:
    return {one.name.value for one in selected.selections if isinstance(one, FieldNode)}


def selections(label: str, name: str) -> Iterator[tuple[str, GraphQLUnionType, set[str], set[str]]]:
    """Each union in the variant that would be sent: field, union, fields, fragments."""
    variants = DOCUMENTS.load(name).variants
    variant = next((one for one in variants if takes(label, name, one)), None)
    if variant is None:
        return
    document = parse(variant.text)
    fragments = {
        one.name.value: one.selection_set
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    visitor = Unions(types := TypeInfo(schema(label)))
    visit(document, TypeInfoVisitor(types, visitor))
    for field, union, selected in visitor.found:
        named = spreads(selected)
        inner = [field_names(fragments[one]) for one in named]
        yield field, union, field_names(selected).union(*inner), named


def test_every_member_of_every_union_is_a_success_or_in_the_error_table(name: str) -> None:
    for label in SCHEMA_VERSIONS:
        for field, union, fields, fragments in selections(label, name):
            members = {member.name for member in union.types}
            assert members <= SUCCESSES | ERRORS, f"{field}: {members - SUCCESSES - ERRORS}"
            told_by_fields = (name, field) == ("content_listing", "children")
            assert told_by_fields or "__typename" in fields, f"{field} is not asked for its type"
            for error in members & {"InvalidInput", "OperationError"}:
                assert f"{error}Fields" in fragments, f"{field} on {label} is not asked for {error}"
