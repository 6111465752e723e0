"""The work of every regular expression in the product grows no faster than the text."""

from __future__ import annotations

import ast
import random
import re
import runpy
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from local_registry.graphql.packages import name_filter

from quilt_core import redaction
from quilt_core.errors import ValidationError
from quilt_core.redaction import redact
from quilt_core.search import name_pattern, parse_query, path_pattern

_STEPS = runpy.run_path(str(Path(__file__).with_name("regex_steps.py")))
Counter, TooManySteps = _STEPS["Counter"], _STEPS["TooManySteps"]
parse, pumps, sample = _STEPS["parse"], _STEPS["pumps"], _STEPS["sample"]

ROOT = Path(__file__).parents[3]
SOURCES = [
    ROOT / "quilt_core",
    ROOT / "packages/registry_client/quilt_registry",
    ROOT / "plugins/platform_backend/platform_backend",
    ROOT / "plugins/quilt3_backend/quilt3_backend",
    ROOT / "plugins/local_registry/local_registry",
]
METHODS = {"compile", "match", "search", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
"""Those of the module `re` that take a pattern."""
MADE_AT_RUN_TIME = {
    "quilt_core/query/tabulator.py": "only compiled, to count groups; RE2 matches it",
    "quilt_core/testing/cassettes/replacements.py": "alternatives of escaped, known values",
    "quilt_core/testing/cassettes/normalise.py": "alternatives of escaped, known values",
    "quilt_core/testing/cassettes/secrets.py": "literals, collected below as SHAPES",
    "quilt_core/redaction.py": "literals, collected below from `_PATTERNS`",
    "plugins/local_registry/local_registry/storage/workflows.py":
        "an administrator's own pattern, as in a registry; the local one is for development",
    "plugins/platform_backend/platform_backend/packages/workflow_check.py":
        "an administrator's own pattern, held against a name that the registry holds it against",
    "plugins/local_registry/local_registry/rules/patterns.py": "compiled, never matched",
    "plugins/local_registry/local_registry/athena/catalog_calls.py":
        "names and up to four stars, held against the names of a few tables",
    "plugins/local_registry/local_registry/athena/requests.py": "those of botocore's own model",
}  # fmt: skip
NOT_FROM_OUTSIDE = {
    "plugins/local_registry/local_registry/s3/gateway.py:_BUCKET": "the answer of a store of ours",
}
"""Patterns that need not be linear, and why."""


@attrs.frozen
class Found:
    """A pattern in the sources, and whether it is only ever matched at the beginning of a text."""

    where: str
    pattern: re.Pattern[Any]
    anchored: bool


def patterns() -> Iterator[Found]:
    for folder in SOURCES:
        for file in sorted(folder.rglob("*.py")):
            if "templates" not in file.parts:
                yield from _of_file(file, f"{file.relative_to(ROOT)}")
    for number, (text, _) in enumerate(redaction._PATTERNS):
        yield Found(f"quilt_core/redaction.py:_PATTERNS[{number}]", re.compile(text), False)


def _of_file(file: Path, where: str) -> Iterator[Found]:
    source = file.read_text(encoding="utf-8")
    if "import re" not in source:
        return
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    constants: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(text := _text(node.value, constants), str):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    constants[target.id] = text
    names = {
        id(node.value): node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    uses: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            uses.setdefault(node.value.id, set()).add(node.attr)
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
                and node.func.attr in METHODS):  # fmt: skip
            continue
        text = _text(node.args[0], constants)
        if text is None:
            assert where in MADE_AT_RUN_TIME, f"{where}:{node.lineno}: a pattern that is not known"
            continue
        flags = sum(
            int(getattr(re, one.attr))
            for argument in node.args[1:] if node.func.attr == "compile"
            for one in ast.walk(argument) if isinstance(one, ast.Attribute)
        )  # fmt: skip
        name = names.get(id(node), "")
        used = uses.get(name, set()) if node.func.attr == "compile" else {node.func.attr}
        anchored = bool(used) and used <= {"match", "fullmatch"}
        yield Found(f"{where}:{name or node.lineno}", re.compile(text, flags), anchored)


def _text(node: ast.expr, constants: dict[str, str]) -> str | bytes | None:
    if isinstance(node, ast.Constant):
        return node.value  # type: ignore[return-value]
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.JoinedStr):
        parts = [
            constants.get(one.value.id) if isinstance(one, ast.FormattedValue)
            and isinstance(one.value, ast.Name) else getattr(one, "value", None)
            for one in node.values
        ]  # fmt: skip
        if all(isinstance(part, str) for part in parts):
            return "".join(map(str, parts))
    return None


