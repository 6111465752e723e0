"""Reading untrusted YAML within limits, so that no text costs more than its length suggests."""

from __future__ import annotations

import re
from typing import Any

import yaml

_LONGEST = 200_000
"""The maximum number of characters in a document; PyYAML reads about 100,000 per second."""
_MOST_NODES = 100_000
"""The maximum number of values in a document, with every alias replaced by its value."""
_DEEPEST = 100
"""The maximum nesting; our own limit, because a process may raise Python's."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_REFUSALS = (
    yaml.YAMLError,
    ValueError,  # an invalid date, an integer with too many digits
    TypeError,
    LookupError,  # `!!bool x`, `!!int ""`
    AttributeError,  # `!!timestamp x`
    OverflowError,
)
"""The exceptions of PyYAML's safe loader, of which only some are `YAMLError`."""


class UnreadableYamlError(ValueError):
    """A text that is not YAML or exceeds the limits."""


class BoundedLoader(yaml.SafeLoader):
    """The safe loader, which stops reading if a document is nested too deeply."""

    depth = 0

    def fetch_flow_collection_start(self, TokenClass: type[yaml.Token]) -> None:  # noqa: N803
        # Here already: the scanner reads 1,024 characters ahead of what is composed, and looks at
        # all open brackets again with each character.
        if self.flow_level >= _DEEPEST:
            raise UnreadableYamlError("The YAML cannot be read: it is nested too deeply")
        super().fetch_flow_collection_start(TokenClass)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnreadableYamlError("The YAML cannot be read: it is nested too deeply")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_yaml(text: str | bytes) -> Any:
    """Read one YAML document with PyYAML's safe loader.

    Parameters
    ----------
    text
        The document; bytes are UTF-8.

    Returns
    -------
    object
        The document; `None` for an empty one.

    Raises
    ------
    UnreadableYamlError
        For text that is not YAML, is longer than 200,000 characters, is nested too deeply, contains
        itself, contains half of a surrogate pair, or has more than 100,000 values after replacing
        its aliases.
    """
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
        if len(decoded) > _LONGEST:
            raise UnreadableYamlError(f"The document is longer than {_LONGEST} characters")
        loader = BoundedLoader(decoded)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _count(node, {})
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except UnreadableYamlError:
        raise
    except RecursionError as error:
        raise UnreadableYamlError("The YAML cannot be read: it is nested too deeply") from error
    except _REFUSALS as error:
        raise UnreadableYamlError(f"Not YAML: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    if mark is not None and problem:
        return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"
    return next(iter(str(error).splitlines()), type(error).__name__)


def _count(node: yaml.Node, known: dict[int, int]) -> int:
    """The number of values that a node represents; a node that is already being counted contains
    itself.
    """
    if id(node) in known:
        counted = known[id(node)]
        if not counted:
            raise UnreadableYamlError("The document contains itself")
        return counted
    known[id(node)] = 0
    total = 1
    if isinstance(node, yaml.ScalarNode) and _SURROGATE.search(node.value):
        raise UnreadableYamlError(
            "A text contains half of a surrogate pair, which is not a character"
        )
    if isinstance(node, yaml.SequenceNode):
        total += sum(_count(child, known) for child in node.value)
    elif isinstance(node, yaml.MappingNode):
        total += sum(_count(child, known) for pair in node.value for child in pair)
    if total > _MOST_NODES:
        raise UnreadableYamlError(
            f"The document has more than {_MOST_NODES} values, aliases replaced"
        )
    known[id(node)] = total
    return total
