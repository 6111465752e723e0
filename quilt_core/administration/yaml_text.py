"""Reading the file's YAML, within limits and with the line of each value, and writing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import yaml

from quilt_core.administration.document import Path
from quilt_core.errors import ValidationError
from quilt_core.printable import printable
from quilt_core.yaml_documents import BoundedLoader, UnreadableYamlError

_LONGEST = 5_000_000
"""The maximum number of characters in a file; PyYAML reads about 100,000 per second."""
_MOST_NODES = 200_000
"""The maximum number of values in a file, with every alias replaced by its value."""
_DEEPEST = 50
_IN_QUOTES = "Quote text that begins with one of ! & * % @ ` { [ > | #."
_QUOTED = re.compile(r" '(?!<)[^']{2,}'")
_SURROGATE = re.compile("[\ud800-\udfff]")
# As in YAML 1.2, `no` can be a role's name and `12:30` is not a number. Everything else is text.
_NULL = re.compile(r"~|null|Null|NULL|")
_TRUTH = re.compile(r"true|True|TRUE|false|False|FALSE")
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?")
_PLAIN: tuple[tuple[Callable[[str], object], Callable[[str], Any]], ...] = (
    (_NULL.fullmatch, lambda text: None),
    (_TRUTH.fullmatch, lambda text: text.lower() == "true"),
    (_WHOLE.fullmatch, int),
    (_DECIMAL.fullmatch, float),
)
_GUESSED = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("bool", "float", "int", "merge", "null", "timestamp", "value")
)
"""The tags that PyYAML gives to plain text, by the rules of YAML 1.1."""


@attrs.frozen
class Parsed:
    """The content of a text, and the line of each value, counted from 1."""

    value: Any
    lines: Mapping[Path, int]


def parse(text: str, source: str) -> Parsed:
    """Read one YAML document; `source` names it in errors.

    Raises
    ------
    ValidationError
        When the text is not YAML, has a key twice, a key that is not text or a tag, or exceeds the
        limits of length and depth. The message names the line and shows nothing of the text.
    """
    if len(text) > _LONGEST:
        raise ValidationError(f"{source} is longer than {_LONGEST:,} characters.")
    _check_characters(text, source)
    loader = BoundedLoader(text)
    try:
        node = loader.get_single_node()
    except UnreadableYamlError:
        raise ValidationError(f"{source} is nested too deeply.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{source}, line {mark.line + 1}, column {mark.column + 1}" if mark else source
        # A part of the file that the parser quotes may be a secret whose quotation marks are
        # missing.
        said = _QUOTED.sub("", str(error.problem))
        raise ValidationError(f"{where}: this is not YAML: {said}.", hint=_IN_QUOTES) from None
    finally:
        loader.dispose()
    lines: dict[Path, int] = {}
    value = None if node is None else _Reader(source, lines).read(node, ())
    return Parsed(value, lines)


def _check_characters(text: str, source: str) -> None:
    found = yaml.SafeLoader.NON_PRINTABLE.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise ValidationError(
            f"{source}, line {line}: the character U+{ord(found[0]):04X} is not allowed in YAML.",
            hint='Write it as an escape in double quotes, as in "\\x07".',
        )


@attrs.define
class _Reader:
    """Converts nodes to values and counts them; an alias counts each time."""

    source: str
    lines: dict[Path, int]
    count: int = 0

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.count += 1
        if self.count > _MOST_NODES or len(path) > _DEEPEST:
            raise self._error(node, "it is too large or nested too deeply")
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            self._check_tag(node, "seq")
            return [self.read(child, (*path, n)) for n, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - there is no other
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self._check_tag(node, "map")
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error(key_node, "a key must be text")
            key = self._text(key_node)
            if key in found:
                first = self.lines[(*path, key)]
                raise self._error(key_node, f"{key!r} is a duplicate of the key in line {first}")
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        # Plain scalars have no style.
        if node.style is not None:
            self._check_tag(node, "str")
            return self._text(node)
        if node.tag == "tag:yaml.org,2002:str":
            return self._text(node)
        if node.tag not in _GUESSED:
            self._check_tag(node, "str")
        for fits, make in _PLAIN:
            if fits(node.value):
                return make(node.value)
        return self._text(node)

    def _text(self, node: yaml.ScalarNode) -> str:
        text: str = node.value
        if _SURROGATE.search(text):
            raise self._error(
                node, "a text contains half of a surrogate pair, which is not a character"
            )
        return text

    def _check_tag(self, node: yaml.Node, wanted: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{wanted}":
            raise self._error(node, "YAML tags are not supported", hint=_IN_QUOTES)

    def _error(self, node: yaml.Node, what: str, hint: str | None = None) -> ValidationError:
        line = node.start_mark.line + 1
        return ValidationError(f"{self.source}, line {line}: {what}.", hint=hint)


class _Dumper(yaml.SafeDumper):
    """The safe dumper, without aliases, and with texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if printable(text, lines=True) != text:
        style = '"'  # so that `dump` can escape characters that are invisible on a screen
    elif "\n" in text:
        style = "|"  # PyYAML quotes texts that a block cannot hold
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def dump(value: Any, *, ascii_only: bool = False) -> str:
    """Write plain JSON types as YAML that `parse` and readers of YAML 1.1 read back.

    Characters that are not printable are escaped; with `ascii_only`, so is everything beyond ASCII.
    """
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=not ascii_only,
        width=2**31,
        indent=2,
    )
    return printable(text, lines=True)
