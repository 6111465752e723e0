"""`quiltops completion`: the script that a shell sources."""

from __future__ import annotations

import click

from quilt_core.cli.options import Command


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL; source it in the shell's start-up file.

    Example: quiltops completion bash
    """
    from quilt_core.cli.main import build
    from quilt_core.cli.shells import source

    click.echo(source(build, shell))
