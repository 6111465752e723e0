"""The commands: the core's own and those of installed distributions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import attrs
import click

from quilt_core import plugins


@attrs.frozen(kw_only=True)
class CliCommand:
    """A command or group of `quiltops` that is imported only when it is used.

    `path` is its place: `("packages",)` for a top-level group, `("registry", "serve")` for a
    command in the group `registry`, which is created if it does not exist. `help` is the line that
    the listing shows, `owner` names its distribution in messages, and `load` imports it.
    """

    path: tuple[str, ...]
    help: str
    owner: str
    load: Callable[[], click.Command]


_GROUPS = {
    "catalog": "The catalog's configuration, and raw GraphQL.",
    "buckets": "The catalog's buckets.",
    "packages": "Search, list, describe, compare, create, update and delete packages.",
    "content": "List, read and link to the files of a package.",
    "objects": "Objects in buckets and folders: list, describe, read, write, find.",
    "workflows": "The workflows of a registry.",
    "query": "SQL over packages, in Athena or in this process.",
    "tabulator": "SQL tables over packages.",
    "api-keys": "My API keys.",
    "admin": "Users, roles, policies, buckets, API keys and single sign-on.",
}


GROUP_TEXTS = {
    "auth": "Log in and out, and show the current user.",
    "registry": "A local Quilt registry for development and tests.",
}
"""The help of groups that contain commands of other distributions."""

_OF_THE_REGISTRY_CLIENT = {
    "login": "Log in to a catalog, and stay logged in.",
    "logout": "Remove a login from this machine.",
    "auth.login": "Log in to a catalog, and stay logged in.",
    "auth.logout": "Remove a login from this machine.",
    "auth.list": "List the logins that are stored on this machine.",
    "auth.status": "Show the user, the credentials in use, and whether each stored login works.",
    "auth.switch": "Use another stored login from now on.",
    "auth.token": "Print the token in use, for another program.",
}
"""The help lines of the commands of quiltops-registry, so that listing them imports nothing."""

_OF_THE_LOCAL_REGISTRY = {
    "demo": "Run the demo on every backend, against a local registry.",
    "registry.serve": "Serve a local registry until interrupted.",
}
"""The help lines of the commands of quiltops-local-registry."""

_DESCRIBED = {
    "quiltops-registry": _OF_THE_REGISTRY_CLIENT,
    "quiltops-local-registry": _OF_THE_LOCAL_REGISTRY,
}

USABLE = (plugins.PluginStatus.INSTALLED, plugins.PluginStatus.LOADED)
"""The states of a command that can be run, including one that has already been loaded in this
process.
"""

_COMMANDS = {
    "push": ("transfer:push", "Publish a folder as a revision, and upload what is new."),
    "install": ("transfer:install", "Download a package to a folder and verify it."),
    "cat": ("transfer:cat", "Print a file of a package."),
    "verify": ("transfer:verify", "Compare a folder with a package."),
    "open": ("links:open_link", "Open the catalog's page for a package, a path or an object."),
    "promote": ("lifecycle:promote", "Publish a revision in another registry."),
    "rollback": ("lifecycle:rollback", "Make an earlier revision the latest one."),
    "plugins": ("plugins:plugins", "List backends, extensions and commands, and their status."),
    "doctor": ("doctor:doctor", "Show what is configured, where it comes from, and what works."),
    "config": ("config:group", "Manage the configuration file and its profiles."),
    "new-backend": ("new_backend:new_backend", "Write a skeleton of a backend."),
    "schema": ("schema:schema", "Print the JSON Schema of a command's output."),
    "completion": ("completion:completion", "Print the shell's completion script."),
}


def core_commands() -> Iterator[CliCommand]:
    """A group for each operation group, and the commands about the framework itself."""
    targets = {
        name: (f"quilt_core.cli.{name.replace('-', '_')}:group", text)
        for name, text in _GROUPS.items()
    }
    targets |= {name: (f"quilt_core.cli.{one}", text) for name, (one, text) in _COMMANDS.items()}
    targets["conformance"] = (
        "quilt_core.cli.conformance:conformance",
        "Test a backend with the conformance suite.",
    )
    targets["auth.switch-role"] = (
        "quilt_core.cli.auth:switch_role",
        "Activate another one of your roles.",
    )
    if not _is_offered("auth.status"):
        targets["auth.status"] = (
            "quilt_core.cli.auth:status",
            "Show the user, the role and the token's expiry.",
        )
    for name, (target, text) in targets.items():
        record = plugins.PluginRecord(
            name=name,
            group=plugins.COMMANDS_GROUP,
            target=target,
            distribution="quiltops",
            version=None,
        )
        yield _command(record, text)


def _is_offered(name: str) -> bool:
    """Whether the registry client is installed and has this command, whose version shows more than
    the core's.
    """
    record = plugins.commands().get(name)
    return (
        record is not None
        and record.status in USABLE
        and record.distribution == "quiltops-registry"
    )


def installed_commands() -> Iterator[tuple[plugins.PluginRecord, CliCommand]]:
    """The commands of other distributions: entry points of the group `quilt_core.commands`.

    The entry point's name is the command's path, its parts joined by dots; nothing is imported. An
    entry point that cannot be a command is marked in its record and left out.
    """
    for record in plugins.commands().values():
        if record.status is plugins.PluginStatus.BLOCKED:
            continue
        if re.fullmatch(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*", record.name):
            text = record.summary or f"From {record.origin}."
            text = _DESCRIBED.get(record.distribution or "", {}).get(record.name, text)
            yield record, _command(record, text)
        else:
            refuse(record, "its name is not a command path such as 'audit.show'")


def refuse(record: plugins.PluginRecord, cause: str) -> None:
    """Record that a command is left out, and why."""
    record.status, record.cause = plugins.PluginStatus.FAILED, cause


def _command(record: plugins.PluginRecord, text: str) -> CliCommand:
    return CliCommand(
        path=tuple(record.name.split(".")),
        help=text,
        owner=record.origin,
        load=lambda: load_command(record),
    )


def load_command(record: plugins.PluginRecord) -> click.Command:
    """Import a command; raises `PluginError` if that fails or the object is not a command."""
    command = plugins.load_target(record)
    if not isinstance(command, click.Command):
        raise plugins.failure(record, f"{record.target} is not a click command")
    return command
