"""A `quilt+s3://` URI is accepted wherever the command line takes a package name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import click
import pytest

from quilt_core import CatalogConfig, EntrySource, QuiltOps
from quilt_core.cli.main import build
from quilt_core.testing.memory import connect

Cli = Callable[..., Any]
URI = "quilt+s3://bucket#package=t/p"
READS = [
    ("cat", "{uri}", "in/a.csv"),
    ("cat", "{uri}&path=in/a.csv"),
    ("content", "browse", "{uri}"),
    ("content", "tree", "{uri}"),
    ("content", "url", "{uri}", "in/a.csv"),
    ("install", "{uri}", "-o", "{folder}"),
    ("packages", "browse", "{uri}", "in"),
    ("packages", "browse", "{uri}&path=in"),
    ("packages", "diff", "{uri}"),
    ("packages", "diff", "{uri}@{hash}"),
    ("packages", "diff", "{uri}", "{uri}@{hash}"),
    ("packages", "info", "{uri}"),
    ("packages", "info", "{uri}@{hash}"),
    ("packages", "metadata", "{uri}"),
    ("packages", "versions", "{uri}"),
    ("promote", "{uri}", "s3://other", "--as", "t/q", "--dry-run"),
    ("promote", "{uri}@{hash}", "s3://other", "--as", "t/q", "--copy", "none"),
    ("rollback", "{uri}", "{hash}"),
    ("packages", "delete", "{uri}", "--dry-run"),
    ("packages", "delete", "{uri}", "--yes"),
    ("packages", "create", "{uri}", "s3://bucket/in/a.csv"),
    ("packages", "update", "{uri}", "s3://bucket/in/a.csv"),
    ("verify", "{uri}", "{folder}", "--path", "in"),
    ("push", "{folder}", "{uri}", "--allow-unversioned"),
]
NO_LINK = {"open"}  # this catalog has no web page; tests/integration/cli opens one


@pytest.fixture
def fill(package: str, good: Cli, catalog: Any, tmp_path: Path) -> Callable[[str], str]:
    """Fills existing objects into an argument."""
    catalog.add_bucket("other")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").write_text("1")
    first = good("packages", "info", package, "--json").row["top_hash"]
    good("packages", "update", package, "--metadata", '{"n": 2}')
    values = {"uri": URI, "hash": first, "folder": str(tmp_path / "data")}
    return lambda text: text.format(**values)


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_a_uri_names_the_package(
    cli: Cli, fill: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.delenv("QUILT_DEFAULT_REGISTRY")  # the URI names the registry
    ended = cli(*map(fill, command))
    assert ended.code == (1 if command[0] == "verify" else 0), ended  # the folder is another one


def test_no_command_is_left_out() -> None:
    tried = {words[0] if words[0] not in ("packages", "content") else words[:2] for words in READS}
    assert {*_with_package((), build())} - {(one,) for one in NO_LINK} == {
        one if isinstance(one, tuple) else (one,) for one in tried
    }


def _with_package(path: tuple[str, ...], command: click.Command) -> Any:
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from _with_package((*path, name), inner)
    elif {"package", "target"} & {param.name for param in command.params}:
        yield path


@pytest.mark.parametrize("command", [one for one in READS if one[0] != "push"], ids=" ".join)
def test_a_registry_that_contradicts_the_uri_is_refused(
    cli: Cli, fill: Callable[[str], str], command: tuple[str, ...]
) -> None:
    ended = cli(*map(fill, command), "--registry", "s3://bucket")
    assert ended.code == 2
    assert "--registry" in ended.err


def test_a_diff_with_sizes_and_lines(good: Cli, catalog: Any) -> None:
    def put(name: str, data: bytes) -> str:
        return str(catalog.put_object("bucket", name, data))

    first = [put("same", b"1"), put("old", b"22"), put("text", b"a\nb\n"), put("bin", b"\xff")]
    good("packages", "create", "t/d", *first)
    second = [
        put("same", b"1"), put("new", b"333"), put("text", b"a\nc\x1b[2J\n"), put("bin", b"\xfe"),
    ]  # fmt: skip
    good("packages", "create", "t/d", *second)
    row = good("packages", "diff", "t/d", "--text", "--json").row
    changes = {one["path"]: one for one in row["changes"]}
    assert (changes["new"]["size_before"], changes["new"]["size_after"]) == (None, 3)
    assert (changes["old"]["size_before"], changes["old"]["size_after"]) == (2, None)
    assert (changes["text"]["size_before"], changes["text"]["size_after"]) == (4, 8)
    assert changes["text"]["text"][2:] == ["@@ -1,2 +1,2 @@", " a", "-b", "+c\x1b[2J"]
    assert changes["bin"]["text"] is None
    assert changes["new"]["text"][2:] == [
        "@@ -0,0 +1,2 @@",
        "+333",
        "+\\ No newline at end of file",
    ]
    text = good("packages", "diff", "t/d", "--text").out
    assert "+ new  (3)" in text
    assert "~ text  (4 > 8)" in text
    assert "    +c\\x1b[2J" in text
    assert "@@" not in good("packages", "diff", "t/d").out
    assert {one["text"] for one in good("packages", "diff", "t/d", "--json").row["changes"]} == {
        None
    }


def test_files_whose_metadata_alone_differs_are_marked(good: Cli, catalog: Any) -> None:
    a, b = (catalog.put_object("bucket", key, b"12") for key in "ab")
    for n in (1, True):
        with connect(catalog, registry="s3://bucket") as ops:
            entries = [EntrySource(a, "a", {"n": n}), EntrySource(b, "b", {"n": n})]
            ops.create_package_revision("t/d", entries)
        b = catalog.put_object("bucket", "b", b"34")
    assert good("packages", "diff", "t/d").out == "~ a  (metadata)\n~ b  (2)\n"
    changes = good("packages", "diff", "t/d", "--json").row["changes"]
    assert [one["size_after"] for one in changes] == [2, 2]


def test_large_files_are_not_read(good: Cli, catalog: Any) -> None:
    large = b"line\n" * 20_000
    good("packages", "create", "t/d", catalog.put_object("bucket", "a", large))
    good("packages", "create", "t/d", catalog.put_object("bucket", "a", large + b"x"))
    ended = good("packages", "diff", "t/d", "--text", "--json")
    assert ended.row["changes"][0]["text"] is None
    assert "read_content" not in ended.operations


def test_no_difference(good: Cli, package: str) -> None:
    assert good("packages", "diff", package).out == "No difference.\n"


def test_revisions_that_differ_in_metadata_alone_are_not_called_the_same(
    good: Cli, package: str
) -> None:
    good("packages", "update", package, "--metadata", '{"new": 1}')
    out = good("packages", "diff", package).out
    assert out == "No file differs; the metadata, messages or workflows of the revisions do.\n"


def test_a_diff_does_not_drop_the_revision_of_a_uri(
    cli: Cli, good: Cli, fill: Callable[[str], str]
) -> None:
    uri, top_hash = fill("{uri}@{hash}"), fill("{hash}")
    ended = cli("packages", "diff", uri, "--from", top_hash)
    assert (ended.code, "says which top_hash is meant" in ended.err) == (2, True)
    good("packages", "diff", uri, "--to", top_hash)
    good("packages", "diff", fill("{uri}"), "--from", top_hash)


@pytest.fixture
def any_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that finds a catalog at any address."""

    def configure_catalog(self: QuiltOps, catalog_url: str) -> CatalogConfig:
        nothing = {field.name: None for field in attrs.fields(CatalogConfig)}
        fields = {"registry_url": "https://r.example.com", "region": "us-east-1"}
        known = {**nothing, **fields, "catalog_url": catalog_url, "api_gateway_endpoint": ""}
        return CatalogConfig(**known)  # type: ignore[arg-type]

    monkeypatch.setattr(QuiltOps, "configure_catalog", configure_catalog)
    monkeypatch.setattr(QuiltOps, "get_catalog_config", configure_catalog)


