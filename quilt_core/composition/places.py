"""The places of the files of a download: what is in their way, and how files get there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from quilt_core.composition.failures import files, problems_shown
from quilt_core.errors import ValidationError
from quilt_core.transfer.safe_paths import existing_folder


def unwritable(root: Path, problems: dict[str, str], *, hint: str) -> ValidationError:
    """The error for files that cannot be written into a folder, with the reason for each."""
    return ValidationError(
        f"{files(len(problems))} cannot be written into {str(root)!r}: "
        f"{problems_shown(problems)}. Nothing was written.",
        hint=hint,
        context={"failures": problems},
    )


def check_folder(folder: Path, needed: int) -> None:
    """Refuse a folder that cannot be made, or that has no space for this number of bytes."""
    above = existing_folder(folder)
    if above != folder.absolute() and not _may_write(above):
        raise ValidationError(
            f"{str(folder)!r} cannot be made: {str(above)!r} is not a folder that you may write "
            "to. Nothing was written.",
            context={"folder": str(above)},
        )
    free = shutil.disk_usage(above).free
    if needed > free:
        raise ValidationError(
            f"{str(folder)!r} has space for {free} bytes, but {needed} bytes are to be downloaded. "
            "Nothing was written.",
            hint="Free some space, or download only a part: `path`, `include`.",
            context={"needed": needed, "free": free},
        )


def obstacle(folder: str, known: dict[str, str | None]) -> str | None:
    """The reason why no file can be written into a folder, which need not exist; None if one can.

    `known` has the answers for the folders at and above those that were asked for.
    """
    asked = [folder]
    while folder and folder not in known and not os.path.lexists(folder):
        folder = os.path.dirname(folder)  # noqa: PTH120 - text costs a tenth of a path
        asked.append(folder)
    if folder in known:
        found = known[folder]
    elif not os.path.isdir(folder or "."):  # noqa: PTH112
        found = _not_a_folder(folder)
    else:
        found = None if _may_write(folder or ".") else f"you may not write to {folder!r}"
    known.update(dict.fromkeys(asked, found))
    return found


def is_a_folder(place: str) -> str:
    """The reason for the place of a file in which there is a folder."""
    return f"{place!r} is a folder, where the package has a file"


def make_folder(folder: str) -> None:
    """Make a folder, and those above it; raises `ValidationError` if something is in the way."""
    try:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    except (FileExistsError, NotADirectoryError) as error:
        while folder and not os.path.lexists(folder):
            folder = os.path.dirname(folder)  # noqa: PTH120
        raise ValidationError(_not_a_folder(folder), hint="Move it away.") from error


def put_in_place(temporary: str, place: str) -> None:
    """Rename a complete file; raises `ValidationError` if a folder is in its place."""
    try:
        os.replace(temporary, place)  # noqa: PTH105
    except OSError as error:
        if os.path.isdir(place) and not os.path.islink(place):  # noqa: PTH112, PTH114
            raise ValidationError(is_a_folder(place), hint="Move the folder away.") from error
        raise


def _not_a_folder(place: str) -> str:
    return f"{place!r} is not a folder, where the package has one"


def _may_write(folder: str | Path) -> bool:
    """Whether this process may make, rename and remove files in a folder."""
    effective = os.access in os.supports_effective_ids
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)
