"""The small catalog of ours, as somebody with a browser uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_registry import LocalRegistry

import quilt_core

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_sign_in_and_look_at_a_file(local_registry: LocalRegistry, page: Page) -> None:
    page.goto(local_registry.endpoints.catalog_url)
    page.get_by_role("button", name="writer").click()
    page.get_by_role("link", name="demo-data").click()
    page.get_by_role("link", name="palmer/penguins").click()
    assert page.get_by_role("button", name="Copy").count() == 1
    page.get_by_role("link", name="data/").click()
    page.get_by_role("link", name="penguins.csv").click()
    page.get_by_role("cell", name="Torgersen").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_text().startswith("species,")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_a_picture_of_our_s3_is_shown(local_registry: LocalRegistry, page: Page) -> None:
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    client = local_registry.s3_client("writer")
    client.put_object(Bucket="demo-data", Key="a.png", Body=picture, ContentType="image/svg+xml")
    endpoints = local_registry.endpoints
    with quilt_core.connect(
        "platform",
        registry="s3://demo-data",
        registry_url=endpoints.registry_url,
        catalog_url=endpoints.catalog_url,
        token=local_registry.token("writer"),
        api_key=None,
    ) as ops:
        ops.create_package_revision("some/pictures", {"a.png": "s3://demo-data/a.png"})
    page.goto(f"{endpoints.catalog_url}/b/demo-data/packages/some/pictures")
    page.get_by_role("button", name="writer").click()
    page.get_by_role("link", name="a.png").click()
    page.wait_for_function("document.querySelector('main img').naturalWidth === 9")


def test_the_login_page_gives_a_code(local_registry: LocalRegistry, page: Page) -> None:
    page.goto(f"{local_registry.endpoints.registry_url}/login")
    page.get_by_role("button", name="reader").click()
    assert page.locator("code").inner_text()
