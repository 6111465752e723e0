"""A real browser: Debian's Chromium, headless, or the one that QUILT_TEST_CHROMIUM names.

`make test-browser` installs playwright and runs these tests; they are skipped with a reason where
playwright or a browser is missing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from local_registry.testing import local_registry

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["local_registry"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these are a job of their own."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = (shutil.which(name) for name in _NAMES)
    path = os.environ.get("QUILT_TEST_CHROMIUM") or next(filter(None, found), None)
    if path is None:
        pytest.skip("there is no Chromium here: apt-get install chromium, or QUILT_TEST_CHROMIUM")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=list(_OPTIONS))
        yield chromium
        chromium.close()


class Watched:
    """What went wrong in a page, and where its requests went."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.origins: set[str] = set()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note)
        page.on("request", lambda request: self.origins.add("/".join(request.url.split("/")[:3])))

    def _note(self, message: Any) -> None:
        # a status over 400 is an answer like any other, and the tests judge it where it matters
        if message.type == "error" and "status of 4" not in message.text:
            self.errors.append(message.text)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh profile that must run without an error and without asking elsewhere."""
    context = browser.new_context()
    context.set_default_timeout(30_000)
    fresh = context.new_page()
    watched = Watched(fresh)
    yield fresh
    context.close()
    assert watched.errors == []
    foreign = {
        each
        for each in watched.origins
        if not each.startswith(("http://127.0.0.1:", "data:", "blob:"))
    }
    assert foreign == set()
