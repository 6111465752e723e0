# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `content`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quilt_core.domain.content import ContentInfo
from quilt_core.domain.names import PackageName, Registry, RevisionRef


class SupportsBrowseContent(Protocol):
    """Implements `browse_content`."""

    def browse_content(
        self,
        package_name: PackageName,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        recursive: bool,
    ) -> Iterable[ContentInfo]:
        """See the specification."""
        ...


class SupportsGetContentUrl(Protocol):
    """Implements `get_content_url`."""

    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        """See the specification."""
        ...


class ContentOperations(
    SupportsBrowseContent,
    SupportsGetContentUrl,
    Protocol,
):
    """All operations of the group `content`."""
