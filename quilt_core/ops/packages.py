"""Package operations of the facade: reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from quilt_core import domain
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.errors import ValidationError
from quilt_core.ops.addressing import PackageGiven, package_of, revision_of
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import (
    parse_registry,
)

if TYPE_CHECKING:
    from quilt_core.domain.packages import PackageDiff, PackageInfo, PackageVersion


class PackageOps(OperationGroup):
    """Listings, information and comparison."""

    def list_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> Listing[str]:
        """List the names of all packages of a registry, sorted.

        Parameters
        ----------
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        pattern:
            A pattern for whole names, case-sensitive, with `*` for any text and `?` for one
            character; None for all.

        Returns
        -------
        Listing[str]
            Names of the form `namespace/name`, sorted by code point, each once.

        Raises
        ------
        NotFoundError
            When the registry does not exist, or this identity cannot see it.
        ValidationError
            When no registry is given and none is configured.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.list_all_packages(pattern="palmer/*"))
        ['palmer/penguins']
        """
        return Listing(self.iter_all_packages(registry, pattern), str)

    def iter_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> Iterator[str]:
        """List names as `list_all_packages` does, as an iterator that fetches pages.

        Parameters
        ----------
        registry, pattern:
            As in `list_all_packages`.

        Returns
        -------
        Iterator[str]
            Names of the form `namespace/name`, sorted by code point, each once.

        Raises
        ------
        NotFoundError, ValidationError
            As `list_all_packages`, at the call or while the iterator is read.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> for name in ops.iter_all_packages():
        ...     print(name)
        palmer/penguins
        """
        if not (pattern is None or isinstance(pattern, str)):
            raise ValidationError(f"pattern={pattern!r} is not text.", hint="'palmer/*' is one.")
        return self._dispatch.stream(
            "list_all_packages",
            str,
            registry=parse_registry(registry, self._settings.registry),
            pattern=pattern,
        )

    def get_package_info(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> PackageInfo:
        """Describe a revision of a package.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry and revision as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.

        Returns
        -------
        PackageInfo
            The revision, with the whole top hash, the time, the message, the metadata, and the
            number and total size of the files.

        Raises
        ------
        NotFoundError
            When the package, revision or registry does not exist, or this identity cannot see it.
        ValidationError
            When a name or `top_hash` is malformed, or its first digits fit several revisions.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> info = ops.get_package_info("palmer/penguins")
        >>> print(info.total_entries, info.metadata["licence"])
        7 CC0-1.0
        >>> same = ops.get_package_info("palmer/penguins", top_hash=info.top_hash[:8])
        >>> print(same == info)
        True
        """
        return self._dispatch.call(
            "get_package_info",
            domain.PackageInfo,
            **revision_of(package_name, registry, top_hash, self._settings.registry),
        )

    def list_package_versions(
        self, package_name: PackageGiven, registry: str | Registry | None = None
    ) -> Listing[PackageVersion]:
        """List the revisions of a package, newest first.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI that names no revision and no path.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.

        Returns
        -------
        Listing[PackageVersion]
            One item per top hash, with the time of its newest pointer. `is_latest` marks the one to
            which `latest` points.

        Raises
        ------
        NotFoundError
            When the package or the registry does not exist, or this identity cannot see it.
        ValidationError
            When a name or URI is malformed.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> for version in ops.list_package_versions("palmer/penguins"):
        ...     print(version.is_latest, version.message)
        True …
        """
        return self._dispatch.collect(
            "list_package_versions",
            domain.PackageVersion,
            **package_of(package_name, registry, self._settings.registry),
        )

    def get_package_metadata(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> dict[str, Any]:
        """Read a revision's user metadata.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry and revision as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.

        Returns
        -------
        dict
            The metadata, of JSON types; empty if there is none. The package's entries are not read.

        Raises
        ------
        NotFoundError
            When the package, revision or registry does not exist, or this identity cannot see it.
        ValidationError
            When a name or `top_hash` is malformed, or its first digits fit several revisions.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.get_package_metadata("palmer/penguins")["licence"])
        CC0-1.0
        """
        return self._dispatch.call(
            "get_package_metadata",
            dict,
            **revision_of(package_name, registry, top_hash, self._settings.registry),
        )

    def diff_packages(
        self,
        package1_name: PackageGiven,
        package2_name: PackageGiven,
        registry: str | Registry | None = None,
        package1_hash: str | None = None,
        package2_hash: str | None = None,
    ) -> PackageDiff:
        """Compare two revisions, of one package or of two packages in one registry, entry by entry.

        Parameters
        ----------
        package1_name, package2_name:
            The package to compare from, and the one to compare to: `namespace/name`, or
            `quilt+s3://` URIs, which may name registry and revision as well.
        registry:
            The registry of both packages: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        package1_hash, package2_hash:
            The revision of each, in every form that `top_hash` accepts; None for the latest.

        Returns
        -------
        PackageDiff
            Logical keys that were added, deleted and modified. An entry is modified when its
            hash, size or user metadata differs or, if one of the two has no hash, its physical key.

        Raises
        ------
        NotFoundError
            When a package, a revision or the registry does not exist, or this identity cannot see
            it.
        ValidationError
            When the packages are in different registries, a name or hash is malformed, or the first
            digits of a hash fit several revisions.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> diff = ops.diff_packages("palmer/penguins", "palmer/penguins")
        >>> print(diff.is_empty)
        True
        """
        first = revision_of(package1_name, registry, package1_hash, self._settings.registry)
        second = revision_of(package2_name, registry, package2_hash, self._settings.registry)
        if first["registry"] != second["registry"]:
            raise ValidationError(
                f"The packages are in two registries, {first['registry']} and "
                f"{second['registry']}, but only packages in the same registry can be compared."
            )
        return self._dispatch.call(
            "diff_packages",
            domain.PackageDiff,
            package1_name=first["package_name"],
            package2_name=second["package_name"],
            registry=first["registry"],
            package1_hash=first["top_hash"],
            package2_hash=second["top_hash"],
        )
