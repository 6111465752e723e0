"""`quiltops conformance`."""

from __future__ import annotations

import json

import click

from quilt_core.cli.options import Command, value
from quilt_core.errors import ValidationError


@click.command(cls=Command)
@click.option(
    "--environment", metavar="MODULE:FUNCTION", help="What makes environments for the backend."
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
    """Run the conformance suite on --backend; exits with 1 when an operation fails.

    Arguments after -- go to pytest, such as -- -k browse.
    """
    from quilt_core.testing.conformance.run import find_environments, run_suite

    backend = value("backend")
    if not backend:
        raise ValidationError("No backend is named.", hint="Give --backend NAME.")
    report = run_suite(
        backend,
        find_environments(backend, environment or former_environment),
        junit=junit,
        arguments=list(pytest_arguments),
    )
    if value("as_json"):
        click.echo(json.dumps({"backend": backend, "operations": report.to_dict()}))
    else:
        for line in report.lines():
            click.echo(line)
    click.get_current_context().exit(1 if report.failed else 0)
