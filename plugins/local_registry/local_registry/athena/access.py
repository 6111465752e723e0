"""The identity of a request to Athena, and its workgroups."""

from __future__ import annotations

import hashlib

import attrs

from local_registry.athena.errors import AthenaError, denied, invalid, of_signature
from local_registry.athena.names import results_bucket
from local_registry.config import RegistryConfig
from local_registry.http.messages import Request
from local_registry.identity.model import Identity
from local_registry.s3.access import Access, results_prefix
from local_registry.s3.errors import S3Error
from local_registry.s3.signature import read_signature

PRIMARY = "primary"
_ACCOUNT = "000000000000"


@attrs.frozen(kw_only=True)
class WorkGroup:
    """A workgroup: `primary`, which has no location for results, or the one of a role.

    location: `s3://bucket/prefix/`, which overrides the location in a query; None for `primary`.
    """

    name: str
    description: str
    location: str | None


class Callers:
    """Checks signatures and gives workgroups."""

    def __init__(self, config: RegistryConfig, access: Access) -> None:
        self._config = config
        self._access = access

    def authenticate(self, request: Request) -> Identity:
        """The identity that signed a request for Athena in this registry's region.

        Raises `AthenaError`: MissingAuthenticationTokenException, UnrecognizedClientException,
        ExpiredTokenException, InvalidSignatureException, AccessDeniedException.
        """
        try:
            claim = read_signature(request, "athena")
            if claim is None:
                raise AthenaError(
                    "MissingAuthenticationTokenException", "Missing Authentication Token"
                )
            if claim.region != self._config.region:
                raise of_signature(
                    "AuthorizationHeaderMalformed", "Credential should be scoped to a valid region."
                )
            digest = request.header("x-amz-content-sha256")
            if digest is not None and digest != hashlib.sha256(request.body).hexdigest():
                raise S3Error("XAmzContentSHA256Mismatch", "The digest of the body does not match.")
            who = self._access.authenticate(request, claim)
        except S3Error as error:
            raise of_signature(error.code, str(error)) from error
        if not isinstance(who, Identity):
            raise AthenaError("AccessDeniedException", "The registry's own keys are for S3 alone")
        return who

    def groups(self, identity: Identity) -> dict[str, str]:
        """All workgroups that the identity sees, including those that it may not use, each with its
        name and purpose.
        """
        of_roles = {self._name_of(role): f"Queries in the role {role}" for role in identity.roles}
        return {PRIMARY: "The account's own workgroup, without a place for results", **of_roles}

    def group(self, identity: Identity, name: str, operation: str) -> WorkGroup:
        """A workgroup that the identity may use: the one of its active role, or `primary`.

        Raises `AthenaError`: AccessDeniedException for that of another role,
        InvalidRequestException for one that is not there.
        """
        description = self.groups(identity).get(name)
        if description is None:
            raise invalid(f"WorkGroup {name} is not found.")
        if name == PRIMARY:
            return WorkGroup(name=name, description=description, location=None)
        if name != self._name_of(identity.role):
            arn = f"arn:aws:athena:{self._config.region}:{_ACCOUNT}:workgroup/{name}"
            raise denied(identity.user_name, operation, arn)
        prefix = results_prefix(identity.role, identity.user_id)
        location = f"s3://{results_bucket(self._config)}/{prefix}"
        return WorkGroup(name=name, description=description, location=location)

    def _name_of(self, role: str) -> str:
        """The workgroup of a role; characters that are not allowed in a workgroup's name are
        replaced by their codes.
        """
        stem = f"QuiltUserAthena-{self._config.stack_prefix}-"
        kept = "".join(one if one.isalnum() or one in "._-" else f".{ord(one):x}." for one in role)
        return f"{stem}{kept}"[:128]
