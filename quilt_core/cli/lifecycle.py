"""`quiltops promote` and `quiltops rollback`."""

from __future__ import annotations

from typing import Any

import click

from quilt_core import NotFoundError, PackageRevisionResult, QuiltOps, RollbackResult
from quilt_core.cli.answers import PromotionDryRun, one
from quilt_core.cli.options import Command, completed, connect
from quilt_core.cli.output import show
from quilt_core.cli.progress import reported
from quilt_core.cli.revisions import chosen_workflow
from quilt_core.cli.writing import ALLOW_UNVERSIONED, Write, write
from quilt_core.domain.packages import PackageInfo


@click.command(cls=Command, answers=one(PackageRevisionResult | PromotionDryRun))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("destination", shell_complete=completed("registries"))
@click.option(
    "--top-hash", shell_complete=completed("revisions"), help="A revision; the latest by default."
)
@click.option("--as", "new_name", metavar="NAME", help="The package's name in the destination.")
@click.option(
    "--copy",
    type=click.Choice(["none", "new", "all"]),
    default="new",
    show_default=True,
    help="Which objects to copy into the destination's bucket.",
)
@click.option("--message", "-m", help="A commit message, instead of the revision's message.")
@click.option(
    "--workflow",
    shell_complete=completed("workflows"),
    help="A workflow's id, instead of the revision's workflow.",
)
@click.option("--no-workflow", is_flag=True, help="No workflow.")
@click.option(
    "--force", is_flag=True, help="Write even if another revision was published in between."
)
@click.option(
    "--expected-top-hash",
    shell_complete=completed("revisions"),
    metavar="HASH",
    help="Write only if this is the latest revision there; `none`: if there is no package.",
)
@ALLOW_UNVERSIONED
@click.option("--dry-run", is_flag=True, help="Show what would be published; write nothing.")
def promote(package: str, destination: str, **options: Any) -> None:
    """Publish a revision of PACKAGE, with its metadata, in the registry DESTINATION.

    Example: quiltops promote palmer/penguins s3://demo-shared --as shared/penguins
    """
    ops = connect()
    if options["dry_run"]:
        source = ops.get_package_info(package, top_hash=options["top_hash"])
        there = _there(ops, options["new_name"] or source.name, destination)
        show(
            {
                "package": source.name,
                "top_hash": source.top_hash,
                "destination": destination,
                "latest_there": None if there is None else there.top_hash,
                "written": False,
            }
        )
        return
    with reported(ops, "promote_package", "promoting") as progress:
        result = ops.promote_package(
            package,
            destination=destination,
            top_hash=options["top_hash"],
            new_name=options["new_name"],
            copy=options["copy"],
            message=options["message"],
            force=options["force"],
            expected_top_hash=options["expected_top_hash"],
            progress=progress,
            allow_unversioned=options["allow_unversioned"],
            **chosen_workflow(options["workflow"], options["no_workflow"]),
        )
    show(result)


@click.command(cls=Write, answers=one(RollbackResult))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("top_hash", required=False)
@click.option(
    "--expected-top-hash",
    shell_complete=completed("revisions"),
    metavar="HASH",
    help="Write only if this is the latest revision.",
)
def rollback(package: str, top_hash: str | None, expected_top_hash: str | None) -> None:
    """Make the revision TOP_HASH of PACKAGE the latest one. No revision is lost.

    Example: quiltops rollback me/penguins 1b4e3a5c0d2f
    """
    ops = connect()
    write(
        ops.rollback_package,
        package,
        top_hash=top_hash,
        expected_top_hash=expected_top_hash,
        now=lambda: ops.get_package_info(package, top_hash=top_hash),
    )


def _there(ops: QuiltOps, name: str, registry: str) -> PackageInfo | None:
    try:
        return ops.get_package_info(name, registry)
    except NotFoundError:
        return None
