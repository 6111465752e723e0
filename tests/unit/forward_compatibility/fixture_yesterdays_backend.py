"""A backend as it was written for hook version 1; it is kept unchanged and never updated."""

from collections.abc import Iterable

from quilt_core import BackendPlugin, PackageName, Registry, hookimpl


class PackageReadOperations:
    @hookimpl
    def list_all_packages(self, registry: Registry, pattern: str | None) -> Iterable[str]:
        return [f"{registry.bucket}/{pattern or 'all'}"]

    @hookimpl
    def delete_package(self, package_name: PackageName, registry: Registry) -> object:
        raise LookupError(str(package_name))


def create_backend(settings: object) -> BackendPlugin:
    return BackendPlugin(name="yesterday", hook_version=1, implementers=[PackageReadOperations()])
