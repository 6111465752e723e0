"""`quiltops packages create`, `update` and `delete`."""

from __future__ import annotations

import json
from typing import Any

import click

from quilt_core import DeletionResult, PackageRevisionResult, QuiltOps
from quilt_core.cli.answers import DeletionDryRun, RevisionDryRun, one
from quilt_core.cli.expansion import expand_uris
from quilt_core.cli.options import Command, completed, connect, value
from quilt_core.cli.output import show
from quilt_core.cli.progress import reported
from quilt_core.cli.terminal import note
from quilt_core.cli.writing import ALLOW_UNVERSIONED, Delete, confirm
from quilt_core.errors import ConflictError, ValidationError
from quilt_core.nesting import DEEPEST_METADATA
from quilt_core.outcome import Outcome


def json_object(text: str | None, option: str) -> dict[str, Any] | None:
    """The JSON object in an option; raises `ValidationError` for anything else."""
    if text is None:
        return None
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValidationError(f"{option} is not JSON: {error}.") from error
    except RecursionError:
        raise ValidationError(
            f"{option} is nested too deeply: {DEEPEST_METADATA} levels are the most.",
            context={"limit": DEEPEST_METADATA, "outcome": Outcome.NOT_WRITTEN.value},
        ) from None
    if not isinstance(parsed, dict):
        raise ValidationError(f"{option} is not a JSON object.")
    return parsed


def chosen_workflow(given: str | None, none: bool) -> dict[str, Any]:
    """The argument `workflow`, if one is given; raises `ValidationError` if both options are."""
    if given is not None and none:
        raise ValidationError("Give --workflow or --no-workflow, not both.")
    if none:
        return {"workflow": None}
    return {} if given is None else {"workflow": given}


def _writing(command: Any) -> Any:
    for option in reversed(
        [
            click.option("--metadata", metavar="JSON", help="User metadata, a JSON object."),
            click.option("--message", "-m", help="The commit message."),
            click.option(
                "--copy",
                type=click.Choice(["none", "new", "all"]),
                default="none",
                show_default=True,
                help="Which objects to copy into the registry's bucket.",
            ),
            click.option(
                "--workflow",
                shell_complete=completed("workflows"),
                help="A workflow's id; the bucket's default if not given.",
            ),
            click.option("--no-workflow", is_flag=True, help="Use no workflow."),
            click.option(
                "--flat/--whole-path",
                default=False,
                help="Logical keys from base names or whole keys.",
            ),
            click.option(
                "--force",
                is_flag=True,
                help="Write even if another revision was published in between.",
            ),
            click.option(
                "--expected-top-hash",
                shell_complete=completed("revisions"),
                metavar="HASH",
                help="Write only if this is the latest revision; `none`: if there is no package.",
            ),
            ALLOW_UNVERSIONED,
            click.option("--dry-run", is_flag=True, help="Show what would change; write nothing."),
        ]
    ):
        command = option(command)
    return command


def _shown(result: PackageRevisionResult, metadata: dict[str, Any] | None, *always: str) -> Any:
    """What was done, or in a dry run what would be done: these facts, the given metadata, and other
    facts that are not empty.
    """
    if result.written:
        return result
    facts = result.to_dict()
    others = ("copied", "completed", "lost_directory_metadata", "unchecked")
    return {
        "package": result.package_name,
        "latest": result.previous_top_hash,
        **{name: facts[name] for name in always},
        **({} if metadata is None else {"metadata": metadata}),
        **{name: facts[name] for name in others if facts[name] not in (0, [], ())},
        "written": False,
    }


@click.command(cls=Command, answers=one(PackageRevisionResult | RevisionDryRun))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("uris", nargs=-1, required=True)
@_writing
def create(package: str, uris: tuple[str, ...], flat: bool, **options: Any) -> None:
    """Publish a revision of PACKAGE with exactly the objects URIS.

    A URI is s3://bucket/key, KEY=URI for one object with its logical key, a prefix
    s3://bucket/prefix/**, a glob, or - for standard input.

    Example: quiltops packages create me/penguins 's3://demo-data/penguins/**' -m First
    """
    ops, metadata = connect(), json_object(options["metadata"], "--metadata")
    sources = expand_uris(ops, uris)
    with reported(ops, "create_package_revision", "creating") as progress:
        result = ops.create_package_revision(
            package,
            sources,
            metadata,
            message=options["message"],
            auto_organize=not flat,
            copy=options["copy"],
            force=options["force"],
            expected_top_hash=options["expected_top_hash"],
            progress=progress,
            dry_run=options["dry_run"],
            allow_unversioned=options["allow_unversioned"],
            **chosen_workflow(options["workflow"], options["no_workflow"]),
        )
    show(_shown(result, metadata, "added"))


@click.command(cls=Command, answers=one(PackageRevisionResult | RevisionDryRun))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("uris", nargs=-1)
@click.option("--remove", multiple=True, metavar="KEY", help="A key or directory to remove.")
@_writing
def update(
    package: str, uris: tuple[str, ...], flat: bool, remove: tuple[str, ...], **options: Any
) -> None:
    """Publish a revision based on the latest one of PACKAGE: add, replace and remove entries.

    URIS are as in `packages create`.

    Example: quiltops packages update me/penguins s3://demo-shared/notes/welcome.md --flat
    """
    ops, metadata = connect(), json_object(options["metadata"], "--metadata")
    sources = expand_uris(ops, uris)
    with reported(ops, "update_package_revision", "updating") as progress:
        result = ops.update_package_revision(
            package,
            sources,
            None,
            metadata,
            options["message"],
            not flat,
            options["copy"],
            remove=remove,
            force=options["force"],
            expected_top_hash=options["expected_top_hash"],
            progress=progress,
            dry_run=options["dry_run"],
            allow_unversioned=options["allow_unversioned"],
            **chosen_workflow(options["workflow"], options["no_workflow"]),
        )
    show(_shown(result, metadata, "added", "replaced", "removed"))


@click.command(cls=Delete, answers=one(DeletionResult | DeletionDryRun))
@click.argument("package", shell_complete=completed("package_names"))
@click.option(
    "--top-hash", shell_complete=completed("revisions"), help="Delete only this revision."
)
def delete(package: str, top_hash: str | None) -> None:
    """Delete PACKAGE, or one of its revisions, but keep its objects.

    Example: quiltops packages delete me/penguins --yes
    """
    ops = connect()
    if value("dry_run"):
        show({"package": package, "deleted": _doomed(ops, package, top_hash), "written": False})
        return
    what = (
        f"revision {top_hash} of {package}" if top_hash is not None else f"{package}, all revisions"
    )
    confirm(f"Delete {what}?")
    with reported(ops, "delete_package", "deleting") as progress:
        result = ops.delete_package(package, top_hash=top_hash, progress=progress)
    show(result)
    if not result.is_complete:
        note("Not everything was deleted; see `failed`.")
        click.get_current_context().exit(ConflictError.exit_code)


def _doomed(ops: QuiltOps, package: str, top_hash: str | None) -> list[str]:
    if top_hash is not None:
        return [ops.get_package_info(package, top_hash=top_hash).top_hash]
    return [version.top_hash for version in ops.list_package_versions(package)]
