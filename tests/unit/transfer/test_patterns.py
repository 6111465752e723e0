"""Patterns of `.quiltignore`, include and exclude: brackets and white space, as git reads them."""

from __future__ import annotations

import warnings

import pytest

from quilt_core.errors import ValidationError
from quilt_core.transfer.patterns import IgnoreRules, Selection


@pytest.mark.parametrize(
    ("pattern", "taken", "left"),
    [
        ("s[[:digit:]].txt", ["s1.txt"], ["sd.txt", "s:.txt", "s[.txt"]),
        ("s[![:digit:]]", ["sa", "s-"], ["s1"]),
        ("s[^[:alpha:]_]", ["s1"], ["sa", "sZ", "s_"]),
        ("s[[:upper:][:digit:]x]", ["sA", "s0", "sx"], ["sa", "s["]),
        ("s[[:alnum:]]", ["sa", "sZ", "s5"], ["s_", "sé"]),
        ("s[[:lower:]]", ["sz"], ["sZ"]),
        ("s[[:xdigit:]]", ["sF", "s0", "sa"], ["sg"]),
        ("s[[:punct:]]", ["s]", "s[", "s^", "s!", "s-", "s\\", "s&", "s~", "s."], ["sa", "s "]),
        ("s[[:space:]]", ["s ", "s\t", "s\n"], ["ss"]),
        ("s[[:blank:]]", ["s ", "s\t"], ["s\n"]),
        ("s[[:cntrl:]]", ["s\x01", "s\x7f"], ["sc"]),
        ("s[[:graph:]]", ["s!", "s~", "s1"], ["s "]),
        ("s[[:print:]]", ["s ", "s~"], ["s\x01"]),
        ("[[a]", ["[", "a"], ["b"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[]-a]", ["]", "^", "a"], ["-", "b"]),
        ("[!]]", ["a"], ["]"]),
        ("[\\]a]", ["]", "a"], ["\\"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[+--]", ["+", ",", "-"], ["."]),
        ("[a&&b]", ["&"], ["c"]),
        ("[z-a]", ["z"], ["a", "m"]),
        ("[!z-a]", ["a", "m"], ["z"]),
        ("[^^]", ["a"], ["^"]),
        ("[!!^]", ["a"], ["^", "!"]),
        ("[[:digit]", ["[", ":", "d", "t"], ["1"]),
        ("[а-я]", ["ж"], ["a"]),
        ("x[a", [], ["x[a", "xa"]),
        ("\\[a]", ["[a]"], ["a"]),
        ("t\t", ["t\t"], ["t"]),
        ("t\\\t", ["t\t"], ["t"]),
        ("t  ", ["t"], ["t  "]),
        ("t\\  ", ["t "], ["t"]),
        ("t\\\\ ", ["t\\"], ["t"]),
        ("t \t", ["t \t"], ["t"]),
    ],
)
def test_a_pattern_matches_what_git_matches(
    pattern: str, taken: list[str], left: list[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chosen = Selection([pattern])
    assert [name for name in (*taken, *left) if chosen.takes(name)] == taken
    rules = IgnoreRules()
    rules.add("", f"{pattern}\r\n")
    assert [name for name in (*taken, *left) if rules.ignores(name, is_folder=False)] == taken


@pytest.mark.parametrize("pattern", ["[[:letter:]]", "a[[:Digit:]]", "[x[::]]", "[[:dig it:]]"])
def test_a_class_that_does_not_exist_is_refused(pattern: str) -> None:
    """git ignores the pattern, which would push a file that is meant to be left out."""
    with pytest.raises(ValidationError, match=r"exclude has a pattern .* there is no class \[:"):
        Selection(exclude=[pattern])


def test_only_a_line_feed_ends_a_rule() -> None:
    rules = IgnoreRules()
    rules.add("", "\ufeffa\r\nb\x0bc\n#d[[:x:]]\n")
    assert [name for name in ("a", "b", "c", "b\x0bc") if rules.ignores(name, is_folder=False)] == [
        "a", "b\x0bc",
    ]  # fmt: skip
