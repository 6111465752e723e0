"""`quiltops demo`: run the main job on every backend and show that the answers are the same."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import click

import quilt_core
from local_registry.config import RegistryConfig
from local_registry.demo.scenario import BUCKET, STEPS, Outcome, run_job, upload
from local_registry.server import LocalRegistry
from quilt_core import plugins

_USER = "writer"
_NEXT = """\
What to type next:

  quiltops registry serve --seed demo      # a registry of your own, until Ctrl-C
  quiltops plugins --capabilities          # what each backend can do
  quiltops packages --help                 # the commands of the main job
"""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON Lines.")
def demo(as_json: bool) -> None:
    """Run the main job on every backend, against a local registry with the Palmer penguins.

    Exits with 1 when a step fails or two backends answer differently.
    """
    config = RegistryConfig(seed="demo")
    names = [name for name in plugins.backends() if name != "memory"]
    with LocalRegistry(config) as registry, contextlib.ExitStack() as stack:
        os.environ.update(registry.client_env(_USER))
        s3 = registry.context.s3
        upload(
            lambda key, body: s3.put_object(Bucket=BUCKET, Key=key, Body=body),
            lambda key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(),
        )
        changed = s3.get_object(Bucket=BUCKET, Key="incoming/data/penguins.csv")["Body"].read()
        backends = {
            name: stack.enter_context(
                quilt_core.connect(name, registry=f"s3://{BUCKET}", use_quilt3_login=False)
            )
            for name in sorted(names)
        }

        def count_requests() -> int:
            total = registry.log.total()
            registry.log.clear()
            return total

        outcomes = list(run_job(backends, changed, count_requests))
    rows = _rows(outcomes, list(backends))
    if as_json:
        _print_json(rows)
    else:
        _print_table(rows, list(backends))
    if any(row["outcome"] != "identical" for row in rows):
        click.get_current_context().exit(1)
    if not as_json:
        click.echo(_NEXT)


def _rows(outcomes: list[Outcome], backends: list[str]) -> list[dict[str, Any]]:
    """A row a step: each backend's answer and requests, and whether all are the same."""
    rows = []
    for step in STEPS:
        found = {one.backend: one for one in outcomes if one.step is step}
        problems = [one.problem for one in found.values() if one.problem]
        answers = [one.answer for one in found.values()]
        same = step.reads or all(answer == answers[0] for answer in answers)
        outcome = problems[0] if problems else "identical" if same else "different"
        if len(backends) < 2 and outcome == "identical":
            outcome = "only one backend is installed"
        rows.append(
            {
                "operation": step.name,
                **{
                    name: f"{step.says(one.answer)}, {_plural(one.requests)}"
                    for name, one in found.items()
                    if one.answer is not None
                },
                "outcome": outcome,
            }
        )
    return rows


def _plural(requests: int) -> str:
    return f"{requests} request{'' if requests == 1 else 's'}"


def _print_json(rows: list[dict[str, Any]]) -> None:
    import json

    for row in rows:
        click.echo(json.dumps(row))


def _print_table(rows: list[dict[str, Any]], backends: list[str]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title="The main job, on every backend",
        caption="identical: readings of one state are equal as whole objects, times included;\n"
        "writes gave equal results, top hashes included; URLs gave the uploaded bytes.",
    )
    for column in ("operation", *backends, "outcome"):
        table.add_column(column)
    for row in rows:
        colour = "green" if row["outcome"] == "identical" else "red"
        cells = [escape(row.get(column, "–")) for column in ("operation", *backends)]
        table.add_row(*cells, f"[{colour}]{escape(row['outcome'])}[/]")
    Console(width=None if os.isatty(1) else 110).print(table)
