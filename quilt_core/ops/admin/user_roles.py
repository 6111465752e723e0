"""Administration operations of the facade: the roles of users."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.admin import User
from quilt_core.errors import ValidationError
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.admin.users import parse_role, parse_roles, parse_user
from quilt_core.ops.parsing import parse_flag, parse_ids


class UserRoleOps(AdminOperationGroup):
    """Roles of users; raises `PermissionDeniedError` unless the identity is an administrator."""

    def set_user_role(
        self,
        name: str,
        role: str,
        extra_roles: Iterable[str] | None = None,
        append: bool = False,
    ) -> User:
        """Set a user's active role and, if given, the extra roles.

        Parameters
        ----------
        name:
            The user's name.
        role:
            The name of the new active role.
        extra_roles:
            The names of the extra roles; None for none.
        append:
            True keeps the current roles as well, False replaces them.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, or there is no such role.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> other = ops.admin.get_user("reader").role
        >>> print(ops.admin.set_user_role("ada", other).role == other)
        True
        """
        extra = None if extra_roles is None else parse_ids(extra_roles, "extra_roles")
        return self._dispatch.call(
            "admin_set_user_role",
            User,
            name=parse_user(name),
            role=parse_role(role),
            extra_roles=extra,
            append=parse_flag(append, "append"),
        )

    def add_user_roles(self, name: str, roles: Iterable[str]) -> User:
        """Give a user extra roles.

        Parameters
        ----------
        name:
            The user's name.
        roles:
            The names of one or more roles.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, or no role or an unknown one is given.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> user = ops.admin.add_user_roles("ada", [role])
        >>> print(user.extra_roles == (role,))
        True
        """
        return self._dispatch.call(
            "admin_add_user_roles", User, name=parse_user(name), roles=parse_roles(roles)
        )

    def remove_user_roles(
        self, name: str, roles: Iterable[str], fallback: str | None = None
    ) -> User:
        """Take roles from a user.

        Parameters
        ----------
        name:
            The user's name.
        roles:
            The names of one or more roles.
        fallback:
            The name of the role that becomes active if the active one is removed, which the user
            need not have; None leaves the choice among the remaining roles to the registry.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, there is no such role, `fallback` is one of `roles`, or no role
            would remain.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.remove_user_roles("ada", [role]).extra_roles)
        ()
        """
        removed = parse_roles(roles)
        if fallback is not None and parse_role(fallback) in removed:
            raise ValidationError(
                f"fallback={fallback!r} is one of the roles to remove.",
                hint="Name a role that the user keeps or gets.",
            )
        return self._dispatch.call(
            "admin_remove_user_roles",
            User,
            name=parse_user(name),
            roles=removed,
            fallback=fallback,
        )
