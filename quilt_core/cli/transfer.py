"""`quiltops push`, `install`, `cat` and `verify`."""

from __future__ import annotations

import shutil
import sys
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from quilt_core import DownloadResult, PushResult, VerifyResult
from quilt_core.cli.answers import FileBytes, FileText, one
from quilt_core.cli.options import TOP_HASH, Command, completed, connect, value
from quilt_core.cli.output import show
from quilt_core.cli.paths import LocalPath
from quilt_core.cli.progress import reported
from quilt_core.cli.revisions import chosen_workflow, json_object
from quilt_core.cli.terminal import note
from quilt_core.cli.writing import ALLOW_UNVERSIONED
from quilt_core.ops.addressing import parse_package_uri
from quilt_core.printable import printable
from quilt_core.transfer.safe_paths import key_problem

_SHOWN = 20
_NOTED = 10
_INCLUDE = click.option(
    "--include",
    multiple=True,
    metavar="PATTERN",
    help="Only files that match, as in .gitignore; may be given again.",
)
_EXCLUDE = click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Leave out files that match, as in .gitignore; may be given again.",
)


@click.command(cls=Command, answers=one(PushResult))
@click.argument("source", type=LocalPath())
@click.argument("package", metavar="NAME", shell_complete=completed("package_names"))
@_INCLUDE
@_EXCLUDE
@click.option(
    "--merge",
    is_flag=True,
    help="Keep the files that only the latest revision has; write nothing if nothing changed.",
)
@click.option("--metadata", metavar="JSON", help="User metadata, a JSON object; {} removes it.")
@click.option("--message", "-m", help="The commit message.")
@click.option(
    "--workflow",
    shell_complete=completed("workflows"),
    help="A workflow's id; the bucket's default if not given.",
)
@click.option("--no-workflow", is_flag=True, help="Use no workflow.")
@click.option(
    "--force", is_flag=True, help="Write even if another revision was published in between."
)
@click.option(
    "--expected-top-hash",
    shell_complete=completed("revisions"),
    metavar="HASH",
    help="Write only if this is the latest revision; `none`: if there is no package.",
)
@ALLOW_UNVERSIONED
@click.option("--no-cache", is_flag=True, help="Ignore the records of earlier pushes.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
def push(source: Path, package: str, **options: Any) -> None:
    """Publish the folder SOURCE as a revision of NAME, and upload what is new.

    Example: quiltops push data me/penguins -m "Add Biscoe" --exclude "*.tmp"
    """
    ops = connect()
    with reported(ops, "push_package", "pushing") as progress:
        result = ops.push_package(
            package,
            source,
            mode="merge" if options["merge"] else "replace",
            include=options["include"],
            exclude=options["exclude"],
            metadata=json_object(options["metadata"], "--metadata"),
            message=options["message"],
            force=options["force"],
            expected_top_hash=options["expected_top_hash"],
            allow_unversioned=options["allow_unversioned"],
            use_cache=not options["no_cache"],
            dry_run=options["dry_run"],
            progress=progress,
            **chosen_workflow(options["workflow"], options["no_workflow"]),
        )
    show(result, _shortened(result.to_dict()))
    if not (result.written or result.dry_run):
        unused = "" if options["message"] is None else ", and the message was not used"
        note(f"Nothing changed, so no revision was written{unused}.")
    _note_what_is_not_installed(result.new)


def _note_what_is_not_installed(keys: Iterable[str]) -> None:
    """Tell which files no installation can write: the bucket takes names that folders do not."""
    problems = [f"{key!r}: {problem}" for key in keys if (problem := key_problem(key))]
    if problems:
        which = "1 file" if len(problems) == 1 else f"{len(problems)} files"
        more = f"; and {len(problems) - _NOTED} more" if len(problems) > _NOTED else ""
        note(f"{which} can be pushed but not installed: {'; '.join(problems[:_NOTED])}{more}.")


@click.command(cls=Command, answers=one(DownloadResult))
@click.argument("package", metavar="NAME", shell_complete=completed("package_names"))
@click.option(
    "--output",
    "-o",
    metavar="DIR",
    type=LocalPath(),
    default=Path(),
    help="The target folder; the current folder by default.",
)
@click.option(
    "--path",
    shell_complete=completed("paths"),
    default="",
    help="A file or directory of the package; all by default.",
)
@TOP_HASH
@_INCLUDE
@_EXCLUDE
@click.option(
    "--delete",
    is_flag=True,
    help="Delete files that an earlier install wrote and that the revision lacks.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
def install(package: str, output: Path, path: str, top_hash: str | None, **options: Any) -> None:
    """Download the files of NAME to a folder and verify them.

    Files that are already correct are not read again. All others are replaced, including edited
    ones: these are listed as `replaced`, also with --dry-run.

    Example: quiltops install palmer/penguins -o penguins --path data
    """
    ops = connect()
    with reported(ops, "download_package", "downloading") as progress:
        result = ops.download_package(
            package, output, path=path, top_hash=top_hash, progress=progress, **options
        )
    show(result, _shortened(result.to_dict()))
    if not (result.downloaded or result.unchanged):
        note(f"No file of {result.package_name} is selected: check --include and --exclude.")


@click.command(cls=Command, answers=one(FileText | FileBytes))
@click.argument("package", metavar="NAME", shell_complete=completed("package_names"))
@click.argument("path", default="", shell_complete=completed("paths"))
@TOP_HASH
def cat(package: str, path: str, top_hash: str | None) -> None:
    """Print the file at PATH in NAME. NAME can be a quilt+s3:// URI that contains the path.

    Its bytes go to standard output as they are; on a terminal, control characters are shown
    escaped. With --json, an object with its text, or its bytes in base64. On a terminal and with
    --json, the file can have up to 64 MiB, and its hash is compared with that in the package;
    otherwise only its size is.

    Example: quiltops cat palmer/penguins README.md
    """
    ops = connect()
    if value("as_json"):
        data = ops.read_content(package, path, top_hash=top_hash)
        uri = parse_package_uri(package)
        named = (package, path) if uri is None else (str(uri.package_name), path or uri.path)
        show({"package": named[0], "path": named[1], "size": len(data), **_as_json(data)})
    elif _is_terminal():
        data = ops.read_content(package, path, top_hash=top_hash)
        click.echo(printable(data.decode(errors="replace"), lines=True), nl=False)
    else:
        with ops.open_content(package, path, top_hash=top_hash) as file:
            shutil.copyfileobj(file, sys.stdout.buffer, 1 << 20)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _as_json(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(data).decode()}


@click.command(cls=Command, answers=one(VerifyResult))
@click.argument("package", metavar="NAME", shell_complete=completed("package_names"))
@click.argument("folder", metavar="DIR", type=LocalPath())
@TOP_HASH
@click.option(
    "--path",
    shell_complete=completed("paths"),
    default="",
    help="A file or directory of the package; all by default.",
)
def verify(package: str, folder: Path, top_hash: str | None, path: str) -> None:
    """Compare the folder DIR with NAME, by hash; the exit code is 1 if they differ.

    Example: quiltops verify palmer/penguins penguins
    """
    result = connect().verify_package(package, folder, top_hash=top_hash, path=path)
    show(result, _verdict(result))
    if not result.is_clean:
        click.get_current_context().exit(1)


def _verdict(result: VerifyResult) -> dict[str, Any]:
    fields = result.to_dict()
    fields["differing"] = [f"{one.path} ({one.reason})" for one in result.differing]
    return _shortened(fields)


def _shortened(fields: dict[str, Any]) -> dict[str, Any]:
    """Long lists of files, cut after the first ones, for people; JSON has them all."""
    return {
        name: [*field[:_SHOWN], f"… and {len(field) - _SHOWN} more"]
        if isinstance(field, list) and len(field) > _SHOWN
        else field
        for name, field in fields.items()
    }
