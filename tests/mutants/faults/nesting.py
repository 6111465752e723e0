"""Faults of metadata that is nested deeply: accepted without a limit, or not read."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from typing import Any

from quilt_core import ProtocolError
from quilt_core.nesting import is_deeper

from ..harness import Mutant, Replaced, answer


def readable(levels: int, field: str | None = None) -> Any:
    """An answer, or an error if its metadata has more levels than this."""

    def change(found: Any) -> Any:
        for one in found if isinstance(found, list) else [found]:
            metadata = one if field is None else getattr(one, field)
            if is_deeper(dict(metadata), levels, str(metadata)):
                raise ProtocolError("The answer is nested too deeply.")
        return found

    return change


MUTANTS = [
    *(
        mutant
        for behaviour in ("W-126", "T-96")
        for mutant in (
            Mutant(f"metadata of any depth is written ({behaviour})", behaviour, Replaced("quilt_core.ops.parsing.is_deeper", lambda value, levels, text: False)),
            Mutant(f"metadata of one level more is written ({behaviour})", behaviour, Replaced("quilt_core.ops.parsing.is_deeper", lambda value, levels, text: is_deeper(value, levels + 1, text))),
            Mutant(f"the deepest metadata is refused ({behaviour})", behaviour, Replaced("quilt_core.ops.parsing.is_deeper", lambda value, levels, text: is_deeper(value, levels - 1, text))),
        )
    ),
    *(
        Mutant(f"{operation} reads {levels} levels ({behaviour})", behaviour, answer(operation, readable(levels, field)))
        for operation, field in (("get_package_info", "metadata"), ("get_package_metadata", None), ("browse_content", "metadata"))
        for behaviour, levels in (("W-126", 63), ("T-96", 63), ("T-96", 299), ("R-74", 299))
    ),
    Mutant("a search reads 299 levels", "R-74", answer("search_packages", readable(299, "metadata"))),
    Mutant("a search leaves out packages with deep metadata", "R-74", answer("search_packages", lambda hits: [hit for hit in hits if not is_deeper(dict(hit.metadata), 299, str(hit.metadata))])),
]  # fmt: skip
