"""One level of a package, from a stream of its manifest."""

from __future__ import annotations

import attrs

from quilt_core.manifest.model import ManifestEntry
from quilt_core.manifest.read import ManifestReader, twice


@attrs.define
class ListedDirectory:
    """A directory: its path, the bytes below it, and its user metadata."""

    path: str
    size: int
    meta: dict[str, object]


@attrs.frozen
class Listing:
    """The contents of a path: directories first, then files, both by name; or the file itself."""

    directories: tuple[ListedDirectory, ...]
    files: tuple[ManifestEntry, ...]


def list_directory(reader: ManifestReader, path: str) -> Listing | None:
    """List one level of a manifest.

    Memory grows with the number of children, not of entries. Lines of other directories are not
    parsed, nor are lines after that of the requested file.

    Parameters
    ----------
    reader:
        The manifest.
    path:
        A directory or a file; "" is the root.

    Returns
    -------
    Listing or None
        The contents; None if nothing is at the path.

    Raises
    ------
    ManifestError
        For a damaged line, and for a file of this level that occurs twice.
    """
    prefix = f"{path}/" if path else ""
    skip = len(prefix)
    # Only plain paths can be searched for in raw lines.
    plain = prefix and prefix.isascii() and prefix.isprintable() and not set(prefix) & {'"', "\\"}
    if plain:
        lines = reader.lines_holding(f'"{prefix}'.encode(), f'"{path}"'.encode())
    else:
        lines = reader.raw_lines()
    directories: dict[str, ListedDirectory] = {}
    metas: dict[str, dict[str, object]] = {}
    files: list[ManifestEntry] = []
    file_lines: dict[str, int] = {}
    found = not path
    for line in lines:
        record = reader.parse(line)
        key = record.logical_key
        if not isinstance(record, ManifestEntry):
            if key.startswith(prefix):
                found = True
                metas[key[skip:].rstrip("/")] = record.meta
            continue
        if key == path:
            return Listing((), (record,))
        if not key.startswith(prefix):
            continue
        found = True
        name, slash, _ = key[skip:].partition("/")
        if not slash:
            if name in file_lines:
                raise twice(key, file_lines[name], reader.line_number)
            file_lines[name] = reader.line_number
            files.append(record)
            continue
        child = directories.setdefault(name, ListedDirectory(prefix + name, 0, {}))
        child.size += record.size
    if not found:
        return None
    for below, meta in metas.items():
        name, slash, _ = below.partition("/")
        if name:  # a directory that has only metadata exists, too
            child = directories.setdefault(name, ListedDirectory(prefix + name, 0, {}))
            child.meta = child.meta if slash else meta
    ordered = tuple(directories[name] for name in sorted(directories))
    return Listing(ordered, tuple(sorted(files, key=lambda entry: entry.logical_key)))
