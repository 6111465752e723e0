"""Browsing sessions: content URLs for identities without AWS credentials (docs/protocol.md, G)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import attrs
from quilt_registry import fields
from quilt_registry.auth.bearer import ask_with
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.http.responses import read_json, status_error
from quilt_registry.http.transport import HttpAnswer, send

from quilt_core import deadline
from quilt_core.domain.names import PackageName
from quilt_core.errors import NotFoundError, NotSupportedError, QuiltOpsError


@attrs.frozen
class BrowsingSessions:
    """Opens a session, finds a file's URL through it, and closes it again."""

    client: GraphQLClient
    ttl: int
    """The lifetime of a session in seconds."""

    def url(self, bucket: str, package_name: PackageName, top_hash: str, path: str) -> str:
        """The presigned URL to which the registry redirects for a file.

        Raises
        ------
        NotSupportedError
            When the bucket allows no browsing sessions, or the registry does not redirect.
        """
        scope = f"quilt+s3://{bucket}#package={package_name}@{top_hash}"
        session_id = self._open(scope)
        try:
            answer = self._ask(session_id, path)
        finally:
            self._close(session_id)
        return _redirection(answer, path)

    def _open(self, scope: str) -> str:
        data = self.client.run("browsing_session_create", {"scope": scope, "ttl": self.ttl})
        result = data.get("browsingSessionCreate")
        if isinstance(result, dict) and result.get("name") == "BucketNotBrowsable":
            raise NotSupportedError(
                "get_content_url",
                reason="the registry gives this identity no AWS credentials, and the bucket "
                "allows no browsing sessions.",
                hint="An administrator can make the bucket browsable.",
            )
        session = unwrap(result, "BrowsingSession", doing="open a browsing session")
        return fields.get_str(session, "id")

    def _ask(self, session_id: str, path: str) -> HttpAnswer:
        base = f"{self.client.target.registry_url}/browse"
        timeout = self.client.timeout

        def request(method: str, url: str, headers: Mapping[str, str]) -> HttpAnswer:
            return ask_with(
                self.client.bearer,
                lambda token: send(
                    method, url, repeatable=True, token=token, headers=headers, timeout=timeout
                ),
            )

        with deadline.within(timeout):
            cookies = request("POST", f"{base}/set_browse_cookie", {}).cookies
            cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
            url = f"{base}/{quote(session_id, safe='')}/{quote(path)}"
            return request("GET", url, {"Cookie": cookie} if cookie else {})

    def _close(self, session_id: str) -> None:
        try:
            self.client.run("browsing_session_dispose", {"id": session_id})
        except QuiltOpsError:
            return  # it expires by itself, and the URL is more important


def _redirection(answer: HttpAnswer, path: str) -> str:
    location = answer.location or ""
    if 300 <= answer.status < 400 and location.startswith(("http://", "https://")):
        return location
    if answer.status == 404:
        raise NotFoundError(f"The registry has no {path!r} to browse.", context={"path": path})
    if not 200 <= answer.status < 400:
        raise status_error(answer, read_json(answer))
    raise NotSupportedError(
        "get_content_url",
        reason="the registry gives this identity no AWS credentials, and serves files itself "
        "instead of redirecting to them.",
    )