ALL = list(patterns())
SHORT, LONG = 16, 32
GROWTH = 3.0
"""Twice the text may take three times the steps: linear work takes two, quadratic four."""


def texts(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    """Texts that nearly match, repeated over and over."""
    tree = parse(pattern)
    whole = sample(tree)
    yield whole * length
    yield whole[:-1] * length
    for before, round_ in pumps(tree):
        for end in ("", "\0", "!", "\n"):
            yield before + round_ * length + end
        yield (before + round_) * length
        yield before * length
    for char in sorted(set(whole))[:12]:
        yield char * length + "\0"
        yield (char + "a") * length
        yield whole[0] + (char + "\\") * length


def steps(found: Found, text: str) -> int:
    counter = Counter(found.pattern, text)
    return counter.full_match() if found.anchored else counter.search_all()


@pytest.fixture(autouse=True)
def _deep() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    yield
    sys.setrecursionlimit(before)


def grows_too_fast(found: Found) -> Iterator[str]:
    for short, long in zip(texts(found.pattern, SHORT), texts(found.pattern, LONG), strict=True):
        try:
            few, many = steps(found, short), steps(found, long)
        except TooManySteps:
            yield f"{long[:40]!r}…: no end"
            continue
        if many > GROWTH * few + 50:
            yield f"{long[:40]!r}…: {few} steps, then {many}"


@pytest.mark.parametrize("found", ALL, ids=lambda one: one.where)
def test_every_pattern_of_the_product_is_linear(found: Found) -> None:
    if found.where not in NOT_FROM_OUTSIDE:
        assert list(grows_too_fast(found)) == []


def test_all_patterns_are_found() -> None:
    assert len(ALL) > 60
    assert set(NOT_FROM_OUTSIDE) <= {one.where for one in ALL}


@pytest.mark.parametrize(
    "text",
    [r"(a+)+b", r"(?s).*a.*a.*b", r"\s+\Z", r"eyJ[\w-]+\.[\w-]+\.x", r'"(?:\\.|[^"\\\n])*"',
     r"(?:a|a)*b", r"[a-z]+-?[a-z]+!"],
)  # fmt: skip
def test_the_counter_recognises_patterns_that_are_not_linear(text: str) -> None:
    assert any(grows_too_fast(Found("here", re.compile(text), anchored=False)))


@pytest.mark.parametrize("text", ["aab", "a-b-c", "aaaa", "", "b1 b2", "a\nb", "xyzzy"])
@pytest.mark.parametrize(
    "pattern", [r"a+b", r"a*?b", r"(?:a|b)+", r"\b\w\d?", r"[^a]+$", r"^a.b", r"(?=a)a|x", r"z++y"]
)
def test_the_counter_matches_what_re_matches(pattern: str, text: str) -> None:
    compiled = re.compile(pattern)
    counter = Counter(compiled, text)
    for start in range(len(text) + 1):
        expected = compiled.match(text, start)
        if pattern.startswith("^") and start:
            continue  # `match` does not treat a later start as the beginning
        end = counter._from(counter.tree, start, lambda at: at)
        assert end == (expected.end() if expected else None)


def lines_run(call: Any) -> int:
    """The number of Python lines that a call runs: a measure of work done in our own loops."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


PATTERNS = ["*?" * 10 + "Z", "*a" * 12 + "b", "?" * 20 + "*Z", "*" * 30 + "b", "a*" * 20]


@pytest.mark.parametrize("make", [name_pattern, path_pattern])
@pytest.mark.parametrize("pattern", [*PATTERNS, "**/" * 12 + "Z", "**a*/" * 8 + "b"])
@pytest.mark.parametrize("unit", ["a", "a/", "aZ", "ab"])
def test_wildcards_are_linear(make: Any, pattern: str, unit: str) -> None:
    make.cache_clear()
    few = lines_run(lambda: make(pattern).fits(unit * 500 + "!"))
    make.cache_clear()
    many = lines_run(lambda: make(pattern).fits(unit * 1000 + "!"))
    assert many < 2.2 * few + 2000
    assert many < 200_000


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "", True), ("a/*", "a/b/c", True), ("?", "", False), ("a?c", "abc", True),
        ("*b*", "abc", True), ("*b", "abc", False), ("[a]", "[a]", True), ("[a]", "a", False),
        ("**", "x", True), ("a.c", "abc", False), ("*?*?", "a", False), ("*\n*", "a\nb", True),
    ],
)  # fmt: skip
def test_which_names_match(pattern: str, text: str, fits: bool) -> None:
    assert name_pattern(pattern).fits(text) is fits


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "a", True), ("*", "a/b", False), ("**", "a/b", True), ("**/c", "c", True),
        ("**/c", "a/b/c", True), ("**/c", "ac", False), ("a/**/c", "a/c", True),
        ("a/**/c", "a/b/b/c", True), ("a/**/c", "a/bc", False), ("a?c", "a/c", False),
        ("a**c", "a/b/c", True), ("**/*.csv", "x/y.csv", True), ("*/*.csv", "x/y/z.csv", False),
    ],
)  # fmt: skip
def test_which_paths_match(pattern: str, text: str, fits: bool) -> None:
    assert path_pattern(pattern).fits(text) is fits


def test_the_number_of_remembered_moves_is_bounded() -> None:
    pattern = name_pattern("*a*b*")
    pattern.fits("".join(map(chr, range(200, 20_000))))
    assert len(pattern._moves) <= 4096


@pytest.mark.parametrize("text", ["(" * 5000 + "a" + ")" * 5000, "(" * 5000, '"' + "a" * 100_000])
def test_deep_and_endless_queries_are_refused(text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        parse_query(text)
    assert len(str(raised.value)) < 1000


def test_redaction_of_hostile_text() -> None:
    text = "eyJ" * 20_000
    assert redact(text) == text


def _as_expression(pattern: str, meanings: Mapping[str, str]) -> re.Pattern[str]:
    tokens = sorted(meanings, key=len, reverse=True)
    parts = re.split("(" + "|".join(map(re.escape, tokens)) + ")", pattern)
    return re.compile("".join(meanings.get(part, re.escape(part)) for part in parts), re.DOTALL)


@pytest.mark.parametrize(
    ("make", "meanings"),
    [
        (name_pattern, {"*": ".*", "?": "."}),
        (path_pattern, {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}),
        (name_filter, {"*": ".*", "?": ".?"}),
    ],
    ids=["names", "paths", "filter"],
)
def test_wildcards_match_what_the_regular_expression_matches(
    make: Any, meanings: Mapping[str, str]
) -> None:
    rng = random.Random(1)
    for _ in range(3000):
        pattern = "".join(rng.choices("ab/*?", k=rng.randrange(1, 7)))
        text = "".join(rng.choices("ab/", k=rng.randrange(7)))
        expected = _as_expression(pattern, meanings)
        if make is name_filter:
            anchored = pattern[0] in "*?"
            found = (expected.match(text) if anchored else expected.search(text)) is not None
        else:
            found = expected.fullmatch(text) is not None
        assert make(pattern).fits(text) is found, (pattern, text)
