"""Write docs/reference/quilt-mcp.md from calls of every tool of quilt-mcp, on every backend.

It runs where quilt-mcp is installed: `make quilt-mcp-page`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "integrations" / "quilt_mcp" / "tests"
PAGE = ROOT / "docs" / "reference" / "quilt-mcp.md"

sys.path.insert(0, str(TESTS))
from scenario import (  # type: ignore[import-not-found]  # noqa: E402 - the path is set above
    CONFIGURATIONS,
    EXCEPTIONS,
    FAILURES,
    FUNCTIONS,
    RESOURCES,
    tools,
)

Results = Mapping[str, Sequence[Mapping[str, object]]]
"""The result of each call in each configuration, as run_tools.py prints it."""

INTRODUCTION = """<!-- Generated: `make quilt-mcp-page` calls the tools and writes this page. -->

# quilt-mcp's tools

Every tool of quilt-mcp {version}, called against a local registry: with the backends of quiltops
([how](../guides/quilt-mcp.md)), and with quilt-mcp's own. "yes" means that the answer held what it
should, and not just that no error came. quiltops had nothing but an API key; the AWS variables of
its process were wrong, so that nothing worked with them. quilt-mcp's own backends had what they
need: the platform backend a JWT with each request, the quilt3 backend a login of quilt3 and valid
AWS variables.

"–" means that quilt-mcp offers it in another deployment only.
"""

AWS = """
## What needs more than a registry

The tools and resources of Athena, and those that query tabulator's tables, were answered by the
[Athena of the local registry](../guides/local-registry.md#queries-in-athena); on a catalog in AWS
they ask Amazon's. `athena://query/history` is quilt-mcp's history of the workgroup `primary`, and
of no other.

The tool marked **STS** leaves QuiltOps aside and asks this service of AWS who it is, for which the
local registry has only a refusal. Nothing here needs Glue, for which it has a refusal as well:
quilt-mcp has a client of Glue, and no tool that uses it. With quiltops, all of these act with the
credentials that the registry gives to the user. The one marked **docs.quilt.bio** searches Quilt's
documentation on the internet and was not called.
"""


def run(configuration: str) -> list[dict[str, object]]:
    """Call everything in one configuration, in a process of its own."""
    done = subprocess.run(  # noqa: S603 - a script of this repository
        [sys.executable, str(TESTS / "run_tools.py"), configuration],
        capture_output=True, text=True, check=False, timeout=900
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{configuration}: {done.stderr[-3000:]}")
    found: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return found


def page(results: Results, version: str) -> str:
    """The page; `ValueError` when something fails for a reason that nobody has explained."""
    notes: list[str] = []
    text = INTRODUCTION.format(version=version)
    kinds = [
        ("Tools", "tool", [step.name for step in tools("")]),
        ("Resources", "resource", [step.name for step in RESOURCES]),
        ("Functions that are not registered as tools", "function", [s.name for s in FUNCTIONS]),
    ]
    for title, kind, names in kinds:
        text += f"\n## {title}\n\n| | {' | '.join(CONFIGURATIONS.values())} |\n"
        text += "|---" * (len(CONFIGURATIONS) + 1) + "|\n"
        for name in dict.fromkeys(names):
            cells = [_cell(results[one], one, kind, name, notes) for one in CONFIGURATIONS]
            text += f"| `{name}` | {' | '.join(cells)} |\n"
    text += "\n## Why not\n\n"
    text += "".join(f"{number}. {note}\n" for number, note in enumerate(notes, start=1))
    return text + AWS


def _cell(
    found: Sequence[Mapping[str, object]], configuration: str, kind: str, name: str,
    notes: list[str],
) -> str:  # fmt: skip
    calls = [one for one in found if (one["kind"], one["name"]) == (kind, name)]
    if not calls:
        return "–"
    if needed := calls[0]["needs"]:
        return f"**{needed}**"
    failed = " ".join(str(one["said"]) for one in calls if not one["right"])
    said, why = FAILURES.get((configuration, name), ("", ""))
    if bool(failed) != bool(said) or said not in failed:
        raise ValueError(f"{configuration}, {name}: {failed or 'works, against FAILURES'}")
    if not failed and name in EXCEPTIONS:
        note = f"`{name}`, everywhere: {EXCEPTIONS[name]}."
        if note not in notes:
            notes.append(note)
        return f"yes, but ({notes.index(note) + 1})"
    if not failed:
        return "yes"
    notes.append(f"`{name}`, {CONFIGURATIONS[configuration]}: {why}.")
    return f"no ({len(notes)})"


def _version() -> str:
    from importlib.metadata import version

    return version("quilt-mcp")


def main() -> Iterator[str]:
    """Run all configurations, one after the other."""
    results = {}
    for configuration in CONFIGURATIONS:
        yield f"{configuration} …"
        results[configuration] = run(configuration)
    PAGE.write_text(page(results, _version()), encoding="utf-8")


if __name__ == "__main__":
    for line in main():
        print(line)
