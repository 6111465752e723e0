"""What one backend writes, the other reads and updates; the same content has one top hash."""

from __future__ import annotations

from typing import Any

import pytest
from local_registry.conformance import RegistryWorld

from quilt_core import ConflictError, QuiltOps
from quilt_core.testing.conformance.content import ODD_KEYS

ORDERS = [("platform", "quilt3"), ("quilt3", "platform")]


def _connections(both: Any, order: tuple[str, str]) -> tuple[QuiltOps, QuiltOps]:
    first, second = (getattr(both, name) for name in order)
    return first, second


def _uris(world: RegistryWorld, **files: bytes) -> dict[str, str]:
    return {key: world.put_object(f"in/{key}", body) for key, body in files.items()}


METADATA: dict[str, dict[str, Any] | None] = {
    "none": None,
    "empty": {},
    "nested": {"ü": [1, 2.5, None, {"deep": [[]]}], "n": 10**15},
    "large": {"blob": "ü" * 490_000},
}


@pytest.mark.parametrize("metadata", METADATA)
def test_the_same_content_has_the_same_top_hash(
    world: RegistryWorld, both: Any, metadata: str
) -> None:
    uris = {key: world.put_object(f"in/{key}", key.encode()) for key in ODD_KEYS}
    made = {
        name: ops.create_package_revision(
            f"team/{name}", uris, METADATA[metadata], message="Müßig\nzwei"
        )
        for name, ops in (("platform", both.platform), ("quilt3", both.quilt3))
    }
    assert made["platform"].top_hash == made["quilt3"].top_hash
    for name in made:
        both.ask(lambda ops, name=name: ops.get_package_info(f"team/{name}"))
        both.ask(lambda ops, name=name: list(ops.browse_content(f"team/{name}", recursive=True)))
    difference = both.ask(lambda ops: ops.diff_packages("team/platform", "team/quilt3"))
    assert not (difference.added or difference.deleted or difference.modified)


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_one_creates_and_the_other_updates(
    world: RegistryWorld, both: Any, order: tuple[str, str]
) -> None:
    creator, updater = _connections(both, order)
    creator.create_package_revision(
        world.name, _uris(world, a=b"1", b=b"22", c=b"333"), {"keep": 1, "change": {"old": True}}
    )
    updater.update_package_revision(
        world.name,
        _uris(world, b=b"changed", d=b"new"),
        metadata={"change": {"new": True}},
        remove=["c"],
    )
    creator.update_package_revision(world.name, {"e/f": world.put_object("in/f", b"deep")})
    assert both.ask(lambda ops: ops.get_package_metadata(world.name)) == {
        "keep": 1,
        "change": {"new": True},
    }
    listed = both.ask(lambda ops: list(ops.browse_content(world.name, recursive=True)))
    assert [(item.path, item.size) for item in listed] == [
        ("a", 1), ("b", 7), ("d", 3), ("e/f", 4),
    ]  # fmt: skip
    assert len(both.ask(lambda ops: ops.list_package_versions(world.name))) == 3


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_entries_keep_metadata_hash_and_place(
    world: RegistryWorld, both: Any, order: tuple[str, str]
) -> None:
    _, updater = _connections(both, order)
    kept = [world.entry("a", b"1", {"n": {"x": 1}}), world.entry("d/b", b"2", {"ü": None})]
    first = world.given(kept, user_meta={"m": 1})
    updater.update_package_revision(world.name, {"new": world.put_object("in/new", b"3")})
    difference = both.ask(
        lambda ops: ops.diff_packages(world.name, world.name, package1_hash=first)
    )
    assert difference.added == ("new",)
    assert not (difference.deleted or difference.modified)
    before = both.ask(lambda ops: list(ops.browse_content(world.name, None, "", first, True)))
    after = both.ask(lambda ops: list(ops.browse_content(world.name, recursive=True)))
    assert [item for item in after if item.path != "new"] == before


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_pushes_in_one_second_all_stay(
    world: RegistryWorld, both: Any, order: tuple[str, str]
) -> None:
    first, second = _connections(both, order)
    uris = _uris(world, a=b"1")
    made = [
        ops.create_package_revision(world.name, uris, {"n": n}).top_hash
        for n, ops in enumerate((first, second, first))
    ]
    listed = both.ask(lambda ops: ops.list_package_versions(world.name))
    assert [one.top_hash for one in listed] == made[::-1]


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_a_revision_of_the_other_is_a_conflict(
    world: RegistryWorld, both: Any, order: tuple[str, str]
) -> None:
    """The other backend pushes while this one is copying objects."""
    mine, other = _connections(both, order)
    mine.create_package_revision(world.name, _uris(world, a=b"1"))
    pushed = []

    def push_in_between(_: object) -> None:
        if not pushed:
            uris = {"x": world.put_object("in/x", b"x")}
            pushed.append(other.create_package_revision(world.name, uris).top_hash)

    change = {"b": world.put_object("in/b", b"2")}
    with pytest.raises(ConflictError) as conflict:
        mine.update_package_revision(world.name, change, copy="all", progress=push_in_between)
    assert pushed[0] in conflict.value.context.values()
    assert both.ask(lambda ops: ops.get_package_info(world.name)).top_hash == pushed[0]


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
@pytest.mark.parametrize("copy", ["all", "new"])
def test_copies_lie_in_the_same_places(
    world: RegistryWorld, both: Any, order: tuple[str, str], copy: str
) -> None:
    first, second = _connections(both, order)
    uris = _uris(world, a=b"1", b=b"22")
    places = []
    for number, ops in enumerate((first, second)):
        name = f"team/{number}"
        ops.create_package_revision(name, uris, copy=copy, message=name)
        items = both.ask(lambda ops, name=name: ops.browse_content(name))
        places.append([item.physical_key.partition("?")[0].replace(name, "") for item in items])
    assert places[0] == places[1]


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_one_deletes_what_the_other_wrote(
    world: RegistryWorld, both: Any, order: tuple[str, str]
) -> None:
    writer, deleter = _connections(both, order)
    uris = _uris(world, a=b"1")
    hashes = {writer.create_package_revision(world.name, uris, {"n": n}).top_hash for n in (1, 2)}
    gone = deleter.delete_package(None, world.name)
    assert set(gone.deleted) == hashes
    assert both.ask(lambda ops: ops.list_all_packages()) == []
