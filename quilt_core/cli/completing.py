"""Completions for shells: names that this machine or the catalog knows.

A completion never waits longer than a moment for the catalog and reports no errors. In multitenant
mode it does not ask the catalog at all.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import click
from click.shell_completion import CompletionItem

from quilt_core import QuiltOps, plugins
from quilt_core.cli.options import connect, given_settings
from quilt_core.domain.package_uri import is_package_uri
from quilt_core.printable import printable
from quilt_core.settings import config_path, read_config

SECONDS = 2.0
"""The maximum duration of a completion; slower catalogs are not waited for."""
MOST = 100
"""The maximum number of names that are offered."""

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(find: Callable[[click.Context, str], Iterable[str]]) -> Completer:
    """Make the function that click calls. It returns the names that begin with the word, if they
    are found in time, and otherwise none.
    """

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        answer: queue.Queue[list[str]] = queue.Queue(1)

        def work() -> None:
            try:
                with ctx.scope(cleanup=False):
                    found = find(ctx, incomplete)
                    offered = (name for name in found if _is_offered(name, incomplete))
                    answer.put(list(islice(offered, MOST)))
            except Exception:  # noqa: BLE001 - a message would stand in the line that is typed
                answer.put([])

        # A thread that is still running does not delay the end of the process, because its result
        # is not needed.
        threading.Thread(target=work, daemon=True).start()
        try:
            return [CompletionItem(name) for name in answer.get(timeout=SECONDS)]
        except queue.Empty:
            return []

    return complete


def _is_offered(name: str, incomplete: str) -> bool:
    """Whether a name begins with the word and can be typed."""
    return name.startswith(incomplete) and printable(name) == name


def _asked(find: Callable[[QuiltOps, click.Context, str], Iterable[str]]) -> Completer:
    """A completer that asks the catalog, except in multitenant mode."""

    def look(ctx: click.Context, incomplete: str) -> Iterable[str]:
        return () if given_settings().multitenant else find(connect(), ctx, incomplete)

    return _completer(look)


def _packages(ops: QuiltOps, ctx: click.Context, incomplete: str) -> Iterator[str]:
    return ops.iter_all_packages(pattern=f"{_literal(incomplete)}*")


def _literal(text: str) -> str:
    """A pattern that matches exactly the text, with special characters escaped."""
    return text.replace("*", "?")


def _package(ctx: click.Context) -> str:
    """The package that the line names; after an option without its value, click reports none."""
    for name in ("package", "target"):
        if found := ctx.params.get(name):
            return str(found)
    words: tuple[str, ...] = ctx.find_root().obj or ()
    return next(
        word
        for word in words
        if is_package_uri(word) or ("/" in word and "://" not in word and word[:1] not in "-./")
    )


def _paths(ops: QuiltOps, ctx: click.Context, incomplete: str) -> Iterator[str]:
    folder = incomplete.rpartition("/")[0]
    revision = ctx.params.get("top_hash")
    for item in ops.browse_content(_package(ctx), path=folder, top_hash=revision):
        yield f"{item.path}/" if item.is_directory else item.path


def _revisions(ops: QuiltOps, ctx: click.Context, incomplete: str) -> Iterator[str]:
    for version in ops.list_package_versions(_package(ctx)):
        yield version.top_hash[: max(12, len(incomplete))]


def _registries(ops: QuiltOps, ctx: click.Context, incomplete: str) -> Iterator[str]:
    return (f"s3://{bucket.name}" for bucket in ops.list_buckets())


def _buckets(ops: QuiltOps, ctx: click.Context, incomplete: str) -> Iterator[str]:
    return (bucket.name for bucket in ops.list_buckets())


def _workflows(ops: QuiltOps, ctx: click.Context, incomplete: str) -> Iterator[str]:
    return (workflow.id for workflow in ops.list_workflows())


def _profiles(ctx: click.Context, incomplete: str) -> Iterable[str]:
    return list(read_config(config_path()).get("profiles", {}))


def _backends(ctx: click.Context, incomplete: str) -> Iterable[str]:
    return list(plugins.backends())


def _settings(ctx: click.Context, incomplete: str) -> Iterable[str]:
    from quilt_core.settings import setting_fields

    return [field.name for field in setting_fields() if field.name != "options"]


def _commands(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """The names that may follow the words given to a command."""
    group: click.Command | None = ctx.find_root().command
    for word in ctx.params.get("command") or ():
        group = group.get_command(ctx, word) if isinstance(group, click.Group) else None
    yield from group.list_commands(ctx) if isinstance(group, click.Group) else ()


package_names = _asked(_packages)
paths = _asked(_paths)
revisions = _asked(_revisions)
registries = _asked(_registries)
buckets = _asked(_buckets)
workflows = _asked(_workflows)
profiles = _completer(_profiles)
backends = _completer(_backends)
settings = _completer(_settings)
command_names = _completer(_commands)
