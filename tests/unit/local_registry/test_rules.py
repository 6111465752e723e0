"""Configurations are checked against the JSON Schemas that Quilt publishes, whatever the text."""

from __future__ import annotations

import random
import sys

import pytest
from local_registry.identity.errors import InvalidInputError
from local_registry.rules import RuleError, check_pattern, check_published, read_yaml
from local_registry.state import State
from local_registry.state.tabulator import check_config

from quilt_core.yaml_documents import BoundedLoader, UnreadableYamlError

TABLE = r"""
schema:
  - {name: species, type: STRING}
  - {name: mass-g, type: DOUBLE, nullable: true}
source:
  type: quilt-packages
  package_name: '^palmer/(?<dataset>.+)$'
  logical_key: '(?<site>[^/]+)/.*\.csv'
parser: {format: csv, delimiter: "\t", header: true}
continue_on_error: true
"""
SSO = """
version: "1.0"
default_role: R
union_roles: true
mappings:
  - {schema: true, roles: [R], admin: null}
  - {schema: {type: object, required: [email]}, roles: [R, R]}
"""
BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12)
)
HOSTILE = {
    "bomb": BOMB,
    "bomb of merges": MERGES,
    "broken": "a: [",
    "control character": "a: \x07",
    "contains itself": "&a [*a]",
    "contains itself as a key": "&a {? *a : 1}",
    "unknown alias": "*a",
    "deep": "[" * 20_000,
    "deep and closed": "[" * 3_000 + "]" * 3_000,
    "empty": "",
    "huge": "a: " + "x" * 300_000,
    "half of a surrogate pair": '"\\ud800"',
    "half of a surrogate pair, raw": "a: \ud800",
    "list": "[1, 2]",
    "long integer": "9" * 5_000,
    "long hexadecimal integer": "{version: 0x" + "f" * 5_000 + "}",
    "many documents": "a: 1\n---\nb: 2\n",
    "no boolean": "!!bool x",
    "no date": "2024-13-45",
    "no integer": '!!int ""',
    "no time": "!!timestamp x",
    "null": "null",
    "number": "1e999",
    "object of Python": "!!python/object/apply:os.system [id]",
    "set": "!!set {a, b}",
    "text": "hello",
    "unhashable key": "{[a]: b}",
}


@pytest.fixture
def state() -> State:
    state = State()
    state.roles.create_managed("R")
    return state


def _refusal(text: str) -> str:
    with pytest.raises(InvalidInputError) as error:
        check_config(text)
    [problem] = error.value.problems
    assert (problem.path, problem.name) == ("config", "InvalidConfig")
    return problem.message


def test_what_quilt_accepts_is_accepted(state: State) -> None:
    check_config(TABLE)
    state.sso.set(SSO, "id")
    assert state.sso.role_names() == {"R"}


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("STRING", "string", "$.schema[0].type"),
        ("STRING", "VARCHAR", "$.schema[0].type"),
        ("species", "2fast", "$.schema[0].name"),
        ("species", "_x", "$.schema[0].name"),
        ("species", "sp ecies", "$.schema[0].name"),
        ("species", "x" * 256, "$.schema[0].name"),
        ("species", "", "$.schema[0].name"),
        ("nullable: true", "nullable: 1", "$.schema[1].nullable"),
        ("nullable: true", "comment: x", "$.schema[1]"),
        ("quilt-packages", "s3", "$.source.type"),
        ("'^palmer/(?<dataset>.+)$'", "''", "$.source.package_name"),
        ("(?<dataset>", "(?<data", "$.source.package_name"),
        ("(?<site>[^/]+)", "(?<site>[^/+)", "$.source.logical_key"),
        ("(?<site>[^/]+)", "a{99999999999}", "$.source.logical_key"),
        ("(?<site>[^/]+)", "(" * 5_000 + ")" * 5_000, "$.source.logical_key"),
        ('delimiter: "\\t"', "delimiter: tab", "$.parser"),
        ("format: csv", "format: xls", "$.parser"),
        ("format: csv, delimiter", "format: parquet, delimiter", "$.parser"),
        ("continue_on_error: true", "continue_on_error: 'yes'", "$.continue_on_error"),
        ("continue_on_error", "comment", "'comment'"),
        ("parser:", "reader:", "'parser'"),
    ],
)
def test_what_quilt_refuses_in_a_table_is_refused(old: str, new: str, path: str) -> None:
    changed = TABLE.replace(old, new, 1)
    assert changed != TABLE
    assert path in _refusal(changed)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"1.0"', "1.0", "$.version"),
        ('"1.0"', '"1.1"', "$.version"),
        ("union_roles: true", "union_roles: 1", "$.union_roles"),
        ("union_roles: true", "other: 1", "'other'"),
        ("roles: [R],", "roles: [],", "$.mappings[0].roles"),
        ("roles: [R],", "role: R,", "$.mappings[0]"),
        ("roles: [R],", "roles: [1],", "$.mappings[0].roles[0]"),
        ("schema: true", "schema: 1", "$.mappings[0].schema"),
        ("admin: null", "admin: 0", "$.mappings[0].admin"),
        ("default_role: R", "default_role: [R]", "$.default_role"),
        ("default_role: R", "default_role: S", "no role 'S'"),
    ],
)
def test_what_quilt_refuses_in_single_sign_on_is_refused(
    state: State, old: str, new: str, path: str
) -> None:
    changed = SSO.replace(old, new, 1)
    assert changed != SSO
    with pytest.raises(InvalidInputError) as error:
        state.sso.set(changed, "id")
    assert path in str(error.value)
    assert state.sso.get() is None


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_documents_are_refused(state: State, case: str) -> None:
    message = _refusal(HOSTILE[case])
    message.encode()
    assert 0 < len(message) < 600
    with pytest.raises(InvalidInputError):
        state.sso.set(HOSTILE[case], "id")


