"""An environment in which only the demonstration's registry can be reached."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_FOREIGN = ("QUILT_", "MCP_JWT_", "AWS_")
_ABOUT_PLUGINS = "QUILT_CORE_"


@contextmanager
def only(client_env: Mapping[str, str]) -> Iterator[None]:
    """Remove the user's own catalogs and identities from the environment during the block.

    The user's tokens must not be sent to the demonstration's registry, and requests of the
    demonstration must not go to the user's registry. The configuration file counts as empty.
    """
    before = dict(os.environ)
    for name in before:
        if name.startswith(_FOREIGN) and not name.startswith(_ABOUT_PLUGINS):
            del os.environ[name]
    os.environ.update(client_env, QUILT_CORE_CONFIG=os.devnull)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
