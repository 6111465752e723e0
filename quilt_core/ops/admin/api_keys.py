"""Administration operations of the facade: all users' API keys."""

from __future__ import annotations

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus, ApiKeyStatusName
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.api_keys import parse_condition, parse_key_id, parse_status


class ApiKeyAdminOps(AdminOperationGroup):
    """The API keys of all users. Each operation raises `PermissionDeniedError` unless the identity
    is an administrator.
    """

    def list_api_keys(
        self,
        email: str | None = None,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """List API keys of all users, newest first, without their secrets.

        Parameters
        ----------
        email:
            Only keys of the user with this address; None for all.
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
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> created = ops.create_api_key("ci")
        >>> print([key.name for key in ops.admin.list_api_keys(name="ci")])
        ['ci']
        """
        return self._dispatch.collect(
            "admin_list_api_keys",
            ApiKey,
            email=parse_condition(email, "email"),
            name=parse_condition(name, "name"),
            fingerprint=parse_condition(fingerprint, "fingerprint"),
            status=parse_status(status),
        )

    def get_api_key(self, key_id: str) -> ApiKey:
        """Read an API key of any user.

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
            When there is no such key.
        ValidationError
            When the id is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.get_api_key(created.api_key.id).name)
        ci
        """
        return self._dispatch.call("admin_get_api_key", ApiKey, key_id=parse_key_id(key_id))

    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke an API key of any user.

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
            When there is no such key.
        ValidationError
            When the id is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> done = ops.admin.revoke_api_key(created.api_key.id)
        """
        return self._dispatch.call(
            "admin_revoke_api_key", Acknowledgement, key_id=parse_key_id(key_id)
        )
