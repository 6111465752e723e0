"""Errors in the reader's terms: commands and options that exist, and JSON."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import cache, partialmethod
from pathlib import Path
from typing import Any

import click
import pytest

from quilt_core import QuiltOps, errors, plugins
from quilt_core.cli import missing, wording
from quilt_core.cli.main import build
from quilt_core.cli.wording import COMMANDS, in_commands
from quilt_core.hookspecs import operations

from ...schemas import error_validator  # type: ignore[import-not-found]

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[3]
SOURCES = ("quilt_core", "packages/registry_client/quilt_registry", "plugins")
# For errors that an extension, a service or a Python caller causes, Python terms are right.
IN_PYTHON = re.compile(
    r"hookimpl|call\.proceed|request_identity|EntrySource|EntryHash|pathlib|to_dict|Settings\(|"
    r"options=\{|use_quilt3_login|use_stored_login|result\.to_arrow|Give a list|Give \[|"
    r"keywords=\['Adelie'\]"
)
CALL = re.compile(r"\b(?!(?:CAST|UNNEST)\()\w+\(")
"""A call of Python's; these functions are SQL's."""


@cache
def hints() -> frozenset[str]:
    """Every hint in the sources, without what is filled in at run time."""
    return frozenset(_hints())


def _hints() -> Iterator[str]:
    for source in SOURCES:
        for path in (ROOT / source).rglob("*.py"):
            parts = path.relative_to(ROOT).parts
            if {"testing", "local_registry", "cli", "filesystem"} & {*parts}:
                continue
            text = path.read_text("utf-8")
            if "hint=" not in text and "HOW_" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                is_hint = isinstance(node, ast.keyword) and node.arg == "hint"
                named = isinstance(node, ast.Assign) and any(
                    isinstance(one, ast.Name) and one.id.startswith("HOW_") for one in node.targets
                )
                if (is_hint or named) and (hint := _text(node.value)):
                    yield hint


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(one) or "…" for one in node.values)
    if isinstance(node, ast.IfExp):
        return f"{_text(node.body)} {_text(node.orelse)}"
    return ""


def test_no_hint_is_in_python() -> None:
    names = {*operations(), *(one.removeprefix("admin_") for one in operations())}
    for said in [in_commands(hint) for hint in hints() if not IN_PYTHON.search(hint)]:
        assert not CALL.search(said), said
        assert not re.search(r"\bops\.|=(True|False|None)\b", said), said
        assert not names & {*re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", said)}, said
        assert ", ," not in said, said
        assert not said.endswith((", .", ": .", " .")), said


def test_the_file_system_is_for_python_only() -> None:
    """No command reads through it, so its hints, which `hints` leaves out, are never shown."""
    for source in SOURCES:
        for path in (ROOT / source).rglob("*.py"):
            if "filesystem" not in path.relative_to(ROOT).parts:
                text = path.read_text("utf-8")
                assert not re.search(r"quilt_core\.filesystem|import fsspec", text), path


def test_there_are_hints() -> None:
    assert len(hints()) > 60
    assert any("list_all_packages" in hint for hint in hints())


@pytest.mark.parametrize("command", sorted({*COMMANDS.values()}))
def test_the_commands_that_hints_name_exist(command: str) -> None:
    found: click.Command | None = build()
    for word in command.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    assert found is not None
    assert not isinstance(found, click.Group)


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("list_buckets() lists them.", "`quiltops buckets list` lists them."),
        (
            "list_query_tables() shows the tables; or use engine='athena' where it is.",
            "`quiltops query tables` shows the tables; or use --engine athena where it is.",
        ),
        (
            "Set aws_identity='ambient' (QUILT_AWS_IDENTITY); engine=1 (OTHER) is not a setting.",
            "Set QUILT_AWS_IDENTITY=ambient; engine=1 (OTHER) is not a setting.",
        ),
        (
            "Check the new revision and write again; without an expected top hash, force=True "
            "overwrites it.",
            "Check the new revision and write again; without --expected-top-hash, --force "
            "overwrites it.",
        ),
        (
            "Name one, such as registry='s3://my-bucket', or configure a default: "
            "connect(registry=…), QUILT_DEFAULT_REGISTRY, or `registry` in a profile.",
            "Name one with --registry, or configure a default: "
            "QUILT_DEFAULT_REGISTRY, or `registry` in a profile.",
        ),
        (
            "Run `quiltops login`, or set QUILT_API_KEY or MCP_JWT_TOKEN, or connect(token=…).",
            "Run `quiltops login`, or set QUILT_API_KEY or MCP_JWT_TOKEN.",
        ),
        (
            "Configure one of: connect(catalog_url=…), connect(registry_url=…), QUILT_CATALOG_URL.",
            "Configure one of: QUILT_CATALOG_URL.",
        ),
        (
            "The claim is 'role_arn'; aws_identity='registry' uses the registry's own.",
            "The claim is 'role_arn'; QUILT_AWS_IDENTITY=registry uses the registry's own.",
        ),
        (
            "Check the network, or give it more time: ops.with_options(timeout=…, deadline=…), "
            "QUILT_TIMEOUT, QUILT_DEADLINE.",
            "Check the network, or give it more time: QUILT_TIMEOUT, QUILT_DEADLINE.",
        ),
    ],
)
def test_a_hint_is_translated_into_commands(hint: str, said: str) -> None:
    assert in_commands(hint) == said


WITH_OPTIONS = {
    "configure a default": ("packages list", "push"),
    "Give logical keys": ("packages create", "packages update"),
    "Allow more with": ("admin apply",),
    "Rewrite the query": ("query run", "query start"),
    "executes the query in this process": ("query run", "query start", "query tables"),
    "or push with": ("push",),
    "Exclude them with .quiltignore": ("push",),
    "and .quiltignore.": ("push",),
    "Leave them out with": ("install",),
    "Move away what is in their places": ("install",),
    "Free some space, or": ("install",),
    "Print it without": ("cat",),
    "overwrites it": ("packages create", "packages update", "push", "promote"),
    "overwrite the others": ("packages create", "packages update", "push", "promote"),
    "or pass --no-workflow": ("packages create", "packages update", "push", "promote"),
    "Turn on versioning": ("packages create", "packages update", "push", "promote"),
    "Write with": ("packages create", "packages update", "promote"),
    "or an identity to which": ("packages create", "packages update", "promote"),
    "so leave out": ("open",),
    "quiltops login --no-store": ("login",),
    "Nothing was stored.": ("login",),
    "file that only you can read": ("login",),
    "run `quiltops login` without": ("login",),
    "Name one, or --all": ("logout",),
    "Revoke it with": ("logout",),
}
"""For each hint that names an option, a part of it, and the commands that show it."""


def _command_of(name: str) -> click.Command:
    found: click.Command | None = build()
    for word in name.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    assert found is not None
    return found


def test_the_options_that_hints_name_exist_on_the_commands_that_show_them() -> None:
    seen = set()
    for said in map(in_commands, hints()):
        if not (named := re.findall(r"(?<![\w-])--[a-z][a-z-]*", said)):
            continue
        parts = [part for part in WITH_OPTIONS if part in said]
        assert len(parts) == 1, said
        seen.update(parts)
        for name in WITH_OPTIONS[parts[0]]:
            options = {
                one
                for param in _command_of(name).params
                for one in [*param.opts, *param.secondary_opts]
            }
            assert {*named} <= options, (name, said)
    assert seen == {*WITH_OPTIONS}


def test_no_hint_names_an_argument_of_python() -> None:
    for said in map(in_commands, hints()):
        named = {*re.findall(r"`(exclude|include|path|limit|top_hash)`", said)}
        assert not named, said


def test_the_hint_of_cat_leads_out(cli: Cli, catalog: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = catalog.put_object("bucket", "in/a.csv", b"12")
    assert cli("packages", "create", "t/p", uri, "--flat").code == 0
    read = partialmethod(QuiltOps.read_content, limit=1)
    monkeypatch.setattr(QuiltOps, "read_content", read)
    monkeypatch.setattr("quilt_core.cli.transfer._is_terminal", lambda: True)
    for form in ((), ("--json",)):
        refused = cli("cat", "t/p", "a.csv", *form)
        assert refused.code == 2
        assert "without --json into a file or a program" in refused.err
    monkeypatch.setattr("quilt_core.cli.transfer._is_terminal", lambda: False)
    assert cli("cat", "t/p", "a.csv").out == "12"
    assert "up to 64 MiB" in " ".join(cli("cat", "--help").out.split())


@pytest.mark.parametrize("command", ["push", "packages update", "rollback"])
def test_an_expected_hash_that_is_none_is_explained_with_what_is_taken(
    cli: Cli, package: str, tmp_path: Path, command: str
) -> None:
    arguments = {"push": (str(tmp_path), "t/p"), "packages update": ("t/p", "s3://bucket/in/a.csv"),
                 "rollback": ("t/p", "abcdef")}[command]  # fmt: skip
    for wrong in ("xyz", "abcdef", "latest"):
        refused = cli(*command.split(), *arguments, "--expected-top-hash", wrong)
        assert refused.code == 2
        assert "is not a whole top hash" in refused.err
        assert "latest'" not in refused.err.replace(repr(wrong), "")
        assert "first 6" not in refused.err


def test_a_conflict_of_a_rollback_names_no_option_that_it_lacks(cli: Cli, package: str) -> None:
    top_hash = json.loads(cli("packages", "info", "t/p", "--json").out)["top_hash"]
    for expected, shown in (("none", "no revision."), ("0" * 64, "000000000000….")):
        refused = cli("rollback", "t/p", top_hash, "--expected-top-hash", expected)
        assert refused.code == errors.ConflictError.exit_code
        assert f"instead of {shown}" in refused.err
        assert "--force" not in refused.err


@pytest.mark.parametrize("given", ["foo=1", "=x", "foo=bar", "foo=a*", "foo=true"])
def test_a_condition_on_metadata_begins_with_a_slash(cli: Cli, given: str) -> None:
    refused = cli("packages", "search", "x", "--meta", given)
    assert refused.code == 2
    assert "begins with '/'" in refused.err
    assert "MetadataPredicate" not in refused.err


def test_a_hint_is_shown_in_terms_of_commands(cli: Cli, package: str) -> None:
    for form in ((), ("--json",)):
        ended = cli("packages", "info", "no/such", *form)
        assert ended.code == errors.NotFoundError.exit_code
        assert "`quiltops packages list` lists" in ended.err
    refused = cli("cat", "t/p", "no/such")
    assert "`quiltops packages browse` lists the files and directories" in refused.err


def test_a_missing_login_command_comes_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plugins, "commands", dict)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    said = in_commands("Run `quilt3 login` again.")
    assert said.startswith("Run `quiltops login` again. ")
    assert "pip install quiltops-registry" in said


@pytest.mark.parametrize(
    ("words", "install"),
    [
        (("demo",), 'pip install "quiltops[local]"'),
        (("registry",), 'pip install "quiltops[local]"'),
        (("registry", "serve"), 'pip install "quiltops[local]"'),
        (("login",), "pip install quiltops-registry"),
        (("logout",), "pip install quiltops-registry"),
        (("auth", "list"), "pip install quiltops-registry"),
        (("auth", "token"), "pip install quiltops-registry"),
    ],
)
def test_a_missing_command_comes_with_how_to_install_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], install: str
) -> None:
    monkeypatch.setattr(plugins, "commands", dict)
    ended = cli(*words)
    assert ended.code == errors.PluginError.exit_code
    assert "is not installed" in ended.err
    assert install in ended.err
    assert json.loads(cli(*words, "--json").err)["error"] == "PluginError"


def test_a_blocked_command_is_not_reported_as_missing(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_CORE_BLOCK", "demo")
    ended = cli("demo")
    assert ended.code == errors.PluginError.exit_code
    assert "pip install" not in ended.err
    assert "QUILT_CORE_BLOCK" in ended.err or "blocked" in ended.err


def test_the_commands_of_other_distributions_are_those_that_they_provide() -> None:
    known = {".".join(path) for path in missing._BRINGS} - {"registry"}
    ours = {
        name
        for name, record in plugins.commands().items()
        if record.distribution in ("quiltops-registry", "quiltops-local-registry")
    }
    assert ours - {"auth.status"} <= known  # the core has one as well


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("pakages",), "`quiltops packages`"),
        (("packages", "serch"), "`quiltops packages search`"),
        (("packages", "push"), "`quiltops push`"),
        (("list",), "`quiltops packages list`"),
        (("search",), "`quiltops packages search`"),
        (("download",), "`quiltops install`"),
        (("whoami",), "`quiltops auth status`"),
        (("admin", "user", "list"), "`quiltops admin users`"),
        (("packages", "list", "--registri", "s3://x"), "--registry"),
        (("--jason", "packages", "list"), "--json"),
    ],
)
def test_the_nearest_command_or_option_is_suggested(
    cli: Cli, words: tuple[str, ...], meant: str
) -> None:
    ended = cli(*words)
    assert ended.code == 2
    assert meant in ended.err


def test_without_a_near_match_nothing_is_suggested(cli: Cli) -> None:
    ended = cli("xyzzy")
    assert ended.code == 2
    assert "Did you mean" not in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("xyzzy", "--json"),
        ("--json", "packages", "info"),
        ("packages", "search", "--order", "up", "--output", "json"),
        ("packages", "search", "--order", "up", "-o", "json"),
        ("packages", "list", "--json", "--no-such-option"),
        ("packages", "info", "no name", "--json"),
        ("demo", "--backend", "none", "--json"),
    ],
)
def test_errors_are_json_with_public_names(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)
    assert ended.out == ""
    report = json.loads(ended.err.splitlines()[-1])
    assert [error.message for error in error_validator().iter_errors(report)] == []
    assert report["error"] in errors.__all__
    assert ended.code == getattr(errors, report["error"]).exit_code


def test_a_bug_is_json(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: QuiltOps) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(QuiltOps, "list_buckets", fail)
    ended = cli("buckets", "list", "--json")
    report = json.loads(ended.err.splitlines()[-1])
    assert [error.message for error in error_validator().iter_errors(report)] == []
    assert (report["error"], ended.code) == ("KeyError", 70)


def test_arguments_after_the_two_hyphens_are_not_options(cli: Cli) -> None:
    assert not cli("packages", "info", "a", "b", "--", "--json").err.startswith("{")
    assert wording.COMMANDS
