"""The common options of commands and groups, of which the innermost applies, and the connection
that they make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

import quilt_core
from quilt_core.domain.package_uri import is_package_uri
from quilt_core.errors import ValidationError

if TYPE_CHECKING:
    from quilt_core.cli.answers import Answer

F = TypeVar("F", bound=Callable[..., Any])
COMPLETION_VARIABLE = "_QUILTOPS_COMPLETE"
"""The environment variable with which a shell asks for completions."""
_KEY = "quilt_core.cli.options"
_NOWHERE: Mapping[str, str] = MappingProxyType({})
_CONNECTION = "quilt_core.cli.connection"


def store(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """A click callback: keep the given value for `value`; the innermost applies."""
    values = ctx.find_root().meta.setdefault(_KEY, {})
    if isinstance(value, Mapping):
        values[param.name] = {**values.get(param.name, {}), **value}
    elif value is not None and value is not False:
        values[param.name] = value


def _store_pairs(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> None:
    """A click callback: keep `name=value` texts as a mapping; a value may be empty or
    contain `=`.
    """
    pairs = {}
    for text in given:
        name, separator, found = text.partition("=")
        if not (name and separator):
            raise click.BadParameter(f"{text!r} is not NAME=VALUE.", ctx, param)
        pairs[name] = found
    store(ctx, param, pairs)


def completed(names: str) -> Callable[..., list[CompletionItem]]:
    """The completer of a parameter: `names` in `quilt_core.cli.completing`, which is imported when
    it is needed.
    """

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from quilt_core.cli import completing

        found: list[CompletionItem] = getattr(completing, names)(ctx, param, incomplete)
        return found

    return complete


TOP_HASH = click.option(
    "--top-hash",
    shell_complete=completed("revisions"),
    metavar="HASH",
    help="A revision; the latest by default.",
)
"""The option of the commands that read a revision."""


def _common(*names: str, **fields: Any) -> Callable[[F], F]:
    return click.option(*names, expose_value=False, **{"callback": store, **fields})


_OPTIONS = (
    _common(
        "--backend",
        metavar="NAME",
        shell_complete=completed("backends"),
        help="The backend to use.",
    ),
    _common(
        "--registry",
        metavar="URL",
        shell_complete=completed("registries"),
        help="The package registry: s3://bucket, file:///folder.",
    ),
    _common(
        "--profile",
        metavar="NAME",
        shell_complete=completed("profiles"),
        help="A profile of the configuration file.",
    ),
    _common(
        "--option",
        multiple=True,
        callback=_store_pairs,
        metavar="NAME=VALUE",
        help="An option of the backend; may be given several times.",
    ),
    _common(
        "--json", "as_json", is_flag=True, help="Print JSON; listings print one object per line."
    ),
    _common(
        "--no-pager", is_flag=True, help="Print long output without a pager (also: PAGER=cat)."
    ),
    _common("--quiet", "-q", is_flag=True, help="No progress and no notes."),
    _common("--no-color", is_flag=True, help="No colours (also: NO_COLOR)."),
    _common("--verbose", "-v", is_flag=True, help="Show the traceback of an error."),
)


def add_common_options(command: click.Command) -> None:
    """Give a command or group the common options, unless it has its own."""
    own = {param.name for param in command.params}
    command.params += [option for option in _options() if option.name not in own]


def _options() -> list[click.Parameter]:
    def holder() -> None:
        """Holds the options, as click needs it."""

    for option in _OPTIONS:
        option(holder)
    params: list[click.Parameter] = holder.__click_params__  # type: ignore[attr-defined]
    return params


def _store_output(ctx: click.Context, param: click.Parameter, given: str | None) -> None:
    """A click callback: keep the form of a listing; `json` is the same as `--json`."""
    store(ctx, param, given)
    if given == "json":
        ctx.find_root().meta.setdefault(_KEY, {})["as_json"] = True


def _output_option() -> click.Option:
    return click.Option(
        ["--output", "-o"],
        type=click.Choice(["table", "csv", "tsv", "json"]),
        expose_value=False,
        callback=_store_output,
        help="The format of the listing: table (the default), CSV, TSV or JSON.",
    )


def value(name: str) -> Any:
    """The value of an option that `store` keeps; None if it was not given, or no command runs."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.find_root().meta.get(_KEY, {}).get(name)


def given_settings() -> quilt_core.Settings:
    """The settings from the common options, the environment and the profile."""
    return quilt_core.load_settings(
        backend=value("backend"),
        registry=value("registry"),
        profile=value("profile"),
        options=value("option"),
    )


def connect() -> quilt_core.QuiltOps:
    """Connect with the common options, once per command; closed with the command's context."""
    context = click.get_current_context()
    if _CONNECTION not in context.meta:
        ops = quilt_core.connect(settings=given_settings())
        context.call_on_close(ops.close)
        context.meta[_CONNECTION] = ops
    connection: quilt_core.QuiltOps = context.meta[_CONNECTION]
    return connection


class Command(click.Command):
    """A command with the common options; a listing has `--output`, too.

    `answers` says what it prints with `--json` (`quilt_core.cli.answers`); None for a command that
    prints no JSON.
    """

    def __init__(self, *args: Any, answers: Answer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers = answers
        if answers is not None and answers.listing:
            self.params.append(_output_option())
        add_common_options(self)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; raises `ValidationError` if both `--registry` and a URI name a
        registry.
        """
        if value("as_json") and value("output") not in (None, "json"):
            raise click.UsageError(f"Give --json or --output {value('output')}, not both.", ctx)
        if value("registry") is not None:
            for given in ctx.params.values():
                if is_package_uri(given):
                    raise ValidationError(
                        f"{given} contains the registry, but --registry is also given.",
                        hint="Leave out --registry, or pass only the package's name.",
                    )
        return super().invoke(ctx)


class HelpfulGroup(click.Group):
    """A group that suggests a command if it does not have the given one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; raises `UsageError`, or `PluginError`, which names the distribution
        that has it.
        """
        name = args[0]
        is_name = not (name.startswith("-") or ctx.resilient_parsing)
        if is_name and self.get_command(ctx, name) is None:
            from quilt_core.cli.unknown import unknown_command

            raise unknown_command(self, ctx, name)
        return super().resolve_command(ctx, args)


class Group(HelpfulGroup):
    """A group that has the common options, like its commands."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, elsewhere: Mapping[str, str] = _NOWHERE, **kwargs: Any) -> None:
        """Make a group.

        Parameters
        ----------
        elsewhere:
            The modules of commands that are imported when they are needed, by the command's name,
            which is also its name in the module.
        args, kwargs:
            As for `click.Group`.
        """
        super().__init__(*args, **kwargs)
        add_common_options(self)
        self._elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._elsewhere, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._elsewhere and cmd_name not in self.commands:
            self.add_command(getattr(import_module(self._elsewhere[cmd_name]), cmd_name))
        return super().get_command(ctx, cmd_name)