@pytest.mark.parametrize("given", ["[" * 20_000, "[" * 3_000 + "]" * 3_000, "- " * 3_000])
def test_depth_is_limited_whatever_python_allows(given: str) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)  # as other code in the same process may do
    try:
        with pytest.raises(RuleError, match="nested too deeply"):
            read_yaml(given)
        with pytest.raises(RuleError, match="nested too deeply"):
            check_pattern("(" * 5_000 + ")" * 5_000)
    finally:
        sys.setrecursionlimit(before)
    assert read_yaml("[" * 90 + "]" * 90) is not None
    check_pattern("(?<a>" + "(" * 90 + "[(((]" + ")" * 91)


def test_open_brackets_are_refused_before_the_scanner_has_read_ahead() -> None:
    loader = BoundedLoader("[" * 20_000)
    with pytest.raises(UnreadableYamlError, match="nested too deeply"):
        loader.get_single_node()
    assert loader.index <= 100


@pytest.mark.fuzz
def test_randomly_changed_documents_are_accepted_or_refused(state: State) -> None:
    chance = random.Random(3)
    signs = "&*!|>%@`{}[],:-?#\"'\n\t 0xé\x00"
    for text in (TABLE, SSO):
        for _ in range(300):
            changed = list(text)
            for _ in range(chance.randint(1, 4)):
                where = chance.randrange(len(changed))
                changed[where : where + chance.randint(0, 2)] = chance.choice(signs)
            for check in (check_config, lambda given: state.sso.set(given, "id")):
                try:
                    check("".join(changed))
                except InvalidInputError as error:
                    assert error.problems[0].path == "config"


def test_anchors_within_the_limit_are_expanded() -> None:
    assert read_yaml("a: &a {x: 1}\nb: {<<: *a, y: 2}") == {"a": {"x": 1}, "b": {"x": 1, "y": 2}}
    assert read_yaml("# nothing") is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"^ccle/(?<date>[^_]+)_(?<study_id>[^_]+)_nfcore_rnaseq$",
        r"(?P<site>[^/]+)/x",
        r"(?<a>x)\k<a>",
        r"(?<=a)b(?<!c)d(?:e)(?=f)(?!g)",
        r"\(?<a>",
        r"[(?<x>]",
        r"a(?i)b(?i:c)",
        r"\p{L}+\P{Lu}\pL\h\R\z",
        r"\Q(((\E+",
        r"a*+(?>b)",
        r"\x{1F600}",
    ],
)
def test_patterns_in_the_documented_syntax_are_accepted(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "(?<a>x)(?<a>y)", "(?<1>x)", r"\k<a>", "*", "a{2,1}", r"\y", "(?z)a"]
)
def test_an_invalid_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError, match="not a regular expression"):
        check_pattern(pattern)


def test_error_messages_name_the_path() -> None:
    with pytest.raises(RuleError, match=r"^\$\.workflows\.w\.name: 1 is not of type 'string'"):
        check_published("workflows-config-1.1.0", {"version": "1", "workflows": {"w": {"name": 1}}})
