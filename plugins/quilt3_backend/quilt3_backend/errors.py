"""Converting quilt3's exceptions into this framework's: the only table for that.

S3's errors are handled in `quilt_registry.s3.errors`, and those of the registry over HTTP and
GraphQL in the registry client; quilt3's own exceptions are handled here (docs/protocol.md, J.3,
J.7).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from quilt_core.error_messages import WORKFLOW_HINT
from quilt_core.errors import BackendError, ConflictError, QuiltOpsError, ValidationError


@contextmanager
def quilt3_errors(what: str) -> Iterator[None]:
    """Turn quilt3's exceptions into this framework's.

    Parameters
    ----------
    what:
        What is being tried, for the message: ``"write palmer/penguins"``.

    Raises
    ------
    ConflictError
        When another revision was published in the meantime.
    ValidationError
        When a workflow refuses the revision or cannot be applied, or quilt3's own rules refuse a
        key or an object's address.
    BackendError
        For everything else.
    """
    try:
        yield
    except _quilt3_exceptions() as error:
        from quilt3.workflows import WorkflowValidationError

        hint = WORKFLOW_HINT if isinstance(error, WorkflowValidationError) else None
        raise _kind(error)(f"Could not {what}: {_told(error)}", hint=hint) from error


def _told(error: BaseException) -> str:
    """The message of an error; a schema's error begins with the place of the wrong value."""
    message = str(error)
    cause = getattr(error, "schema_validation_error", None)
    if cause is None or cause.json_path == "$":
        return message
    return message.replace(f": {cause.message}.", f": {cause.json_path}: {cause.message}.")


def _kind(error: BaseException) -> type[QuiltOpsError]:
    from quilt3.exceptions import PackageException
    from quilt3.util import QuiltConflictException, QuiltException, URLParseError

    table: tuple[tuple[type[BaseException], type[QuiltOpsError]], ...] = (
        (QuiltConflictException, ConflictError),
        (PackageException, BackendError),
        (QuiltException, ValidationError),
        (URLParseError, ValidationError),
    )
    return next(kind for raised, kind in table if isinstance(error, raised))


def _quilt3_exceptions() -> tuple[type[BaseException], ...]:
    # Evaluated only when an exception passes, because it imports quilt3.
    from quilt3.exceptions import PackageException
    from quilt3.util import QuiltException, URLParseError

    return QuiltException, PackageException, URLParseError
