"""Parse, validate and execute one document (docs/protocol.md, C.1)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import ariadne
from ariadne import ObjectType, ScalarType, UnionType, make_executable_schema
from ariadne.graphql import validate_query
from ariadne.utils import convert_camel_case_to_snake
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLFloat,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
    get_nullable_type,
    parse,
)
from graphql.language import FragmentDefinitionNode, OperationDefinitionNode

from local_registry.config import SCHEMA_VERSIONS, Limits, RegistryConfig
from local_registry.context import RegistryContext
from local_registry.graphql import (
    buckets,
    objects,
    packages,
    reports,
    roles,
    search,
    users,
)
from local_registry.graphql.call import Call, Info, call_of
from local_registry.graphql.schema_versions import schema_text
from local_registry.identity.errors import RegistryError
from local_registry.identity.model import Identity, Role
from quilt_core.errors import QuiltOpsError

logger = logging.getLogger("local_registry.graphql")
_LARGEST_INTEGER = 2**53
_DOCUMENTS = "local_registry.graphql.documents"
# Errors caused by clients are returned to them; configure this logger to log them as well.
logging.getLogger(_DOCUMENTS).addHandler(logging.NullHandler())


def execute(
    context: RegistryContext, identity: Identity | None, payload: object
) -> tuple[int, dict[str, Any]]:
    """Answer one request: HTTP status and body.

    200 when the document was executed, whatever its errors; 400 with `errors` and `message` when
    the payload or the document is not valid.
    """
    if not isinstance(payload, Mapping) or not isinstance(payload.get("query"), str):
        return _invalid([{"message": "The body is a JSON object with a `query`."}])
    try:
        document, errors = _validated(payload["query"], context.config)
    except GraphQLError as error:
        return _invalid([error.formatted])
    done, result = ariadne.graphql_sync(
        schema(context.config.schema),
        dict(payload),
        query_document=document,
        query_validator=lambda *_, **__: list(errors),
        context_value=Call(context, identity),
        introspection=context.config.introspection,
        error_formatter=_format,
        logger=_DOCUMENTS,
    )
    if not done and not _was_executed(result):
        return _invalid(result.get("errors", []))
    result.setdefault("data", None)
    return 200, result


def _validated(query: str, config: RegistryConfig) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    """A document and what is wrong with it; raises `GraphQLError` if it is not one.

    Clients send the same few documents again and again, and validating one takes longer than
    executing it.
    """
    return _validated_once(query, config.schema, config.introspection, config.limits)


@lru_cache(maxsize=256)
def _validated_once(
    query: str, label: str, introspection: bool, limits: Limits
) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    document = check_limits(query, limits)
    errors = validate_query(schema(label), document, enable_introspection=introspection)
    return document, tuple(errors)


def _was_executed(result: Mapping[str, Any]) -> bool:
    """Whether the errors are of resolvers (they have a path), not of the document."""
    return "data" in result or any(error.get("path") for error in result.get("errors", ()))


def _invalid(errors: list[Any]) -> tuple[int, dict[str, Any]]:
    message = "; ".join(str(error.get("message")) for error in errors)
    return 400, {"message": message, "errors": errors}


def _format(error: GraphQLError, debug: bool = False) -> dict[str, Any]:
    cause = error.original_error
    formatted: dict[str, Any] = dict(error.formatted)
    expected = (GraphQLError, RegistryError, QuiltOpsError)
    if cause is not None and not isinstance(cause, expected):
        # Internal errors go to the log, not to the client.
        logger.error("unexpected", exc_info=cause)
        formatted["message"] = "Internal Server Error"
    return formatted


@lru_cache(maxsize=len(SCHEMA_VERSIONS))
def schema(label: str = SCHEMA_VERSIONS[-1]) -> GraphQLSchema:
    """The executable schema of a state; the newest by default."""
    text = schema_text(label)
    made = make_executable_schema(text, *_unions(text), *_scalars())
    modules = (users, roles, buckets, packages, search, objects, reports)
    bindables = [bindable for module in modules for bindable in module.bindables]
    for bindable in _present(bindables, made):
        bindable.bind_to_schema(made)
    _guard(made)
    return made


def _present(bindables: list[ObjectType], state: GraphQLSchema) -> list[ObjectType]:
    """The resolvers of those fields that a state has."""
    fitting = []
    for bindable in bindables:
        kind = state.get_type(bindable.name)
        if isinstance(kind, GraphQLObjectType):
            one = ObjectType(bindable.name)
            for name, resolver in bindable._resolvers.items():
                if name in kind.fields:
                    one.set_field(name, resolver)
            fitting.append(one)
    return fitting


def _unions(text: str) -> list[UnionType]:
    names = [line.split()[1] for line in text.splitlines() if line.startswith("union ")]
    return [UnionType(name, _typename) for name in names]


def _typename(value: Any, *_: Any) -> str:
    if type(value) is dict or isinstance(value, Mapping):
        return str(value["__typename"])
    if isinstance(value, Role):
        return "ManagedRole" if value.managed else "UnmanagedRole"
    names = {"Bucket": "BucketConfig"}
    name = type(value).__name__
    return names.get(name, name)


def _scalars() -> list[ScalarType]:
    def iso(value: Any) -> str:
        return value if isinstance(value, str) else str(value.isoformat())

    return [ScalarType("Datetime", serializer=iso)]


def _guard(made: GraphQLSchema) -> None:
    """Let only administrators resolve fields with the directive `@admin`."""
    for kind in made.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for name, field in kind.fields.items():
                field.resolve = field.resolve or _reader(name)
                if get_nullable_type(field.type) is GraphQLFloat:
                    field.resolve = _nearest_double(field.resolve)
                directives = (field.ast_node.directives if field.ast_node else ()) or ()
                if any(directive.name.value == "admin" for directive in directives):
                    _guard_field(field)
        elif isinstance(kind, GraphQLUnionType) and kind.resolve_type is None:
            kind.resolve_type = _typename


def _reader(name: str) -> Callable[..., Any]:
    """Read a field from a mapping or an object whose names are Python's."""
    own = convert_camel_case_to_snake(name)

    def read(source: Any, info: Info, **_: Any) -> Any:
        # A listing has thousands of dictionaries; `Mapping` takes long to recognise them.
        if type(source) is dict or isinstance(source, Mapping):
            return source.get(own)
        return getattr(source, own, None)

    return read


