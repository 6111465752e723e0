"""The fsspec file system."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fsspec.utils import stringify_path, tokenize

from quilt_core.composition.content import check_bytes
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.package_uri import PackageUri
from quilt_core.errors import ProtocolError, ValidationError
from quilt_core.filesystem.connections import (
    connection_for,
    connection_over,
    forget_connections,
)
from quilt_core.filesystem.contents import Contents
from quilt_core.filesystem.describing import directory_info, file_info, find_below
from quilt_core.filesystem.errors import ReadOnlyError, file_errors, path_not_there
from quilt_core.filesystem.file import PackageFile
from quilt_core.filesystem.paths import PROTOCOL, PathOfUri, Place, strip, unstrip, uri_of
from quilt_core.filesystem.read_only import ReadOnlyFileSystem
from quilt_core.ops.connection import QuiltOps
from quilt_core.secret import Secret
from quilt_core.settings.model import setting_fields
from quilt_core.transfer.safe_paths import key_problem

_RANGE_BLOCK = 1 << 16


class QuiltFileSystem(ReadOnlyFileSystem):
    """Packages as a read-only file system, over any backend.

    A path is a `quilt+s3://` URI, or `bucket/namespace/name[@hash][:tag]/logical key`, as `ls`,
    `find` and `glob` return it, with unencoded keys.

    The revision that `latest` (or a tag, or the beginning of a hash) names is looked up once per
    file system. Everything that is read through one file system is therefore from one revision,
    also in processes to which the file system is pickled. After `invalidate_cache()` it is looked
    up again. The contents of a revision are requested once per process, connection and identity,
    and the 200,000 most recently used entries are kept.

    Parameters
    ----------
    ops:
        A connection to read through. Without it, a connection is made and shared by all file
        systems with equal settings in this process.
    use_listings_cache:
        False keeps nothing and sends requests each time.
    listings_expiry_time:
        Seconds for which answers that may change are kept: which revision `latest` is, and which
        packages a bucket has. None keeps them as long as the file system exists.
    block_size:
        The minimum number of bytes that one request reads; None for the backend's choice.
    anon:
        Ignored. pandas passes it when it retries after a `PermissionError`. Both attempts then fail
        with this error, because the identity is never replaced by an anonymous one.
    connect_options:
        The parameters of `quilt_core.connect`: `backend`, `profile`, `catalog_url`, `token`, …

    Raises
    ------
    PluginError, ValidationError
        As `quilt_core.connect`; also `ValidationError` for `ops` together with options.
    """

    protocol = PROTOCOL
    root_marker = ""
    # There are many instances, each with its own `latest`; they share everything that is costly.
    # fsspec's own cache would distinguish them by the `repr` of their options, which shows neither
    # secrets nor connections.
    cachable = False

    def __init__(
        self,
        *,
        ops: QuiltOps | None = None,
        use_listings_cache: bool = True,
        listings_expiry_time: float | None = None,
        block_size: int | None = None,
        anon: bool = False,
        **connect_options: Any,
    ) -> None:
        super().__init__(use_listings_cache=use_listings_cache)
        if ops is not None and connect_options:
            raise ValidationError(
                f"Both a connection and {', '.join(sorted(connect_options))} are given.",
                hint="Pass either `ops` or the options of a connection.",
            )
        shared = connection_for(connect_options) if ops is None else connection_over(ops)
        self._block_size = block_size
        self._contents = Contents(shared, use_cache=use_listings_cache, expiry=listings_expiry_time)
        self._token: str = tokenize(
            shared.token, use_listings_cache, listings_expiry_time, block_size
        )

    # Identity: that of the connection, not of the options as they are written.

    @property
    def _fs_token(self) -> str:
        return self._token

    @property
    def storage_options(self) -> dict[str, Any]:
        """The options with which the file system was made; credentials are `Secret`s."""
        return self._storage_options

    @storage_options.setter
    def storage_options(self, options: Mapping[str, Any]) -> None:
        # A plain attribute in fsspec, which shows them in `to_json` and in debuggers.
        self._storage_options = {
            name: Secret(value) if name in _SECRETS and isinstance(value, str) else value
            for name, value in options.items()
        }

    def __reduce__(self) -> Any:
        options = self.storage_options
        if options.get("ops") is not None:
            raise TypeError(
                "A file system with a given connection cannot be pickled: create it with the "
                "options of `quilt_core.connect`, such as profile=…, instead of ops=…"
            )
        secrets = sorted(_SECRETS.intersection(options))
        if secrets:
            raise TypeError(
                f"A file system with credentials among its options ({', '.join(secrets)}) cannot "
                "be pickled, because they would be sent to other machines. Let these machines "
                "log in themselves, with `quiltops login` and profile=…, or with environment "
                "variables."
            )
        return _unpickle, (type(self), options, dict(self._contents.revisions))

    @classmethod
    def clear_instance_cache(cls) -> None:
        """Make later file systems use new connections."""
        forget_connections()

    # Paths

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, (list, tuple, set)):
            return [cls._strip_protocol(one) for one in path]
        return strip(path.url if isinstance(path, PackageUri) else stringify_path(path))

    def unstrip_protocol(self, name: str) -> str:
        """A path with the prefix `quilt+s3://`; fsspec accepts it wherever it accepts the URI."""
        return unstrip(name)

    def uri(self, path: str) -> str:
        """The `quilt+s3://…#package=…` URI of a package, or of a path in one.

        All special characters in it are percent-encoded, so that no name is treated as a pattern.
        Raises `FileNotFoundError` for a path above the packages; no request is made.
        """
        return uri_of(self._strip_protocol(path))

    def _place(self, path: Any) -> Place:
        return Place.parse(self._strip_protocol(path))

    # Listing

    def invalidate_cache(self, path: str | None = None) -> None:
        """Resolve `latest` again, everywhere or at and below a path."""
        self._contents.forget(None if path is None else self._strip_protocol(path))
        super().invalidate_cache(path)

    def ls(
        self, path: str, detail: bool = True, refresh: bool = False
    ) -> list[str] | list[dict[str, Any]]:
        """List a path: directories, then files; the path of a file gives that file.

        Parameters
        ----------
        path:
            A directory of a package, a package, a namespace, a bucket, or "" for all buckets.
        detail:
            False for the paths only; True for dictionaries as in `info`.
        refresh:
            True looks up `latest` again.
        """
        place = self._place(path)
        if refresh:
            self.invalidate_cache(place.path)
        found = self._ls(place)
        return found if detail else [one["name"] for one in found]

    def _ls(self, place: Place) -> list[dict[str, Any]]:
        if place.package_name is None:
            return [directory_info(name) for name in self._outside(place)]
        listing = self._contents.listing(place)
        directories, files = listing.level(place.key)
        if not directories and not files and place.key:
            if place.key not in listing.files:
                raise path_not_there(place.path)
            files = [place.key]
        return [directory_info(place.below(key)) for key in directories] + [
            file_info(place.below(key), listing.files[key]) for key in files
        ]

    def _outside(self, place: Place) -> list[str]:
        """The paths below the root, a bucket or a namespace."""
        if not place.bucket:
            return self._contents.buckets()
        parts = [name.partition("/") for name in self._contents.packages(place)]
        if not place.namespace:
            return [f"{place.bucket}/{one}" for one in sorted({part[0] for part in parts})]
        names = sorted(part[2] for part in parts if part[0] == place.namespace)
        if not names:
            raise path_not_there(place.path)
        return [f"{place.path}/{name}" for name in names]

    def info(self, path: str) -> dict[str, Any]:
        """Describe what is at a path.

        Returns
        -------
        dict
            `name`, `type` ("file" or "directory") and `size`; of a file also `hash_type`, `hash`,
            `physical_key` with its version, `version_id` (None where there is none) and
            `metadata`. The size of a directory is 0.

        Raises
        ------
        FileNotFoundError
            When there is nothing at the path. If a key is both a file and a directory, the file is
            described.
        """
        place = self._place(path)
        if place.package_name is None:
            self._outside(place)
            return directory_info(place.path)
        listing = self._contents.listing(place)
        item = listing.files.get(place.key)
        if item is not None:
            return file_info(place.path, item)
        if not listing.is_directory(place.key):
            raise path_not_there(place.path)
        return directory_info(place.path)

    def kind_of(self, path: str) -> str | None:
        """ "file", "directory", or None if there is nothing."""
        try:
            place = self._place(path)
            if place.package_name is None:
                self._outside(place)
                return "directory"
            return "directory" if self._contents.entry(place) is None else "file"
        except FileNotFoundError:
            return None

    def size(self, path: str) -> int | None:
        """The size in bytes; 0 for a directory."""
        place = self._place(path)
        item = None if place.package_name is None else self._contents.entry(place)
        return 0 if item is None else item.size

    def modified(self, path: str) -> datetime:
        """When the revision was published; none of its files is newer."""
        return self._contents.modified(self._place(path))

    def find(
        self,
        path: str,
        maxdepth: int | None = None,
        withdirs: bool = False,
        detail: bool = False,
        **kwargs: Any,
    ) -> list[str] | dict[str, dict[str, Any]]:
        """All files at and below a path, sorted by code points; empty if there is nothing.

        Parameters
        ----------
        maxdepth:
            The number of levels to descend; None for all.
        withdirs:
            True includes directories.
        detail:
            True returns a dictionary by path, with dictionaries as in `info`.
        """
        if maxdepth is not None and maxdepth < 1:
            raise ValueError("maxdepth must be at least 1")
        found: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(FileNotFoundError):
            place = self._place(path)
            if place.package_name is None:
                found = super().find(
                    path, maxdepth=maxdepth, withdirs=withdirs, detail=True, **kwargs
                )
            else:
                found = find_below(place, self._contents.listing(place), maxdepth, withdirs)
        return {name: found[name] for name in sorted(found)} if detail else sorted(found)

    def glob(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> Any:
        """As in fsspec; in a URI, `%2A`, `%3F` and `%5B` are parts of a name."""
        stripped = self._strip_protocol(path)
        pattern = stripped.pattern if isinstance(stripped, PathOfUri) else stripped
        only_directories = str(path).endswith("/")
        return super().glob(f"{pattern}/" if only_directories else pattern, maxdepth, **kwargs)

    # Reading

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_options: object = None,
        cache_type: object = None,
    ) -> PackageFile:
        # The backend's file caches blocks itself, so no other cache can be chosen.
        if mode != "rb":
            raise ReadOnlyError(path)
        place = self._place(path)
        item = self._contents.file(place)
        return self._opened(place, item, block_size or self._block_size)

    def _opened(self, place: Place, item: ContentInfo, block_size: int | None) -> PackageFile:
        with file_errors(place.path):
            file = self._contents.open(place, item, block_size)
        return PackageFile(file, self, place.path, item)

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any
    ) -> bytes:
        """The bytes of a file, or a part of them, given as in a slice.

        Raises
        ------
        ProtocolError
            When the object has another size than the file in the package, or when all bytes were
            read and do not have the hash in the package.
        """
        place = self._place(path)
        item = self._contents.file(place)
        first, stop, _ = slice(start, end).indices(item.size)
        count = stop - first
        if count <= 0 and item.size:
            return b""
        block = max(item.size, 1) if count == item.size else _RANGE_BLOCK
        with self._opened(place, item, min(block, 1 << 26)) as file:
            file.seek(first)
            data = file.read() if count == item.size else _read(file, count)
        if count == item.size:
            check_bytes(item, data)
        elif len(data) != count:
            raise ProtocolError(
                f"{item.physical_key} ended after {first + len(data)} bytes, and {item.path!r} has "
                f"{item.size}.",
                context={"path": item.path, "physical_key": item.physical_key},
            )
        return data

    def get_file(self, rpath: str, lpath: Any = None, **kwargs: Any) -> None:
        """Copy a file to this machine, unless its key would lead out of the target folder.

        Use `QuiltOps.download_package` for whole packages: it works in parallel and verifies the
        files.
        """
        key = self._place(rpath).key
        problem = key_problem(key) if key else None
        if problem is not None:
            raise ValidationError(
                f"{key!r} cannot be written into a folder: {problem}.",
                hint="Read it with open() or cat_file().",
                context={"path": key},
            )
        super().get_file(rpath, lpath, **kwargs)


_SECRETS = frozenset(field.name for field in setting_fields() if "Secret" in str(field.type))


def _unpickle(
    cls: type[QuiltFileSystem], options: dict[str, Any], revisions: dict[Any, str]
) -> QuiltFileSystem:
    made = cls(**options)
    made._contents.revisions.update(revisions)
    return made


def _read(file: PackageFile, count: int) -> bytes:
    """Read that many bytes, fewer only at the end, bypassing the buffer, so that it takes one
    request.
    """
    pieces = []
    while count and (piece := file.raw.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)
