"""The GraphQL client: it knows documents, identities and faults, and nothing about packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from quilt_core import clock, deadline
from quilt_core.errors import ProtocolError
from quilt_registry.auth.bearer import Bearer, ask_with
from quilt_registry.endpoint import RegistryAddress
from quilt_registry.graphql.documents import Document, DocumentLibrary, Variant
from quilt_registry.graphql.failures import (
    document_rejected,
    graphql_error,
    login_refused,
    not_an_administrator,
)
from quilt_registry.graphql.learned import LEARNED, LearnedState
from quilt_registry.graphql.payload import encode_payload
from quilt_registry.graphql.queries import is_query
from quilt_registry.http.body import StreamedBody
from quilt_registry.http.responses import error_words, judged, read_json
from quilt_registry.http.transport import HttpAnswer, send

Variables = Mapping[str, Any] | Callable[[str], Mapping[str, Any]]
"""A document's variables, or a function that returns those for the variant with a given label."""

_WRITE_TIMEOUT = 60.0
"""The minimum timeout of a write in seconds: pushes take 10 to 20 or more
(docs/protocol.md, C.1).
"""


@attrs.frozen(kw_only=True)
class GraphQLResult:
    """The data of a successful answer, and the variant of the document that was used."""

    data: Mapping[str, Any]
    variant: str


