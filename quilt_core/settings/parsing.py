"""Turn the text of an environment variable or a configuration file into a setting's value."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from quilt_core.errors import ValidationError
from quilt_core.secret import Secret
from quilt_core.settings.model import AWS_IDENTITIES

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_SECRETS = {"token", "api_key", "refresh_token", "jwt_secret"}
_URLS = {"catalog_url", "registry_url", "graphql_endpoint", "jwt_jwks_url"}
_FLAGS = {"use_quilt3_login", "multitenant"}
_LISTS = {"jwt_algorithms", "allowed_hosts"}
_INTEGERS = {"max_concurrency": 1, "page_size": 1, "browsing_ttl": 30}


def parse_setting(name: str, value: Any, source: str) -> Any:
    """Check and convert `value`, as found in `source`; `ValidationError` names both."""
    parser = (
        _secret if name in _SECRETS
        else _url if name in _URLS
        else _flag if name in _FLAGS
        else _comma_list if name in _LISTS
        else _integer if name in _INTEGERS
        else _seconds if name == "timeout"
        else _optional_seconds if name == "deadline"
        else _aws_identity if name == "aws_identity"
        else _anything
    )  # fmt: skip
    try:
        return parser(name, value)
    except (TypeError, ValueError) as error:
        shown = "the value" if name in _SECRETS else repr(value)
        raise ValidationError(
            f"{shown} is no value for the setting {name!r} (from {source}): {error}.",
            hint=f"Correct {name!r} where it comes from ({source}), or leave it out.",
            context={"setting": name, "source": source},
        ) from None


def _anything(_name: str, value: Any) -> Any:
    if value is not None and not isinstance(value, str) and not callable(value):
        raise TypeError("it must be text")
    return value


def _secret(_name: str, value: Any) -> Secret | None:
    if value is None or isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must be text that is not empty")
    return Secret(value.strip())


def _url(_name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("it must be text")
    parts = urlsplit(value)
    _ = parts.port  # raises for one that is none
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("it must look like https://host")
    return value.rstrip("/")


def _flag(_name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError("it must be true or false")


def _comma_list(_name: str, value: Any) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    return tuple(item.strip() for item in items if item.strip())


def _integer(name: str, value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or number < _INTEGERS[name]:
        raise ValueError(f"it must be a whole number of at least {_INTEGERS[name]}")
    return number


def _seconds(_name: str, value: Any) -> float:
    number = float(value)
    if isinstance(value, bool) or not 0 < number < 86_400:
        raise ValueError("it must be a number of seconds above 0")
    return number


def _optional_seconds(name: str, value: Any) -> float | None:
    return None if value is None else _seconds(name, value)


def _aws_identity(_name: str, value: Any) -> str:
    if value not in AWS_IDENTITIES:
        raise ValueError(f"it must be one of {', '.join(AWS_IDENTITIES)}")
    return str(value)
