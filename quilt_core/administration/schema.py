"""The format of the file: its sections and their fields, and the JSON Schema made from them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

VERSION: Final = 1
"""The version of the format."""

Level = Literal["READ", "READ_WRITE"]


class Entry(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """An item of the file; a field that is left out is not changed."""

    def given(self) -> dict[str, Any]:
        """The fields that the file has."""
        names = self.__struct_fields__
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not UNSET}


class BucketEntry(Entry, frozen=True):
    """A bucket of the catalog; a new one needs a title, and must already exist in S3."""

    title: Annotated[str, Meta(description="The name that is shown.")] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    icon_url: str | UnsetType = UNSET
    overview_url: str | UnsetType = UNSET
    linked_data: Annotated[Any, Meta(description="JSON-LD.")] | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    relevance_score: (
        Annotated[
            int,
            Meta(
                description="Buckets with greater scores are listed first; below 0, "
                "they are hidden."
            ),
        ]
        | UnsetType
    ) = UNSET
    browsable: Annotated[bool, Meta(description="Whether it allows browsing.")] | UnsetType = UNSET
    sns_notification_arn: str | UnsetType = UNSET
    scanner_parallel_shards_depth: int | UnsetType = UNSET
    skip_metadata_indexing: bool | UnsetType = UNSET
    file_extensions_to_index: (
        Annotated[list[str], Meta(description="Such as '.csv'.")] | UnsetType
    ) = UNSET
    index_content_bytes: (
        Annotated[int, Meta(description="How much of each file is indexed, in bytes.")] | UnsetType
    ) = UNSET
    prefixes: (
        Annotated[list[str], Meta(description="Where packages are; registries from 2026-01.")]
        | UnsetType
    ) = UNSET


class PolicyEntry(Entry, frozen=True):
    """A policy: either managed, with `permissions`, or an existing AWS policy, with `arn`."""

    permissions: (
        Annotated[
            dict[str, Level], Meta(description="The level of each bucket; the complete list.")
        ]
        | UnsetType
    ) = UNSET
    arn: Annotated[str, Meta(description="The ARN of a policy in AWS.")] | UnsetType = UNSET


class SignupEntry(Entry, frozen=True):
    """How a role is offered at sign-up. At most one of the two fields gives the access code."""

    page: Annotated[str, Meta(description="The last part of the page's address.")]
    access_code: (
        Annotated[str, Meta(description="The code that opens the page; not changed if left out.")]
        | UnsetType
    ) = UNSET
    access_code_variable: (
        Annotated[str, Meta(description="The environment variable that contains the code.")]
        | UnsetType
    ) = UNSET
    title: str | None = None
    description: str | None = None

    def __repr__(self) -> str:
        return f"SignupEntry(page={self.page!r})"


class RoleEntry(Entry, frozen=True):
    """A role: either managed, with `policies`, or an existing AWS role, with `arn`."""

    policies: (
        Annotated[list[str], Meta(description="The titles of all its policies.")] | UnsetType
    ) = UNSET
    arn: Annotated[str, Meta(description="The ARN of a role in AWS.")] | UnsetType = UNSET
    default_bucket: (
        Annotated[
            str, Meta(description="The bucket that its users see first; registries from 2026-11.")
        ]
        | UnsetType
        | None
    ) = UNSET
    signup: SignupEntry | UnsetType | None = UNSET


class UserEntry(Entry, frozen=True):
    """A user; a new one needs `email` and `role`, and is created only with `--invite`."""

    email: str | UnsetType = UNSET
    role: Annotated[str, Meta(description="The active role.")] | UnsetType = UNSET
    extra_roles: (
        Annotated[list[str], Meta(description="All other roles of the user.")] | UnsetType
    ) = UNSET
    admin: bool | UnsetType = UNSET
    active: Annotated[bool, Meta(description="Whether the user may log in.")] | UnsetType = UNSET


class File(Entry, frozen=True):
    """The file; a section that is left out is not changed."""

    version: Literal[1]
    buckets: dict[str, BucketEntry] | UnsetType = UNSET
    policies: dict[str, PolicyEntry] | UnsetType = UNSET
    roles: dict[str, RoleEntry] | UnsetType = UNSET
    default_role: Annotated[str, Meta(description="The role that new users get.")] | UnsetType = (
        UNSET
    )
    sso: (
        Annotated[
            str | dict[str, Any] | None,
            Meta(
                description="The configuration of single sign-on, as text or as YAML; null: none."
            ),
        ]
        | UnsetType
    ) = UNSET
    users: dict[str, UserEntry] | UnsetType = UNSET


SECTIONS: Final = ("buckets", "policies", "roles", "default_role", "sso", "users")
"""The sections of the file, in the order in which they are applied."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file (draft 2020-12), for editors and other programs."""
    schema = msgspec.json.schema(File)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A catalog's administration, for `quiltops admin apply`",
        **schema,
    }
