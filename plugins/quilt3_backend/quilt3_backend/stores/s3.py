"""A registry in a bucket, through a boto3 client with this connection's credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from itertools import islice
from typing import IO, Any

import attrs
from quilt_registry.s3 import (
    Pointed,
    Pointer,
    PointerListing,
    list_package_names,
    list_pointers,
    manifest_chunks,
    read_hashes,
    read_header,
    read_object,
    read_pointed,
    read_pointer,
    replace_pointer,
    s3_errors,
)
from quilt_registry.s3.errors import translate_code

from quilt3_backend.stores.base import Blob, is_content
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import (
    BackendError,
    ConflictError,
    NotFoundError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.manifest import ManifestHeader
from quilt_core.manifest.layout import LATEST, manifest_key, pointer_key
from quilt_core.outcome import Outcome, with_outcome

_KEYS_PER_REQUEST = 1000


@attrs.frozen(kw_only=True)
class S3Store:
    """Packages of `s3://bucket`."""

    bucket: str
    s3: Any = attrs.field(repr=False)
    workers: int
    """How many requests may be under way at once."""

    @property
    def registry(self) -> Registry:
        return Registry(bucket=self.bucket)

    def package_names(self) -> list[str]:
        return list_package_names(self.s3, self.bucket, self.workers)

    def pointers(self, package_name: PackageName) -> PointerListing:
        return list_pointers(self.s3, self.bucket, package_name)

    def read_pointer(self, package_name: PackageName, name: str) -> str:
        return read_pointer(self.s3, self.bucket, package_name, name)

    def read_latest(self, package_name: PackageName) -> Pointed:
        return read_pointed(self.s3, self.bucket, package_name, LATEST)

    def hashes(self, listing: PointerListing) -> Mapping[str, str]:
        return read_hashes(
            listing, lambda name: self.read_pointer(listing.package_name, name), self.workers
        )

    def header(self, top_hash: str) -> ManifestHeader:
        return read_header(self.s3, self.bucket, top_hash)

    def manifest(self, top_hash: str) -> Iterable[bytes]:
        return manifest_chunks(self.s3, self.bucket, top_hash)

    def read_blob(self, key: str) -> Blob | None:
        try:
            return read_blob(self.s3, S3Uri(self.bucket, key))
        except NotFoundError as error:
            if error.context.get("code") == "NoSuchBucket":
                raise
            return None

    def write_manifest(
        self, top_hash: str, content: IO[bytes], before_replacing: Callable[[], object]
    ) -> bool:
        key = manifest_key(top_hash)
        try:
            content.seek(0)
            self._put("write the manifest", key, content, IfNoneMatch="*")
        except ConflictError:
            with closing(manifest_chunks(self.s3, self.bucket, top_hash)) as present:
                if is_content(content, present):
                    return False
            before_replacing()
            content.seek(0)
            self._put("write the manifest", key, content)
            return True
        return False

    def claim_pointer(self, package_name: PackageName, name: str, top_hash: str) -> bool:
        try:
            self._put(
                "write the pointer",
                pointer_key(package_name, name),
                top_hash.encode(),
                IfNoneMatch="*",
            )
        except ConflictError:
            # An earlier attempt may have written it although its answer was lost.
            try:
                return self.read_pointer(package_name, name) == top_hash
            except NotFoundError:
                return False  # another writer has removed its own in the meantime
        except QuiltOpsError as error:
            # The same holds for one that is hidden by the refusal of a later attempt.
            return self._was_claimed(package_name, name, top_hash, error)
        return True

    def move_pointer(self, package_name: PackageName, name: str, top_hash: str) -> None:
        self._put("write the pointer", pointer_key(package_name, name), top_hash.encode())

    def replace_pointer(
        self, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
    ) -> None:
        replace_pointer(self.s3, self.bucket, package_name, name, top_hash, seen)

    def delete_pointers(
        self, package_name: PackageName, names: Iterable[str]
    ) -> Mapping[str, QuiltOpsError]:
        failed: dict[str, QuiltOpsError] = {}
        remaining = iter(names)
        while batch := list(islice(remaining, _KEYS_PER_REQUEST)):
            keys = {pointer_key(package_name, name): name for name in batch}
            try:
                failed |= self._delete(keys)
            except QuiltOpsError as error:
                # Pointers that an earlier batch deleted are gone, which must be reported, too.
                failed |= dict.fromkeys(keys.values(), error)
        return failed

    def _was_claimed(
        self, package_name: PackageName, name: str, top_hash: str, lost: QuiltOpsError
    ) -> bool:
        """After any other error: return whether the pointer was written; raise the error if it was
        not.
        """
        try:
            found = self.read_pointer(package_name, name)
        except NotFoundError:
            # A lost request may still arrive.
            came_back = not isinstance(lost, TransportError)
            raise with_outcome(
                lost, Outcome.NOT_WRITTEN if came_back else Outcome.UNKNOWN
            ) from None
        except QuiltOpsError:
            raise BackendError(
                f"It is not known whether {package_name} was published in {self.registry}: "
                f"{lost.message}",
                hint="Look with list_package_versions before you write again.",
                context={"top_hash": top_hash, "outcome": "unknown"},
            ) from lost
        return found == top_hash

    def _delete(self, keys: Mapping[str, str]) -> dict[str, QuiltOpsError]:
        with s3_errors("delete the pointers in", f"s3://{self.bucket}"):
            answer = self.s3.delete_objects(
                Bucket=self.bucket,
                # Without the quiet option, because an answer that names no key cannot come from S3.
                Delete={"Objects": [{"Key": key} for key in keys]},
            )
        deleted = {entry.get("Key") for entry in answer.get("Deleted", ())}
        refusals = {entry.get("Key"): entry for entry in answer.get("Errors", ())}
        untold = {"Message": "the answer does not name it", "Code": "unknown"}
        return {
            name: translate_code(
                refusal.get("Code", ""),
                refusal.get("Message", ""),
                "delete the pointer",
                f"s3://{self.bucket}/{key}",
            )
            for key, name in keys.items()
            if (refusal := refusals.get(key, {} if key in deleted else untold))
        }

    def _put(self, what: str, key: str, content: bytes | IO[bytes], **conditions: str) -> None:
        with s3_errors(what, f"s3://{self.bucket}/{key}"):
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=content, **conditions)


def read_blob(s3: Any, uri: S3Uri) -> Blob:
    """Read a small object; raises the errors of `quilt_registry.s3.read_object`."""
    found = read_object(s3, uri)
    return Blob(content=found.content, url=found.uri.url)
