# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ReadingOps`, a part of the facade."""

from __future__ import annotations

from typing import BinaryIO, overload

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.names import Registry
from quilt_core.ops.addressing import PackageGiven
from quilt_core.ops.reading import READ_LIMIT, ReadingOps


class AsyncReadingOps(AsyncGroup):
    """Open and read a file of a package."""

    _ops: ReadingOps

    async def open_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
    ) -> BinaryIO:
        """Open a file of a package as a seekable binary file.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        path:
            The file's logical key; it may be left out if the URI names it.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.

        Returns
        -------
        BinaryIO
            A readable, seekable file for one thread at a time, with the version that the revision
            names, and of the size that the package says. Close it after use. Its bytes are not
            compared with the entry's hash, because that would require reading all of them:
            `read_content` and `download_package` compare it.

        Raises
        ------
        ValidationError
            When `path` is a directory or missing, or a name or hash is malformed.
        ProtocolError
            When the object has another size than the entry of the package, or the registry's answer
            cannot be read.
        NotFoundError
            When the file, revision, package, registry or object does not exist.
        AuthenticationError, PermissionDeniedError, TransportError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.open_content, package_name, path, registry, top_hash=top_hash
        )

    @overload
    async def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: None = None,
    ) -> bytes: ...

    @overload
    async def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: str,
    ) -> str: ...

    async def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: str | None = None,
    ) -> bytes | str:
        """Read a whole file of a package: bytes, or text when an encoding is given.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        path:
            The file's logical key; it may be left out if the URI names it.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.
        limit:
            The maximum size of the file in bytes, 64 MiB by default; None for any size.
        encoding:
            An encoding such as "utf-8"; None returns bytes.

        Returns
        -------
        bytes or str
            The whole file; its size and hash match those in the package.

        Raises
        ------
        ValidationError
            When `path` is a directory or missing, the file is larger than `limit`, the encoding
            does not exist, or the file's bytes are not text in that encoding.
        ProtocolError
            When the bytes do not match the entry of the package, or the registry's answer cannot be
            read.
        NotFoundError
            When the file, revision, package, registry or object does not exist.
        AuthenticationError, PermissionDeniedError, TransportError
            As for every operation that sends requests to the registry.
        """
        answer: bytes | str = await self._calls.overloaded(
            False,
            self._ops.read_content,
            package_name,
            path,
            registry,
            top_hash=top_hash,
            limit=limit,
            encoding=encoding,
        )
        return answer
