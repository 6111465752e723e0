"""Administration operations of the facade: users."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import User
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_flag, parse_ids, parse_names, parse_text


def parse_user(name: str) -> str:
    return parse_text(name, "name", "ada")


def parse_email(email: str) -> str:
    return parse_text(email, "email", "ada@example.com")


def parse_role(role: str) -> str:
    return parse_text(role, "role", "ReadWrite")


def parse_roles(roles: Iterable[str]) -> tuple[str, ...]:
    return parse_names(roles, "roles", "ReadWrite")


class UserOps(AdminOperationGroup):
    """Users; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    def list_users(self) -> Listing[User]:
        """List all users, by name.

        Returns
        -------
        Listing[User]
            All users, with their roles.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print([user.name for user in ops.admin.list_users()])
        ['admin', 'inactive', 'reader', 'writer']
        """
        return self._dispatch.collect("admin_list_users", User)

    def get_user(self, name: str) -> User:
        """Read one user.

        Parameters
        ----------
        name:
            The user's name.

        Returns
        -------
        User
            The user, with the email address, the roles, and the times of joining and of the last
            login.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.get_user("writer").email)
        writer@…
        """
        return self._dispatch.call("admin_get_user", User, name=parse_user(name))

    def create_user(
        self, name: str, email: str, role: str, extra_roles: Iterable[str] | None = None
    ) -> User:
        """Create a user.

        Parameters
        ----------
        name:
            A name that no user has.
        email:
            An address that no user has.
        role:
            The name of the active role.
        extra_roles:
            The names of the extra roles; None for none.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        ConflictError
            When the name or the address is taken.
        ValidationError
            When the name or the address is malformed, or there is no such role.
        BackendError
            When the registry cannot send its email, or has no subscription.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> role = ops.admin.get_user("writer").role
        >>> print(ops.admin.create_user("ada", "ada@example.com", role).name)
        ada
        """
        return self._dispatch.call(
            "admin_create_user",
            User,
            name=parse_user(name),
            email=parse_email(email),
            role=parse_role(role),
            extra_roles=() if extra_roles is None else parse_ids(extra_roles, "extra_roles"),
        )

    def delete_user(self, name: str) -> Acknowledgement:
        """Delete a user.

        Parameters
        ----------
        name:
            The user's name.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, or is your own.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> created = ops.admin.create_user("tmp", "tmp@example.com", role)
        >>> done = ops.admin.delete_user("tmp")
        """
        return self._dispatch.call("admin_delete_user", Acknowledgement, name=parse_user(name))

    def set_user_email(self, name: str, email: str) -> User:
        """Change a user's address.

        Parameters
        ----------
        name:
            The user's name.
        email:
            The new address.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ConflictError
            When another user has that address.
        ValidationError
            When the name is empty, or the address malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.set_user_email("ada", "lovelace@example.com").email)
        lovelace@example.com
        """
        return self._dispatch.call(
            "admin_set_user_email", User, name=parse_user(name), email=parse_email(email)
        )

    def set_user_admin(self, name: str, admin: bool) -> User:
        """Make a user an administrator, or revoke this.

        Parameters
        ----------
        name:
            The user's name.
        admin:
            True to make the user an administrator, False to revoke this.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.set_user_admin("ada", True).is_admin)
        True
        """
        return self._dispatch.call(
            "admin_set_user_admin", User, name=parse_user(name), admin=parse_flag(admin, "admin")
        )

    def set_user_active(self, name: str, active: bool) -> User:
        """Activate a user, or lock the user out.

        Parameters
        ----------
        name:
            The user's name.
        active:
            Whether the user may log in.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.set_user_active("ada", False).is_active)
        False
        """
        return self._dispatch.call(
            "admin_set_user_active",
            User,
            name=parse_user(name),
            active=parse_flag(active, "active"),
        )

    def reset_user_password(self, name: str) -> Acknowledgement:
        """Reset a user's password; the registry sends the user an email.

        Parameters
        ----------
        name:
            The user's name.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> done = ops.admin.reset_user_password("ada")
        """
        return self._dispatch.call(
            "admin_reset_user_password", Acknowledgement, name=parse_user(name)
        )
