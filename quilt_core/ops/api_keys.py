"""API key operations of the facade: the keys of the connection's own user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core import domain
from quilt_core.domain.listing import Listing
from quilt_core.errors import ValidationError
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_enum, parse_text

if TYPE_CHECKING:
    from quilt_core.domain.acknowledgement import Acknowledgement
    from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus, ApiKeyStatusName


def parse_status(status: ApiKeyStatus | ApiKeyStatusName | None) -> ApiKeyStatus | None:
    """The state of a key: "ACTIVE" or "EXPIRED"; None for both."""
    return None if status is None else parse_enum(domain.ApiKeyStatus, status, "status")


def parse_condition(value: str | None, name: str) -> str | None:
    """A text that keys must have, not empty; None for any.

    An empty text is refused, because registries could read it as no condition.
    """
    return None if value is None else parse_text(value, name, "ci")


def parse_key_id(key_id: str) -> str:
    """The id of an API key, not empty."""
    return parse_text(key_id, "key_id", "0b1e…")


class ApiKeyOps(OperationGroup):
    """The API keys of the connection's own user."""

    def list_api_keys(
        self,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """List your API keys, newest first, without their secrets.

        Parameters
        ----------
        name:
            Only keys of this name; None for all.
        fingerprint:
            Only keys with this fingerprint; None for all.
        status:
            "ACTIVE", "EXPIRED" or an `ApiKeyStatus`; None for all.

        Returns
        -------
        Listing[ApiKey]
            All of these keys, newest first, then by id.

        Raises
        ------
        ValidationError
            When `status` is not one of these, or another condition is empty.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> for key in ops.list_api_keys(status="ACTIVE"):
        ...     print(key.name, key.fingerprint)
        client environment …
        """
        return self._dispatch.collect(
            "list_api_keys",
            domain.ApiKey,
            name=parse_condition(name, "name"),
            fingerprint=parse_condition(fingerprint, "fingerprint"),
            status=parse_status(status),
        )

    def get_api_key(self, key_id: str) -> ApiKey:
        """Read one of your API keys.

        Parameters
        ----------
        key_id:
            The key's id.

        Returns
        -------
        ApiKey
            The key, without its secret.

        Raises
        ------
        NotFoundError
            When you have no such key.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> created = ops.create_api_key("nightly job")
        >>> print(ops.get_api_key(created.api_key.id).name)
        nightly job
        """
        return self._dispatch.call("get_api_key", domain.ApiKey, key_id=parse_key_id(key_id))

    def create_api_key(self, name: str, expires_in_days: int = 90) -> ApiKeyCreated:
        """Create an API key for yourself.

        Parameters
        ----------
        name:
            What the key is for.
        expires_in_days:
            The number of days that it is valid, from 1 to 365.

        Returns
        -------
        ApiKeyCreated
            The key with its secret, which is returned only this once.

        Raises
        ------
        ValidationError
            When the name is empty, the number of days is out of range, or the registry refuses
            the key.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> created = ops.create_api_key("ci", expires_in_days=30)
        >>> print(created.api_key.name, len(created.secret) > 20)
        ci True
        """
        days = expires_in_days
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 365:
            raise ValidationError(f"expires_in_days={days!r} is not a number from 1 to 365.")
        return self._dispatch.call(
            "create_api_key",
            domain.ApiKeyCreated,
            name=parse_text(name, "name", "ci"),
            expires_in_days=days,
        )

    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke one of your API keys.

        Parameters
        ----------
        key_id:
            The key's id.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When you have no such key.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> for key in ops.list_api_keys(name="ci"):
        ...     done = ops.revoke_api_key(key.id)
        >>> print(ops.list_api_keys(name="ci"))
        []
        """
        return self._dispatch.call(
            "revoke_api_key", domain.Acknowledgement, key_id=parse_key_id(key_id)
        )
