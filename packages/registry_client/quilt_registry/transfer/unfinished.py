"""Records of multipart uploads: if a process is killed, the next one cleans up after it.

S3 keeps the parts of an unfinished upload and charges for them. So each upload is recorded beside
the user's other records before its first part is sent, and the record is removed when the upload
ends. A record whose process has ended names parts that can be reused or discarded.

A process that is killed between the request that begins an upload and its answer cannot record it.
That upload has no parts, so it costs nothing, and it cannot be told from an upload that another
writer has just begun: it stays until a lifecycle rule of the bucket removes it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from quilt_core.domain.uris import S3Uri
from quilt_core.transfer.cache_folder import digest_of, private_draft, private_folder
from quilt_core.transfer.processes import THIS_RUN, is_running, this_machine

logger = logging.getLogger("quilt_core.transfer")
_A_WEEK = 7 * 24 * 3600.0


class SourceState(msgspec.Struct, frozen=True):
    """The uploaded file, as it was when the upload started."""

    path: str
    size: int
    modified: int
    """In nanoseconds."""
    inode: int

    @classmethod
    def of(cls, path: Path, found: os.stat_result) -> SourceState:
        """The state that a call of `stat` found."""
        return cls(str(path.absolute()), found.st_size, found.st_mtime_ns, found.st_ino)

    def is_unchanged(self) -> bool:
        """Whether the file is unchanged, so that it may be uploaded again."""
        try:
            return SourceState.of(Path(self.path), os.stat(self.path)) == self  # noqa: PTH116
        except (OSError, ValueError):
            return False


class UnfinishedUpload(msgspec.Struct, frozen=True):
    """A multipart upload that was started."""

    endpoint: str
    bucket: str
    key: str
    upload_id: str
    metadata: dict[str, str]
    source: SourceState | None
    machine: str = msgspec.field(default_factory=this_machine)
    process: int = msgspec.field(default_factory=os.getpid)
    run: str = THIS_RUN
    at: float = msgspec.field(default_factory=time.time)
    """Seconds since 1970."""

    @property
    def target(self) -> dict[str, str]:
        """The identification of the upload in S3 requests."""
        return {"Bucket": self.bucket, "Key": self.key, "UploadId": self.upload_id}

    def is_abandoned(self) -> bool:
        """Whether the process that started it has ended; for a process of another machine, this is
        assumed after a week.
        """
        if self.machine != this_machine() or (running := is_running(self.process)) is None:
            return self.is_old()
        mine = self.process == os.getpid()
        return not running or (mine and self.run != THIS_RUN)

    def is_old(self) -> bool:
        """Whether it was started more than a week ago."""
        return self.at < time.time() - _A_WEEK

    def is_of(self, uri: S3Uri, metadata: Mapping[str, str]) -> bool:
        """Whether it is an upload of this object."""
        return (self.bucket, self.key, self.metadata) == (uri.bucket, uri.key, dict(metadata))


class UnfinishedUploads:
    """The records of uploads to one endpoint; records that cannot be read or written are ignored.

    Parameters
    ----------
    endpoint:
        The S3 endpoint: buckets with the same name at other endpoints are different.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def begin(
        self, uri: S3Uri, upload_id: str, metadata: Mapping[str, str], source: SourceState | None
    ) -> UnfinishedUpload:
        """Record that an upload has started."""
        record = UnfinishedUpload(
            self._endpoint, uri.bucket, uri.key, upload_id, dict(metadata), source
        )
        self._write(record)
        return record

    def end(self, record: UnfinishedUpload) -> None:
        """Remove the record of an upload that has ended, successfully or not."""
        with contextlib.suppress(OSError):
            self._path(record).unlink(missing_ok=True)

    def take_over(self, record: UnfinishedUpload) -> UnfinishedUpload | None:
        """Take over an abandoned upload; returns None if another process was faster."""
        mine = msgspec.structs.replace(
            record, machine=this_machine(), process=os.getpid(), run=THIS_RUN
        )
        try:
            self._path(record).rename(self._path(mine))  # only one of several processes succeeds
        except OSError:
            return None
        return mine

    def abandoned(self, bucket: str) -> Iterator[UnfinishedUpload]:
        """The uploads to a bucket whose processes have ended."""
        try:
            paths = list(private_folder("multipart").glob(f"{self._prefix(bucket)}-*.json"))
        except OSError:
            return
        for path in paths:
            with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError):
                record = _with_owner(
                    msgspec.json.decode(path.read_bytes(), type=UnfinishedUpload), path
                )
                if record.is_abandoned():
                    yield record

    def _write(self, record: UnfinishedUpload) -> None:
        try:
            path = self._path(record)
            with private_draft(path, [msgspec.json.encode(record)]) as draft:
                draft.replace(path)
        except OSError as error:
            logger.debug("The upload of %s is not recorded: %s", record.key, error)

    def _path(self, record: UnfinishedUpload) -> Path:
        """The path of a record: its name contains the owner, so that renaming it takes it over."""
        upload = f"{self._prefix(record.bucket)}-{digest_of(record.key, record.upload_id)}"
        owner = f"{record.machine}-{record.process}-{record.run}"
        return private_folder("multipart") / f"{upload}-{owner}.json"

    def _prefix(self, bucket: str) -> str:
        return digest_of(self._endpoint, bucket)[:16]


def _with_owner(record: UnfinishedUpload, path: Path) -> UnfinishedUpload:
    """A record with the process in its file's name; raises `ValueError` for other names."""
    _, _, machine, process, run = path.stem.split("-")
    return msgspec.structs.replace(record, machine=machine, process=int(process), run=run)
