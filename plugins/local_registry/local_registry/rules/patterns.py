"""Regular expressions of tabulator tables, in the syntax that Quilt documents.

Quilt names groups `(?<name>…)`, as Java, .NET and Rust do. Only the syntax is checked: the
registry never runs these patterns. So what those dialects have and Python lacks is replaced by
something of the same kind before Python's compiler looks at the rest.
"""

from __future__ import annotations

import re

from local_registry.rules.errors import RuleError

_PART = re.compile(
    r"""\\Q.*?(?:\\E|\Z)"""  # quoted text
    r"""|\\k<(?P<reference>[A-Za-z_]\w*)>"""
    r"""|\\[pP](?:\{\^?[\w=]+\}|[A-Za-z])"""  # classes of Unicode
    r"""|\\x\{[0-9A-Fa-f]{1,6}\}"""
    r"""|\\[ehHRvVXGzK]"""
    r"""|\\(?P<escape>.)"""
    r"""|\(\?<(?P<group>[A-Za-z_]\w*)>"""
    r"""|\(\?(?P<flags>[a-zA-Z]*(?:-[a-zA-Z]+)?)\)"""
    r"""|(?P<other>.)""",
    re.DOTALL | re.ASCII,
)
_ATOM = r"\w"
_FLAGS = frozenset("imsuxUd-")
_DEEPEST = 100
"""Groups inside each other; a bound of our own, because a process may raise Python's."""


def check_pattern(pattern: str) -> None:
    """Check that a text is a regular expression with groups named `(?<name>…)`.

    `(?P<name>…)`, which Python and Rust also have, is accepted.

    Raises
    ------
    RuleError
        With the reason, for what is not one.
    """
    if _depth(pattern) > _DEEPEST:
        raise RuleError(f"not a regular expression: nested too deeply: {pattern!r}")
    try:
        re.compile(_PART.sub(_in_python, pattern))
    except RecursionError as error:
        raise RuleError(f"not a regular expression: nested too deeply: {pattern!r}") from error
    except (re.error, OverflowError) as error:
        raise RuleError(f"not a regular expression: {error}: {pattern!r}") from error


def _depth(pattern: str) -> int:
    """The maximum number of groups that are open at once; a parenthesis inside `[…]` opens none."""
    depth = deepest = 0
    in_class = False
    for part in _PART.finditer(pattern):
        if in_class:
            in_class = part["other"] != "]"
        elif part["other"] == "[":
            in_class = True
        elif part["group"] or part["other"] == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif part["other"] == ")":
            depth -= 1
    return deepest


def _in_python(part: re.Match[str]) -> str:
    if part["group"]:
        return f"(?P<{part['group']}>"
    if part["reference"]:
        return f"(?P={part['reference']})"
    if part["flags"] is not None:  # Python has them at the start of a pattern only
        return "" if part["flags"] and set(part["flags"]) <= _FLAGS else part[0]
    if part["escape"] or part["other"]:
        return part[0]
    return re.escape(part[0][2:].removesuffix("\\E")) if part[0].startswith("\\Q") else _ATOM
