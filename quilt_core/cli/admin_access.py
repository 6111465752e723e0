"""`quiltops admin roles` and `quiltops admin policies`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import click

from quilt_core import (
    Acknowledgement,
    BucketPermission,
    BucketPermissionLevel,
    Policy,
    Role,
    RoleSignup,
)
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import Group, connect
from quilt_core.cli.output import show, show_all
from quilt_core.cli.text_input import TextFile
from quilt_core.cli.writing import Delete, Write, write
from quilt_core.errors import NotFoundError, ValidationError
from quilt_core.ops.admin import AdminOps


@click.group(cls=Group)
def roles() -> None:
    """The registry's roles; a role is named by its id or name."""


@roles.command("list", answers=listing(Role))
def list_roles() -> None:
    """List all roles.

    Example: quiltops admin roles list
    """
    show_all(connect().admin.list_roles, ("id", "name", "managed", "arn", "permissions"))


@roles.command("get", answers=one(Role))
@click.argument("role")
def get_role(role: str) -> None:
    """Show a role.

    Example: quiltops admin roles get DemoReader
    """
    show(connect().admin.get_role(role))


def _details_options(command: Any) -> Any:
    for option in reversed(
        [
            click.option("--default-bucket", help="The bucket that the role's users see first."),
            click.option("--signup-page", help="The page where people can sign up for the role."),
            click.option(
                "--signup-code-file",
                type=TextFile(),
                help="The file with the page's access code; '-' for standard input.",
            ),
            click.option("--signup-title", help="The title of the signup page."),
            click.option("--signup-description", help="The text of the signup page."),
        ]
    ):
        command = option(command)
    return command


def _signup(
    present: Callable[[], RoleSignup | None],
    signup_page: str | None,
    signup_code_file: str | None,
    signup_title: str | None,
    signup_description: str | None,
) -> RoleSignup | None:
    """The signup with the values of the options; values that they leave out stay as they are. None
    without any such option.
    """
    code = None if signup_code_file is None else signup_code_file.strip()
    options = {
        "page": signup_page,
        "access_code": code,
        "title": signup_title,
        "description": signup_description,
    }
    given = {name: text for name, text in options.items() if text is not None}
    if not given:
        return None
    if {"page", "access_code"} <= given.keys():
        base = RoleSignup(page="", access_code="")
    else:
        found = present()
        if found is None:
            raise ValidationError(
                "A signup needs a page and an access code.",
                hint="Give --signup-page and --signup-code-file.",
            )
        base = found
    return attrs.evolve(base, **given)


@roles.command("create", cls=Write, answers=one(Role))
@click.argument("name")
@click.option("--policy", multiple=True, help="A policy's id; may be given again.")
@click.option("--arn", help="The AWS role of an unmanaged role.")
@_details_options
def create_role(
    name: str,
    policy: tuple[str, ...],
    arn: str | None,
    default_bucket: str | None,
    **signup: Any,
) -> None:
    """Create a managed role from policies, or an unmanaged one from an ARN.

    Example: quiltops admin roles create Analysts --policy 3f2a9c
    """
    policies = None if arn and not policy else policy
    admin = connect().admin
    write(
        admin.create_role,
        name,
        taken=lambda: admin.get_role(name),
        policies=policies,
        arn=arn,
        default_bucket=default_bucket,
        signup=_signup(lambda: None, **signup),
    )


@roles.command("update", cls=Write, answers=one(Role))
@click.argument("role")
@click.option("--name", help="The new name.")
@click.option("--policy", multiple=True, help="Replaces the policies; may be given again.")
@click.option("--arn", help="The new ARN of an unmanaged role.")
@_details_options
@click.option("--no-default-bucket", is_flag=True, help="Remove the default bucket.")
@click.option("--no-signup", is_flag=True, help="Remove the signup page.")
def update_role(
    role: str,
    name: str | None,
    policy: tuple[str, ...],
    arn: str | None,
    default_bucket: str | None,
    no_default_bucket: bool,
    no_signup: bool,
    **signup: Any,
) -> None:
    """Change a role; options that are left out stay unchanged.

    Example: quiltops admin roles update Analysts --name Scientists
    """
    admin = connect().admin
    wanted = _signup(lambda: admin.get_role(role).signup, **signup)
    if (no_default_bucket and default_bucket is not None) or (no_signup and wanted is not None):
        raise ValidationError("One option sets what another option removes.")
    details: dict[str, Any] = {}
    if no_default_bucket or default_bucket is not None:
        details["default_bucket"] = default_bucket
    if no_signup or wanted is not None:
        details["signup"] = wanted
    write(
        admin.update_role,
        role,
        name=name,
        policies=policy or None,
        arn=arn,
        **details,
        now=lambda: admin.get_role(role),
        taken=None if name is None else lambda: _other_role(admin, role, name),
    )


