"""Fault rules: what they match, how often they apply, and how they are written."""

from __future__ import annotations

import pytest
from local_registry.faults import FaultRule, Faults


def test_a_rule_is_read_from_an_option() -> None:
    rule = FaultRule.parse("status,status=429,retry_after=1.5,rate=0.25,operation=package*")
    assert (rule.status, rule.retry_after, rule.rate) == (429, 1.5, 0.25)
    assert rule.operation == "package*"


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "status,status=200", "latency,milliseconds", "latency,x=1", "html,rate=2"],
)
def test_an_invalid_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        FaultRule.parse(text)


def test_rules_match_by_side_operation_and_path() -> None:
    rule = FaultRule(kind="html", side="s3", operation="Get*", path="/bucket/*")
    assert rule.fits("s3", "GetObject", "/bucket/key")
    assert not rule.fits("registry", "GetObject", "/bucket/key")
    assert not rule.fits("s3", "PutObject", "/bucket/key")
    assert not rule.fits("s3", "GetObject", "/other/key")


def test_latencies_add_up_and_the_first_other_fault_applies() -> None:
    slow = FaultRule(kind="latency", milliseconds=50)
    faults = Faults([slow, slow, FaultRule(kind="html"), FaultRule(kind="truncate")])
    verdict = faults.judge("registry", "me", "/graphql")
    assert verdict.delay == pytest.approx(0.1)
    assert verdict.fault is not None and verdict.fault.kind == "html"


def test_skip_and_count() -> None:
    faults = Faults([FaultRule(kind="html", skip=1, count=2)])
    struck = [faults.judge("registry", "me", "/").fault is not None for _ in range(5)]
    assert struck == [False, True, True, False, False]
    assert faults.counts()[0][1:] == (5, 2)


def test_a_random_rate_is_reproducible() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults([FaultRule(kind="html", rate=0.3, seed=seed)])
        return [faults.judge("s3", "GetObject", "/").fault is not None for _ in range(1000)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 200 < sum(strikes(1)) < 400
