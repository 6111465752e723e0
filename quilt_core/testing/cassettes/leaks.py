"""Look for secrets in cassettes, as a test of any folder of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import yaml

from quilt_core.testing.cassettes.decoding import Layer, layers, parsed_json
from quilt_core.testing.cassettes.secrets import (
    NAMED,
    SENSITIVE_HEADERS,
    SHAPES,
    is_secret_field,
    scrubbed,
)


@attrs.frozen(kw_only=True, order=True)
class Leak:
    """A place that looks like a secret; it does not hold the secret."""

    path: Path
    where: str
    """Where in the file: `interaction 3, response, body`."""
    kind: str
    through: tuple[str, ...] = ()
    """What it was hidden in: `base64`, `gzip`, `JSON`, `URL encoding`."""

    def __str__(self) -> str:
        hidden = f" inside {', '.join(self.through)}" if self.through else ""
        return f"{self.path}: {self.where}: {self.kind}{hidden}"


def find_leaks(folder: str | Path, *, secrets: Iterable[str] = ()) -> list[Leak]:
    """Look for secrets in all files of a folder, or in one file.

    Values are decoded before they are looked at: YAML's `!!binary`, base64, gzip, URL encoding
    and JSON, one inside another. Looked for are JSON web tokens, Quilt API keys, AWS key ids and
    signatures, bearer credentials, private keys, users in URLs, headers that authenticate, and
    fields with the name of a secret. What recording has scrubbed is not a leak.

    Parameters
    ----------
    folder:
        Where the cassettes are: all files below it, whatever their name.
    secrets:
        Values that must not be there, such as the token that was used for recording.

    Returns
    -------
    list[Leak]
        Sorted by file and place; empty when nothing was found.

    Raises
    ------
    FileNotFoundError
        When there is no such folder or file: nothing was looked at.
    """
    root = Path(folder)
    if not root.exists():
        raise FileNotFoundError(f"{root}: no folder of cassettes, so that nothing can be checked")
    paths = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else [root]
    known = tuple(secret for secret in secrets if secret)
    return sorted({leak for path in paths for leak in _file(path, known)})


def assert_no_leaks(folder: str | Path, *, secrets: Iterable[str] = ()) -> None:
    """Fail when a folder holds something that looks like a secret.

    Parameters
    ----------
    folder, secrets:
        As in `find_leaks`.

    Raises
    ------
    AssertionError
        With all places, and without the secrets.
    """
    leaks = find_leaks(folder, secrets=secrets)
    if leaks:
        listed = "\n".join(f"  {leak}" for leak in leaks)
        raise AssertionError(
            f"{len(leaks)} places look like secrets; record them again with cassette_config(), "
            f"and revoke what was leaked:\n{listed}"
        )


def _file(path: Path, known: tuple[str, ...]) -> Iterator[Leak]:
    for where, name, value in _values(path):
        for layer in layers(value, name):
            for kind in _kinds(layer, where, known):
                yield Leak(path=path, where=where, kind=kind, through=layer.through)


def _values(path: Path) -> Iterator[tuple[str, str, Any]]:
    """Everything in a file: place, name of the field, value."""
    raw = path.read_bytes()
    try:
        document = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError):
        document = None
    interactions = document.get("interactions") if isinstance(document, dict) else None
    if not isinstance(interactions, list):
        yield "the file", "", raw
        return
    rest = {name: value for name, value in document.items() if name != "interactions"}
    yield "beside the interactions", "", rest
    for number, interaction in enumerate(interactions, 1):
        for side, parts in interaction.items():
            yield from _parts(f"interaction {number}, {side}", parts)
    # Comments, and whatever else YAML does not show.
    comments = [line for line in raw.splitlines() if line.lstrip().startswith(b"#")]
    yield "a comment", "", comments


def _parts(where: str, parts: Any) -> Iterator[tuple[str, str, Any]]:
    if not isinstance(parts, dict):
        yield where, "", parts
        return
    for name, value in parts.items():
        if name == "headers" and isinstance(value, dict):
            for header, item in value.items():
                yield f"{where}, header {header}", str(header), item
        else:
            yield f"{where}, {name}", "", value


def _kinds(layer: Layer, where: str, known: tuple[str, ...]) -> Iterator[str]:
    text, field = layer.text, layer.field
    if any(secret in text for secret in known):
        yield "a given secret"
    for shape in SHAPES:
        if any(shape.find(text)):
            yield shape.kind
    if ", header " in where:
        if field.lower() in SENSITIVE_HEADERS and not _header_scrubbed(text):
            yield "header that authenticates"
        return
    if is_secret_field(field) and not scrubbed(text):
        yield f"field {field}"
    # The fields of JSON were looked at by their names; a document's `token: String!` is not a
    # secret.
    if field != "query" and parsed_json(text) is None and any(NAMED.find(text)):
        yield NAMED.kind


def _header_scrubbed(value: str) -> bool:
    """Whether every cookie, or the whole value, is scrubbed."""
    first = value.partition(";")[0]
    return scrubbed(value) or scrubbed(first.partition("=")[2] or first)
