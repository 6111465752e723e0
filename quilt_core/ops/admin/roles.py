"""Administration operations of the facade: roles."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import Role, RoleSignup
from quilt_core.domain.keep import KEEP, Keep
from quilt_core.domain.listing import Listing
from quilt_core.errors import ValidationError
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_ids, parse_text


def _role(id_or_name: str) -> str:
    return parse_text(id_or_name, "id_or_name", "ReadWrite")


def _optional(value: str | None, name: str, example: str) -> str | None:
    return None if value is None else parse_text(value, name, example)


def _default_bucket(bucket: str | Keep | None) -> str | Keep | None:
    if bucket is None or bucket is KEEP:
        return bucket
    return parse_text(bucket, "default_bucket", "my-bucket")


def _signup(signup: RoleSignup | Keep | None) -> RoleSignup | Keep | None:
    if signup is None or signup is KEEP:
        return signup
    # The arguments may hold the access code, so that no message shows them.
    if not isinstance(signup, RoleSignup):
        raise ValidationError(f"`signup` is a {type(signup).__name__}, not a RoleSignup.")
    parse_text(signup.page, "signup.page", "join-us")
    if not isinstance(signup.access_code, str) or not signup.access_code.strip():
        raise ValidationError("The access code of `signup` is empty.")
    return signup


def _policies(policies: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if policies is None else parse_ids(policies, "policies")


class RoleOps(AdminOperationGroup):
    """Roles; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    def list_roles(self) -> Listing[Role]:
        """List all roles, by name.

        Returns
        -------
        Listing[Role]
            All of them.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> roles = ops.admin.list_roles()
        >>> print(len(roles) > 1)
        True
        """
        return self._dispatch.collect("admin_list_roles", Role)

    def get_role(self, id_or_name: str) -> Role:
        """Read one role.

        Parameters
        ----------
        id_or_name:
            The role's id or name.

        Returns
        -------
        Role
            The role, with its policies, or with the ARN of an unmanaged role.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ValidationError
            When the id or name is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.get_role(roles[0].name) == ops.admin.get_role(roles[0].id))
        True
        """
        return self._dispatch.call("admin_get_role", Role, id_or_name=_role(id_or_name))

    def get_default_role(self) -> Role:
        """Read the role that new users get.

        Returns
        -------
        Role
            The default role.

        Raises
        ------
        NotFoundError
            When no default role is set.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> default = ops.admin.set_default_role(roles[0].name)
        >>> print(ops.admin.get_default_role().name == roles[0].name)
        True
        """
        return self._dispatch.call("admin_get_default_role", Role)

    def create_role(
        self,
        name: str,
        *,
        policies: Iterable[str] | None = None,
        arn: str | None = None,
        default_bucket: str | None = None,
        signup: RoleSignup | None = None,
    ) -> Role:
        """Create a managed role from policy ids, or an unmanaged one from an AWS role's ARN.

        Parameters
        ----------
        name:
            A name that no role has.
        policies, arn:
            One of the two: ids of policies, or the ARN of a role in AWS.
        default_bucket:
            The bucket that the role's users see first; None for none.
        signup:
            How the role is offered at sign-up; None if it is not offered.

        Returns
        -------
        Role
            The role that the registry has now.

        Raises
        ------
        ConflictError
            When the name or the signup page is taken.
        ValidationError
            When the name is malformed, there are too many policies, or not exactly one of
            `policies` and `arn` is given.
        NotSupportedError
            When a default bucket or signup is given, and the registry does not have them (before
            2026-11).
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> policies = [policy.id for policy in ops.admin.list_policies()][:1]
        >>> print(ops.admin.create_role("Analysts", policies=policies).name)
        Analysts
        """
        if (policies is None) == (arn is None):
            raise ValidationError("Give either `policies` (a managed role) or `arn`, not both.")
        return self._dispatch.call(
            "admin_create_role",
            Role,
            name=parse_text(name, "name", "ReadWrite"),
            policies=_policies(policies),
            arn=_optional(arn, "arn", "arn:aws:iam::…:role/…"),
            default_bucket=_default_bucket(default_bucket),
            signup=_signup(signup),
        )

    def update_role(
        self,
        id_or_name: str,
        *,
        name: str | None = None,
        policies: Iterable[str] | None = None,
        arn: str | None = None,
        default_bucket: str | Keep | None = KEEP,
        signup: RoleSignup | Keep | None = KEEP,
    ) -> Role:
        """Change a role; arguments that are left out change nothing.

        Parameters
        ----------
        id_or_name:
            The role's id or name.
        name, policies, arn:
            The new values; None keeps the present value.
        default_bucket, signup:
            The new values; None removes the present value, and `KEEP` keeps it.

        Returns
        -------
        Role
            The role that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ConflictError
            When the name or the signup page is taken, or the SSO configuration uses the role.
        ValidationError
            When policies are given for an unmanaged role or an ARN for a managed one, the name is
            malformed, or there is nothing to change.
        NotSupportedError
            When a default bucket or signup is given, and the registry does not have them (before
            2026-11).
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.update_role("Analysts", name="Scientists").name)
        Scientists
        """
        kept = default_bucket is KEEP and signup is KEEP
        if name is None and policies is None and arn is None and kept:
            raise ValidationError(
                "There is nothing to update.",
                hint="Give name, policies, arn, default_bucket or signup.",
            )
        return self._dispatch.call(
            "admin_update_role",
            Role,
            id_or_name=_role(id_or_name),
            name=_optional(name, "name", "ReadWrite"),
            policies=_policies(policies),
            arn=_optional(arn, "arn", "arn:aws:iam::…:role/…"),
            default_bucket=_default_bucket(default_bucket),
            signup=_signup(signup),
        )

    def delete_role(self, id_or_name: str) -> Acknowledgement:
        """Delete a role.

        Parameters
        ----------
        id_or_name:
            The role's id or name.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ConflictError
            When users or the SSO configuration use it, it is the default role, or it owns data
            products.
        ValidationError
            When the id or name is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> done = ops.admin.delete_role("Scientists")
        """
        return self._dispatch.call(
            "admin_delete_role", Acknowledgement, id_or_name=_role(id_or_name)
        )

    def set_default_role(self, id_or_name: str) -> Role:
        """Choose the role that new users get.

        Parameters
        ----------
        id_or_name:
            The role's id or name.

        Returns
        -------
        Role
            The role.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ConflictError
            When the SSO configuration decides it.
        ValidationError
            When the id or name is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.set_default_role(roles[0].id).name == roles[0].name)
        True
        """
        return self._dispatch.call("admin_set_default_role", Role, id_or_name=_role(id_or_name))