def _nearest_double(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """`Float` has no exact whole numbers beyond 2**53: answer the rounded number and not
    an error.
    """

    def rounded(source: Any, info: Info, **arguments: Any) -> Any:
        value = resolve(source, info, **arguments)
        return float(value) if isinstance(value, int) and abs(value) > _LARGEST_INTEGER else value

    return rounded


def _guard_field(field: GraphQLField) -> None:
    inner = field.resolve or _reader("")

    def guarded(source: Any, info: Info, **arguments: Any) -> Any:
        call = call_of(info)
        if call.identity is None:
            raise GraphQLError("Not logged in", extensions={"code": "UNAUTHENTICATED"})
        if not call.identity.is_admin:
            raise GraphQLError("Admin rights are needed", extensions={"code": "FORBIDDEN"})
        return inner(source, info, **arguments)

    field.resolve = guarded


def check_limits(query: str, limits: Limits) -> DocumentNode:
    """The document, unless it is too long, too deep or asks for too many fields."""
    if len(query) > limits.query_characters:
        raise GraphQLError(f"The document is longer than {limits.query_characters} characters.")
    try:
        document = parse(query, max_tokens=limits.query_characters)
    except RecursionError:
        raise GraphQLError("The document is nested too deeply.") from None
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode):
            budget = [limits.query_fields]
            _walk(one.selection_set, fragments, limits.query_depth, budget, frozenset())
    return document


def _walk(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    depth: int,
    budget: list[int],
    inside: frozenset[str],
) -> None:
    if depth < 0:
        raise GraphQLError("The document is nested too deeply.")
    for one in selections.selections:
        budget[0] -= 1
        if budget[0] < 0:
            raise GraphQLError("The document asks for too many fields.")
        if isinstance(one, FieldNode) and one.selection_set:
            _walk(one.selection_set, fragments, depth - 1, budget, inside)
        elif isinstance(one, InlineFragmentNode):
            _walk(one.selection_set, fragments, depth, budget, inside)
        elif isinstance(one, FragmentSpreadNode):
            name = one.name.value
            if name in fragments and name not in inside:
                found = fragments[name].selection_set
                _walk(found, fragments, depth, budget, inside | {name})


__all__ = ["check_limits", "execute", "schema"]
