"""Reading operations of the facade: single files of packages."""

from __future__ import annotations

import io
from typing import BinaryIO, cast, overload

from quilt_core.domain.names import Registry
from quilt_core.errors import ValidationError
from quilt_core.ops.addressing import PackageGiven, file_of
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_limit

READ_LIMIT = 64 * 2**20
"""The number of bytes that `read_content` reads by default."""


class ReadingOps(OperationGroup):
    """Open and read a file of a package."""

    def open_content(
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

        Examples
        --------
        >>> with ops.open_content("palmer/penguins", "data/penguins.csv") as file:
        ...     print(file.readline().decode().split(",")[0])
        species
        """
        opened = self._dispatch.call(
            "open_content",
            io.IOBase,
            **file_of(package_name, registry, path, top_hash, self._settings.registry),
        )
        return cast("BinaryIO", opened)

    @overload
    def read_content(
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
    def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: str,
    ) -> str: ...

    def read_content(
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

        Examples
        --------
        >>> print(ops.read_content("team/birds", "notes.md", encoding="utf-8"))
        # Notes
        """
        meant = file_of(package_name, registry, path, top_hash, self._settings.registry)
        if encoding is not None:
            _check_encoding(encoding)
        data = self._dispatch.call("read_content", bytes, **meant, limit=parse_limit(limit))
        if encoding is None:
            return data
        try:
            return data.decode(encoding)
        except UnicodeError as error:
            raise ValidationError(
                f"{meant['path']!r} cannot be read as text: {error}.",
                hint="Give the encoding that it has, or none for bytes.",
                context={"path": meant["path"]},
            ) from error


def _check_encoding(encoding: str) -> None:
    """Raise `ValidationError` unless bytes can be decoded with it, before a file is read."""
    try:
        # No bytes at all would be decoded without asking the codec.
        b"aaaa".decode(encoding)
    except UnicodeDecodeError:
        return
    except (LookupError, ValueError, TypeError) as error:
        raise ValidationError(
            f"encoding={encoding!r} is not the encoding of a text: {error}.",
            hint="Give one such as 'utf-8', or none for bytes.",
        ) from error
