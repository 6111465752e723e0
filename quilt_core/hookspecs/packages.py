# mypy: disable-error-code="empty-body"
"""Package operations that read: search, listings, information and comparison.

The argument `top_hash` is always a `RevisionRef`: the tag `latest`, a full hash, a prefix that
matches exactly one revision of the package, or the Unix seconds of a pointer. A full hash is
accepted only if it is a revision of that package. A prefix that matches several revisions is a
`ValidationError`, for reads as well as writes, and so are Unix seconds in which several revisions
were published, which a store other than Quilt's layout may keep
(`quilt_core.revisions.resolve_prefix` and `resolve_time` raise it): a backend never guesses.

A registry can be a folder, and the same rules hold for it: a folder that does not exist is a
registry that does not exist. Only `create_package_revision`, and operations that write objects,
make it; no read, no update and no deletion does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quilt_core.domain.names import LATEST, PackageName, Registry, RevisionRef
from quilt_core.domain.search import NO_FILTER, SearchOrder
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.packages import PackageDiff, PackageInfo, PackageVersion
    from quilt_core.domain.search import MetadataPredicate, SearchFilter


@hookspec(firstresult=True)
def search_packages(
    query: str = "",
    registry: tuple[Registry, ...] | None = None,
    filters: SearchFilter = NO_FILTER,
    user_meta: tuple[MetadataPredicate, ...] = (),
    latest_only: bool = True,
    order: SearchOrder = SearchOrder.RELEVANCE,
    limit: int | None = None,
) -> Iterable[PackageInfo]:
    """Find packages; called for `ops.search_packages()` and `ops.iter_search_packages()`.

    The query is matched against names, messages, metadata, workflows and logical keys, ignoring
    case, by whole words; not against the contents of files.

    Several words without an operator: a package that has all of them in one of these texts, in any
    order, is a hit, and a package that has none of them is not. Whether a package that has only
    some of them is a hit is the registry's decision (it is by the default of Elasticsearch, which
    Quilt uses, but Quilt has also set the opposite), and so is whether hits with all words come
    first. Callers to whom it matters write `AND` or `OR` between words, or `+` before them, which
    have the same meaning everywhere: with `AND` and `+`, all words must occur, with `OR`, at least
    one. For `AND`, words of the message and of the metadata count together. Whether words of the
    name and of logical keys count together with words of other texts is the registry's decision,
    because Quilt indexes names, manifests and entries as separate documents (docs/protocol.md,
    I.2).

    Arguments:
        query: text in the registry's query syntax (words, "phrases", AND/OR/NOT in capitals, `+`,
            `-`, parentheses, `*` and `?`); a text that is empty, blank or `*` finds everything.
        registry: where to search, one or more; None for every registry that the user can read,
            which may be none. A backend that has no list of its registries, such as one whose
            registries are folders anywhere, refuses None.
        filters: conditions that must all hold; `filters.is_empty` for none. A field that is
            None sets no condition; nothing fulfils an empty list, or a minimum above the maximum.
        user_meta: conditions on user metadata that must all hold; () for none.
        latest_only: True for only the latest revision of each package, False for all matching
            revisions.
        order: see `SearchOrder`.
        limit: the maximum number of results; None for all.

    Returns: an iterable, which may be lazy, of `PackageInfo`, each equal to what `get_package_info`
    returns for this revision.

    Raises: `ValidationError` for a query that the registry cannot parse; `NotFoundError` if one of
    the registries does not exist or cannot be read; `NotSupportedError` for a condition that
    neither this registry nor the backend can check (a condition is never ignored), and for None
    instead of registries where there is no list of them;
    `AuthenticationError`, also instead of an empty answer for an anonymous connection where nothing
    is public; `TransportError`, `ProtocolError`.

    Ordering and completeness: by `order`, ties by registry, name and top hash, each ascending, even
    if the order itself is descending. All matching revisions, from all pages, up to `limit`, which
    counts revisions of all registries together; every revision at most once. A revision whose
    metadata is nested too deeply to be read is left out, with a warning in the log.

    Since: 1. Source: GraphQL `searchPackages`, `searchMorePackages`; docs/protocol.md, C.3.

    Example: ``search_packages("penguins", (Registry(bucket="open-data"),), SearchFilter(), (),
    True, SearchOrder.NEWEST, None)``.
    """


@hookspec(firstresult=True)
def list_all_packages(registry: Registry, pattern: str | None = None) -> Iterable[str]:
    """List the names of a registry's packages; for `ops.list_all_packages()`.

    Arguments:
        registry: the registry.
        pattern: a pattern for the whole name with `*` (any text) and `?` (one character),
            case-sensitive; None for all. An empty pattern matches nothing.

    Returns: an iterable, which may be lazy, of names `namespace/name`. A package without the tag
    `latest` is listed like others.

    Raises: `NotFoundError` for a registry that does not exist or cannot be read;
    `AuthenticationError`, `PermissionDeniedError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: by name, in the order of code points; all of them, each once.

    Since: 1. Source: GraphQL `packages(bucket).page`; the registry's pointers.

    Example: ``["palmer/penguins", "palmer/raw"]``.
    """


@hookspec(firstresult=True)
def get_package_info(
    package_name: PackageName, registry: Registry, top_hash: RevisionRef = LATEST
) -> PackageInfo:
    """Describe one revision of a package; called for `ops.get_package_info()`.

    Arguments:
        package_name: the package.
        registry: its registry.
        top_hash: which revision.

    Returns: a `PackageInfo` with the full top hash and the totals.

    Raises: `NotFoundError` if the package, the revision or the registry does not exist or cannot
    be read; `ValidationError` for a prefix or a time that matches several revisions;
    `AuthenticationError`, `PermissionDeniedError`, `TransportError`, `ProtocolError`.

    Completeness: `modified` is the time of the revision's newest timestamp pointer, in UTC. The
    totals count every entry, even if several entries name one object. `message` and `workflow` are
    None if the revision has none.

    Since: 1. Source: GraphQL `package.revision`; docs/protocol.md, D.3.

    Example: ``get_package_info(PackageName("palmer", "penguins"), registry, latest)``.
    """


@hookspec(firstresult=True)
def list_package_versions(
    package_name: PackageName, registry: Registry
) -> Iterable[PackageVersion]:
    """List the revisions of a package; called for `ops.list_package_versions()`.

    Arguments:
        package_name: the package.
        registry: its registry.

    Returns: an iterable, which may be lazy, of `PackageVersion`.

    Raises: `NotFoundError` if the package or the registry does not exist or cannot be read;
    `AuthenticationError`, `PermissionDeniedError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: newest first (by `modified`, ties by top hash, ascending); every
    revision that has a timestamp pointer, once per top hash, with the time of its newest pointer.
    `is_latest` marks the revision that the tag `latest` points at, which need not be the newest
    one, and marks none if there is no such tag.

    Since: 1. Source: GraphQL `package.revisions.page`; docs/protocol.md, H.1.

    Example: ``[PackageVersion(top_hash="4f…", message="Add Biscoe", is_latest=True, …), …]``.
    """


@hookspec(firstresult=True)
def get_package_metadata(
    package_name: PackageName, registry: Registry, top_hash: RevisionRef = LATEST
) -> dict[str, Any]:
    """Read a revision's user metadata; called for `ops.get_package_metadata()`.

    Arguments:
        package_name: the package.
        registry: its registry.
        top_hash: which revision.

    Returns: the user metadata, exactly as it was written; an empty dictionary if there is none. The
    caller may change it. Other clients may nest it more deeply than quiltops does; at least 300
    levels are returned.

    Raises: as `get_package_info`; so does metadata that is nested too deeply to be read, as
    `ManifestError`, which is a `ProtocolError`.

    Completeness: the package's entries are not read.

    Since: 1. Source: GraphQL `revision.userMeta`; the manifest header's `user_meta`.

    Example: ``{"species": ["Adelie", "Gentoo"]}``.
    """


@hookspec(firstresult=True)
def diff_packages(
    package1_name: PackageName,
    package2_name: PackageName,
    registry: Registry,
    package1_hash: RevisionRef = LATEST,
    package2_hash: RevisionRef = LATEST,
) -> PackageDiff:
    """Compare the entries of two revisions; called for `ops.diff_packages()`.

    Arguments:
        package1_name: the package to compare from.
        package2_name: the package to compare to; often the same.
        registry: where both live.
        package1_hash: which revision of the first.
        package2_hash: which revision of the second.

    Returns: a `PackageDiff`. An entry is modified if its hash, the type of its hash, its size or
    its user metadata differs, where 1, 1.0 and true are three values; physical keys matter only if
    one of the two entries has no hash. It is empty for a revision and itself.

    Raises: as `get_package_info`; the error names the missing package.

    Ordering and completeness: each list in path-component order (`a/b` before `a.txt`);
    complete for packages of any size.

    Since: 1. Source: GraphQL `contentsFlatMap` of both revisions; the two manifests.

    Example: ``PackageDiff(added=("c.csv",), deleted=(), modified=("a.csv",), …)``.
    """
