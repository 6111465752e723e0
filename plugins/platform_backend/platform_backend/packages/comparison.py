"""Package operations: comparison of two revisions."""

from __future__ import annotations

from collections.abc import Callable

from quilt_registry import fields
from quilt_registry.buckets import bucket_of
from quilt_registry.s3 import manifest_chunks

from platform_backend.packages.access import PackageAccess
from platform_backend.packages.damage import damage_is_told
from platform_backend.packages.entries import FIRST_MAX, LARGEST_MAX, NO_ACCESS
from platform_backend.packages.flat_map import manifest_entries
from platform_backend.packages.lookup import Lookup
from quilt_core import hookimpl
from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.domain.packages import PackageDiff
from quilt_core.manifest import ChangeKind, diff_manifests
from quilt_core.revisions import EntryDifference, compare_entries


class PackageDiffOperations:
    """Implements `diff_packages`."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

    @hookimpl
    def diff_packages(
        self,
        package1_name: PackageName,
        package2_name: PackageName,
        registry: Registry,
        package1_hash: RevisionRef,
        package2_hash: RevisionRef,
    ) -> PackageDiff:
        """Reads both contents in one request; for very large packages, the manifests as streams."""
        bucket = bucket_of(registry, "diff_packages")
        identity = self._access.connection.identity()
        lookup = self._access.lookup(identity)
        named = (package1_name, package1_hash), (package2_name, package2_hash)
        first, second = _ask(lookup, registry, named, FIRST_MAX)
        hashes = fields.get_str(first, "hash"), fields.get_str(second, "hash")
        difference = EntryDifference(added=(), deleted=(), modified=())
        if hashes[0] != hashes[1]:

            def ask_for_all(most: int) -> tuple[fields.Node, fields.Node]:
                exact1, exact2 = (RevisionRef(one, RevisionKind.HASH) for one in hashes)
                return _ask(
                    lookup, registry, ((package1_name, exact1), (package2_name, exact2)), most
                )

            def by_manifests() -> EntryDifference:
                return _by_manifests(self._access.aws.s3(identity), bucket, hashes)

            difference = _compare(first, second, ask_for_all, by_manifests)
        return PackageDiff(
            package1_name=str(package1_name),
            package2_name=str(package2_name),
            package1_hash=hashes[0],
            package2_hash=hashes[1],
            added=difference.added,
            deleted=difference.deleted,
            modified=difference.modified,
        )


Named = tuple[PackageName, RevisionRef]


def _ask(
    lookup: Lookup, registry: Registry, named: tuple[Named, Named], most: int
) -> tuple[fields.Node, fields.Node]:
    (name1, ref1), (name2, ref2) = named
    exact = [(name, lookup.exact(name, registry, ref)) for name, ref in named]
    with damage_is_told(lookup.s3, registry, *exact):
        data = lookup.client.run(
            "diff_packages",
            {
                "bucket": registry.bucket,
                "name1": str(name1),
                "revision1": exact[0][1].value,
                "name2": str(name2),
                "revision2": exact[1][1].value,
                "max": most,
            },
        )
    return (
        lookup.revision_in(data, "first", name1, registry, ref1)[1],
        lookup.revision_in(data, "second", name2, registry, ref2)[1],
    )


def _compare(
    first: fields.Node,
    second: fields.Node,
    ask_for_all: Callable[[int], tuple[fields.Node, fields.Node]],
    by_manifests: Callable[[], EntryDifference],
) -> EntryDifference:
    """Compares the registry's answers, or the manifests if an answer is null or very large."""
    most = max(_total(first), _total(second))
    difference = _by_contents(first, second)
    if difference is None and FIRST_MAX < most <= LARGEST_MAX:
        difference = _by_contents(*ask_for_all(most))
    if difference is not None:
        return difference
    try:
        return by_manifests()
    except NO_ACCESS:
        difference = _by_contents(*ask_for_all(most)) if most > LARGEST_MAX else None
        if difference is None:
            raise
        return difference


def _total(revision: fields.Node) -> int:
    return fields.get_optional_int(revision, "totalEntries") or 0


def _by_contents(first: fields.Node, second: fields.Node) -> EntryDifference | None:
    """Compares the answers; returns None if one is null, which means too many entries, or has
    rounded sizes.
    """
    contents = first.get("contentsFlatMap"), second.get("contentsFlatMap")
    if None in contents:
        return None
    try:
        return compare_entries(manifest_entries(contents[0]), manifest_entries(contents[1]))
    except fields.InexactSizeError:
        return None


def _by_manifests(s3: object, bucket: str, hashes: tuple[str, str]) -> EntryDifference:
    """Compares streams; memory grows only with the number of differences."""
    changes = diff_manifests(
        lambda: manifest_chunks(s3, bucket, hashes[0]),
        lambda: manifest_chunks(s3, bucket, hashes[1]),
    )

    def keys(kind: ChangeKind) -> tuple[str, ...]:
        return tuple(change.logical_key for change in changes if change.kind is kind)

    return EntryDifference(
        added=keys(ChangeKind.ADDED),
        deleted=keys(ChangeKind.DELETED),
        modified=keys(ChangeKind.MODIFIED),
    )
