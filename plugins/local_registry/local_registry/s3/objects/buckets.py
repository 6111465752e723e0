"""Buckets and their settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from local_registry.http.messages import Reply
from local_registry.s3.errors import S3Error
from local_registry.s3.objects.call import Call, answer, bare
from local_registry.s3.objects.listings import iso_time
from local_registry.s3.objects.model import BucketGone, BucketMade, Configured, VersioningSet
from local_registry.s3.objects.reading import owner_only
from local_registry.s3.xml import Element, malformed, parse

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_FIRST_REGION = "us-east-1"  # the region that requests and answers leave out


def list_buckets(call: Call) -> Reply:
    """All buckets; the gateway leaves out those that the client may not read."""
    with call.store.lock:
        buckets = sorted(call.store.buckets.values(), key=lambda bucket: bucket.name)
    root = Element("ListAllMyBucketsResult")
    listed = root.child("Buckets")
    for bucket in buckets:
        item = listed.child("Bucket")
        item.add("Name", bucket.name)
        item.add("CreationDate", iso_time(bucket.made))
    root.child("Owner").add("ID", "local")
    return answer(root)


def create_bucket(call: Call) -> Reply:
    """A new bucket, in the region that the document names."""
    name = call.operation.bucket or ""
    if not _NAME.fullmatch(name) or ".." in name:
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.")
    region = _FIRST_REGION
    if call.body:
        region = parse(call.body, "CreateBucketConfiguration").text("LocationConstraint") or region
    with call.store.change() as record:
        if name in call.store.buckets:
            raise S3Error(
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own "
                "it.",
                details={"BucketName": name},
            )
        record(BucketMade(name, region, call.store.now()))
    return bare(200, {"location": f"/{name}"})


def head_bucket(call: Call) -> Reply:
    """Whether the bucket is there, and in which region."""
    with call.store.lock:
        return bare(200, {"x-amz-bucket-region": call.bucket().region})


def delete_bucket(call: Call) -> Reply:
    """Remove an empty bucket, and the uploads in parts that nobody completed."""
    with call.store.change() as record:
        bucket = call.bucket()
        if len(bucket.keys):
            raise S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty")
        record(BucketGone(bucket.name))
    return bare(204)


def get_location(call: Call) -> Reply:
    """GetBucketLocation; the first region has no name there."""
    with call.store.lock:
        region = call.bucket().region
    text = "" if region == _FIRST_REGION else region
    return answer(Element("LocationConstraint", text=text))


def get_versioning(call: Call) -> Reply:
    """GetBucketVersioning."""
    root = Element("VersioningConfiguration")
    with call.store.lock:
        status = call.bucket().versioning
    if status:
        root.add("Status", status)
    return answer(root)


def put_versioning(call: Call) -> Reply:
    """PutBucketVersioning."""
    status = parse(call.body, "VersioningConfiguration").text("Status")
    if status not in ("Enabled", "Suspended"):
        raise malformed()
    with call.store.change() as record:
        record(VersioningSet(call.bucket().name, "Enabled" if status == "Enabled" else "Suspended"))
    return bare(200)


def get_configuration(call: Call) -> Reply:
    """A configuration document as it was given, or what S3 answers where there is none."""
    resource = _resource(call)
    with call.store.lock:
        bucket = call.bucket()
        document = bucket.documents.get(resource)
    if document is not None:
        media_type = "application/json" if resource == "policy" else "application/xml"
        return Reply.of(200, media_type, document)
    if resource in _DEFAULTS:
        return answer(_DEFAULTS[resource]())
    code = _MISSING[resource]
    raise S3Error(
        code, "There is no such configuration", details={"BucketName": bucket.name}, status=404
    )


def put_configuration(call: Call) -> Reply:
    """Keep a configuration document. Nothing acts on it."""
    resource = _resource(call)
    with call.store.change() as record:
        record(Configured(call.bucket().name, resource, call.body))
    return bare(204 if resource == "policy" else 200)


def delete_configuration(call: Call) -> Reply:
    """Forget a configuration document."""
    resource = _resource(call)
    with call.store.change() as record:
        record(Configured(call.bucket().name, resource, None))
    return bare(204)


def _encryption() -> Element:
    root = Element("ServerSideEncryptionConfiguration")
    rule = root.child("Rule")
    rule.child("ApplyServerSideEncryptionByDefault").add("SSEAlgorithm", "AES256")
    return root


def _payment() -> Element:
    root = Element("RequestPaymentConfiguration")
    root.add("Payer", "BucketOwner")
    return root


_DEFAULTS: Mapping[str, Callable[[], Element]] = {
    "accelerate": lambda: Element("AccelerateConfiguration"),
    "acl": owner_only,
    "encryption": _encryption,
    "logging": lambda: Element("BucketLoggingStatus"),
    "notification": lambda: Element("NotificationConfiguration"),
    "requestPayment": _payment,
}
_MISSING = {
    "cors": "NoSuchCORSConfiguration",
    "lifecycle": "NoSuchLifecycleConfiguration",
    "object-lock": "ObjectLockConfigurationNotFoundError",
    "ownershipControls": "OwnershipControlsNotFoundError",
    "policy": "NoSuchBucketPolicy",
    "policyStatus": "NoSuchBucketPolicy",
    "publicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
    "replication": "ReplicationConfigurationNotFoundError",
    "tagging": "NoSuchTagSet",
    "website": "NoSuchWebsiteConfiguration",
}


def _resource(call: Call) -> str:
    known = [each for each in call.query if each in _DEFAULTS or each in _MISSING]
    if len(known) != 1:
        raise S3Error("NotImplemented", "This configuration of a bucket is not implemented")
    return known[0]
