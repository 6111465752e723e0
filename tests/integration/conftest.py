"""What all tests against the local registry share."""

from __future__ import annotations

from functools import cache

import botocore.session
import pytest

from ..clocks import SkippingClock, skipping_clock

__all__ = ["skipping_clock"]

# quilt3 makes a session for each client, and each session would read the same descriptions of AWS.
botocore.session.create_loader = cache(botocore.session.create_loader)


@pytest.fixture(autouse=True)
def _nobody_waits(skipping_clock: SkippingClock) -> None:
    """Seconds pass when a test waits for them."""
