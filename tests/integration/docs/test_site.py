"""The site builds without a warning and loads nothing from other hosts; pictures can be remade."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from ...site_builder import build, build_site  # type: ignore[import-not-found]

ROOT = Path(__file__).parents[3]
# Not `demo`: tests/e2e/demo runs it, and it takes as long as all others. Not `browser`: it needs
# one.
MADE = ("diff", "doctor", "ten-lines", "tree")
DRAWN = {"architecture"}
# What the theme could load but does not: features that this site does not use, or that find their
# library in the page.
DORMANT = {
    "https://cdn.jsdelivr.net/pyodide",
    "https://unpkg.com/ace-builds",
    "https://unpkg.com/glightbox",
    "https://unpkg.com/mermaid",
    "https://unpkg.com/pyodide",
    "https://unpkg.com/resize-observer-polyfill",
}
_LOADING = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
}
# A link of these kinds names a page and does not load anything.
_NAMING = {"canonical", "next", "prev", "alternate", "edit"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built in a folder of the test's own."""
    return build_site(tmp_path_factory.mktemp("site"))


def test_every_page_is_built_and_in_the_navigation(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    for page in pages:
        name = page.removesuffix(".md").removesuffix("index").rstrip("/")
        assert (site / name / "index.html").is_file()
    configured = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert sorted(_named(configured["nav"])) == sorted(pages)
    assert not list(site.rglob("*.py"))


def _named(entries: object) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, (list, dict)):
        for entry in entries.values() if isinstance(entries, dict) else entries:
            yield from _named(entry)


@pytest.mark.parametrize(
    "text", ["[no page](no-such.md)", "[no heading](concepts.md#no-such-heading)"]
)
def test_a_broken_link_fails(text: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# Page\n\n{text}\n", "utf-8")
    (tmp_path / "docs" / "concepts.md").write_text("# Concepts\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: any\n", "utf-8")
    built = build(tmp_path)
    assert built.returncode != 0
    assert "does not exist" in built.stdout + built.stderr


class Loaded(HTMLParser):
    """The addresses that a page's elements load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and _NAMING & set((given.get("rel") or "").split()):
            return
        self.addresses += [given.get(name) or "" for name in _LOADING.get(tag, ())]
        self.addresses += foreign_in_style(given.get("style") or "")


def is_foreign(address: str) -> bool:
    """Whether an address names another host."""
    return re.match(r"(?:[a-z][a-z+.-]*:)?//", address.strip(), re.IGNORECASE) is not None


def foreign_in_style(text: str) -> list[str]:
    """The addresses on other hosts that a style sheet loads."""
    found = re.findall(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""", text)
    return [address for address in found if is_foreign(address)]


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        text = page.read_text("utf-8")
        styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL))
        loaded = Loaded(text).addresses
        assert loaded
        assert [one for one in loaded if is_foreign(one)] == [], page
        assert foreign_in_style(styles) == [], page


def test_styles_and_pictures_load_nothing_from_elsewhere(site: Path) -> None:
    for path in (*site.rglob("*.css"), *site.rglob("*.svg")):
        text = path.read_text("utf-8")
        assert foreign_in_style(text) == [], path
        linked = re.findall(r"""(?:xlink:)?href\s*=\s*["']([^"']+)""", text)
        assert [one for one in linked if is_foreign(one)] == [], path
    assert list(site.rglob("*.css"))


def test_scripts_contain_other_hosts_only_for_unused_features(site: Path) -> None:
    scripts = list(site.rglob("*.js"))
    assert scripts
    known = set()
    for script in scripts:
        found = re.findall(r"""["'`](https?://[^"'`\s]+)""", script.read_text("utf-8"))
        known |= {re.sub(r"(/[^/@?#]+).*", r"\1", one[8:]) for one in found if is_loadable(one)}
    assert {f"https://{one}" for one in known} <= DORMANT
    uses = "".join(page.read_text("utf-8") for page in site.rglob("*.html"))
    for feature in ("mermaid", "glightbox", "pyodide"):
        assert f'class="{feature}' not in uses


def is_loadable(address: str) -> bool:
    """Neither a namespace nor an address that a reader follows."""
    return (
        re.search(r"\.(?:js|css|mjs|wasm|json|woff2?)(?:$|[?#])|//unpkg|//cdn", address) is not None
    )


def test_resources_from_elsewhere_are_found() -> None:
    page = """<script src="https://unpkg.com/a.js"></script><img src="images/a.svg">
        <link rel="stylesheet" href="//fonts.example/css"><a href="https://example.com">text</a>
        <link rel="canonical" href="https://example.com/"><p style="background: url(http://b/c)">"""
    foreign = [one for one in Loaded(page).addresses if is_foreign(one)]
    assert foreign == ["https://unpkg.com/a.js", "//fonts.example/css", "http://b/c"]
    assert foreign_in_style("@import 'https://a/b.css'; a { b: url(c.png) }") == ["https://a/b.css"]


def test_screenshots_are_made_from_the_output_of_commands(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "screenshots.py"), str(tmp_path), *MADE],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    pictures = {path.stem: text_of(path) for path in tmp_path.iterdir()}
    assert set(pictures) == set(MADE)
    assert "by-island" in pictures["tree"]
    assert "new.md" in pictures["diff"]
    assert "platform" in pictures["doctor"]
    assert str(Path.home()) not in "".join(pictures.values())
    kept = text_of(ROOT / "docs" / "images" / "ten-lines.svg")
    assert pictures["ten-lines"] == kept, "run `make screenshots`"


def test_the_first_page_has_ten_lines() -> None:
    page = (ROOT / "docs" / "index.md").read_text("utf-8")
    block = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    assert len([line for line in block.splitlines() if line]) <= 10


def test_the_pictures_show_success() -> None:
    images = ROOT / "docs" / "images"
    assert text_of(images / "demo.svg").count("identical") >= 10
    found = {path.name for path in images.iterdir()}
    assert found == {*(f"{one}.svg" for one in {*MADE, *DRAWN, "demo"}), "browser.png"}


def text_of(path: Path) -> str:
    """The text in a picture, which is valid XML."""
    root = ET.fromstring(path.read_text("utf-8"))
    return "\n".join("".join(one.itertext()) for one in root.iter() if one.tag.endswith("text"))
