"""What all tests against the local registry share."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.endpoint_provider
import botocore.session
import pytest

from ..clocks import SkippingClock, skipping_clock

__all__ = ["skipping_clock"]

# quilt3 makes a session for each client, and each session would read the same descriptions of AWS.
botocore.session.create_loader = cache(botocore.session.create_loader)

# Each client would make the same thousand objects of the rules by which it finds its endpoint.
_RULES: dict[int, tuple[Any, Any]] = {}
_make_rules = botocore.endpoint_provider.RuleSet


def _shared_rules(*, rules: Any, **more: Any) -> Any:
    found = _RULES.get(id(rules))
    if found is None:
        found = _RULES[id(rules)] = rules, _make_rules(rules=rules, **more)
    return found[1]


botocore.endpoint_provider.RuleSet = _shared_rules


@pytest.fixture(autouse=True)
def _nobody_waits(skipping_clock: SkippingClock) -> None:
    """Seconds pass when a test waits for them."""
