"""`quiltops conformance`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from quilt_core.cli.answers import one
from quilt_core.cli.options import Command, value
from quilt_core.errors import PluginError, ValidationError

if TYPE_CHECKING:
    from quilt_core.testing.conformance.report import Report

INCOMPLETE_EXIT_CODE = 12
"""The exit code if nothing failed but not everything was tested; the codes up to 11 belong to
errors.
"""


@click.command(cls=Command, answers=one(dict[str, Any]))
@click.option(
    "--environment",
    metavar="MODULE:FUNCTION",
    help="The function that creates environments for the backend.",
)
@click.option("--world", "former_environment", hidden=True)  # its former name
@click.option("--junit", metavar="FILE", help="Write a JUnit report as well.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def conformance(
    environment: str | None,
    former_environment: str | None,
    junit: str | None,
    pytest_arguments: tuple[str, ...],
) -> None:
    """Run the conformance suite on --backend, and show what it proved for each operation.

    Arguments after -- are passed to pytest: -- -n 2 runs two tests at a time, -- -k browse only
    some.

    Exits with 0 if pytest succeeded, nothing failed, and every behaviour and every supported
    operation was tested; with 1 if a test failed or pytest did not succeed; and with 12 if nothing
    failed but the run is incomplete: tests were left out, none were run, or a supported operation
    was not tested.

    Example: quiltops conformance --backend memory -- -k deleting
    """
    backend = value("backend")
    if not backend:
        raise ValidationError("No backend is named.", hint="Give --backend NAME.")
    report = _run(backend, environment or former_environment, junit, list(pytest_arguments))
    if value("as_json"):
        click.echo(json.dumps({"backend": backend, **report.to_dict()}))
    else:
        for line in report.lines():
            click.echo(line)
    codes = {"passed": 0, "failed": 1, "incomplete": INCOMPLETE_EXIT_CODE}
    click.get_current_context().exit(codes[report.outcome])


def _run(backend: str, target: str | None, junit: str | None, arguments: list[str]) -> Report:
    try:
        from quilt_core.testing.conformance.run import find_environments, run_suite
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        raise PluginError(
            "The conformance suite needs pytest, which is not installed.",
            hint='Install it: pip install "quiltops[testing]"',
        ) from error
    return run_suite(backend, find_environments(backend, target), junit=junit, arguments=arguments)
