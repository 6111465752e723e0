"""Package registries in S3: pointers, manifests, objects.

Everything here accepts a boto3 S3 client, which a backend makes with its own credentials, and
imports neither boto3 nor botocore until it is called. Layout: docs/protocol.md, H.1.
"""

from quilt_registry.s3.copying import CopyJob, copy_objects
from quilt_registry.s3.errors import s3_errors
from quilt_registry.s3.hashing import hash_objects
from quilt_registry.s3.kept import ObjectLookup
from quilt_registry.s3.manifests import (
    manifest_chunks,
    object_chunks,
    read_directories,
    read_header,
)
from quilt_registry.s3.names import list_package_names
from quilt_registry.s3.objects import ObjectFacts, SmallObject, head_object, read_object
from quilt_registry.s3.pointers import (
    Pointed,
    Pointer,
    PointerListing,
    find_pointers,
    list_pointers,
    newest_time,
    read_hashes,
    read_pointed,
    read_pointer,
    replace_pointer,
)
from quilt_registry.s3.presign import presign_object
from quilt_registry.s3.rollback import BucketPointers, roll_back
from quilt_registry.s3.versions import has_versions

__all__ = [
    "BucketPointers",
    "CopyJob",
    "ObjectFacts",
    "ObjectLookup",
    "Pointed",
    "Pointer",
    "PointerListing",
    "SmallObject",
    "copy_objects",
    "find_pointers",
    "has_versions",
    "hash_objects",
    "head_object",
    "list_package_names",
    "list_pointers",
    "manifest_chunks",
    "newest_time",
    "object_chunks",
    "presign_object",
    "read_directories",
    "read_hashes",
    "read_header",
    "read_object",
    "read_pointed",
    "read_pointer",
    "replace_pointer",
    "roll_back",
    "s3_errors",
]
