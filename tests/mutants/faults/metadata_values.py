"""Faults in comparing and keeping the values of metadata, and in what a push does with metadata."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from ..harness import Mutant, Replaced, edit


def by_reference(
    metadata: Mapping[str, Any] | None, logical_key: str | None = None
) -> Mapping[str, Any] | None:
    """The metadata that was given; only its first level is copied."""
    return dict(metadata or {}) or None


MUTANTS = [
    Mutant("a comparison takes 1 and true as equal", "R-130", Replaced("quilt_core.manifest.diff.is_same_json", operator.eq)),
    Mutant("a push takes 1 and true as equal", "T-100", Replaced("quilt_core.composition.push_results.is_same_json", operator.eq)),
    Mutant("metadata of files stays the caller's", "W-140", Replaced("quilt_core.ops.parsing.parse_metadata", by_reference)),
    Mutant("metadata of packages stays the caller's", "W-140", Replaced("quilt_core.ops.revisions.parse_metadata", by_reference)),
    Mutant("a promotion that cannot copy is called an update", "L-90", edit("revisions", "bucket, request.package_name, request.operation)", "bucket, request.package_name, 'update_package_revision')")),
    Mutant("a merge loses the metadata of directories", "T-101", edit("revisions", "directories=start.directories)", "directories={})")),
    Mutant("a push that replaces a revision claims to lose nothing", "T-101", edit("composition.push", "        return None if self.base else ()", "        return ()")),
    Mutant("a dry run of a push claims to lose nothing", "T-101", edit("composition.push", "return found.unchecked, self.lost_directories(found)", "return found.unchecked, ()")),
]  # fmt: skip
