"""Enumerations that parameters have as defaults.

Every connection imports them with the specifications. The results that belong to them are
imported when they are needed.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal


class PushMode(Enum):
    """What to do with files that are in the latest revision but not in the source."""

    REPLACE = "replace"
    """Remove them: the new revision has exactly the files of the source."""
    MERGE = "merge"
    """Keep them."""


PushModeName = Literal["replace", "merge"]
"""The values of `PushMode`, which facade methods also accept."""


class StorageLibrary(Enum):
    """The library whose option names are used."""

    FSSPEC = "fsspec"
    """s3fs, and with it pandas, dask and pyarrow's fsspec file systems."""
    OBJECT_STORE = "object_store"
    """The Rust crate, and with it polars, delta-rs and obstore. For obstore, `aws_allow_http`,
    which is present only with an `http://` endpoint, belongs to `client_options` instead.
    """


StorageLibraryName = Literal["fsspec", "object_store"]
"""The values of `StorageLibrary`, which facade methods also accept."""
