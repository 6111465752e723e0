"""How the entries of two revisions differ, when both are in memory."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from quilt_core.manifest import ManifestEntry, differs, sort_key


@attrs.frozen(kw_only=True)
class EntryDifference:
    """Logical keys, each tuple in path-component order."""

    added: tuple[str, ...]
    deleted: tuple[str, ...]
    modified: tuple[str, ...]


def compare_entries(
    first: Mapping[str, ManifestEntry], second: Mapping[str, ManifestEntry]
) -> EntryDifference:
    """Compare two revisions by logical key.

    `quilt_core.manifest.differs` decides whether an entry is modified. For manifests that do not
    fit in memory, use `quilt_core.manifest.diff_manifests`, which follows the same rule.
    """
    return EntryDifference(
        added=_ordered(second.keys() - first.keys()),
        deleted=_ordered(first.keys() - second.keys()),
        modified=_ordered(
            {key for key in first.keys() & second.keys() if differs(first[key], second[key])}
        ),
    )


def _ordered(keys: set[str]) -> tuple[str, ...]:
    return tuple(sorted(keys, key=sort_key))
