"""The example in the help of each command works as it is, and its output matches the schema."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import pytest
from local_registry.config import RegistryConfig
from local_registry.server import LocalRegistry

from quilt_core.cli.answers import answer_of
from quilt_core.cli.main import build

from ...command_line import Ended, run_command  # type: ignore[import-not-found]

TABLE = """schema:
- {name: island, type: STRING}
source: {type: quilt-packages, package_name: ^palmer/penguins$, logical_key: .*csv$}
parser: {format: csv, header: true}
"""
SSO = """version: '1.0'
mappings:
- {schema: {type: object, properties: {email: {const: ada@example.com}}}, roles: [DemoReader]}
default_role: DemoReader
"""
NOT_RUN = {
    "auth login": "asks for a code at a terminal: tests/integration/login",
    "conformance": "takes long: tests/unit/testing",
    "demo": "takes long: tests/e2e/demo",
    "login": "asks for a code at a terminal: tests/integration/login",
    "registry serve": "serves until it is stopped: tests/integration/docs",
}
# What must exist before an example, by the beginning of its command; if it exists already, for
# instance after another example, that is fine too.
NEEDS = {
    "admin apply": ["admin export access.yaml"],
    "admin buckets remove": ["admin buckets add demo-new --title 'New data'"],
    "admin roles delete": ["admin roles create Analysts --policy 3f2a9c"],
    "admin roles update": ["admin roles create Analysts --policy 3f2a9c"],
    "admin roles create": ["admin roles delete Analysts --yes"],
    "admin sso": ["admin sso set sso.yaml"],
    "admin users ": ["admin users create ada ada@example.com --role DemoReader"],
    "admin users create": ["admin users delete ada --yes"],
    "admin users remove-roles": ["admin users set-role ada DemoWriter --extra-role DemoReader"],
    "auth switch ": ["login https://catalog.example.com --with-key"],
    "auth token": ["login https://catalog.example.com --with-key"],
    "logout": ["login https://catalog.example.com --with-key"],
    "config default": ["config set work registry s3://demo-data"],
    "config unset": ["config set work registry s3://demo-data"],
    "packages diff": [
        "packages create me/penguins s3://demo-data/penguins/README.md --flat",
        "objects put notes.md s3://demo-data/README.md",
        "packages create me/penguins s3://demo-data/README.md --flat",
    ],
    "packages delete": ["packages create me/penguins s3://demo-data/penguins/README.md"],
    "packages update": ["packages create me/penguins s3://demo-data/penguins/README.md"],
    "rollback": ["packages create me/penguins s3://demo-data/penguins/README.md"],
    "tabulator create": ["tabulator delete demo-data penguins --yes"],
    "tabulator get": ["tabulator create demo-data penguins table.yaml"],
    "tabulator update": ["tabulator create demo-data penguins table.yaml"],
    "tabulator rename": [
        "tabulator create demo-data penguins table.yaml",
        "tabulator delete demo-data birds --yes",
    ],
    "tabulator delete": ["tabulator create demo-data penguins table.yaml"],
    "verify": ["install palmer/penguins -o penguins"],
}
AFTERWARDS = {"auth switch-role": "auth switch-role DemoAdmin"}


def examples() -> Iterator[tuple[str, str, click.Command]]:
    """Each command's words, the example in its help, and the command."""
    yield from _below((), build())


def _below(path: tuple[str, ...], command: click.Command) -> Iterator[Any]:
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from _below((*path, name), inner)
        return
    found = re.search(r"Example: quiltops ((?:.+\n?)+)", command.help or "")
    yield " ".join(path), " ".join(found[1].split()) if found else "", command


EXAMPLES = list(examples())


@pytest.fixture(scope="module")
def registry() -> Iterator[LocalRegistry]:
    """A registry for the examples alone, which they may change."""
    with LocalRegistry(RegistryConfig(seed="demo")) as found:
        found.s3_client().create_bucket(Bucket="demo-new")
        yield found


@pytest.fixture(scope="module")
def variables(registry: LocalRegistry) -> dict[str, str]:
    """The environment of an administrator's shell; made once, because it creates an API key."""
    return registry.client_env("admin", bucket="demo-data")


@pytest.fixture
def run(
    variables: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., Ended]:
    """Runs a line as an administrator of the demonstration, in a folder with some files."""
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("QUILT_BACKEND", "platform")
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "biscoe.csv").write_text("island\nBiscoe\n")
    (tmp_path / "notes.md").write_text("# Notes\n")
    (tmp_path / "table.yaml").write_text(TABLE)
    (tmp_path / "sso.yaml").write_text(SSO)
    plain = partial(run_command, capsys, monkeypatch)

    def line(text: str, *more: str) -> Ended:
        key = ""
        if "--with-key" in text:
            key = plain("api-keys", "create", "login", "--json").row["secret"]
        words = [_actual(plain, variables["QUILT_CATALOG_URL"], word) for word in shlex.split(text)]
        return plain(*words, *more, stdin=key)

    return line


def _actual(run: Callable[..., Ended], url: str, word: str) -> str:
    """The placeholder for something that has a different name in each registry."""
    if word == "7d9c1f":
        return str(run("api-keys", "create", "ci", "--json").row["api_key"]["id"])
    if word == "3f2a9c":
        # A new one each time: one that another example gave to a role cannot be deleted.
        title = f"For examples {uuid4().hex}"
        allow = ("--allow", "demo-data:READ", "--json")
        return str(run("admin", "policies", "create", title, *allow).row["id"])
    if word == "0b1c2d3e":
        return str(
            run("query", "start", "SELECT 1", "--engine", "athena", "--json").row["query_id"]
        )
    if word == "1b4e3a5c0d2f":
        return str(run("packages", "info", "me/penguins", "--json").row["top_hash"])
    if "catalog.example.com" in word:
        return word.replace("https://catalog.example.com", url).replace(
            "catalog.example.com", url.partition("://")[2]
        )
    return word


def test_every_command_has_an_example() -> None:
    assert [name for name, example, _ in EXAMPLES if not example] == []
    assert {name for name, _, _ in EXAMPLES} >= NOT_RUN.keys()
    for name, example, _ in EXAMPLES:
        # `quiltops login` is the same as `quiltops auth login`.
        assert f"{example} ".startswith((f"{name} ", f"{name.removeprefix('auth ')} ")), name


@pytest.mark.parametrize(
    ("name", "example", "command"),
    [one for one in EXAMPLES if one[0] not in NOT_RUN],
    ids=[name for name, _, _ in EXAMPLES if name not in NOT_RUN],
)
def test_the_example_works(
    run: Callable[..., Ended], name: str, example: str, command: click.Command
) -> None:
    for beginning, needs in NEEDS.items():
        if f"{name} ".startswith(beginning):
            for need in needs:
                run(need)
    answer = answer_of(command)
    if answer is None:
        ended = run(example)
        assert ended.code == 0, ended
    elif "--json" not in example and "--output" not in example:
        # For commands that may be repeated: first the form for people, then the one of the schema.
        if answer.listing:
            for form in ((), ("--output", "csv"), ("--output", "tsv")):
                assert run(example, *form).code == 0
        ended = run(example, "--json")
        assert ended.code == 0, ended
        assert all(json.loads(row) is not None for row in ended.out.splitlines())
    else:
        ended = run(example)
        assert ended.code == 0, ended
    if name in AFTERWARDS:
        assert run(AFTERWARDS[name]).code == 0
