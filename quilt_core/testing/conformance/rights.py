"""Behaviours of rights: what an identity may not see or change, operation by operation.

The suite's READER reads the environment's registry and not its second one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import pytest
from msgspec import structs

from quilt_core import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
)
from quilt_core.domain.entries import CopyModeName
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment, TestUser

_READER = (TestUser.READER,)


def second_registry(environment: Environment) -> str:
    """The second registry; skips the test where there is none."""
    if environment.second_registry is None:
        pytest.skip("not applicable: there is no second registry")
    return environment.second_registry


def unversioned_registry(environment: Environment) -> str:
    """The registry without versions; skips the test where there is none, or nothing is copied."""
    if environment.unversioned_registry is None or not environment.has_copies:
        pytest.skip("not applicable: there is no registry without versions to copy into")
    return environment.unversioned_registry


def refused(calls: dict[str, Callable[[], object]], *errors: type[Exception]) -> None:
    """Every call is refused with one of the errors."""
    for name, call in calls.items():
        with pytest.raises(errors):
            call()
            pytest.fail(f"{name} was allowed")


def answered_then_refused(
    allowed: QuiltOps,
    shut_out: QuiltOps,
    calls: Callable[[QuiltOps], dict[str, Callable[[], object]]],
    *errors: type[Exception],
) -> None:
    """Every call is answered to one connection and then refused to the other one: what a backend
    keeps of the answer to somebody who may read must not reach somebody who may not.

    Parameters
    ----------
    allowed, shut_out:
        The connections of an identity that may read, and of one that may not.
    calls:
        The calls of a connection, by operation; both connections make them with the same
        arguments. Those that the backend does not support are left out.
    errors:
        The errors of which each call of `shut_out` raises one.
    """
    answered = calls(allowed)
    for name, call in calls(shut_out).items():
        if allowed.supports(name.strip()):
            answered[name]()
            refused({name: call}, *errors)


def bytes_of(file: BinaryIO) -> bytes:
    """What an open file has; it is closed."""
    with file:
        return file.read()


class Rights(BehaviourTests):
    """What an identity may not see or change."""

    @pytest.fixture
    def theirs(self, environment: Environment, ops: QuiltOps) -> str:
        """A registry with a package that WRITER reads and READER does not."""
        registry = second_registry(environment)
        uri = environment.put_object("k", b"secret")
        ops.create_package_revision("their/data", {"k": uri}, {"n": 1}, registry)
        return registry

    @behaviour(
        "R-60", "create_package_revision", "get_package_info", "list_package_versions",
        "get_package_metadata", "diff_packages", users=_READER,
    )  # fmt: skip
    def test_a_package_that_cannot_be_read_is_not_found(
        self, environment: Environment, ops: QuiltOps, theirs: str
    ) -> None:
        """A package in a registry that the identity cannot read raises NotFoundError in every
        operation that reads packages, as if it did not exist, also after another identity has been
        answered the same.
        """
        top_hash = ops.get_package_info("their/data", theirs).top_hash

        def reads(who: QuiltOps) -> dict[str, Callable[[], object]]:
            return {
                "get_package_info": lambda: who.get_package_info("their/data", theirs),
                "get_package_info ": lambda: who.get_package_info(
                    "their/data", theirs, top_hash=top_hash
                ),
                "list_all_packages": lambda: who.list_all_packages(theirs),
                "list_package_versions": lambda: who.list_package_versions("their/data", theirs),
                "get_package_metadata": lambda: who.get_package_metadata("their/data", theirs),
                "get_package_metadata ": lambda: who.get_package_metadata(
                    "their/data", theirs, top_hash=top_hash
                ),
                "diff_packages": lambda: who.diff_packages("their/data", "their/data", theirs),
            }

        with environment.connect(TestUser.READER) as reader:
            answered_then_refused(ops, reader, reads, NotFoundError)

    @behaviour("C-32", "create_package_revision", "browse_content", users=_READER)
    def test_content_that_cannot_be_read_is_not_found(
        self, environment: Environment, ops: QuiltOps, theirs: str
    ) -> None:
        """The content of a package in a registry that the identity cannot read is not listed, read,
        opened or given a URL: one level, a recursive listing and every operation on a file raise
        NotFoundError, also after another identity has been answered the same.
        """
        top_hash = ops.get_package_info("their/data", theirs).top_hash
        (item,) = ops.browse_content("their/data", theirs, recursive=True)
        path = item.path

        def reads(who: QuiltOps) -> dict[str, Callable[[], object]]:
            return {
                "browse_content": lambda: list(who.browse_content("their/data", theirs)),
                "browse_content ": lambda: list(
                    who.browse_content("their/data", theirs, recursive=True)
                ),
                "browse_content  ": lambda: list(
                    who.browse_content("their/data", theirs, top_hash=top_hash)
                ),
                "get_content_url": lambda: who.get_content_url("their/data", theirs, path=path),
                "read_content": lambda: who.read_content("their/data", path, theirs),
                "open_content": lambda: bytes_of(who.open_content("their/data", path, theirs)),
            }

        with environment.connect(TestUser.READER) as reader:
            answered_then_refused(ops, reader, reads, NotFoundError)

    @behaviour(
        "C-34", "create_package_revision", "get_content_url",
        users=(TestUser.READER, TestUser.ANONYMOUS),
    )  # fmt: skip
    def test_no_url_without_rights(
        self, environment: Environment, ops: QuiltOps, theirs: str
    ) -> None:
        """A content URL needs the right to read the registry: otherwise NotFoundError is raised or,
        if the identity is not logged in, possibly AuthenticationError; it is so after another
        identity has got the URL, too.
        """
        assert ops.get_content_url("their/data", theirs, path="k")
        with environment.connect(TestUser.READER) as reader, pytest.raises(NotFoundError):
            reader.get_content_url("their/data", theirs, path="k")
        environment.given([environment.entry("a")])
        assert ops.get_content_url(environment.name, path="a")
        with (
            environment.connect(TestUser.ANONYMOUS) as nobody,
            pytest.raises((AuthenticationError, NotFoundError, PermissionDeniedError)),
        ):
            nobody.get_content_url(environment.name, path="a")

    @behaviour(
        "S-25", "create_package_revision", "search_packages",
        users=(TestUser.READER, TestUser.ANONYMOUS),
    )  # fmt: skip
    def test_search_shows_what_can_be_read(self, environment: Environment, theirs: str) -> None:
        """Search finds packages of readable registries only: a search of all registries leaves the
        others out, a search of a registry that cannot be read raises NotFoundError, and a user who
        is not logged in finds nothing.
        """
        environment.given([environment.entry("a")], name="their/open", message="data")
        with environment.connect(TestUser.READER) as reader:
            found = reader.search_packages("data", "*")
            assert [info.name for info in found] == ["their/open"]
            with pytest.raises(NotFoundError):
                reader.search_packages("data", theirs)
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            try:
                assert nobody.search_packages("data", "*") == []
            except (AuthenticationError, PermissionDeniedError, NotFoundError):
                pass

    @behaviour(
        "W-78", "update_package_revision", "get_package_info",
        users=(TestUser.READER, TestUser.ANONYMOUS),
    )  # fmt: skip
    def test_who_may_only_read_updates_nothing(self, environment: Environment) -> None:
        """An update by an identity that can only read raises PermissionDeniedError and changes
        nothing; a user who is not logged in may not write either.
        """
        uri = environment.put_object("k", b"1")
        before = environment.given([environment.entry("a")])
        with environment.connect(TestUser.READER) as reader:
            with pytest.raises(PermissionDeniedError) as caught:
                reader.update_package_revision(environment.name, {"k": uri}, force=True)
            assert caught.value.context["outcome"] == "not_written"
            with pytest.raises(PermissionDeniedError):
                reader.update_package_revision(environment.name, remove=["a"])
            assert reader.get_package_info(environment.name).top_hash == before
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            refused(
                {
                    "update": lambda: nobody.update_package_revision(environment.name, {"k": uri}),
                    "create": lambda: nobody.create_package_revision("new/one", {"k": uri}),
                    "delete": lambda: nobody.delete_package(environment.name),
                },
                AuthenticationError, PermissionDeniedError, NotFoundError,
            )  # fmt: skip
        with environment.connect(TestUser.READER) as reader:
            assert reader.get_package_info(environment.name).top_hash == before

    @behaviour("W-79", "create_package_revision", "update_package_revision", "list_all_packages")
    def test_an_object_that_cannot_be_read_is_not_packaged(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An object that the identity cannot read does not become part of any package: the write
        raises PermissionDeniedError, which has its `uri` in its context, and nothing is written.
        """
        hidden = environment.put_hidden_object("secret.txt", b"secret")
        if hidden is None:
            pytest.skip("not applicable: every object can be read")
        there = environment.put_object("k", b"1")
        with pytest.raises(PermissionDeniedError) as caught:
            ops.create_package_revision(environment.name, {"k": there, "secret": hidden})
        assert caught.value.context.get("uri") == hidden
        assert ops.list_all_packages() == []
        before = environment.given([environment.entry("a")])
        with pytest.raises(PermissionDeniedError) as caught:
            ops.update_package_revision(environment.name, {"secret": hidden})
        assert caught.value.context.get("uri") == hidden
        assert ops.get_package_info(environment.name).top_hash == before

    @behaviour("W-35", "update_package_revision", "list_package_versions", "list_objects")
    @pytest.mark.parametrize("copy", ["all", "new"])
    def test_an_object_that_cannot_be_read_is_not_copied(
        self, environment: Environment, ops: QuiltOps, copy: CopyModeName
    ) -> None:
        """An entry that others published may refer to an object that the identity cannot read. An
        update or a promotion that would copy it raises PermissionDeniedError, which has its `uri`,
        with the outcome `not_written`; nothing is published, and the registry has no copy of it.
        Writes that only refer to it keep it as it is.
        """
        hidden = environment.put_hidden_object("secret.txt", b"secret")
        if hidden is None or not environment.has_copies:
            pytest.skip("not applicable: every object can be read, or nothing is copied")
        entry = structs.replace(environment.entry("a", b"secret"), physical_key=hidden)
        name, start = environment.name, environment.given([entry])
        calls: dict[str, Callable[[], object]] = {
            "update": lambda: ops.update_package_revision(name, metadata={"n": 1}, copy=copy),
        }
        places = [environment.registry]
        if environment.second_registry and ops.supports("promote_package"):
            places.append(environment.second_registry)
            calls["promotion"] = lambda: ops.promote_package(name, destination=places[1], copy=copy)
        for what, call in calls.items():
            with pytest.raises(PermissionDeniedError) as caught:
                call()
                pytest.fail(f"the {what} was allowed")
            context = caught.value.context
            assert (context["outcome"], context.get("uri")) == ("not_written", hidden), what
        assert [one.top_hash for one in ops.list_package_versions(name)] == [start]
        for place in places:
            assert list(ops.list_objects(f"{place}/{name}")) == []
        kept = ops.update_package_revision(name, metadata={"n": 1}, copy="none")
        assert kept.written
        assert [one.physical_key for one in ops.browse_content(name)] == [hidden]

    @behaviour("C-38", "get_content_url", "browse_content")
    def test_no_bytes_of_an_object_that_cannot_be_read(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The bytes of an entry whose object the identity cannot read are not returned, although
        the package can be read: a URL is refused with PermissionDeniedError or, when it is used, by
        the store; reading and opening the file raise PermissionDeniedError, which has the `uri`.
        """
        hidden = environment.put_hidden_object("secret.txt", b"secret")
        if hidden is None:
            pytest.skip("not applicable: every object can be read")
        entry = structs.replace(environment.entry("a", b"secret"), physical_key=hidden)
        environment.given([entry])
        (listed,) = ops.browse_content(environment.name)
        assert (listed.physical_key, listed.size) == (hidden, 6)
        with pytest.raises((PermissionDeniedError, OSError)):
            environment.download(ops.get_content_url(environment.name, path="a"))
        reads: dict[str, Callable[[str, str], object]] = {
            "read_content": ops.read_content,
            "open_content": ops.open_content,
        }
        for operation, read in reads.items():
            if ops.supports(operation):
                with pytest.raises(PermissionDeniedError) as caught:
                    read(environment.name, "a")
                plain = environment.without_version(hidden)
                assert str(caught.value.context.get("uri")).startswith(plain)

    @behaviour(
        "T-13", "create_tabulator_table", "update_tabulator_table", "rename_tabulator_table",
        "delete_tabulator_table", "list_tabulator_tables", users=_READER,
    )  # fmt: skip
    def test_who_may_only_read_leaves_tables_as_they_are(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An identity that can only read a bucket cannot change, rename or delete any of its
        tables: PermissionDeniedError is raised.
        """
        bucket = environment.registry.removeprefix("s3://")
        table = ops.create_tabulator_table(bucket, "penguins", TABLE)
        changed = TABLE.replace("species", "island")
        with environment.connect(TestUser.READER) as reader:
            refused(
                {
                    "update": lambda: reader.update_tabulator_table(bucket, "penguins", changed),
                    "rename": lambda: reader.rename_tabulator_table(bucket, "penguins", "birds"),
                    "delete": lambda: reader.delete_tabulator_table(bucket, "penguins"),
                },
                PermissionDeniedError,
            )
            assert reader.list_tabulator_tables(bucket) == [table]

    @behaviour("T-14", "list_tabulator_tables", "get_tabulator_table")
    def test_tables_of_a_hidden_bucket(self, environment: Environment, ops: QuiltOps) -> None:
        """Listing or reading the tables of a bucket that the identity cannot read raises
        NotFoundError.
        """
        if environment.hidden_registry is None:
            pytest.skip("not applicable: there is no hidden registry")
        bucket = environment.hidden_registry.removeprefix("s3://")
        with pytest.raises(NotFoundError):
            ops.list_tabulator_tables(bucket)
        with pytest.raises(NotFoundError):
            ops.get_tabulator_table(bucket, "penguins")
