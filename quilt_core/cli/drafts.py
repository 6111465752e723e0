"""Files that commands write: they are written completely, or stay as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quilt_core.errors import ValidationError
from quilt_core.transfer.temporary import temporary_path


@contextmanager
def draft_of(file: Path) -> Iterator[Path]:
    """A path beside a file to write to; at the end it replaces the file.

    If the block raises, the file stays as it was. Raises `ValidationError` if it cannot be written.
    """
    draft = temporary_path(file.parent)
    try:
        yield draft
        draft.replace(file)
    except OSError as error:
        raise ValidationError(f"{file} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
