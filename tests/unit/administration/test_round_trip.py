"""Random files: applying one twice changes nothing more, and neither does applying an export."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from quilt_core import administration
from quilt_core.administration import Status
from quilt_core.administration.yaml_text import dump, parse
from quilt_core.testing.memory import MemoryCatalog, connect

ODD = [
    "no", "on", "~", "null", "1", "1e3", "0x1f", "12:30", "2026-01-01", "-", "- a", "a: b", "a #b",
    "<<", "=", "*a", "&a", "!a", "%a", "@a", "`a", "'a'", '"a"', "[a]", "{a}", " a", "a ", "a\n",
    "a\nb", " a\nb \n", "\ta", "é", "日本", "🙂", "a\u2028b", "a\u202eb", "\x85", "\x1b[2J",
    "\ufeff", "a\r\nb", "\x00", "x" * 200, "true", "1_000", "0o17", ".inf", "1.5", "|", ">",
]  # fmt: skip
TEXT = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = TEXT.filter(lambda name: name.strip() != "")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Making a whole file smaller takes minutes."""
BUCKETS = st.sampled_from(["raw", "clean", "new-bucket"])


def named(values: Any, least: int = 0) -> Any:
    """A section whose names differ in more than case, and are not those of existing objects."""
    kept = NAMES.filter(lambda name: name.casefold() not in ("admin", "readers"))
    pairs = st.lists(
        st.tuples(kept, values), min_size=least, max_size=4, unique_by=lambda one: one[0].casefold()
    )
    return pairs.map(dict)


def some(values: list[str]) -> Any:
    return st.lists(st.sampled_from(values), unique=True) if values else st.just([])


@st.composite
def files(draw: Any) -> dict[str, Any]:
    """Any valid file for the catalog of the fixture `catalog`."""
    fields = {
        "description": TEXT,
        "icon_url": TEXT,
        "linked_data": JSON,
        "tags": st.lists(TEXT, max_size=3),
        "relevance_score": st.integers(-5, 5),
        "browsable": st.booleans(),
        "file_extensions_to_index": st.lists(TEXT, max_size=2),
        "index_content_bytes": st.integers(0, 9),
        "skip_metadata_indexing": st.booleans(),
    }
    buckets = {"new-bucket": {"title": draw(NAMES)}} | draw(
        st.dictionaries(BUCKETS, st.fixed_dictionaries({"title": NAMES}, optional=fields))
    )
    levels = st.dictionaries(BUCKETS, st.sampled_from(["READ", "READ_WRITE"]))
    policies = draw(named(st.fixed_dictionaries({"permissions": levels})))
    titles = st.fixed_dictionaries({"policies": some([*policies, "Policy of Readers"])})
    signup = st.fixed_dictionaries(
        {"page": NAMES, "access_code": NAMES}, optional={"title": TEXT, "description": TEXT}
    )
    roles = draw(
        named(titles | st.builds(lambda: {"arn": "arn:aws:iam::000000000000:role/x"}), least=1)
    )
    for number, role in enumerate(roles.values()):
        if draw(st.booleans()):
            role["default_bucket"] = draw(st.none() | BUCKETS)
        if draw(st.booleans()):
            role["signup"] = draw(signup)
            role["signup"]["page"] += str(number)
    every = [*roles, "Readers"]
    users = draw(
        named(
            st.fixed_dictionaries(
                {"role": st.sampled_from(every)},
                optional={
                    "extra_roles": some(every),
                    "admin": st.booleans(),
                    "active": st.booleans(),
                },
            )
        )
    )
    for number, user in enumerate(users.values()):
        user["email"] = f"User{number}@example.com"
    users["bob"] = draw(st.fixed_dictionaries({}, optional={"extra_roles": some(every)}))
    default_role = draw(st.sampled_from(every))
    file = {
        "buckets": buckets,
        "policies": policies,
        "roles": roles,
        "users": users,
        "default_role": default_role,
        "sso": {
            "version": draw(TEXT),
            "default_role": default_role,  # with another one, the default role cannot be set
            "x": draw(JSON),
        },
    }
    # Sections that others depend on stay.
    left = [name for name in ("users", "default_role", "sso") if draw(st.booleans())]
    return {"version": 1} | {name: file[name] for name in ("buckets", "policies", "roles", *left)}


def catalog() -> MemoryCatalog:
    found = MemoryCatalog()
    found.add_bucket("raw")
    found.add_bucket("clean")
    found.foreign_buckets.add("new-bucket")
    found.add_role("Readers", reads=("raw",))
    found.add_user("bob", role="Readers")
    return found


@settings(max_examples=40, phases=NO_SHRINKING)
@given(files())
def test_a_second_application_and_an_export_change_nothing(data: dict[str, Any]) -> None:
    allowed: dict[str, Any] = {"invite": True, "max_invites": 10, "environ": {}}
    document = administration.parse_document(dump(data))
    with connect(catalog()) as ops:
        plan = administration.make_plan(administration.read_state(ops), document, **allowed)
        results = administration.execute_plan(ops, plan)
        assert [one for one in results if one.status is not Status.DONE] == []
        state = administration.read_state(ops)
        assert administration.make_plan(state, document, **allowed).is_empty
        for ascii_only in (False, True):
            text = administration.export_text(state, ascii_only=ascii_only)
            exported = administration.parse_document(text)
            again = administration.make_plan(state, exported, prune=True, **allowed)
            assert again.is_empty


@settings(max_examples=150)
@given(st.dictionaries(TEXT, JSON, max_size=4), st.booleans())
def test_a_written_file_reads_back_the_same(data: dict[str, Any], ascii_only: bool) -> None:
    text = dump(data, ascii_only=ascii_only)
    assert parse(text, "x").value == data
    assert text.isascii() or not ascii_only
    assert not {"\x1b", "\u202e", "\x85", "\x00"} & set(text)


@settings(max_examples=100)
@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_other_yaml_parsers_agree(data: dict[str, Any]) -> None:
    import yaml

    assert yaml.safe_load(dump(data)) == data
