"""Write docs/reference/cli.md from the commands' own help.

python docs/generate/cli.py [--check]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QUILT_CORE_EXTENSIONS"] = "local_registry"
sys.path.insert(0, str(Path(__file__).parent))
import click
from page import write_page

from quilt_core.cli.main import build

INTRODUCTION = """# The quiltops command

Every command takes `--backend`, `--registry`, `--profile`, `--option`, `--json`, `--no-pager`,
`--quiet`, `--no-color` and `--verbose`, before or after its name. `--json` prints one object; a
listing prints one object per line ([JSON of the commands](json.md)). A listing takes
`--output table|csv|tsv|json`, too. Nothing but data goes to standard output. Exit codes: 0 done,
1 a check failed, 2 bad usage or input, 70 a bug, 130 interrupted, otherwise the error class's
number ([errors](errors.md)).

A command that takes something away asks first; `--yes` answers, and is needed where standard input
is not a terminal. A command that writes to the catalog has `--dry-run`: it shows what would be done
and what is there now, and writes nothing. Work that takes more than a second shows a bar when
standard error is a terminal, unless `--quiet` is given. URIs of objects may be patterns (`*` and
`?` within a folder, `**` across folders), and `-` reads them from standard input, one per line.

For completion, put `source <(quiltops completion bash)` into `~/.bashrc`; `zsh` and `fish` have
theirs.
"""
_COMMON = (
    "--backend", "--registry", "--profile", "--option", "--json", "--no-pager", "--quiet",
    "--no-color", "--verbose",
)  # fmt: skip


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    root = build()
    _add(root, "quiltops", click.Context(root, info_name="quiltops"), parts)
    return "\n".join(parts) + "\n"


def _add(command: click.Command, path: str, context: click.Context, parts: list[str]) -> None:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                inner = click.Context(child, info_name=name, parent=context)
                _add(child, f"{path} {name}", inner, parts)
        return
    usage = " ".join(command.collect_usage_pieces(context))
    parts.append(f"\n## {path}\n\n```\n{path} {usage}\n```\n")
    text, _, example = (command.help or "").partition("Example: ")
    parts.append(" ".join(text.split()))
    if example:
        parts.append(f"\n```text\n{' '.join(example.split())}\n```")
    rows = []
    for param in command.params:
        record = param.get_help_record(context)
        if record and isinstance(param, click.Option) and param.opts[0] not in _COMMON:
            option, meaning = (text.replace("|", "\\|") for text in record)
            rows.append(f"| `{option}` | {meaning} |")
    if rows:
        parts.append("\n| option | meaning |\n|---|---|\n" + "\n".join(rows))


if __name__ == "__main__":
    sys.exit(write_page("cli.md", page()))
