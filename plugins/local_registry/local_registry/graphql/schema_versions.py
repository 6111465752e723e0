"""The schema that is served, in each state that real registries run (docs/protocol.md, C.5).

The newest state is written out in the folder `schema`. An older one is made from it step by step:
each step removes what a state added and restores what it replaced.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import attrs
from graphql import (
    REMOVE,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    NamedTypeNode,
    Node,
    ObjectTypeExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    Visitor,
    concat_ast,
    parse,
    print_ast,
    visit,
)

from local_registry.config import SCHEMA_VERSIONS


@attrs.frozen(kw_only=True)
class Step:
    """What a state added, and what it replaced.

    `brought` has schema coordinates: `Type`, `Type.field` (or enum value), `Type.field(argument)`
    and, for a member of a union, `Union|Member`. `before` is SDL.
    """

    brought: tuple[str, ...]
    before: str = ""


STEPS: dict[str, Step] = {
    "2026-11": Step(
        brought=(
            "RoleSignup", "RoleSignupInput", "RoleSignupPageConflict", "RoleOwnsDataProducts",
            "ManagedRole.defaultBucket", "ManagedRole.signup", "UnmanagedRole.defaultBucket",
            "UnmanagedRole.signup", "ManagedRoleInput.defaultBucket", "ManagedRoleInput.signup",
            "UnmanagedRoleInput.defaultBucket", "UnmanagedRoleInput.signup",
            "RoleCreateResult|RoleSignupPageConflict", "RoleUpdateResult|RoleSignupPageConflict",
            "RoleDeleteResult|RoleOwnsDataProducts", "PackageDeleteResult",
            "Mutation.packageDelete",
        ),
    ),
    "2026-08": Step(
        brought=(
            "Query.buckets", "Query.bucket", "Bucket", "PackageOrdering",
            "PackagesSearchResultSet.firstPage", "PackagesFirstPageResult",
            "IPackageUserMetaFacet.sortable", "NumberPackageUserMetaFacet.sortable",
            "DatetimePackageUserMetaFacet.sortable", "KeywordPackageUserMetaFacet.sortable",
            "TextPackageUserMetaFacet.sortable", "BooleanPackageUserMetaFacet.sortable",
            "Mutation.restoreObject", "RestoreObjectResult", "RestoreObjectSuccess",
            "GlacierRestoreTier",
        ),
        before="""
            enum SortDirection { ASC DESC }
            extend type BucketConfig { collaborators: [CollaboratorBucketConnection!]! }
            extend type PackagesSearchResultSet {
              firstPage(size: Int = 30, order: SearchResultOrder): PackagesSearchResultSetPage!
            }
        """,
    ),
    "2026-01": Step(
        brought=(
            "APIKey", "APIKeyStatus", "APIKeyCreated", "APIKeyCreateInput", "APIKeyCreateResult",
            "APIKeyRevokeResult", "APIKeyAdminQueries", "APIKeyAdminMutations", "Me.apiKeys",
            "Me.apiKey", "AdminQueries.apiKeys", "AdminMutations.apiKeys", "Mutation.apiKeyCreate",
            "Mutation.apiKeyRevoke", "BucketConfig.prefixes", "BucketAddInput.prefixes",
            "BucketUpdateInput.prefixes", "BucketUpdateResult|InsufficientPermissions",
            "InsufficientPermissions.message",
        ),
        before="extend type InsufficientPermissions { _: Boolean }",
    ),
    "2025-10": Step(
        brought=(
            "PackagesSearchResult|OperationError", "PackagesSearchMoreResult|OperationError",
            "ObjectsSearchResult|OperationError", "ObjectsSearchMoreResult|OperationError",
            "Mutation.bucketSetTabulatorTable", "Mutation.bucketRenameTabulatorTable",
            "AdminMutations.bucketSetTabulatorTable", "AdminMutations.bucketRenameTabulatorTable",
        ),
        before="""
            extend type AdminMutations {
              bucketSetTabulatorTable(
                bucketName: String!, tableName: String!, config: String
              ): BucketSetTabulatorTableResult!
              bucketRenameTabulatorTable(
                bucketName: String!, tableName: String!, newTableName: String!
              ): BucketSetTabulatorTableResult!
            }
        """,
    ),
    "2025-07": Step(
        brought=(
            "SearchResultOrder.LEX_ASC", "SearchResultOrder.LEX_DESC",
            "PackagesSearchResultSet.total", "ObjectsSearchResultSet.total",
            "SearchHitPackage.pointer",
            "SearchHitPackage.totalEntriesCount", "SearchHitPackage.meta",
            "SearchHitPackage.matchLocations", "SearchHitPackage.matchingEntries",
            "SearchHitPackageMatchLocations", "SearchHitPackageMatchingEntry",
            "SearchHitPackageEntryMatchLocations", "Mutation.packagePromote(destPrefix)",
            "AdminQueries.packager", "AdminMutations.packager", "PackagerAdminQueries",
            "PackagerAdminMutations", "PackagerEventRule", "PackagerEventRuleToggleResult",
        ),
        before="""
            extend type PackagesSearchStats { total: Int! }
            extend type ObjectsSearchStats { total: Int! }
            extend type SearchHitPackage { meta: JsonRecord }
        """,
    ),
    "2025-02": Step(
        brought=(
            "Query.searchPackages(latestOnly)", "AdminQueries.tabulatorOpenQuery",
            "AdminMutations.setTabulatorOpenQuery", "TabulatorOpenQueryResult",
        ),
    ),
}  # fmt: skip
"""By the state that added it, the newest first."""


_NAMED = (TypeDefinitionNode, TypeExtensionNode, FieldDefinitionNode)


@lru_cache(maxsize=len(SCHEMA_VERSIONS))
def schema_text(label: str = SCHEMA_VERSIONS[-1]) -> str:
    """The SDL of a state of the schema.

    Parameters
    ----------
    label:
        One of `local_registry.config.SCHEMA_VERSIONS`, such as "2025-07".
    """
    folder = files("local_registry.graphql") / "schema"
    sources = sorted(folder.iterdir(), key=lambda path: path.name)
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    steps = [step for since, step in STEPS.items() if since > label]
    if not steps:
        return text
    document = parse(text, no_location=True)
    for step in steps:
        document = _back(document, step)
    return print_ast(document)


def _back(document: DocumentNode, step: Step) -> DocumentNode:
    removal = _Removal(step.brought)
    older: DocumentNode = visit(document, removal)
    missing = set(step.brought) - removal.found
    if missing:
        raise LookupError(f"The schema has no {', '.join(sorted(missing))}.")
    if not step.before:
        return older
    before = parse(step.before, no_location=True)
    return concat_ast([older, before])


class _Removal(Visitor):
    """Removes from a document what coordinates name."""

    def __init__(self, coordinates: tuple[str, ...]) -> None:
        super().__init__()
        self._coordinates = frozenset(coordinates)
        self.found: set[str] = set()

    def enter(self, node: Node, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        coordinate = _coordinate(node, ancestors)
        if coordinate not in self._coordinates:
            return None
        self.found.add(coordinate)
        return REMOVE

    def leave_object_type_extension(self, node: ObjectTypeExtensionNode, *_: Any) -> Any:
        # An extension without contents would not be valid.
        return None if node.fields else REMOVE


def _coordinate(node: Node, ancestors: list[Any]) -> str:
    """Where a node is in the schema, as `Step` has it; empty for what has no coordinate."""
    owners = [one.name.value for one in ancestors if isinstance(one, _NAMED)]
    if isinstance(node, TypeDefinitionNode):
        return node.name.value
    if isinstance(node, (FieldDefinitionNode, EnumValueDefinitionNode)):
        return f"{owners[0]}.{node.name.value}"
    if isinstance(node, InputValueDefinitionNode) and owners:
        is_argument = len(owners) > 1
        inner = f"{owners[1]}({node.name.value})" if is_argument else node.name.value
        return f"{owners[0]}.{inner}"
    if isinstance(node, NamedTypeNode) and isinstance(ancestors[-1], UnionTypeDefinitionNode):
        return f"{owners[0]}|{node.name.value}"
    return ""
