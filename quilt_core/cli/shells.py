"""Completion in bash, zsh and fish: that of click, with a script for bash that handles colons."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
)

from quilt_core.cli.options import COMPLETION_VARIABLE

# bash ends a word at a colon, as in `s3://`, so the script passes the whole line. Completions are
# quoted as the shell needs them, and no space follows a folder.
_BASH = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                [[ $value == */ ]] && compopt -o nospace
                COMPREPLY+=("$(printf '%%q' "$value")")
                ;;
        esac
    done < <(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" %(complete_var)s=bash_complete "$1")
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _WithWords(ShellComplete):
    """A shell whose completers find the words of the line as the context's object."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        self.ctx_args["obj"] = tuple(args)
        return super().get_completions(args, incomplete)


class _Bash(_WithWords, BashComplete):
    """bash, whose script passes the line; scripts of earlier versions passed its words."""

    source_template: ClassVar[str] = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ.get("COMP_LINE")
        if line is None:
            return super().get_completion_args()
        words = _words(line)[1:]
        incomplete = "" if not words or line[-1:].isspace() else words.pop()
        return words, incomplete

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        # The text before the last colon is a word of its own, which bash keeps.
        before = incomplete.rpartition(":")[0]
        known = len(before) + 1 if ":" in incomplete and "COMP_LINE" in os.environ else 0
        found = super().get_completions(args, incomplete)
        for item in found:
            if item.type == "plain":
                item.value = item.value[known:]
        return found


def _words(line: str) -> list[str]:
    """The words of a line as a shell splits it; quotation marks may be unclosed at its end."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:
        words.append(lexer.token)
    return words


class _Zsh(_WithWords, ZshComplete):
    """zsh."""


class _Fish(_WithWords, FishComplete):
    """fish."""


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def source(build: Callable[[], click.Command], shell: str) -> str:
    """The script that a shell reads at its start: bash, zsh or fish."""
    return _SHELLS[shell](build(), {}, "quiltops", COMPLETION_VARIABLE).source()


def complete(build: Callable[[], click.Command], instruction: str) -> int:
    """Print the completions for a shell's line, and nothing else, whatever happens."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        said, sys.stderr = sys.stderr, nowhere
        try:
            shell, _, what = instruction.partition("_")
            if shell not in _SHELLS or what not in ("complete", "source"):
                return 1
            kind = _SHELLS[shell](build(), {}, "quiltops", COMPLETION_VARIABLE)
            click.echo(kind.complete() if what == "complete" else kind.source())
            return 0
        finally:
            sys.stderr = said
