"""Delete revisions where the registry cannot delete a package: many in one GraphQL document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap

from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import (
    AuthenticationError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOpsError,
)
from quilt_core.parallel import bounded_map
from quilt_core.progress import ProgressReporter

PER_DOCUMENT = 50
"""The number of revisions that one document deletes; a registry deletes them one by one."""
_FIELD = "packageRevisionDelete"
HOPELESS = (PermissionDeniedError, AuthenticationError)
"""After these errors, the other revisions are not attempted."""


@attrs.define
class RevisionDeletion:
    """Deletes some revisions of one package; stops if the rest would also fail."""

    client: GraphQLClient
    package_name: PackageName
    registry: Registry
    progress: ProgressReporter
    hopeless: QuiltOpsError | None = None

    def delete(self, hashes: Sequence[str]) -> dict[str, QuiltOpsError]:
        """Delete revisions in this order with one document; returns the errors by top hash."""
        if self.hopeless is not None:
            return dict.fromkeys(hashes, self.hopeless)
        try:
            answers = self._send(hashes)
        except ProtocolError as error:
            if len(hashes) == 1 or error.context.get("status") != 400:
                return dict.fromkeys(hashes, error)
            # Some GraphQL servers limit how often a document may name one field.
            failures: dict[str, QuiltOpsError] = {}
            for top_hash in hashes:
                failures |= self.delete([top_hash])
            return failures
        except QuiltOpsError as error:
            return self._failed(dict.fromkeys(hashes, error))
        return self._failed(
            {
                top_hash: refusal
                for top_hash, answer in zip(hashes, answers, strict=True)
                if (refusal := self._judge(top_hash, answer)) is not None
            }
        )

    def _send(self, hashes: Sequence[str]) -> list[object]:
        place = {"bucket": self.registry.bucket, "name": str(self.package_name)}
        if len(hashes) == 1:
            data = self.client.run("package_revision_delete", {**place, "hash": hashes[0]})
            return [data.get(_FIELD)]
        variables = {f"hash{number}": top_hash for number, top_hash in enumerate(hashes)}
        data = self.client.run_text(
            _document(len(hashes)), {**place, **variables}, name=_FIELD, for_admins=False
        )
        return [data.get(f"deleted{number}") for number in range(len(hashes))]

    def _judge(self, top_hash: str, answer: object) -> QuiltOpsError | None:
        doing = f"delete the revision {top_hash[:12]}… of {self.package_name}"
        try:
            unwrap(answer, "PackageRevisionDeleteSuccess", doing=doing)
        except QuiltOpsError as error:
            return error
        self.progress.advance()
        return None

    def _failed(self, failures: dict[str, QuiltOpsError]) -> dict[str, QuiltOpsError]:
        told = next((one for one in failures.values() if isinstance(one, HOPELESS)), None)
        self.hopeless = self.hopeless or told
        return failures


def delete_revisions(
    deletion: RevisionDeletion, hashes: Sequence[str], latest: str, workers: int
) -> Mapping[str, QuiltOpsError]:
    """Delete revisions with several documents in parallel; returns the errors by top hash.

    The latest revision is deleted last, because otherwise the tag would move to one that is about
    to be deleted.
    """
    ordered = sorted(hashes, key=lambda one: one == latest)
    documents = [
        ordered[start : start + PER_DOCUMENT] for start in range(0, len(ordered), PER_DOCUMENT)
    ]
    failures: dict[str, QuiltOpsError] = {}
    for failed in bounded_map(deletion.delete, documents[:-1], workers):
        failures |= failed
    return failures | deletion.delete(documents[-1])


def _document(count: int) -> str:
    """A mutation that deletes `count` revisions, in order."""
    parameters = ", ".join(f"$hash{number}: String!" for number in range(count))
    fields = "\n".join(
        f"  deleted{number}: {_FIELD}(bucket: $bucket, name: $name, hash: $hash{number}) "
        "{ __typename ... on OperationError { name message context } }"
        for number in range(count)
    )
    return f"mutation {_FIELD}($bucket: String!, $name: String!, {parameters}) {{\n{fields}\n}}\n"
