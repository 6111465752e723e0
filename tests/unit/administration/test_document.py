"""Invalid files: each error names the path and the line, and shows no secret."""

from __future__ import annotations

import builtins
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from quilt_core import PluginError, ValidationError, administration

CODE = "open-sesame-1"


def refused(text: str | bytes) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        administration.parse_document(text, source="a.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "path", "message"),
    [
        ("version: 2", 1, "version", "2 is none of 1"),
        ("users: {}", 1, "", "'version' is missing"),
        ("version: 1\nusers:\n", 2, "users", "it is empty"),
        ("version: 1\nusres: {}", 2, "usres", "Did you mean 'users'?"),
        ("version: 1\nusers:\n  ada:\n    rol: x", 4, "users.ada.rol", "Did you mean 'role'?"),
        ("version: 1\nusers:\n  ada: x", 3, "users.ada", "got text"),
        ("version: 1\nusers:\n  ada:\n    role: 12", 4, "users.ada.role", "Quote text that looks"),
        (
            "version: 1\nusers: {ada: {admin: yes}}",
            2, "users.ada.admin", "expected true or false, got text",
        ),
        (
            "version: 1\nusers:\n  ada:\n    extra_roles:\n    - a\n    - 1",
            6, "users.ada.extra_roles[1]", "expected text, got a whole number",
        ),
        (
            "version: 1\npolicies:\n  Read it:\n    permissions:\n      raw: READ\n      b: WRITE",
            6, "policies.'Read it'.permissions.b", "'READ', 'READ_WRITE'",
        ),
        ("version: 1\npolicies: {P: {permissions: {}, arn: x}}", 2, "policies.P", "not both"),
        ("version: 1\nroles: {R: {policies: [], arn: x}}", 2, "roles.R", "not both"),
        ("version: 1\nroles: {R: {signup: {title: x}}}", 2, "roles.R.signup", "'page' is missing"),
        (
            "version: 1\nroles: {R: {signup: {page: x, access_code: a, access_code_variable: b}}}",
            2, "roles.R.signup", "not both",
        ),
        ("version: 1\nroles: {' ': {}}", 2, "roles.' '", "a name is empty"),
        ("version: 1\nbuckets: {raw: {title: null}}", 2, "buckets.raw.title", "Leave the field"),
        ("version: 1\nsso: [1]", 2, "sso", "expected text or a mapping or null, got a list"),
        ("version: 1\nbuckets: {a: {tags: x}}", 2, "buckets.a.tags", "expected a list, got text"),
        ("- version: 1", 1, "", "got a list"),
        ("text", 1, "", "expected a mapping"),
    ],
)  # fmt: skip
def test_an_invalid_entry_is_refused_with_its_line_and_path(
    text: str, line: int, path: str, message: str
) -> None:
    error = refused(text)
    (problem,) = error.context["problems"]
    assert (problem["line"], problem["path"]) == (line, path)
    assert message in problem["message"]
    assert f"a.yaml cannot be applied: line {line}: {path}" in error.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.yaml is empty"),
        ("# only this\n", "a.yaml is empty"),
        ("version: [", "a.yaml, line 1, column 11: this is not YAML"),
        ("version: 1\nusers: {a: {}, a: {}}", "line 2: 'a' is a duplicate of the key in line 2"),
        ("version: 1\nversion: 1", "line 2: 'version' is a duplicate of the key in line 1"),
        ("version: 1\n---\nversion: 1", "line 2, column 1: this is not YAML"),
        ("&a [*a]", "nested too deeply"),
        ("[" * 5000, "a.yaml is nested too deeply"),
        ("? [a]\n: b", "line 1: a key must be text"),
        ("version: !!python/name:os.system x", "line 1: YAML tags are not supported"),
        ("version: 1\nx: \x07", "line 2: the character U+0007"),
        ('"\\ud800": 1', "half of a surrogate pair"),
        (b"version: \xff", "a.yaml is not UTF-8"),
        ("x" * 5_000_001, "longer than 5,000,000"),
        ("a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
            f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
            for before, name in zip("abcdefg", "bcdefgh", strict=True)
        ), "it is too large"),
    ],
)  # fmt: skip
def test_invalid_yaml_is_refused(text: str | bytes, message: str) -> None:
    assert message in refused(text).message


def test_all_problems_are_named_at_once() -> None:
    error = refused("version: 1\nusers: {a: {role: 1}, b: {x: 2}}\nroles: {R: {arn: 1}}")
    assert [problem["path"] for problem in error.context["problems"]] == [
        "users.a.role", "users.b.x", "roles.R.arn",
    ]  # fmt: skip


def test_plain_scalars_are_read_as_text() -> None:
    text = 'version: 1\nusers:\n  no: {role: off}\n  12: {role: 2026-01-01}\n  on: {role: "1"}'
    users = administration.parse_document(text).file.users
    assert {name: user.role for name, user in users.items()} == {
        "no": "off", "12": "2026-01-01", "on": "1",
    }  # fmt: skip


def test_json_and_a_byte_order_mark_are_accepted() -> None:
    text = json.dumps({"version": 1, "users": {"ada": {"admin": True}}})
    for content in (text, b"\xef\xbb\xbf" + text.encode()):
        assert administration.parse_document(content).file.users["ada"].admin is True


def test_no_error_and_no_repr_shows_an_access_code() -> None:
    text = f"version: 1\nroles: {{R: {{signup: {{page: p, access_code: {CODE}}}}}}}"
    document = administration.parse_document(text)
    assert CODE not in repr(document) + repr(document.file)
    assert CODE not in str(ValidationError(f"the registry says {CODE}"))
    unquoted = [
        text.replace(CODE, mark + CODE) for mark in ("*", "!", "!x!", "&", "%", "@", "`", ">")
    ]
    for broken in (f"{text[:-1]}, {CODE}: [", text.replace("page: p, ", ""), *unquoted):
        error = refused(broken)
        assert CODE not in error.message + json.dumps(error.to_dict())


def test_an_unreadable_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(ValidationError, match="cannot be read"):
            administration.read_document(path)


def test_without_pyyaml_the_error_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "yaml":
            raise ModuleNotFoundError("No module named 'yaml'", name="yaml")
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "quilt_core.administration.yaml_text", raising=False)
    monkeypatch.delattr(administration, "yaml_text", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(PluginError, match=r'pip install "quiltops\[yaml\]"'):
        administration.parse_document("version: 1")


def test_the_json_schema_describes_the_file() -> None:
    schema = administration.json_schema()
    user = schema["$defs"]["UserEntry"]
    assert set(user["properties"]) == {"email", "role", "extra_roles", "admin", "active"}
    assert user["additionalProperties"] is False
    assert schema["$defs"]["File"]["required"] == ["version"]
