"""`quiltops admin`: a group for each thing that administrators manage."""

from __future__ import annotations

from quilt_core.cli.admin_access import policies, roles
from quilt_core.cli.admin_file import apply_file, export_file, file_schema
from quilt_core.cli.admin_registry import api_keys, buckets, sso
from quilt_core.cli.admin_users import users
from quilt_core.cli.options import Group

group = Group(
    name="admin",
    help="Users, roles, policies, buckets, API keys and single sign-on.",
    commands={
        "users": users,
        "roles": roles,
        "policies": policies,
        "buckets": buckets,
        "api-keys": api_keys,
        "sso": sso,
        "apply": apply_file,
        "export": export_file,
        "schema": file_schema,
    },
)
