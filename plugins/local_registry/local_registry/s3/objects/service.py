"""The store as a service for S3 requests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from local_registry.http.messages import Reply, Request
from local_registry.s3.client import S3Client
from local_registry.s3.errors import S3Error, error_reply
from local_registry.s3.in_process import in_process_client
from local_registry.s3.objects import buckets, listings, multipart, reading, writing
from local_registry.s3.objects.call import Call
from local_registry.s3.objects.store import ObjectStore
from local_registry.s3.operations import parse_operation

_LOGGER = logging.getLogger("local_registry")


class ObjectService:
    """The objects of one registry, kept in a folder or for as long as the process lives."""

    def __init__(self, region: str, folder: Path | None = None) -> None:
        """Open what the folder keeps; raises `OSError` when that cannot be done."""
        self._region = region
        self.store = ObjectStore(folder)

    def send(self, request: Request) -> Reply:
        """Carry out one request, whose body `plain_body` has checked; called from many threads."""
        operation = parse_operation(request)
        carry_out = _OPERATIONS.get(operation.name)
        try:
            if carry_out is None:
                raise S3Error("NotImplemented", f"{operation.name} is not implemented here")
            return carry_out(Call.of(self.store, operation, request))
        except S3Error as error:
            return error.reply()
        except OSError as error:
            _LOGGER.exception("%s of %s failed", operation.name, operation.target)
            return error_reply(500, "InternalError", f"The objects cannot be kept or read: {error}")

    def region_of(self, bucket: str) -> str | None:
        """The region of a bucket, `None` when there is no such bucket."""
        found = self.store.buckets.get(bucket)
        return found.region if found is not None else None

    def client(self) -> S3Client:
        """A boto3 client that is answered in this process, without HTTP."""
        return in_process_client(self.send, self._region)

    def close(self) -> None:
        """Close the files."""
        self.store.close()


_OPERATIONS: Mapping[str, Callable[[Call], Reply]] = {
    "AbortMultipartUpload": multipart.abort_upload,
    "CompleteMultipartUpload": multipart.complete_upload,
    "CopyObject": writing.copy_object,
    "CreateBucket": buckets.create_bucket,
    "CreateMultipartUpload": multipart.create_upload,
    "DeleteBucket": buckets.delete_bucket,
    "DeleteBucketConfiguration": buckets.delete_configuration,
    "DeleteObject": writing.delete_object,
    "DeleteObjectTagging": writing.delete_tagging,
    "DeleteObjects": writing.delete_objects,
    "GetBucketConfiguration": buckets.get_configuration,
    "GetBucketLocation": buckets.get_location,
    "GetBucketVersioning": buckets.get_versioning,
    "GetObject": reading.get_object,
    "GetObjectAcl": reading.get_acl,
    "GetObjectAttributes": reading.get_attributes,
    "GetObjectTagging": reading.get_tagging,
    "HeadBucket": buckets.head_bucket,
    "HeadObject": reading.head_object,
    "ListBuckets": buckets.list_buckets,
    "ListMultipartUploads": multipart.list_uploads,
    "ListObjectVersions": listings.list_versions,
    "ListObjects": listings.list_objects,
    "ListObjectsV2": listings.list_objects_v2,
    "ListParts": multipart.list_parts,
    "PutBucketConfiguration": buckets.put_configuration,
    "PutBucketVersioning": buckets.put_versioning,
    "PutObject": writing.put_object,
    "PutObjectTagging": writing.put_tagging,
    "RestoreObject": writing.restore_object,
    "UploadPart": multipart.upload_part,
    "UploadPartCopy": multipart.copy_part,
}
