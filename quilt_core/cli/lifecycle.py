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
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.revisions import moved_on


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
    source = None
    if options["dry_run"]:
        source = ops.get_package_info(package, top_hash=options["top_hash"])
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
            dry_run=options["dry_run"],
            **chosen_workflow(options["workflow"], options["no_workflow"]),
        )
    show(result if source is None else _planned(source, destination, result))


def _planned(
    source: PackageInfo, destination: str, result: PackageRevisionResult
) -> PromotionDryRun:
    """What a dry run of a promotion shows."""
    shown: PromotionDryRun = {
        "package": source.name,
        "top_hash": source.top_hash,
        "destination": destination,
        "latest_there": result.previous_top_hash,
        "copied": result.copied,
        "written": False,
    }
    if result.unchecked:
        shown["unchecked"] = list(result.unchecked)
    return shown


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
        now=lambda: _latest(ops, package, top_hash, expected_top_hash),
    )


def _latest(
    ops: QuiltOps, package: str, top_hash: str | None, expected: str | None
) -> PackageInfo | None:
    """The latest revision, which a rollback to `top_hash` would replace; None if there is none.

    Raises what the rollback would raise for it, or for the revision.
    """
    wanted = ops.get_package_info(package, top_hash=top_hash)
    try:
        latest = ops.get_package_info(wanted.name, wanted.registry)
    except NotFoundError:
        latest = None  # a package whose revisions are there and whose pointer is missing
    actual = None if latest is None else latest.top_hash
    if expected is not None and expected != actual:
        name, registry = PackageName.parse(wanted.name), Registry.parse(wanted.registry)
        raise moved_on(name, registry, expected, actual, can_force=False)
    return latest
