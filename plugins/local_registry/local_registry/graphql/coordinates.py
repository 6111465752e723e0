"""The contents of a schema, as a list of coordinates that can be stored, compared and read in a
diff.

The folder `states` beside this module holds one list for each state of the schema, made from the
schema files of real registries. The test suite compares every served state with its list, so that
nothing of a state gets lost. With a folder of such files at hand (named `registry-2026-08.graphql`
and so on), the lists themselves can be checked or made again::

    python -m local_registry.graphql.coordinates FOLDER
    python -m local_registry.graphql.coordinates FOLDER --write
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from importlib.resources import files
from pathlib import Path

from graphql import (
    DirectiveNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

from local_registry.config import SCHEMA_VERSIONS

_PREFIX = "registry-"


def coordinates(schema: GraphQLSchema) -> tuple[str, ...]:
    """Everything that a client's document can name, and the directives that restrict it, sorted.

    Parameters
    ----------
    schema:
        A schema, executable or not.

    Returns
    -------
    tuple of str
        `Type.field: type`, `Type.field(argument): type = default`, `Input.field: type = default`,
        `Enum.VALUE`, `Union | Member`, `Type implements Interface` and `scalar Name`. Directives
        of a field, such as `@admin`, follow its type.
    """
    named = (
        one
        for one in schema.type_map.values()
        if not is_introspection_type(one) and not is_specified_scalar_type(one)
    )
    return tuple(sorted(line for one in named for line in _of_type(one)))


def kept(label: str) -> tuple[str, ...]:
    """The coordinates that a state of the schema has on real registries.

    Parameters
    ----------
    label:
        One of `local_registry.config.SCHEMA_VERSIONS`, such as "2025-07".
    """
    file = files("local_registry.graphql") / "states" / f"{label}.txt"
    return tuple(file.read_text(encoding="utf-8").splitlines())


def _of_type(one: GraphQLNamedType) -> Iterator[str]:
    if isinstance(one, GraphQLScalarType):
        yield f"scalar {one.name}"
    elif isinstance(one, GraphQLEnumType):
        yield from (f"{one.name}.{value}" for value in one.values)
    elif isinstance(one, GraphQLUnionType):
        yield from (f"{one.name} | {member.name}" for member in one.types)
    elif isinstance(one, GraphQLInputObjectType):
        for name, field in one.fields.items():
            yield f"{one.name}.{name}: {field.type}{_default(field.ast_node)}"
    elif isinstance(one, (GraphQLObjectType, GraphQLInterfaceType)):
        yield from _of_fields(one)


def _of_fields(one: GraphQLObjectType | GraphQLInterfaceType) -> Iterator[str]:
    yield from (f"{one.name} implements {interface.name}" for interface in one.interfaces)
    for name, field in one.fields.items():
        yield f"{one.name}.{name}: {field.type}{_directives(field.ast_node)}"
        for argument, details in field.args.items():
            yield f"{one.name}.{name}({argument}): {details.type}{_default(details.ast_node)}"


def _default(node: object) -> str:
    value = getattr(node, "default_value", None)
    return "" if value is None else f" = {print_ast(value)}"


def _directives(node: object) -> str:
    found: Iterable[DirectiveNode] = getattr(node, "directives", None) or ()
    return "".join(f" @{one.name.value}" for one in found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the kept lists with the schema files in a folder, or write them again.

    Returns
    -------
    int
        0 when the lists agree or were written; 1 when a list differs, is missing or has no schema
        file, with the differences on standard output.
    """
    parser = argparse.ArgumentParser(prog="python -m local_registry.graphql.coordinates")
    parser.add_argument("folder", type=Path, help="holds registry-2026-08.graphql and so on")
    parser.add_argument("--write", action="store_true", help="write the lists again")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is not a folder")
    found = {
        path.stem.removeprefix(_PREFIX): coordinates(build_schema(path.read_text("utf-8")))
        for path in sorted(given.folder.glob(f"{_PREFIX}*.graphql"))
    }
    if given.write:
        _write(found)
        return 0
    differences = [line for label, lines in found.items() for line in _compare(label, lines)]
    missing = [label for label in SCHEMA_VERSIONS if label not in found]
    differences += [f"{given.folder} has no {_PREFIX}{label}.graphql" for label in missing]
    sys.stdout.writelines(f"{line}\n" for line in differences)
    return 1 if differences else 0


def _compare(label: str, lines: tuple[str, ...]) -> Iterator[str]:
    if label not in SCHEMA_VERSIONS:
        yield f"the local registry does not serve the state {label}"
        return
    ours, theirs = f"kept/{label}", f"given/{label}"
    yield from unified_diff(kept(label), lines, ours, theirs, lineterm="", n=0)


def _write(found: dict[str, tuple[str, ...]]) -> None:
    folder = Path(__file__).parent / "states"
    folder.mkdir(exist_ok=True)
    for label, lines in found.items():
        text = "".join(f"{line}\n" for line in lines)
        (folder / f"{label}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
