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

Every command accepts `--backend`, `--registry`, `--profile`, `--option`, `--json`, `--no-pager`,
`--quiet`, `--no-color` and `--verbose`, before or after its name. `--json` prints one object;
listings print one object per line ([JSON of the commands](json.md)). Listings also accept
`--output table|csv|tsv|json`. Only data is written to standard output. Exit codes: 0 for success, 1
if a check failed, 2 for invalid usage or input, 70 for a bug, 130 if interrupted, and otherwise the
number of the error class ([errors](errors.md)).

Commands that delete ask for confirmation. `--yes` skips it, and is required if standard input is
not a terminal. Commands that write to the catalog have `--dry-run`, which shows the changes and the
current state and writes nothing. Work that takes more than a second shows a progress bar if
standard error is a terminal, unless `--quiet` is given. URIs of objects can be patterns (`*` and
`?` within a folder, `**` across folders), and `-` reads them from standard input, one per line.

For completion in bash, add `source <(quiltops completion bash)` to `~/.bashrc`; `quiltops
completion` also supports `zsh` and `fish`.
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
