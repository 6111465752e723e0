"""Support for the former order of arguments: `delete_package(bucket, name)`."""

from __future__ import annotations

import warnings

from quilt_core.domain.names import Registry, parse_bucket
from quilt_core.domain.package_uri import PackageUri, is_package_uri
from quilt_core.errors import ValidationError
from quilt_core.ops.addressing import PackageGiven

_SAID = (
    "delete_package(bucket, name) is deprecated: write delete_package(package_name, registry), "
    "as in every other operation."
)


def package_and_registry(
    package_name: object, registry: object, *, bucket: object, name: object
) -> tuple[PackageGiven, str | Registry | None]:
    """The package and its registry, in whichever order they were given.

    Parameters
    ----------
    package_name, registry:
        The first and the second argument. If only the second one names a package, they are in the
        former order. A package is a `quilt+s3://` URI, or `namespace/name` without a scheme.
    bucket, name:
        The former names of the arguments; None where they were not given.

    Returns
    -------
    tuple
        The package's name or URI, not parsed yet, and the registry; None for the configured one.

    Raises
    ------
    ValidationError
        When an argument is given both by its present and by its former name, or the former `bucket`
        is not the name of a bucket.
    """
    if name is not None and bucket is None and registry is None and not _is_package(package_name):
        package_name, bucket = None, package_name
    if bucket is not None or name is not None:
        if (name is not None and package_name is not None) or (
            bucket is not None and registry is not None
        ):
            raise ValidationError(
                "`bucket` and `name` are the old names of `registry` and `package_name`.",
                hint="Pass each of them only once.",
            )
        package_name, registry = name if name is not None else package_name, bucket or registry
    elif _is_package(registry) and not _is_package(package_name):
        package_name, registry = registry, package_name
    else:
        return package_name, registry  # type: ignore[return-value]  # parsed by the caller
    # The caller of the facade: this function, the method and its decorator stand in between.
    warnings.warn(_SAID, DeprecationWarning, stacklevel=4)
    if isinstance(registry, str) and "://" not in registry:
        registry = Registry(bucket=parse_bucket(registry))
    return package_name, registry  # type: ignore[return-value]  # parsed by the caller


def _is_package(given: object) -> bool:
    """Whether an argument can only mean a package."""
    if isinstance(given, PackageUri) or is_package_uri(given):
        return True
    return isinstance(given, str) and "/" in given and "://" not in given
