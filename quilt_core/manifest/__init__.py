"""Manifests: read, validate, hash, compare, list and write them as streams."""

from quilt_core.manifest.checksums import (
    SHA256,
    SHA256_CHUNKED,
    chunk_size_for,
    chunked_sha256,
    hash_bytes,
    hash_file,
)
from quilt_core.manifest.diff import ChangeKind, EntryChange, diff_manifests, differs
from quilt_core.manifest.directories import directory_metadata
from quilt_core.manifest.lines import Source
from quilt_core.manifest.listing import ListedDirectory, Listing, list_directory
from quilt_core.manifest.model import (
    DirectoryRecord,
    EntryHash,
    ManifestEntry,
    ManifestError,
    ManifestHeader,
)
from quilt_core.manifest.order import sort_key
from quilt_core.manifest.physical_key import PhysicalKey
from quilt_core.manifest.read import ManifestReader, Record, read_manifest, use_entries
from quilt_core.manifest.spool import merged, spooled, with_replaced
from quilt_core.manifest.top_hash import TopHasher, compute_top_hash
from quilt_core.manifest.write import manifest_lines, write_manifest

__all__ = [
    "SHA256",
    "SHA256_CHUNKED",
    "ChangeKind",
    "DirectoryRecord",
    "EntryChange",
    "EntryHash",
    "ListedDirectory",
    "Listing",
    "ManifestEntry",
    "ManifestError",
    "ManifestHeader",
    "ManifestReader",
    "PhysicalKey",
    "Record",
    "Source",
    "TopHasher",
    "chunk_size_for",
    "chunked_sha256",
    "compute_top_hash",
    "diff_manifests",
    "differs",
    "directory_metadata",
    "hash_bytes",
    "hash_file",
    "list_directory",
    "manifest_lines",
    "merged",
    "read_manifest",
    "sort_key",
    "spooled",
    "use_entries",
    "with_replaced",
    "write_manifest",
]
