"""What all commands have in common: options, exit codes, confirmations, streams."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_user

from quilt_core import errors
from quilt_core.cli.main import BUG_EXIT_CODE
from quilt_core.ops import QuiltOps

Cli = Callable[..., Any]
Put = Callable[..., str]


@pytest.fixture
def package(good: Cli, put: Put) -> str:
    uris = [put(f"in/{name}", name) for name in ("a.csv", "d/b.csv")]
    good("packages", "create", "t/p", *uris, "--metadata", '{"n": 1}', "-m", "First")
    return "t/p"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "packages", "list"),
        ("packages", "--json", "list"),
        ("packages", "list", "--json"),
        ("--json", "packages", "--quiet", "list", "--verbose"),
    ],
)
def test_common_options_can_be_given_anywhere(
    good: Cli, package: str, arguments: tuple[str, ...]
) -> None:
    assert good(*arguments).rows == [package]


def test_the_innermost_option_takes_precedence(
    good: Cli, cli: Cli, package: str, bucket: str
) -> None:
    here = ("--registry", f"s3://{bucket}")
    elsewhere = ("--registry", "s3://no-such-bucket-anywhere")
    assert good(*elsewhere, "packages", *elsewhere, "list", *here, "--json").rows == [package]
    assert cli(*here, "packages", "list", *elsewhere).code == errors.NotFoundError.exit_code


def test_exit_codes(cli: Cli, good: Cli, package: str, bucket: str, put: Put,
                    shared_local_registry: LocalRegistry,
                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    cases: dict[tuple[str, ...], type[errors.QuiltOpsError]] = {
        ("packages", "info", "nameless"): errors.ValidationError,
        ("packages", "info", "no/package"): errors.NotFoundError,
        ("packages", "create", "t/q", f"s3://{bucket}/not/there"): errors.NotFoundError,
        ("admin", "users", "create", "admin", "a@example.com", "--role", "DemoReader"):
            errors.ConflictError,
        ("auth", "status", "--backend", "no_such"): errors.PluginError,
        ("catalog", "config", "http://127.0.0.1:9"): errors.TransportError,
    }  # fmt: skip
    for arguments, error in cases.items():
        ended = cli(*arguments)
        assert ended.code == error.exit_code, (arguments, ended)
        assert ended.out == ""
        assert "Traceback" not in ended.err
    reader = add_user(shared_local_registry, reads=[bucket]).name
    monkeypatch.setenv("QUILT_API_KEY", shared_local_registry.api_key(reader))
    assert cli("admin", "users", "list").code == errors.PermissionDeniedError.exit_code
    monkeypatch.setenv("QUILT_API_KEY", "qk_nothing")
    assert cli("packages", "list").code == errors.AuthenticationError.exit_code


def test_every_error_class_has_an_exit_code_of_its_own() -> None:
    classes = [errors.QuiltOpsError]
    for one in classes:
        classes += one.__subclasses__()
    own = {one.exit_code: one for one in classes if "exit_code" in vars(one)}
    assert len(own) == sum("exit_code" in vars(one) for one in classes)
    assert not set(own) & {0, BUG_EXIT_CODE}


@pytest.mark.parametrize("verbose", [False, True])
def test_an_error_as_json_goes_to_standard_error(cli: Cli, verbose: bool) -> None:
    ended = cli("packages", "info", "no/package", "--json", *(["--verbose"] if verbose else []))
    assert ended.code == errors.NotFoundError.exit_code
    assert ended.out == ""
    told = json.loads(ended.err.splitlines()[-1])
    assert (told["error"], told["backend"]) == ("NotFoundError", "platform")
    assert ("Traceback" in ended.err) is verbose


def test_a_bug_is_reported_as_a_bug(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: QuiltOps) -> None:
        raise KeyError("something of ours")

    monkeypatch.setattr(QuiltOps, "list_buckets", broken)
    ended = cli("buckets", "list")
    assert ended.code == BUG_EXIT_CODE
    assert "This is a bug" in ended.err
    assert "Traceback" not in ended.err
    assert "Traceback" in cli("buckets", "list", "--verbose").err


def test_deleting_asks_first(cli: Cli, good: Cli, package: str) -> None:
    for answer in ("", "n\n"):
        assert cli("packages", "delete", package, stdin=answer, terminal=True).code == 130
        assert good("packages", "list", "--json").rows == [package]
    good("packages", "delete", package, stdin="y\n", terminal=True)
    assert good("packages", "list", "--json").rows == []


def test_a_pipe_does_not_count_as_confirmation(cli: Cli, good: Cli, package: str) -> None:
    ended = cli("packages", "delete", package, stdin="y\n")
    assert ended.code == errors.ValidationError.exit_code
    assert "--yes" in ended.err
    assert good("packages", "list", "--json").rows == [package]
    good("packages", "delete", package, "--yes")
    assert good("packages", "list", "--json").rows == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("packages", "delete", "t/p"),
        ("admin", "users", "delete", "reader"),
        ("admin", "roles", "delete", "DemoReader"),
        ("admin", "sso", "remove"),
    ],
)
def test_nothing_is_deleted_without_an_answer(
    cli: Cli, package: str, arguments: tuple[str, ...]
) -> None:
    ended = cli(*arguments)
    assert ended.code != 0
    assert not [one for one in ended.operations if "delete" in one or "remove" in one]


@pytest.mark.parametrize(
    "arguments",
    [
        ("packages", "create", "t/p", "{uri}", "--flat"),
        ("packages", "create", "t/new", "{uri}", "--flat"),
        ("packages", "update", "t/p", "{uri}", "--flat", "--remove", "in/a.csv"),
        ("packages", "delete", "t/p"),
    ],
)
def test_a_dry_run_shows_and_writes_nothing(
    cli: Cli, good: Cli, package: str, put: Put, arguments: tuple[str, ...]
) -> None:
    uri = put("in/new.csv", "3")
    before = good("packages", "versions", package, "--json").rows
    shown = good(*(one.format(uri=uri) for one in arguments), "--dry-run", "--json")
    assert good("packages", "versions", package, "--json").rows == before
    assert good("packages", "list", "--json").rows == [package]
    if arguments[1] == "update":
        assert (shown.row["added"], shown.row["removed"]) == (["new.csv"], ["in/a.csv"])


def test_uris_from_standard_input_and_patterns(good: Cli, put: Put, bucket: str) -> None:
    uris = [put(f"data/{name}") for name in ("a.csv", "b.txt", "deep/c.csv")]
    put("other/d.csv")
    made = good("packages", "create", "t/stdin", "-", "--json", stdin="\n".join(uris))
    assert made.row["added"] == ["data/a.csv", "data/b.txt", "data/deep/c.csv"]
    made = good("packages", "create", "t/all", f"s3://{bucket}/data/**", "--json")
    assert made.row["added"] == ["data/a.csv", "data/b.txt", "data/deep/c.csv"]
    made = good("packages", "create", "t/csv", f"s3://{bucket}/data/*.csv", "--json")
    assert made.row["added"] == ["data/a.csv"]


def test_a_pattern_without_a_match(cli: Cli, good: Cli, bucket: str) -> None:
    ended = cli("packages", "create", "t/none", f"s3://{bucket}/nothing/**")
    assert ended.code in (errors.NotFoundError.exit_code, errors.ValidationError.exit_code)
    assert "nothing/**" in ended.err
    assert good("packages", "list", "--json").rows == []


def test_output_for_people(good: Cli, package: str, put: Put) -> None:
    assert "a.csv" in good("content", "tree", package).out
    first = good("packages", "versions", package, "--json").rows[0]["top_hash"]
    good("packages", "update", package, put("in/new.csv"), "--remove", "in/a.csv")
    diff = good("packages", "diff", package, "--from", first).out
    assert "+ in/new.csv" in diff
    assert "- in/a.csv" in diff
    assert "\x1b" not in diff  # NO_COLOR
    assert "First" in good("packages", "versions", package).out
    assert "Nothing found." in good("packages", "search", "walrus").err
    assert "Nothing found." not in good("packages", "search", "walrus", "--quiet").err


def test_conditions_of_a_search(good: Cli, package: str) -> None:
    found = ["--json", "--meta", "/n=1", "--name", "t/*", "--message", "first"]
    assert [row["name"] for row in good("packages", "search", *found).rows] == [package]
    assert good("packages", "search", "--json", "--meta", "/n=2").rows == []
    assert good("packages", "search", "--json", "--entries-min", "3").rows == []


def test_a_condition_has_the_type_that_its_value_has_in_json(good: Cli, put: Put) -> None:
    values = {
        "boolean": True, "inf": "inf", "number": 2024, "quoted": "true", "text": "2024",
        "thousand": 1000, "zeros": "007",
    }  # fmt: skip
    uri = put("in/a.csv", "a.csv")
    for kind, value in values.items():
        good("packages", "create", f"kind/{kind}", uri, "--metadata", json.dumps({"v": value}))
    cases = {
        "2024": "number", "2.024e3": "number", '"2024"': "text", "true": "boolean",
        '"true"': "quoted", "007": "zeros", "00?": "zeros", '"00?"': None, "inf": "inf",
        "1_000": None, "NaN": None,
    }  # fmt: skip
    found = {
        wanted: good("packages", "search", "--json", "--meta", f"/v={wanted}").rows
        for wanted in cases
    }
    names = {wanted: [row["name"] for row in rows] for wanted, rows in found.items()}
    assert names == {
        wanted: [] if kind is None else [f"kind/{kind}"] for wanted, kind in cases.items()
    }


def test_times_of_a_search_without_a_zone_are_utc(
    good: Cli, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = json.loads(good("packages", "info", package, "--json").out)["modified"][:19]
    bounds = ("--modified-from", published, "--modified-to", published)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert [row["name"] for row in good("packages", "search", *bounds, "--json").rows] == [
            package
        ]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_profiles(good: Cli, cli: Cli, bucket: str, package: str, tmp_path: Path,
                  monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.delenv("QUILT_DEFAULT_REGISTRY")
    assert cli("packages", "list").code == errors.ValidationError.exit_code
    good("config", "set", "mine", "registry", f"s3://{bucket}")
    good("config", "set", "mine", "api_key", "env:SOME_KEY")
    assert good("packages", "list", "--profile", "mine", "--json").rows == [package]
    monkeypatch.setenv("QUILT_PROFILE", "mine")
    assert good("packages", "list", "--json").rows == [package]
    monkeypatch.delenv("QUILT_PROFILE")
    good("config", "default", "mine")
    assert good("packages", "list", "--json").rows == [package]
    assert cli("packages", "list", "--profile", "yours").code == errors.ValidationError.exit_code
    refused = cli("config", "set", "mine", "token", "a-secret-token")
    assert refused.code == errors.ValidationError.exit_code
    assert "a-secret-token" not in refused.err + refused.out


def test_secrets_in_a_profile_file_are_masked(good: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[profiles.mine]\ntoken = "a-secret-token"\napi_key = {env = "SOME_KEY"}\n'
    )
    for arguments in (("config", "profiles"), ("config", "show"), ("doctor",)):
        for form in ((), ("--json",)):
            shown = good(*arguments, *form)
            assert "a-secret-token" not in shown.out + shown.err
    assert good("config", "profiles", "--json").row["settings"]["api_key"] == {"env": "SOME_KEY"}


def test_completion(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_QUILTOPS_COMPLETE" in cli("completion", shell).out
    monkeypatch.setenv("_QUILTOPS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "quiltops packages ver")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert cli().out == "plain,versions\n"


def test_the_doctor(good: Cli, cli: Cli, user: str, bucket: str,
                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    report = good("doctor", "--json").row
    assert user in json.dumps(report)
    assert bucket in json.dumps(report)
    monkeypatch.setenv("QUILT_REGISTRY_URL", "http://127.0.0.1:9")
    ended = cli("doctor")
    assert ended.code != 0
    assert "http://127.0.0.1:9" in ended.out
    assert "127.0.0.1:9" in json.dumps(json.loads(cli("doctor", "--json").out))
    monkeypatch.setenv("QUILT_BACKEND", "no_such")
    ended = cli("doctor")
    assert ended.code != 0
    assert "no_such" in ended.out
