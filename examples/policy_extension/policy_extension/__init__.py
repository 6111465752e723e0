"""Protect namespaces: their packages can be read, and nothing else is done with them."""

from __future__ import annotations

from typing import Any

from quilt_core import PackageName, PermissionDeniedError, ValidationError, hookimpl
from quilt_core.hookspecs.around import OperationCall
from quilt_core.plugins import ExtensionContext

READING = frozenset(
    {
        "browse_content",
        "diff_packages",
        "download_package",
        "get_catalog_link",
        "get_content_url",
        "get_package_info",
        "get_package_metadata",
        "list_package_versions",
        "open_content",
        "read_content",
        "verify_package",
    }
)
"""What is allowed. An operation that comes later is refused until somebody has looked at it."""


class Policy:
    """Made for each connection; the option `protected` names namespaces (a list, or commas)."""

    def __init__(self, context: ExtensionContext) -> None:
        named = context.options.get("protected", "")
        names = named.split(",") if isinstance(named, str) else named
        self._protected = frozenset(name.strip() for name in names if name.strip())
        if not self._protected:
            raise ValidationError(
                "It protects nothing.", hint="Set QUILT_EXTENSION_POLICY_PROTECTED=namespace."
            )

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        """Refuse before anybody is asked."""
        packages = [one for one in call.arguments.values() if isinstance(one, PackageName)]
        for package in packages if call.operation not in READING else ():
            if package.namespace in self._protected:
                raise PermissionDeniedError(
                    f"{package} is protected: {call.operation} is not allowed.",
                    hint="Ask the maintainer of this installation's policy.",
                )
        return call.proceed()
