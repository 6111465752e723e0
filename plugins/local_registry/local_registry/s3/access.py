"""The permissions for buckets."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

import attrs

from local_registry.http.messages import Request
from local_registry.identity.errors import ForbiddenError
from local_registry.identity.model import Identity
from local_registry.identity.store import IdentityStore
from local_registry.s3.errors import S3Error
from local_registry.s3.operations import S3Operation
from local_registry.s3.signature import Signature, check_signature
from local_registry.state import State

ROOT = "root"


@attrs.frozen(kw_only=True)
class RootKeys:
    """The keys of the registry itself, which may do everything; for seeds and presigned URLs."""

    access_key: str = attrs.field(factory=lambda: "AKIA" + secrets.token_hex(8).upper())
    secret_key: str = attrs.field(factory=lambda: secrets.token_urlsafe(30), repr=False)


class Access:
    """Finds the identity for a signature, and decides whether it may carry out an operation."""

    def __init__(
        self,
        state: State,
        identities: IdentityStore,
        root: RootKeys,
        *,
        shared: Collection[str] = (),
        results: str = "",
    ) -> None:
        """`shared` are buckets of the registry itself, which every user reads and administrators
        write; in the bucket `results`, everybody reads the results of their own queries."""
        self._state = state
        self._identities = identities
        self._root = root
        self._shared = frozenset(shared)
        self._results = results

    def authenticate(self, request: Request, claim: Signature | None) -> Identity | str | None:
        """The signer: an identity, `root`, or `None` for an anonymous request.

        `claim` is the request's signature as `read_signature` reads it.

        Raises `S3Error`: InvalidAccessKeyId, InvalidToken, ExpiredToken, SignatureDoesNotMatch
        and what `check_signature` raises.
        """
        if claim is None:
            return None
        now = datetime.fromtimestamp(self._state.clock(), UTC)
        if claim.access_key == self._root.access_key:
            check_signature(request, claim, self._root.secret_key, now)
            return ROOT
        return self._holder(request, claim, now)

    def _holder(self, request: Request, claim: Signature, now: datetime) -> Identity:
        holder = self._identities.credentials.find(claim.access_key)
        if holder is None:
            raise S3Error(
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            )
        check_signature(request, claim, holder.credentials.secret_key, now)
        given = (claim.session_token or "").encode()
        if not secrets.compare_digest(given, holder.credentials.session_token.encode()):
            raise S3Error("InvalidToken", "The provided token is malformed or otherwise invalid.")
        if holder.credentials.expiration <= now:
            raise S3Error("ExpiredToken", "The provided token has expired.")
        user = self._state.users.get_by_id(holder.user_id)
        role = self._state.roles.get(holder.role_id)
        if user is None or role is None:
            raise S3Error("InvalidToken", "The holder of the token is gone.")
        try:
            return self._identities.identify(user, role)
        except ForbiddenError as error:
            raise S3Error("AccessDenied", "Access Denied") from error

    def allows(self, who: Identity | str | None, operation: S3Operation) -> bool:
        """Whether `who` may carry the operation out."""
        if who == ROOT:
            return True
        if not isinstance(who, Identity):
            return False
        bucket, source = operation.bucket or "", operation.source_bucket
        if source is not None and not self._reads(who, source):
            return False
        writes = who.is_admin if bucket in self._shared else who.can_write(bucket)
        return {
            "list-buckets": True,
            "read": self._reads(who, bucket) or self._is_own_result(who, operation),
            "write": writes,
            "own": False,
        }[operation.need]

    def _reads(self, who: Identity, bucket: str) -> bool:
        return bucket in self._shared or who.can_read(bucket)

    def _is_own_result(self, who: Identity, operation: S3Operation) -> bool:
        prefix = results_prefix(who.role, who.user_id)
        return operation.bucket == self._results and (operation.key or "").startswith(prefix)


def results_prefix(role: str, user_id: str) -> str:
    """The prefix of the query results of a user in a role: a key that ends with `/`."""
    return f"{role}/{user_id}/"
