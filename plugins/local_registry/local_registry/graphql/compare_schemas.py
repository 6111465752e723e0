"""Compare the schema states that are served with schema files of real registries.

    python -m local_registry.graphql.compare_schemas FOLDER

A file belongs to the state that its name ends with: `registry-2025-07.graphql` to 2025-07.
Everything that is served must be in the file, alike; what only the file has is no difference, since
a local registry need not serve all of it. Prints one line per difference, and exits with 1 when
there are any or when no file belongs to a state that is served.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from graphql import build_schema
from graphql.utilities import BreakingChangeType, find_breaking_changes

from local_registry.config import SCHEMA_VERSIONS
from local_registry.graphql.schema_versions import schema_text

# Clients see neither directives nor which interfaces a type implements.
_HARMLESS = {
    BreakingChangeType.DIRECTIVE_REMOVED,
    BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED,
}


def differences(label: str, published: str) -> list[str]:
    """What a served state has and a published schema does not have, or has otherwise.

    Parameters
    ----------
    label:
        One of `local_registry.config.SCHEMA_VERSIONS`, such as "2025-07".
    published:
        The SDL of a real registry's schema.

    Raises `graphql.GraphQLSyntaxError` when `published` is no SDL.
    """
    ours = build_schema(schema_text(label), assume_valid=True)
    real = build_schema(published, assume_valid=True)
    found = find_breaking_changes(ours, real)
    return [one.description for one in found if one.type not in _HARMLESS]


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Compare the schema states that are served with the *.graphql files of FOLDER."""
    by_label = {path.stem[-len("2025-07") :]: path for path in sorted(folder.glob("*.graphql"))}
    compared = [label for label in SCHEMA_VERSIONS if label in by_label]
    for label in sorted(set(SCHEMA_VERSIONS) ^ set(by_label)):
        lacking = "no file" if label in SCHEMA_VERSIONS else "not served"
        click.echo(f"{label}: {lacking}, not compared", err=True)
    if not compared:
        raise click.ClickException(f"No file in {folder} belongs to a state that is served.")
    found = [
        f"{by_label[label].name}: {difference}"
        for label in compared
        for difference in differences(label, by_label[label].read_text(encoding="utf-8"))
    ]
    for line in found:
        click.echo(line)
    if not found:
        click.echo(f"{len(compared)} states compared, no difference")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
