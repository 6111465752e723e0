"""Building a revision whose entries are completely known, validated and serialised by quilt3
itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from quilt3_backend.errors import quilt3_errors
from quilt3_backend.quilt3_import import untracked
from quilt_core.domain.entries import DEFAULT_WORKFLOW, Workflow
from quilt_core.domain.names import PackageName
from quilt_core.manifest import DirectoryRecord, ManifestEntry

if TYPE_CHECKING:
    from quilt3_backend.packages.streamed_package import StreamedPackage


@attrs.frozen(kw_only=True)
class RevisionToBuild:
    """A revision that is not published yet."""

    package_name: PackageName
    entries: Collection[ManifestEntry]
    """Sorted by path component; read several times, and not held in memory."""
    directories: tuple[DirectoryRecord, ...]
    user_meta: Mapping[str, Any] | None
    message: str | None
    workflow: Workflow

    def validate(self, registry: Any) -> None:
        """Validate the revision with the registry's workflow; nothing is written.

        Raises
        ------
        ValidationError
            When the workflow refuses the revision or is unknown, or the workflows' configuration
            is broken.
        """
        from quilt3 import workflows

        with quilt3_errors(f"publish {self.package_name}"):
            package = self._package()
            for _ in package.checked():
                pass
            workflows.validate(
                registry=registry,
                workflow=self._quilt3_workflow,
                name=str(self.package_name),
                pkg=package,
                message=self.message,
            )

    def build(self, registry: Any) -> str:
        """Validate, serialise and push the revision with quilt3; returns the top hash.

        No object is looked up, because all sizes and hashes are known. `registry` is a
        `quilt3_registry.ConnectionRegistry`. Raises the errors of `validate`, `ValidationError` for
        a record over quilt3's limit, and the errors of the registry's push.
        """
        with quilt3_errors(f"publish {self.package_name}"):
            package = self._package()
            top_hash: str = untracked(type(package).build)(
                package,
                str(self.package_name),
                registry=registry,
                message=self.message,
                workflow=self._quilt3_workflow,
            )
        return top_hash

    @property
    def _quilt3_workflow(self) -> Any:
        return ... if self.workflow is DEFAULT_WORKFLOW else self.workflow

    def _package(self) -> StreamedPackage:
        from quilt3_backend.packages.streamed_package import StreamedPackage

        package = StreamedPackage(self.entries, self.directories)
        if self.user_meta is not None:
            package.set_meta(dict(self.user_meta))
        return package
