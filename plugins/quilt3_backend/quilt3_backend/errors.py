"""What quilt3 raises, in this framework's errors: the one table.

What S3 says is in `quilt_registry.s3.errors`, what the registry says over HTTP and GraphQL in
the modules of the session; quilt3's own exceptions are here (docs/protocol.md, J.3, J.7).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
        For a revision that came in between.
    ValidationError
        For what a workflow or quilt3's own rules refuse: a key, or an address of an object.
    BackendError
        For a workflows configuration that is broken, and the rest.
    """
    try:
        yield
    except _quilt3_exceptions() as error:
        raise _kind(error)(f"Could not {what}: {error}") from error


def _kind(error: BaseException) -> type[QuiltOpsError]:
    from quilt3.exceptions import PackageException
    from quilt3.util import QuiltConflictException, QuiltException, URLParseError
    from quilt3.workflows import ConfigurationError

    table: tuple[tuple[type[BaseException], type[QuiltOpsError]], ...] = (
        (QuiltConflictException, ConflictError),
        (ConfigurationError, BackendError),
        (PackageException, BackendError),
        (QuiltException, ValidationError),
        (URLParseError, ValidationError),
    )
    return next(kind for raised, kind in table if isinstance(error, raised))


def _quilt3_exceptions() -> tuple[type[BaseException], ...]:
    # Evaluated only when an exception passes by: it imports quilt3.
    from quilt3.exceptions import PackageException
    from quilt3.util import QuiltException, URLParseError

    return QuiltException, PackageException, URLParseError
