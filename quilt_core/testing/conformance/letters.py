"""Behaviours of capital and small letters in names: they are different letters everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from quilt_core import (
    BucketPermission,
    BucketPermissionLevel,
    ConflictError,
    MetadataPredicate,
    NotFoundError,
    QuiltOps,
    SearchFilter,
)
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.calls import calls_on_package
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment

_SMALL, _CAPITAL = "letters/data", "Letters/Data"


class Letters(AdminBehaviours):
    """Names that differ only in case, which are different names."""

    @behaviour("R-69", "list_all_packages")
    def test_patterns_of_names_with_capitals(self, environment: Environment, ops: QuiltOps) -> None:
        """A pattern finds the names that it fits character by character: of two names that differ
        only in case, the one that has the case of the pattern.
        """
        entry = environment.entry("a")
        for name in (_SMALL, _CAPITAL):
            environment.given([entry], name=name)
        for pattern, expected in (
            ("L*", [_CAPITAL]), ("l*", [_SMALL]), ("*D*", [_CAPITAL]), ("*/d???", [_SMALL]),
            (_CAPITAL, [_CAPITAL]), (_SMALL, [_SMALL]), ("LETTERS/*", []), ("*/DATA", []),
            ("?etters/*", [_CAPITAL, _SMALL]),
        ):  # fmt: skip
            assert ops.list_all_packages(pattern=pattern) == expected, pattern

    @behaviour("R-70", "get_package_info", "list_package_versions", "diff_packages")
    def test_packages_whose_names_differ_in_case(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """Of two packages whose names differ only in case, every operation takes the one that is
        named. If there is only one of them, every operation on the other one raises NotFoundError
        and leaves the one that exists as it is.
        """
        environment.given([environment.entry("a")], name=_CAPITAL, message="capital")
        uri, here = environment.put_object("k", b"1"), ops.list_package_versions(_CAPITAL)
        first, missing = here[0].top_hash, _SMALL
        calls = calls_on_package(
            ops, missing, other=_CAPITAL, uri=uri, top_hash=first, folder=tmp_path
        )
        for name, call in calls.items():
            if ops.supports(name.strip()):
                with pytest.raises(NotFoundError):
                    call()
                    pytest.fail(f"{name} took the name in another case")
        assert ops.list_package_versions(_CAPITAL) == here
        environment.given([environment.entry("b")], name=_SMALL, message="small")
        for name, message in ((_CAPITAL, "capital"), (_SMALL, "small")):
            assert ops.get_package_info(name).message == message
            assert [one.message for one in ops.list_package_versions(name)] == [message]
        diff = ops.diff_packages(_CAPITAL, _SMALL)
        assert (diff.deleted, diff.added) == (("a",), ("b",))

    @behaviour("S-38", "search_packages")
    def test_conditions_of_a_search_with_capitals(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A query ignores case. A name in a filter, a keyword, a wildcard and a path of metadata do
        not: each finds what has exactly its letters, capitals as well as small ones.
        """
        entry = environment.entry("a")
        environment.given([entry], name=_SMALL, message="word", user_meta={"kind": "gentoo"})
        environment.given([entry], name=_CAPITAL, message="Word", user_meta={"Kind": "Gentoo"})
        both = [_CAPITAL, _SMALL]
        for query in ("word", "WORD", "letters", "GENTOO"):
            assert [one.name for one in ops.search_packages(query, order="name")] == both, query
        filters: tuple[tuple[str, list[str]], ...] = (
            ("Letters/*", [_CAPITAL]), ("letters/*", [_SMALL]), (_CAPITAL, [_CAPITAL]),
            (_SMALL, [_SMALL]), ("LETTERS/*", []), ("*/D*", [_CAPITAL]),
        )  # fmt: skip
        for pattern, expected in filters:
            found = ops.search_packages("", filters=SearchFilter(name=pattern))
            assert [one.name for one in found] == expected, pattern
        for predicate, expected in (
            (MetadataPredicate(path="/kind", keywords=["gentoo"]), [_SMALL]),
            (MetadataPredicate(path="/Kind", keywords=["Gentoo"]), [_CAPITAL]),
            (MetadataPredicate(path="/kind", keywords=["Gentoo"]), []),
            (MetadataPredicate(path="/Kind", keywords=["gentoo"]), []),
            (MetadataPredicate(path="/kind", wildcard="g*"), [_SMALL]),
            (MetadataPredicate(path="/Kind", wildcard="G*"), [_CAPITAL]),
            (MetadataPredicate(path="/Kind", wildcard="g*"), []),
        ):
            found = ops.search_packages("", user_meta=[predicate])
            assert [one.name for one in found] == expected, predicate

    @behaviour("C-36", "browse_content")
    def test_keys_that_differ_in_case(self, environment: Environment, ops: QuiltOps) -> None:
        """Logical keys that differ only in case, or in a blank at either end, are different files
        and directories: each is browsed and removed under its own path, and a path in a third case
        is not there.
        """
        environment.given(
            [environment.entry("Dir/Key", b"1"), environment.entry("dir/key", b"22"),
             environment.entry("Top", b"333"), environment.entry("top", b"4444"),
             environment.entry(" top", b"55555"), environment.entry("top ", b"666666")]
        )  # fmt: skip
        files = {"Dir/Key": 1, "dir/key": 2, "Top": 3, "top": 4, " top": 5, "top ": 6}
        for path, size in files.items():
            for recursive in (False, True):
                found = list(ops.browse_content(environment.name, path=path, recursive=recursive))
                assert [(one.path, one.size) for one in found] == [(path, size)]
        for directory, key in (("Dir", "Dir/Key"), ("dir", "dir/key")):
            found = list(ops.browse_content(environment.name, path=directory))
            assert [one.path for one in found] == [key]
        for path in ("DIR", "dir/Key", "Dir/key", "TOP"):
            with pytest.raises(NotFoundError):
                list(ops.browse_content(environment.name, path=path))
        if ops.supports("update_package_revision"):
            removed = ops.update_package_revision(environment.name, remove=["Dir", "top"]).removed
            assert removed == ("Dir/Key", "top")

    @behaviour("F-61", "list_objects", "put_object", "get_object_info")
    def test_keys_of_objects_that_differ_in_case(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Keys of objects that differ only in case are different objects and folders: each is
        listed and described under its own key.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: a file system may ignore the case")
        root = f"{environment.registry}/letters"
        sizes = {"Dir/Key": 1, "dir/key": 2, "Dir.csv": 3, "dir.csv": 4}
        for key, size in sizes.items():
            ops.put_object(b"x" * size, f"{root}/{key}")
        for key, size in sizes.items():
            assert ops.get_object_info(f"{root}/{key}").size == size
        for folder, size in (("Dir", 1), ("dir", 2)):
            for recursive in (False, True):
                found = list(ops.list_objects(f"{root}/{folder}", recursive=recursive))
                assert [one.size for one in found] == [size], folder
        level = [
            one.uri.partition("?")[0].removeprefix(f"{root}/")
            for one in ops.list_objects(root, recursive=False)
        ]
        assert level == ["Dir.csv", "Dir/", "dir.csv", "dir/"]

    @behaviour("T-94", "create_tabulator_table", "list_tabulator_tables", "get_tabulator_table")
    def test_tables_whose_names_differ_in_case(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Tables whose names differ only in case are two tables, in the order of code points: each
        is read, changed, renamed and deleted under its own name, and neither gets the other's.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: the registry is a folder")
        bucket = environment.registry.removeprefix("s3://")
        changed = TABLE.replace("species", "island")
        small = ops.create_tabulator_table(bucket, "birds", TABLE)
        capital = ops.create_tabulator_table(bucket, "Birds", changed)
        assert ops.list_tabulator_tables(bucket) == [capital, small]
        assert ops.get_tabulator_table(bucket, "Birds") == capital
        assert ops.get_tabulator_table(bucket, "birds") == small
        with pytest.raises(ConflictError):
            ops.rename_tabulator_table(bucket, "birds", "Birds")
        assert ops.list_tabulator_tables(bucket) == [capital, small]
        other = ops.rename_tabulator_table(bucket, "birds", "BIRDS")
        assert (other.name, other.config) == ("BIRDS", TABLE)
        assert ops.list_tabulator_tables(bucket) == [other, capital]
        assert ops.delete_tabulator_table(bucket, "Birds") == capital
        assert ops.list_tabulator_tables(bucket) == [other]

    @behaviour(
        "P-62", "admin_create_role", "admin_get_role", "admin_create_policy", "admin_list_policies",
        "admin_update_role", "admin_delete_role", users=ADMIN,
    )  # fmt: skip
    def test_roles_and_policies_whose_names_differ_in_case(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """Roles whose names differ only in case are two roles, and so are policies whose titles
        do: none of them is taken, each is found under its own name, and changing or deleting one
        leaves the other. They are listed in the order of code points.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        reads = [BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ)]
        name = unique("letters")
        small = admin.create_role(name, policies=[])
        capital = admin.create_role(name.capitalize(), policies=[])
        assert admin.get_role(name) == small
        assert admin.get_role(name.capitalize()) == capital
        listed = [one.name for one in admin.list_roles()]
        assert listed.index(capital.name) < listed.index(small.name)
        first = admin.create_policy(name, permissions=reads)
        second = admin.create_policy(name.capitalize(), permissions=reads)
        titles = [one.title for one in admin.list_policies()]
        assert titles.index(second.title) < titles.index(first.title)
        renamed = admin.update_role(name.capitalize(), name=name.upper())
        assert (renamed.id, renamed.name) == (capital.id, name.upper())
        assert admin.get_role(name) == small
        admin.delete_role(name.upper())
        assert admin.get_role(name) == small
        admin.delete_policy(second.id)
        assert admin.get_policy(first.id) == first
