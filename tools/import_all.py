"""Import every module of a distribution as it is installed in this environment.

    python tools/import_all.py quiltops

Modules that need an extra are left out unless everything that they need is installed; EXTRAS lists
these modules. Uses only the standard library: it runs in environments that hold one distribution
and its requirements. Exits with 1 and names the modules that cannot be imported.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator

IMPORTS = {
    "quiltops": "quilt_core",
    "quiltops-registry": "quilt_registry",
    "quiltops-platform": "platform_backend",
    "quiltops-quilt3": "quilt3_backend",
    "quiltops-local-registry": "local_registry",
    "quiltops-mcp": "quiltops_mcp",
}
"""The import package of each distribution."""

EXTRAS = {
    "quilt_core.testing.cassettes": "testing",
    "quilt_core.testing.conformance": "testing",
    "quilt_core.testing.memory.environment": "testing",
    "quilt_core.otel": "otel",
    "quilt_core.administration.yaml_text": "yaml",
    "quilt_core.yaml_documents": "yaml",
    "quilt_core.filesystem": "fsspec",
    "quilt_core.query": "query",
    "local_registry.athena.information_schema": "query",
    "local_registry.testing": "testing",
    "local_registry.conformance": "testing",
}
"""Modules that, with all modules below them, import only if an extra of their distribution is
installed."""


def needed_extra(module: str) -> str | None:
    """The extra that a module needs; None if it needs none."""
    for name, extra in EXTRAS.items():
        if module == name or module.startswith(f"{name}."):
            return extra
    return None


def modules(package: str) -> Iterator[str]:
    """The names of a package and of all modules below it, found without importing anything."""
    [folder] = importlib.util.find_spec(package).submodule_search_locations  # type: ignore[union-attr,misc]
    yield package
    yield from _below(folder, package)


def _below(folder: str, package: str) -> Iterator[str]:
    for module in pkgutil.iter_modules([folder]):
        name = f"{package}.{module.name}"
        if module.name != "__main__":
            yield name
        if module.ispkg:
            yield from _below(f"{folder}/{module.name}", name)


def main(distribution: str, *extras: str) -> int:
    """Import the modules; returns the exit code."""
    failed = 0
    count = 0
    for name in modules(IMPORTS[distribution]):
        if needed_extra(name) not in (None, *extras):
            continue
        count += 1
        try:
            importlib.import_module(name)
        except ImportError as error:
            failed += 1
            print(f"{name}: {error}", file=sys.stderr)
    print(f"{distribution}: {count} modules, {failed} cannot be imported")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
