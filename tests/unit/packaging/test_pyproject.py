"""All distributions have the same metadata, and require each other as they are released."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import quilt_core

from .distributions import ALL, EXAMPLES, RELEASED, ROOT, pyproject  # type: ignore[import-not-found]

VERSION = Version(quilt_core.__version__)


def requirements(name: str) -> Iterator[Requirement]:
    project = pyproject(name)["project"]
    yield from map(Requirement, project["dependencies"])
    for extra in project.get("optional-dependencies", {}).values():
        yield from map(Requirement, extra)


def test_every_pyproject_of_the_repository_is_known() -> None:
    found = {path.parent for path in ROOT.glob("*/*/pyproject.toml")} | {ROOT}
    assert found == set(ALL.values())


@pytest.mark.parametrize("name", ALL)
def test_the_version_has_a_single_source(name: str) -> None:
    data = pyproject(name)
    assert data["project"]["name"] == name
    assert "version" not in data["project"]
    source = ALL[name] / data["tool"]["hatch"]["version"]["path"]
    assert source.resolve() == ROOT / "quilt_core" / "_version.py"


@pytest.mark.parametrize("name", ALL)
def test_our_distributions_are_required_in_the_same_minor_version(name: str) -> None:
    wanted = f"<{VERSION.major}.{VERSION.minor + 1},>={VERSION.major}.{VERSION.minor}"
    own = [one for one in requirements(name) if one.name in ALL]
    assert own or name == "quiltops"
    assert {str(one.specifier) for one in own} <= {wanted}
    assert not {one.name for one in own} & set(EXAMPLES)


@pytest.mark.parametrize("name", ALL)
def test_every_requirement_has_a_lower_bound(name: str) -> None:
    unbounded = [
        str(one) for one in requirements(name)
        if not any(part.operator in (">=", "==", "~=") for part in one.specifier)
    ]  # fmt: skip
    assert unbounded == []


def _lowest(one: Requirement) -> Version:
    return max(Version(part.version) for part in one.specifier if part.operator in (">=", "=="))


def _brought(name: str, extras: set[str]) -> Iterator[Requirement]:
    """What a distribution with some extras requires, also through others of this repository."""
    project = pyproject(name)["project"]
    optional = project.get("optional-dependencies", {})
    for text in [*project["dependencies"], *(one for extra in extras for one in optional[extra])]:
        one = Requirement(text)
        yield one
        if one.name in ALL:
            yield from _brought(one.name, one.extras)


@pytest.mark.parametrize("name", ALL)
def test_every_lower_bound_can_apply(name: str) -> None:
    """It is not below that of a distribution which is required at the same time."""
    extras = pyproject(name)["project"].get("optional-dependencies", {})
    idle: set[str] = set()
    for chosen in (set(), *({extra} for extra in extras)):
        needed: dict[str, Version] = {}
        for one in _brought(name, chosen):
            needed[one.name.lower()] = max(needed.get(one.name.lower(), _lowest(one)), _lowest(one))
        own = [*pyproject(name)["project"]["dependencies"], *(t for e in chosen for t in extras[e])]
        idle |= {
            text for text in own if _lowest(one := Requirement(text)) < needed[one.name.lower()]
        }
    assert idle == set()


def test_the_extra_all_contains_every_plugin() -> None:
    """Distributions that put quiltops into another application are installed by name."""
    extras = pyproject("quiltops")["project"]["optional-dependencies"]
    wanted = {Requirement(one) for one in extras["all"]}
    assert {one.name for one in wanted} == {*RELEASED, "keyring"} - {"quiltops", "quiltops-mcp"}
    [registry] = [one for one in wanted if one.name == "quiltops-registry"]
    assert registry.extras == {"transfer"}  # the plugins require the rest of it
    for extra in ("platform", "quilt3", "local", "keyring"):
        assert set(extras[extra]) <= set(extras["all"])


@pytest.mark.parametrize("name", ALL)
def test_licence_and_addresses(name: str) -> None:
    project = pyproject(name)["project"]
    assert project["license-files"] == ["LICENSE"]
    assert (ALL[name] / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert project["urls"] == pyproject("quiltops")["project"]["urls"]


@pytest.mark.parametrize("name", [one for one in ALL if one != "quiltops"])
def test_a_readme_is_complete_on_a_package_index(name: str) -> None:
    """A package index shows no diagrams, and does not resolve relative links."""
    text = (ALL[name] / "README.md").read_text(encoding="utf-8")
    assert "```mermaid" not in text
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))
    base = f"{pyproject(name)['project']['urls']['Homepage']}/blob/main/"
    for link in links:
        assert re.match(r"https://|#", link), link
        if link.startswith(base):
            assert (ROOT / link.removeprefix(base).partition("#")[0]).exists(), link
