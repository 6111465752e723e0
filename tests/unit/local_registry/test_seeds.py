"""Seed files are read, or refused with the position of the mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_registry.identity.model import Level
from local_registry.seed.document import Seed, SeedError, parse_seed, read_seed
from local_registry.seed.sources import load_seed, penguins_folder


def test_the_demo_contains_what_it_promises() -> None:
    seed = load_seed("demo")
    assert [bucket.name for bucket in seed.buckets] == ["demo-data", "demo-shared", "demo-private"]
    assert [user.name for user in seed.users] == ["admin", "writer", "reader", "inactive"]
    writing = next(policy for policy in seed.policies if policy.title == "Demo writing")
    assert writing.permissions == {"demo-data": Level.READ_WRITE, "demo-shared": Level.READ}


def test_the_penguins_come_with_source_and_licence_and_are_small() -> None:
    files = [path for path in penguins_folder().rglob("*") if path.is_file()]
    names = {path.relative_to(penguins_folder()).as_posix() for path in files}
    assert {"README.md", "LICENSE.md", "data/penguins.csv", "data/raw/penguins-raw.csv"} <= names
    assert sum(path.stat().st_size for path in files) < 300_000


def test_no_seed_is_empty() -> None:
    assert load_seed("none").buckets == Seed().buckets == []


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (None, "version: 1"),
        ({"version": 2}, "version: 1"),
        ({"version": 1, "bukets": []}, "bukets"),
        ({"version": 1, "buckets": {}}, "`buckets` is a list"),
        ({"version": 1, "users": [{"name": "ada"}]}, "users[0]"),
        ({"version": 1, "users": ["ada"]}, "users[0]"),
        ({"version": 1, "policies": [{"title": "P", "permissions": {"b": "ALL"}}]}, "policies[0]"),
        ({"version": 1, "policies": [{"title": "P", "permissions": 3}]}, "policies[0]"),
    ],
)
def test_mistakes_are_named(document: object, where: str, tmp_path: Path) -> None:
    with pytest.raises(SeedError) as error:
        parse_seed(document, tmp_path)
    assert where in str(error.value)


def test_a_file_that_is_missing_or_not_yaml(tmp_path: Path) -> None:
    with pytest.raises(SeedError):
        read_seed(tmp_path / "missing.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("[", encoding="utf-8")
    with pytest.raises(SeedError):
        read_seed(broken)
