"""Quilt's own web catalog, built in the folder that QUILT_TEST_CATALOG_DIR names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from local_registry import LocalRegistry, RegistryConfig

import quilt_core

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FOLDER = os.environ.get("QUILT_TEST_CATALOG_DIR")
_NAME = "team/fresh"
_PREFERENCES = b"ui: {actions: {deleteRevision: true}}"

pytestmark = pytest.mark.skipif(
    _FOLDER is None, reason="QUILT_TEST_CATALOG_DIR names no built catalog (see the guide)"
)


@pytest.fixture
def registry() -> Iterator[LocalRegistry]:
    with LocalRegistry(RegistryConfig(catalog=Path(_FOLDER or ""))) as registry:
        registry.s3_client("writer").put_object(
            Bucket="demo-data", Key=".quilt/catalog/config.yaml", Body=_PREFERENCES
        )
        yield registry


@pytest.fixture
def catalog(registry: LocalRegistry, page: Page) -> Page:
    """The catalog, signed in as `writer` with the password."""
    page.goto(registry.endpoints.catalog_url)
    page.fill("input[name=username]", "writer")
    page.fill("input[name=password]", registry.passwords()["writer"])
    page.keyboard.press("Enter")
    page.get_by_text("Demo data").first.wait_for()
    return page


def _ask(registry: LocalRegistry, fields: str) -> Any:
    query = f'{{ package(bucket: "demo-data", name: "{_NAME}") {{ {fields} }} }}'
    headers = {"Authorization": f"Bearer {registry.token('writer')}"}
    with requests.Session() as session:
        session.trust_env = False
        url = registry.endpoints.graphql_endpoint
        answer = session.post(url, json={"query": query}, headers=headers).json()
    return answer["data"]["package"]


def _push(page: Page, base: str, name: str, text: str) -> None:
    page.goto(f"{base}/b/demo-data/packages/")
    page.get_by_role("button", name="Create new package").click()
    page.get_by_placeholder("e.g. user/package").fill(name)
    page.get_by_placeholder("Enter a commit message").fill(f"From a browser: {text}")
    file = {"name": "hello.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("input[type=file]").first.set_input_files([file])
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("heading", name="Package created").wait_for()


def test_look_around(registry: LocalRegistry, catalog: Page) -> None:
    base = registry.endpoints.catalog_url
    catalog.goto(f"{base}/b/demo-data/packages/")
    catalog.get_by_text("palmer/penguins").first.click()
    catalog.get_by_text("README.md").first.wait_for()
    catalog.goto(f"{base}/b/demo-data/packages/palmer/penguins/tree/latest/data/penguins.csv")
    catalog.get_by_text("Torgersen").first.wait_for()


def test_push_compare_and_delete(
    registry: LocalRegistry, catalog: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = registry.endpoints.catalog_url
    _push(catalog, base, _NAME, "hello")
    first = _ask(registry, "revision { hash message contentsFlatMap }")["revision"]
    assert first["message"] == "From a browser: hello"
    assert first["contentsFlatMap"]["hello.txt"]["size"] == 5
    for name, value in registry.client_env("writer", bucket="demo-data").items():
        monkeypatch.setenv(name, value)
    for backend in ("platform", "quilt3"):
        with quilt_core.connect(backend) as ops:
            assert ops.get_package_info(_NAME).top_hash == first["hash"]
    _push(catalog, base, _NAME, "hello again")
    second = _ask(registry, "revision { hash }")["revision"]
    assert second["hash"] != first["hash"]

    package = f"{base}/b/demo-data/packages/{_NAME}"
    catalog.goto(f"{package}/compare/{second['hash']}/{first['hash']}")
    catalog.get_by_text("hello.txt").first.wait_for()

    catalog.goto(f"{package}/tree/{second['hash']}/")
    catalog.get_by_text("hello.txt").first.wait_for()
    catalog.locator("button:has-text('more_vert')").first.click()
    catalog.get_by_text("Delete revision").first.click()
    dialog = catalog.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete").click()
    dialog.wait_for(state="detached")
    assert _ask(registry, "revisions { total }") == {"revisions": {"total": 1}}
