"""What scripts on the catalog's origin do with the registry and S3, which are other origins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from local_registry import LocalRegistry, RegistryConfig

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SCRIPT = 'let options = {s3UsEast1RegionalEndpoint:"regional"};'
_SESSION = """
mutation { browsingSessionCreate(scope: "quilt+s3://demo-data#package=some/page", ttl: 60) {
    ... on BrowsingSession { id } ... on OperationError { message } } }
"""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[LocalRegistry]:
    """A registry with a built catalog that has nothing but an empty page."""
    (tmp_path / "index.html").write_text("<!DOCTYPE html><p>catalog</p>")
    (tmp_path / "app.js").write_text(_SCRIPT)
    with LocalRegistry(RegistryConfig(catalog=tmp_path)) as registry:
        yield registry


def test_a_script_signs_in_by_password_and_reads_s3(registry: LocalRegistry, page: Page) -> None:
    client = registry.s3_client("writer")
    target = {"Bucket": "demo-data", "Key": "new/from a browser.txt"}
    put = client.generate_presigned_url("put_object", Params=target)
    page.goto(registry.endpoints.catalog_url)
    answer = page.evaluate(
        """async ([registry, password, url]) => {
            const headers = {"content-type": "application/json"};
            const body = JSON.stringify({username: "writer", password});
            const signed = await fetch(`${registry}/api/login`, {method: "POST", headers, body});
            const {token} = await signed.json();
            const me = await fetch(`${registry}/api/me`, {
                headers: {authorization: `Bearer ${token}`}});
            const put = await fetch(url, {method: "PUT", body: "written"});
            const refused = await fetch(url);
            return [(await me.json()).current_user, put.status, put.headers.get("etag"),
                    refused.status];
        }""",
        [registry.endpoints.registry_url, registry.passwords()["writer"], put],
    )
    assert answer[:2] == ["writer", 200]
    assert answer[2]
    assert answer[3] == 403
    assert client.get_object(**target)["Body"].read() == b"written"


def test_a_frame_shows_a_file_of_a_browsing_session(registry: LocalRegistry, page: Page) -> None:
    """As a catalog shows HTML: a cookie for the registry, then a frame that leads to S3."""
    client = registry.s3_client("writer")
    html = b"<!DOCTYPE html><h1>Hello from the package</h1>"
    client.put_object(Bucket="demo-data", Key="page.html", Body=html, ContentType="text/html")
    with requests.Session() as session:
        session.trust_env = False
        endpoints, token = registry.endpoints, registry.token("writer")
        bearer = {"Authorization": f"Bearer {token}"}
        construct = """mutation { packageConstruct(params: {bucket: "demo-data", name: "some/page"},
            src: {entries: [{logicalKey: "page.html", physicalKey: "s3://demo-data/page.html"}]})
            { __typename } }"""
        url = endpoints.graphql_endpoint
        session.post(url, json={"query": construct}, headers=bearer)
        made = session.post(url, json={"query": _SESSION}, headers=bearer).json()
    session_id = made["data"]["browsingSessionCreate"]["id"]
    page.goto(endpoints.catalog_url)
    page.evaluate(
        """async ([registry, token, id]) => {
            await fetch(`${registry}/browse/set_browse_cookie`, {method: "POST",
                headers: {authorization: `Bearer ${token}`}, credentials: "include"});
            const frame = document.createElement("iframe");
            frame.src = `${registry}/browse/${id}/page.html`;
            document.body.append(frame);
        }""",
        [endpoints.registry_url, token, session_id],
    )
    page.frame_locator("iframe").get_by_role("heading", name="Hello").wait_for()
