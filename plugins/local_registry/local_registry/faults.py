"""Injected faults: which requests fail, how, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from random import Random
from threading import Lock
from typing import Any, Literal, get_args

import attrs

FaultKind = Literal[
    "latency",
    "status",
    "reset-before",
    "reset-after",
    "truncate",
    "html",
    "graphql-errors",
    "expired-token",
]
Side = Literal["registry", "s3", "any"]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


def _in(values: tuple[str, ...]) -> Any:
    return attrs.validators.in_(values)


@attrs.frozen(kw_only=True)
class FaultRule:
    """A fault and the requests that it affects.

    kind: `latency` (waits `milliseconds` before answering), `status` (answers `status`, with
    `Retry-After: retry_after` when given, without processing), `reset-before` and `reset-after`
    (the connection is cut before or after the request was processed), `truncate` (processed, half
    of the body, then the connection is cut), `html` (processed, an HTML page with 200 instead),
    `graphql-errors` (processed, `errors` beside the data), `expired-token` (401, unprocessed).
    side: `registry`, `s3` or `any`. operation: a pattern (`*`, `?`) for the GraphQL operation name
    or first field, or S3's (`GetObject`); path: a pattern for the path. rate: 0 to 1, drawn from
    `seed`; skip: leaves the first so many alone; count: at most so many times.
    """

    kind: FaultKind = attrs.field(validator=_in(FAULT_KINDS))
    side: Side = attrs.field(default="any", validator=_in(get_args(Side)))
    operation: str = "*"
    path: str = "*"
    rate: float = attrs.field(default=1.0, converter=float)
    seed: int = attrs.field(default=0, converter=int)
    skip: int = attrs.field(default=0, converter=int)
    count: int | None = attrs.field(default=None, converter=attrs.converters.optional(int))
    milliseconds: float = attrs.field(default=0.0, converter=float)
    status: int = attrs.field(default=503, converter=int)
    retry_after: float | None = attrs.field(
        default=None, converter=attrs.converters.optional(float)
    )

    @rate.validator
    def _check_rate(self, _: object, value: float) -> None:
        if not 0 <= value <= 1:
            raise ValueError(f"rate is {value}, from 0 to 1 is possible")

    @status.validator
    def _check_status(self, _: object, value: int) -> None:
        if not 400 <= value <= 599:
            raise ValueError(f"status is {value}, from 400 to 599 is possible")

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> FaultRule:
        """The rule that a JSON object describes; raises `ValueError` for anything else."""
        known = {field.name for field in attrs.fields(cls)}
        unknown = sorted(set(fields) - known)
        if "kind" not in fields:
            raise ValueError("a fault has a kind, which is missing")
        if unknown:
            raise ValueError(f"a fault has a kind and perhaps {sorted(known)}, not {unknown}")
        try:
            return cls(**fields)
        except TypeError as error:
            raise ValueError(str(error)) from error

    @classmethod
    def parse(cls, text: str) -> FaultRule:
        """The rule in an option: `KIND[,name=value]...`; raises `ValueError` for anything else.

        Example: ``latency,milliseconds=50`` or ``status,status=429,retry_after=1,rate=0.1``.
        """
        kind, *pairs = text.split(",")
        fields: dict[str, Any] = {"kind": kind.strip()}
        for pair in pairs:
            name, found, value = pair.partition("=")
            if not found:
                raise ValueError(f"{pair!r} in a fault is not name=value")
            fields[name.strip()] = value.strip()
        return cls.from_fields(fields)

    def fits(self, side: Side, operation: str, path: str) -> bool:
        """Whether the rule applies to such a request, apart from its rate."""
        return (
            self.side in ("any", side)
            and fnmatchcase(operation, self.operation)
            and fnmatchcase(path, self.path)
        )


class _Armed:
    """A rule with its own random numbers and counts."""

    def __init__(self, rule: FaultRule) -> None:
        self.rule = rule
        self.seen = 0
        self.struck = 0
        self._dice = Random(rule.seed)  # noqa: S311 - reproducible on purpose

    def strikes(self) -> bool:
        self.seen += 1
        if self.seen <= self.rule.skip:
            return False
        if self.rule.count is not None and self.struck >= self.rule.count:
            return False
        if self.rule.rate < 1 and self._dice.random() >= self.rule.rate:
            return False
        self.struck += 1
        return True


@attrs.frozen(kw_only=True)
class Verdict:
    """The faults for one request: a wait in seconds, then at most one other fault."""

    delay: float = 0.0
    fault: FaultRule | None = None


NO_FAULT = Verdict()


class Faults:
    """The rules in force; they can be replaced while the registry runs."""

    def __init__(self, rules: Sequence[FaultRule] = ()) -> None:
        self._lock = Lock()
        self._armed = [_Armed(rule) for rule in rules]

    def replace(self, rules: Sequence[FaultRule]) -> None:
        """Replace the rules, with new random numbers and counts."""
        armed = [_Armed(rule) for rule in rules]
        with self._lock:
            self._armed = armed

    def counts(self) -> list[tuple[FaultRule, int, int]]:
        """Each rule, with the number of requests that it matched and that it affected."""
        with self._lock:
            return [(each.rule, each.seen, each.struck) for each in self._armed]

    def judge(self, side: Side, operation: str, path: str) -> Verdict:
        """The faults for this request; latencies add up, and of the others the first rule
        counts.
        """
        if not self._armed:
            return NO_FAULT
        delay, fault = 0.0, None
        with self._lock:
            for each in self._armed:
                if not each.rule.fits(side, operation, path):
                    continue
                if each.rule.kind == "latency":
                    delay += each.rule.milliseconds / 1000 if each.strikes() else 0.0
                elif fault is None and each.strikes():
                    fault = each.rule
        return Verdict(delay=delay, fault=fault)