def test_configure_keeps_the_catalog(
    good: Cli, cli: Cli, any_catalog: None, tmp_path: Path
) -> None:
    good("catalog", "configure", "https://catalog.example.com/")
    settings = {row["setting"]: row for row in good("config", "show", "--json").rows}
    assert settings["catalog_url"]["value"] == "https://catalog.example.com"
    assert "profile 'catalog.example.com'" in settings["catalog_url"]["from"]
    config = tmp_path / "config.toml"
    config.write_text(
        'default_profile = "work"\n[profiles.work] # mine\ncatalog_url = "https://a.example.com"\n'
        'registry_url = "https://registry.a.example.com"\nregion = "eu-west-1"\n'
    )
    good("catalog", "configure", "https://a.example.com")
    assert "registry_url" in config.read_text()  # the same catalog
    good("catalog", "configure", "https://b.example.com", "--dry-run")
    assert "b.example.com" not in config.read_text()
    good("catalog", "configure", "https://b.example.com")
    assert config.read_text() == (
        'default_profile = "work"\n[profiles.work] # mine\ncatalog_url = "https://b.example.com"\n'
        'region = "eu-west-1"\n'
    )
    assert cli("catalog", "configure", "ftp://x").code == 2


def test_configure_names_what_takes_precedence(
    good: Cli, any_catalog: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_CATALOG_URL", "https://other.example.com")
    ended = good("catalog", "configure", "https://catalog.example.com")
    assert "environment variable QUILT_CATALOG_URL takes precedence" in ended.err
