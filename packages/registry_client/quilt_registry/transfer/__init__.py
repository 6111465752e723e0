"""Transfer the bytes of objects to and from S3: one small protocol, and what is built on it.

`TransferEngine` has put, get, range and head; `upload` and `open_for_reading` need nothing else.
"""

from quilt_registry.transfer.boto import Boto3Engine
from quilt_registry.transfer.choice import choose_engine
from quilt_registry.transfer.engine import Part, PartWriter, TransferEngine, Written
from quilt_registry.transfer.reading import open_for_reading
from quilt_registry.transfer.unfinished import SourceState
from quilt_registry.transfer.uploads import upload

__all__ = [
    "Boto3Engine",
    "Part",
    "PartWriter",
    "SourceState",
    "TransferEngine",
    "Written",
    "choose_engine",
    "open_for_reading",
    "upload",
]
