"""Requests in Athena's protocol: an operation and its parameters, held against Athena's model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import attrs
import botocore.session
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from local_registry.athena.errors import AthenaError, invalid
from local_registry.http.messages import Request
from local_registry.identity.model import Identity
from local_registry.numbers import whole_number

T = TypeVar("T")
_TARGET = re.compile(r"AmazonAthena\.(\w+)")


@attrs.frozen(kw_only=True)
class Call:
    """One request: who asks for what."""

    operation: str
    identity: Identity
    parameters: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """A parameter that is text; `None` when it is not given."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else None

    def required(self, name: str) -> str:
        """A parameter that the model requires, and `read_parameters` has therefore found."""
        return str(self.parameters[name])

    def page(self, items: Sequence[T], default: int) -> tuple[Sequence[T], dict[str, str]]:
        """The items that `MaxResults` and `NextToken` ask for, and the token of the next ones."""
        first = whole_number(self.text("NextToken") or "0")
        if first is None or first > len(items):
            raise invalid("The NextToken is not valid.")
        last = first + (self.parameters.get("MaxResults") or default)
        return items[first:last], ({"NextToken": str(last)} if last < len(items) else {})


Answer = Mapping[str, Any]
Operation = Callable[[Call], Answer]


def operation_of(request: Request) -> str:
    """The operation that a request names; "" for none of Athena's."""
    found = _TARGET.fullmatch(request.header("x-amz-target") or "")
    return found[1] if found else ""


def read_parameters(operation: str, body: bytes) -> dict[str, Any]:
    """The parameters in a body.

    Raises `AthenaError`: SerializationException for a body that is not a JSON object,
    InvalidRequestException for what Athena's model does not allow.
    """
    try:
        given = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise AthenaError("SerializationException", "The body is not a JSON object")
    shape = _model().operation_model(operation).input_shape
    if shape is None:
        return {}
    known = {name: given[name] for name in shape.members if given.get(name) is not None}
    report = ParamValidator().validate(known, shape)
    problems = [report.generate_report()] if report.has_errors() else []
    problems += [
        f"Value at '{name}' failed to satisfy constraint: Member must satisfy "
        f"{_constraint(shape.members[name].metadata)}"
        for name, value in known.items()
        if not _fits(value, shape.members[name].metadata)
    ]
    if problems:
        raise invalid(f"{len(problems)} validation errors detected: {'; '.join(problems)}")
    return known


def _fits(value: object, bounds: Mapping[str, Any]) -> bool:
    size = value if isinstance(value, int) else len(value) if hasattr(value, "__len__") else 0
    if not bounds.get("min", size) <= size <= bounds.get("max", size):
        return False
    pattern = bounds.get("pattern")
    if pattern is None or not isinstance(value, str) or "\\uD800" in pattern:
        return True  # that one allows all text; Python writes such characters otherwise
    return re.fullmatch(pattern, value) is not None


def _constraint(bounds: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {bounds[name]}" for name in ("min", "max", "pattern") if name in bounds
    )


@cache
def _model() -> ServiceModel:
    return botocore.session.Session().get_service_model("athena")
