"""Package registries in S3 as they lie there: pointers, manifests, objects.

Everything here takes a boto3 S3 client, made by a backend with its own credentials, and imports
neither boto3 nor botocore until a call is made. Layout: protocol note H.1.
"""

from quilt_core.storage.copying import CopyJob, copy_objects
from quilt_core.storage.errors import s3_errors
from quilt_core.storage.hashing import hash_objects
from quilt_core.storage.layout import (
    LATEST,
    WORKFLOWS_CONFIG,
    manifest_key,
    pointer_key,
    pointers_prefix,
)
from quilt_core.storage.manifests import manifest_chunks, object_chunks, read_header
from quilt_core.storage.names import list_package_names
from quilt_core.storage.objects import ObjectFacts, SmallObject, head_object, read_object
from quilt_core.storage.parallel import bounded_map
from quilt_core.storage.pointers import (
    Pointer,
    PointerListing,
    find_pointers,
    list_pointers,
    newest_time,
    read_hashes,
    read_pointer,
)
from quilt_core.storage.presign import presign_object

__all__ = [
    "LATEST",
    "WORKFLOWS_CONFIG",
    "CopyJob",
    "ObjectFacts",
    "Pointer",
    "PointerListing",
    "SmallObject",
    "bounded_map",
    "copy_objects",
    "find_pointers",
    "hash_objects",
    "head_object",
    "list_package_names",
    "list_pointers",
    "manifest_chunks",
    "manifest_key",
    "newest_time",
    "object_chunks",
    "pointer_key",
    "pointers_prefix",
    "presign_object",
    "read_hashes",
    "read_header",
    "read_object",
    "read_pointer",
    "s3_errors",
]
