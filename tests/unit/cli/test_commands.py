"""What every command has; the tests walk the tree of commands."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from quilt_core.cli.main import build

COMMON = {"backend", "registry", "profile", "as_json", "quiet", "no_color", "verbose"}
FOR_GOOD = ("delete", "remove", "revoke")
READING = {
    "browse", "config", "diff", "export", "get", "graphql", "graphql-endpoint", "health", "info",
    "list", "metadata", "registry-url", "schema", "search", "status", "tree", "url", "versions",
}  # fmt: skip
ON_THIS_MACHINE = {"auth login", "auth logout", "auth switch", "auth token"}
GROUPS = {"admin", "api-keys", "auth", "buckets", "catalog", "content", "objects", "packages",
          "tabulator"}  # fmt: skip
WRITING = {"promote", "rollback"}  # commands that belong to no group


def walk(
    command: click.Command, context: click.Context, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    yield " ".join(path), command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from walk(child, click.Context(child, parent=context), (*path, name))


def tree() -> dict[str, click.Command]:
    root = build()
    return dict(walk(root, click.Context(root, info_name="quiltops")))


@pytest.fixture(scope="module")
def commands() -> dict[str, click.Command]:
    return tree()


def test_groups_and_commands_have_the_common_options(commands: dict[str, click.Command]) -> None:
    lacking = {
        path: missing
        for path, command in commands.items()
        if (missing := COMMON - {param.name for param in command.params})
    }
    assert lacking == {}
    assert {"packages list", "registry serve", "demo", "doctor"} <= set(commands)


def test_everything_has_a_help_text(commands: dict[str, click.Command]) -> None:
    assert [path for path, command in commands.items() if not command.help] == []


def test_destructive_commands_ask_first(commands: dict[str, click.Command]) -> None:
    deleting = [path for path in commands if path.rpartition(" ")[2].startswith(FOR_GOOD)]
    # A role that is taken from a user can be given back.
    deleting.remove("admin users remove-roles")
    assert len(deleting) == 9
    for path in deleting:
        assert "yes" in {param.name for param in commands[path].params}, path


def test_commands_that_write_to_the_catalog_have_a_dry_run(
    commands: dict[str, click.Command],
) -> None:
    writing = [
        path
        for path, command in commands.items()
        if path.split()[:1] and path.split()[0] in GROUPS | WRITING
        if not isinstance(command, click.Group)
        if path.rpartition(" ")[2] not in READING and path not in ON_THIS_MACHINE
    ]
    assert len(writing) == 40
    for path in writing:
        assert "dry_run" in {param.name for param in commands[path].params}, path


def test_no_command_takes_empty_text_for_the_current_folder(
    commands: dict[str, click.Command],
) -> None:
    """A variable of the shell that is not set is empty text."""
    with_paths = set()
    for path, command in commands.items():
        for param in command.params:
            if isinstance(param.type, click.Path):
                with_paths.add(path)
                with pytest.raises(click.BadParameter, match="is empty"):
                    param.type.convert("", param, None)
            elif isinstance(param.type, click.File):
                with pytest.raises(click.BadParameter):
                    param.type.convert("", param, None)
            elif param.human_readable_name.lower() in ("file", "dir", "folder", "directory"):
                raise AssertionError((path, param.name))
    assert with_paths == {
        "admin apply", "admin export", "install", "new-backend", "objects get", "objects put",
        "push", "query run", "registry serve", "verify",
    }  # fmt: skip