def _other_role(admin: AdminOps, role: str, name: str) -> Role | None:
    """The role with a name, unless it is the one that gets the name."""
    found = admin.get_role(name)
    return None if found.id == admin.get_role(role).id else found


@roles.command("delete", cls=Delete, answers=one(Acknowledgement))
@click.argument("role")
def delete_role(role: str) -> None:
    """Delete a role.

    Example: quiltops admin roles delete Analysts --yes
    """
    admin = connect().admin
    ask = f"Delete the role {role}?"
    write(admin.delete_role, role, now=lambda: admin.get_role(role), ask=ask)


@roles.command("default", cls=Write, answers=one(Role))
@click.argument("role", required=False)
def default_role(role: str | None) -> None:
    """Show the default role, or set it.

    Example: quiltops admin roles default DemoReader
    """
    admin = connect().admin
    if role is None:
        show(admin.get_default_role())
    else:
        write(admin.set_default_role, role, now=lambda: _default_now(admin))


def _default_now(admin: AdminOps) -> Role | None:
    try:
        return admin.get_default_role()
    except NotFoundError:
        return None


@click.group(cls=Group)
def policies() -> None:
    """The registry's policies."""


def _permissions(given: tuple[str, ...]) -> list[BucketPermission] | None:
    found = []
    for text in given:
        bucket, _, level = text.partition(":")
        try:
            permission = BucketPermission(bucket=bucket, level=BucketPermissionLevel(level))
        except ValueError:
            raise ValidationError(
                f"{text!r} is not a permission.", hint="It looks like 'my-bucket:READ_WRITE'."
            ) from None
        found.append(permission)
    return found or None


_ALLOW = click.option("--allow", multiple=True, metavar="BUCKET:LEVEL", help="READ or READ_WRITE.")
_ROLES = click.option("--role", multiple=True, help="The id of a managed role.")


@policies.command("list", answers=listing(Policy))
def list_policies() -> None:
    """List all policies.

    Example: quiltops admin policies list
    """
    show_all(connect().admin.list_policies, ("id", "title", "managed", "permissions", "roles"))


@policies.command("get", answers=one(Policy))
@click.argument("policy_id")
def get_policy(policy_id: str) -> None:
    """Show a policy.

    Example: quiltops admin policies get 3f2a9c
    """
    show(connect().admin.get_policy(policy_id))


@policies.command("create", cls=Write, answers=one(Policy))
@click.argument("title")
@_ALLOW
@click.option("--arn", help="The AWS policy of an unmanaged policy.")
@_ROLES
def create_policy(
    title: str, allow: tuple[str, ...], arn: str | None, role: tuple[str, ...]
) -> None:
    """Create a managed policy from permissions, or an unmanaged one from an ARN.

    Example: quiltops admin policies create "Read the demo" --allow demo-data:READ
    """
    permissions = _permissions(allow)
    if permissions is None and arn is None:
        permissions = []
    write(connect().admin.create_policy, title, permissions=permissions, arn=arn, roles=role)


@policies.command("update", cls=Write, answers=one(Policy))
@click.argument("policy_id")
@click.option("--title", help="The new title.")
@_ALLOW
@click.option("--arn", help="The new ARN of an unmanaged policy.")
@_ROLES
def update_policy(
    policy_id: str,
    title: str | None,
    allow: tuple[str, ...],
    arn: str | None,
    role: tuple[str, ...],
) -> None:
    """Change a policy; options that are left out stay unchanged.

    Example: quiltops admin policies update 3f2a9c --title "Read all demos"
    """
    admin = connect().admin
    write(
        admin.update_policy,
        policy_id,
        title=title,
        permissions=_permissions(allow),
        arn=arn,
        roles=role or None,
        now=lambda: admin.get_policy(policy_id),
    )


@policies.command("delete", cls=Delete, answers=one(Acknowledgement))
@click.argument("policy_id")
def delete_policy(policy_id: str) -> None:
    """Delete a policy.

    Example: quiltops admin policies delete 3f2a9c --yes
    """
    admin = connect().admin
    ask = f"Delete the policy {policy_id}?"
    write(admin.delete_policy, policy_id, now=lambda: admin.get_policy(policy_id), ask=ask)
