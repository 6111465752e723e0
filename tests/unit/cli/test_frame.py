"""What the command line does for every command alike."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from quilt_core import errors
from quilt_core.cli.main import BUG_EXIT_CODE, INTERRUPTED_EXIT_CODE
from quilt_core.ops import QuiltOps
from quilt_core.testing.memory import MemoryCatalog

Cli = Callable[..., Any]
ERRORS = [
    one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.QuiltOpsError)
]


def made(kind: type[errors.QuiltOpsError]) -> errors.QuiltOpsError:
    if kind is errors.NotSupportedError:
        return kind("list_buckets", "memory", "a reason")
    return kind("a message", hint="a hint")


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("form", [(), ("--json",), ("--verbose",)])
def test_each_error_class_has_its_exit_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, kind: type[errors.QuiltOpsError],
    form: tuple[str, ...],
) -> None:  # fmt: skip
    def fail(self: QuiltOps) -> None:
        raise made(kind)

    monkeypatch.setattr(QuiltOps, "list_buckets", fail)
    ended = cli("buckets", "list", *form)
    page = Path(__file__).parents[3].joinpath("docs/reference/errors.md").read_text()
    assert f"| `{kind.__name__}` |" in page
    [row] = [line for line in page.splitlines() if line.startswith(f"| `{kind.__name__}`")]
    assert str(ended.code) == row.split("|")[3].strip()
    assert ended.out == ""
    if form == ("--json",):
        assert json.loads(ended.err)["error"] == kind.__name__
    assert ("Traceback" in ended.err) is (form == ("--verbose",))


def test_a_bug_and_an_interruption(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[BaseException] = [KeyError("ours"), KeyboardInterrupt()]

    def fail(self: QuiltOps) -> None:
        raise raised.pop(0)

    monkeypatch.setattr(QuiltOps, "list_buckets", fail)
    assert cli("buckets", "list").code == BUG_EXIT_CODE
    ended = cli("buckets", "list")
    assert (ended.code, ended.out) == (INTERRUPTED_EXIT_CODE, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing-of-the-kind",),
        ("packages", "nothing"),
        ("packages", "info"),
        ("packages", "list", "--no-such-option"),
        ("packages", "search", "--order", "backwards"),
        ("admin", "users", "set-admin", "reader", "perhaps"),
        ("packages", "create", "t/p"),
        ("packages", "create", "t/p", "s3://bucket/a", "--metadata", "no json"),
        ("packages", "create", "t/p", "s3://bucket/a", "--metadata", "[1]"),
        ("packages", "create", "t/p", "s3://bucket/a", "--workflow", "a", "--no-workflow"),
        ("admin", "policies", "create", "P", "--allow", "bucket:EVERYTHING"),
    ],
)
def test_usage_errors(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err


def test_help_and_version_go_to_standard_output(good: Cli) -> None:
    assert "Commands" in good("--help").out
    assert good("packages", "-h").err == ""
    assert good("--version").out.startswith("quiltops")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "packages", "list"),
        ("packages", "--json", "list"),
        ("packages", "list", "--json"),
        ("-q", "--json", "packages", "-v", "list", "--no-color"),
    ],
)
def test_common_options_may_stand_anywhere(
    good: Cli, package: str, arguments: tuple[str, ...]
) -> None:
    assert good(*arguments).rows == [package]


def test_the_innermost_option_wins(good: Cli, package: str, catalog: MemoryCatalog) -> None:
    catalog.add_bucket("other")
    here, there = ("--registry", "s3://bucket"), ("--registry", "s3://other")
    assert good(*there, "packages", *there, "list", *here, "--json").rows == [package]
    assert good(*here, "packages", *here, "list", *there, "--json").rows == []
    assert good(*here, "packages", *there, "list", "--json").rows == []


def test_quiet_still_prints_the_data(good: Cli) -> None:
    assert "Nothing found." in good("packages", "search", "walrus").err
    ended = good("packages", "search", "walrus", "--quiet")
    assert "Nothing found." not in ended.err
    assert ended.out == ""


def test_names_are_not_read_as_markup(good: Cli, catalog: MemoryCatalog) -> None:
    uri = catalog.put_object("bucket", "in/[red]a[b].csv", b"1")
    good("packages", "create", "t/p", uri, "--message", "[bold]loud[/bold]")
    assert "[red]a[b].csv" in good("packages", "browse", "t/p", "--recursive").out
    assert "[red]a[b].csv" in good("content", "tree", "t/p").out
    assert "[bold]loud[/bold]" in good("packages", "versions", "t/p").out


def test_patterns_prefixes_and_standard_input(
    good: Cli, cli: Cli, catalog: MemoryCatalog, tmp_path: Path
) -> None:
    files = [tmp_path / "in" / name for name in ("a.csv", "b.txt", "deep/c.csv")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("1")
    from quilt_core.cli.expansion import expand_uris

    ops: Any = None  # local files need no backend
    with click.Context(click.Command("x")):
        assert expand_uris(ops, [f"{tmp_path}/in/**"]) == [file.as_uri() for file in files]
        assert expand_uris(ops, [f"{tmp_path}/in/*"]) == [file.as_uri() for file in files[:2]]
        assert expand_uris(ops, [f"{tmp_path}/*/*.txt"]) == [files[1].as_uri()]
        assert expand_uris(ops, [f"{tmp_path}/in/*.csv"]) == [files[0].as_uri()]
        assert expand_uris(ops, [f"{tmp_path}/in/**/?.csv"]) == [files[0].as_uri(),
                                                                files[2].as_uri()]  # fmt: skip
        assert expand_uris(ops, ["s3://b/k?versionId=v*1"]) == ["s3://b/k?versionId=v*1"]
    uris = [catalog.put_object("bucket", f"in/{name}", b"1") for name in ("a b.csv", "c.csv")]
    made = good("packages", "create", "t/p", "-", "--json", stdin="\n".join([*uris, "", ""]))
    assert made.row["added"] == ["in/a b.csv", "in/c.csv"]
    assert cli("packages", "create", "t/q", f"{tmp_path}/none/*").code == 5


def test_one_object_with_its_logical_key(good: Cli, cli: Cli, catalog: MemoryCatalog) -> None:
    uri = catalog.put_object("bucket", "in/day=1/a.csv", b"1").partition("?")[0]
    made = good("packages", "create", "t/p", f"x/b=c.csv={uri}", uri, "--json")
    assert made.row["added"] == ["in/day=1/a.csv", "x/b=c.csv"]
    updated = good("packages", "update", "t/p", "-", "--json", stdin=f"x/b=c.csv={uri}\n{uri}\n")
    assert updated.row["replaced"] == ["in/day=1/a.csv", "x/b=c.csv"]
    glob = cli("packages", "create", "t/q", "k=s3://bucket/in/*")
    assert (glob.code, "a single key" in glob.err) == (2, True)


@pytest.mark.parametrize("character", ["\t", "\r", "\0", "\x0b", "\x85", "\u2028"])
def test_standard_input_is_taken_literally(
    cli: Cli, catalog: MemoryCatalog, character: str
) -> None:
    uri = catalog.put_object("bucket", "tab/ab", b"1").partition("?")[0]
    for line in (f"{uri[:-1]}{character}{uri[-1]}\n", f"{uri}{character}\n"):
        refused = cli("packages", "create", "t/p", "-", stdin=line)
        assert refused.code == 2
        assert repr(character) in refused.err
    spaced = cli("packages", "create", "t/p", "-", stdin=f"{uri} \n")
    assert spaced.code == 5  # that object does not exist, though a similar one does


def test_empty_text_is_no_object(cli: Cli) -> None:
    refused = cli("packages", "create", "t/p", "")
    assert refused.code == 2
    assert "An object's URI is empty" in refused.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("packages", "create", "t/p", "s3://bucket/in/a.csv", "--workflow", ""),
        ("packages", "delete", "t/p", "--yes", "--top-hash", ""),
        ("packages", "delete", "t/p", "--yes", "--dry-run", "--top-hash", ""),
        ("packages", "info", "t/p", "--top-hash", ""),
        ("promote", "t/p", "s3://other", "--as", ""),
        ("packages", "diff", "t/p", "--from", ""),
        ("install", "t/p", "--top-hash", ""),
        ("rollback", "t/p", ""),
        ("packages", "browse", "t/p", "--top-hash", ""),
        ("packages", "update", "t/p", "--remove", ""),
        ("packages", "list", "--registry", ""),
        ("query", "run", "SELECT 1", "--prefix", ""),
    ],
)
def test_empty_text_is_not_an_option_that_was_left_out(
    cli: Cli, package: str, catalog: MemoryCatalog, arguments: tuple[str, ...]
) -> None:
    catalog.add_bucket("other")
    assert cli(*arguments).code == 2
    assert cli("packages", "info", "t/p").code == 0


def test_a_folder_is_refused_with_the_command_that_takes_one(cli: Cli, tmp_path: Path) -> None:
    refused = cli("packages", "create", "t/p", str(tmp_path))
    assert refused.code == 2
    assert f"quiltops push {tmp_path}" in " ".join(refused.err.split())


def test_an_expected_revision(good: Cli, cli: Cli, catalog: MemoryCatalog) -> None:
    uri = catalog.put_object("bucket", "a", b"1")
    first = good("packages", "create", "t/p", uri, "--expected-top-hash", "none", "--json")
    assert cli("packages", "create", "t/p", uri, "--expected-top-hash", "none").code == 6
    assert cli("packages", "update", "t/p", uri, "--expected-top-hash", "0" * 64).code == 6
    good("packages", "update", "t/p", f"b={uri}", "--expected-top-hash", first.row["top_hash"])


def test_the_configuration_file(good: Cli, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert good("config", "path").out.strip() == str(file)
    good("config", "set", "a b", "jwt_issuer", 'an "issuer"')
    good("config", "set", "a b", "api_key", "env:A_KEY")
    good("config", "set", "other", "timeout", "5")
    good("config", "default", "other")
    assert tomllib.loads(file.read_text()) == {
        "default_profile": "other",
        "profiles": {
            "a b": {"jwt_issuer": 'an "issuer"', "api_key": {"env": "A_KEY"}},
            "other": {"timeout": "5"},
        },
    }
    assert file.stat().st_mode & 0o077 == 0
    assert [row["default"] for row in good("config", "profiles", "--json").rows] == [False, True]
    shown = {row["setting"]: row for row in good("config", "show", "--json").rows}
    assert shown["timeout"]["value"] == 5.0
    assert "profile 'other'" in shown["timeout"]["from"]
    for wrong in (("set", "a", "no_such", "1"), ("set", "a", "timeout", "never"),
                  ("set", "a", "registry", "bucket"), ("set", "a", "token", "a-secret"),
                  ("default", "nobody")):  # fmt: skip
        assert cli("config", *wrong).code == 2
    short = cli("config", "set", "a", "registry", "s3://x")
    assert "3 to 63 lower-case letters" in " ".join(short.err.split())
    assert "a-secret" not in file.read_text()


def test_comments_and_order_of_the_configuration_file_stay(
    good: Cli, cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        'default_profile = "é" # mine\n\n# Work.\n[profiles."é"]\n'
        "timeout = 5 # seconds\nregistry = 's3://my-bucket'\n\n[profiles.b]\npage_size = 7\n"
    )
    before = file.read_text()
    good("config", "set", "é", "region", "eu-west-1")
    assert '# Work.\n[profiles."é"]\ntimeout = 5 # seconds\n' in file.read_text()
    good("config", "set", "é", "options.database", "x.db")
    assert tomllib.loads(file.read_text())["profiles"]["é"] == {
        "timeout": 5, "registry": "s3://my-bucket", "region": "eu-west-1",
        "options": {"database": "x.db"},
    }  # fmt: skip
    good("config", "unset", "é", "region")
    good("config", "unset", "é", "options.database")
    found = tomllib.loads(file.read_text())
    assert found["profiles"]["é"].pop("options") == {}
    assert found == tomllib.loads(before)
    assert file.read_text().startswith('default_profile = "é" # mine\n\n# Work.\n')
    for wrong in (("é", "region"), ("nobody", "timeout"), ("é", "no_such"), ("é", "options.no")):
        assert cli("config", "unset", *wrong).code == 2


def test_the_table_of_plugins(good: Cli) -> None:
    rows = {row["name"]: row for row in good("plugins", "--json").row}
    assert rows["memory"]["kind"] == "backend"
    assert "memory" in good("plugins", "--check").out
    checked = {row["name"]: row["status"] for row in good("plugins", "--check", "--json").row}
    assert checked["memory"] == "loaded"
    able = good("plugins", "--capabilities", "--json").row
    assert len({one["operation"] for one in able["memory"]}) == 90
