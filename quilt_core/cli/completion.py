"""`quiltops completion`: the script that a shell sources."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from quilt_core.cli.options import Command


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL; source it in the shell's start-up file.

    Example: quiltops completion bash
    """
    from quilt_core.cli.main import COMPLETION_VARIABLE, build

    kind = get_completion_class(shell)
    if kind is None:  # click knows all three
        raise click.UsageError(f"No completion for {shell}.")
    click.echo(kind(build(), {}, "quiltops", COMPLETION_VARIABLE).source())
