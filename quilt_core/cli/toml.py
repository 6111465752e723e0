"""Write the configuration file: the little of TOML that it uses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(config: Mapping[str, Any]) -> str:
    """The configuration as TOML: plain values first, then a table a profile."""
    lines = [f"{_key(name)} = {_value(one)}" for name, one in config.items() if name != "profiles"]
    for name, profile in config.get("profiles", {}).items():
        lines += ["", f"[profiles.{_key(name)}]"]
        lines += [f"{_key(key)} = {_value(one)}" for key, one in profile.items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    # Text, numbers and booleans are written alike in JSON and TOML.
    return json.dumps(value, ensure_ascii=False)