@attrs.frozen(kw_only=True)
class GraphQLClient:
    """Sends documents to one registry with one identity; thread-safe."""

    target: RegistryAddress
    bearer: Bearer | None
    documents: DocumentLibrary
    timeout: float
    """The maximum number of seconds for one request, including its attempts and a renewal of the
    token.
    """
    learned: LearnedState = LEARNED

    @property
    def endpoint(self) -> str:
        """The address to which documents are sent."""
        return self.learned.path(self.target.endpoint)

    @property
    def clock_offset(self) -> float | None:
        """The number of seconds by which the registry's clock is ahead of this machine's; None if
        not known.
        """
        return self.learned.clock_offset(self.target.endpoint)

    def run(self, name: str, variables: Variables | None = None) -> Mapping[str, Any]:
        """Send the document `name` and return its data.

        Raises
        ------
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError, BackendError
            According to the answer.
        NotSupportedError
            When this registry does not have the operation.
        """
        return self.reply(name, variables).data

    def reply(self, name: str, variables: Variables | None = None) -> GraphQLResult:
        """Like `run`, but also returns the variant of the document that the registry accepted."""
        document = self.documents.load(name)
        first, count = self.learned.variant(self.target.endpoint, name), len(document.variants)
        rejected: HttpAnswer | None = None
        # First the variant that the registry accepted last, then older and then newer ones, because
        # a registry that has been updated may no longer accept it.
        for index in (*range(first, count), *range(first)):
            variant = document.variants[index]
            answer = self._send_variant(variant, variables)
            if _is_rejection(answer):
                rejected = answer
                continue
            self.learned.learn_variant(self.target.endpoint, name, index)
            return GraphQLResult(data=self._data(answer, variant), variant=variant.label)
        if document.variants[-1].since is not None:
            self.learned.learn_lacking(self.target.endpoint, name)
        raise self._rejected(document, rejected)

    def lacks(self, name: str) -> bool:
        """Whether the registry is known not to have the operation of a document."""
        return self.learned.lacks(self.target.endpoint, name)

    def run_text(
        self, text: str, variables: Mapping[str, Any] | None, *, name: str, for_admins: bool
    ) -> Mapping[str, Any]:
        """Send a document that is not in a library, such as one from another program.

        Parameters
        ----------
        text, variables:
            The document with one operation, and its variables, JSON types.
        name:
            The operation's name in it.
        for_admins:
            Whether it is for administrators, so that a refusal can be distinguished.

        Raises the errors of `run`; a document that the schema does not allow raises
        `ProtocolError`.
        """
        variant = Variant(
            label="",
            text=text,
            operation_name=name,
            is_mutation=not is_query(text),
            since=None,
            for_admins=for_admins,
        )
        answer = self._send_variant(variant, variables)
        if _is_rejection(answer):
            raise self._rejected(Document(name=name, variants=(variant,)), answer)
        return self._data(answer, variant)

    def post(self, payload: Mapping[str, Any], *, repeatable: bool) -> HttpAnswer:
        """Send a payload, and send it once more after a 401 if the token could be renewed.

        Parameters
        ----------
        payload:
            `query`, `variables`, `operationName`; a `JsonFile` in the variables is streamed.
        repeatable:
            Whether it is a query, which may be sent again after a failure.

        Raises
        ------
        AuthenticationError
            When the registry does not accept the credentials, or there are none.
        TransportError
            When no answer was received.
        """
        body = encode_payload(payload)
        with deadline.within(self._seconds(repeatable=repeatable)):
            name = payload.get("operationName")
            answer = ask_with(
                self.bearer, lambda token: self._post(body, token, name, repeatable=repeatable)
            )
        if answer.status == 401:
            raise login_refused(answer, self.bearer)
        if answer.server_time is not None:
            offset = answer.server_time - clock.now()
            self.learned.learn_clock_offset(self.target.endpoint, offset)
        return answer

    def _send_variant(self, variant: Variant, variables: Variables | None) -> HttpAnswer:
        chosen = variables(variant.label) if callable(variables) else variables
        payload = {
            "query": variant.text,
            "operationName": variant.operation_name,
            "variables": dict(chosen or {}),
        }
        return self.post(payload, repeatable=not variant.is_mutation)

    def _post(
        self, body: bytes | StreamedBody, token: str | None, name: str | None, *, repeatable: bool
    ) -> HttpAnswer:
        endpoint, other = self.endpoint, self.target.other_endpoint
        answer = self._post_to(endpoint, body, token, name, repeatable=repeatable)
        if answer.status == 404 and other is not None and endpoint == self.target.endpoint:
            second = self._post_to(other, body, token, name, repeatable=repeatable)
            if second.status != 404:
                self.learned.learn_path(self.target.endpoint, other)
                return second
        return answer

    def _post_to(
        self,
        url: str,
        body: bytes | StreamedBody,
        token: str | None,
        name: str | None,
        *,
        repeatable: bool,
    ) -> HttpAnswer:
        return send(
            "POST",
            url,
            repeatable=repeatable,
            token=token,
            headers={"Content-Type": "application/json"},
            data=body,
            timeout=self._seconds(repeatable=repeatable),
            operation=name,
        )

    def _seconds(self, *, repeatable: bool) -> float:
        return self.timeout if repeatable else max(self.timeout, _WRITE_TIMEOUT)

    def _data(self, answer: HttpAnswer, variant: Variant) -> Mapping[str, Any]:
        body = read_json(answer)
        payload = body or {}
        errors = payload.get("errors")
        if not errors or not _was_executed(errors):
            payload = judged(answer, body)
        if errors:
            if variant.for_admins:
                self._check_administrator(errors)
            raise graphql_error(errors, variant.operation_name)
        data = payload.get("data")
        if not isinstance(data, dict):
            raise ProtocolError(
                f"The registry answered {variant.operation_name} without data.",
                context={"url": answer.url},
            )
        return data

    def _check_administrator(self, errors: Any) -> None:
        """Distinguish "not an administrator" from other failures by a request, because the messages
        do not show it.
        """
        me = self.run("me").get("me")
        if not isinstance(me, dict) or me.get("isAdmin") is not True:
            listed = errors if isinstance(errors, list) else [errors]
            raise not_an_administrator(me, error_words(listed))

    def _rejected(self, document: Document, answer: HttpAnswer | None) -> BaseException:
        if answer is None:
            raise AssertionError("a document has at least one variant")
        return document_rejected(document, read_json(answer), answer)


def _is_rejection(answer: HttpAnswer) -> bool:
    """Whether the registry refused the document itself, so that nothing was executed."""
    errors = (read_json(answer) or {}).get("errors") if answer.status == 400 else None
    return bool(errors) and not _was_executed(errors)


def _was_executed(errors: Any) -> bool:
    """Whether errors come from executing a document: only these have a path."""
    listed = errors if isinstance(errors, list) else [errors]
    return any(isinstance(error, dict) and error.get("path") for error in listed)
