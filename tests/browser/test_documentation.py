"""The documentation's site in a browser that reaches no other host."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ..site_builder import build_site  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, built and served here."""
    pages = build_site(tmp_path_factory.mktemp("site"))
    handler = functools.partial(_Handler, directory=str(pages))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def reader(page: Page, site: str) -> Page:
    """A page whose requests to other hosts are refused; `page` finds that they were made."""

    def refuse(route: Route) -> None:
        if route.request.url.startswith(site):
            route.continue_()
        else:
            route.abort()

    page.route("**/*", refuse)
    return page


def test_search_finds_an_operation(reader: Page, site: str) -> None:
    reader.goto(site)
    reader.keyboard.press("Control+k")
    reader.keyboard.type("push_package")
    result = reader.locator("a[href*='reference/python/']", has_text="push_package").first
    result.wait_for()
    result.click()
    reader.wait_for_url("**/reference/python/**")
    reader.get_by_role("heading", name="push_package").wait_for()


def test_pictures_are_drawn(reader: Page, site: str) -> None:
    reader.goto(site)
    for name in ("architecture.svg", "ten-lines.svg"):
        picture = reader.locator(f"img[src*='{name}']")
        picture.scroll_into_view_if_needed()
        reader.wait_for_function(
            "name => document.querySelector(`img[src*='${name}']`).naturalWidth > 0", arg=name
        )
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert box["height"] > 80


def test_dark_mode_switches(reader: Page, site: str) -> None:
    reader.goto(site)
    background = "getComputedStyle(document.body).backgroundColor"
    before = reader.evaluate(background)
    assert reader.evaluate("document.body.dataset.mdColorScheme") == "default"
    reader.locator("label[title=Dark]:visible").click()
    reader.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    reader.wait_for_function(f"{background} !== {before!r}")


@pytest.mark.parametrize(
    "path", ["", "quick-start/", "reference/python/revisions/", "reference/json/", "parity/"]
)
def test_a_narrow_screen_does_not_scroll_sideways(reader: Page, site: str, path: str) -> None:
    reader.set_viewport_size({"width": 390, "height": 800})
    reader.goto(f"{site}/{path}")
    reader.get_by_role("heading", level=1).wait_for()
    reader.evaluate("window.scrollBy(200, 0)")
    assert reader.evaluate("window.scrollX") == 0
    assert reader.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert reader.evaluate("document.body.scrollWidth <= window.innerWidth")


def test_the_first_screen_shows_what_it_is_with_its_lines_and_their_result(
    reader: Page, site: str
) -> None:
    reader.set_viewport_size({"width": 1280, "height": 800})
    reader.goto(site)
    for shown in (reader.get_by_text("data engineers"), reader.locator("img[src*='ten-lines']")):
        box = shown.first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800
