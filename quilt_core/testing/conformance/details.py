"""Behaviours that the hooks' docstrings leave open (O-…)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from quilt_core import CopyMode, NotFoundError, QuiltOps, ValidationError
from quilt_core.manifest import DirectoryRecord
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.content import as_file, directory
from quilt_core.testing.conformance.environment import Environment


class Details(BehaviourTests):
    """What the hooks' docstrings leave open."""

    @behaviour("O-1", "create_package_revision", "get_package_info", "list_all_packages")
    def test_workflow_none_where_there_are_no_workflows(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """In a registry without a configuration of workflows, `workflow=None` (explicitly none)
        raises ValidationError, as in quilt3, and nothing is written. If the argument is left out,
        the revision is written without a workflow, and its information has the workflow None.
        """
        uris = {"k": environment.put_object("k", b"1")}
        with pytest.raises(ValidationError):
            ops.create_package_revision(environment.name, uris, workflow=None)
        assert ops.list_all_packages() == []
        made = ops.create_package_revision(environment.name, uris)
        info = ops.get_package_info(environment.name)
        assert (info.top_hash, info.workflow) == (made.top_hash, None)

    @behaviour("O-2", "create_package_revision", "list_all_packages")
    @pytest.mark.parametrize("copy", [CopyMode.NONE, CopyMode.ALL])
    def test_a_local_file_in_a_registry_in_s3(
        self, environment: Environment, ops: QuiltOps, copy: CopyMode
    ) -> None:
        """A package in a registry in S3 refers to objects in S3 only. The URI of a local file
        raises ValidationError, which names it, even if objects are to be copied: nothing is
        uploaded and nothing is written.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: the registry is not in S3")
        with pytest.raises(ValidationError, match="/no/such/file"):
            ops.create_package_revision(environment.name, {"k": "file:///no/such/file"}, copy=copy)
        assert ops.list_all_packages() == []

    @behaviour(
        "O-3", "search_packages", "list_all_packages", "list_package_versions", "get_package_info"
    )
    def test_a_package_without_a_latest_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A package whose tag `latest` is missing is listed, and so are its versions, none of them
        as the latest one. Its information without a top hash raises NotFoundError; with a top hash
        it is returned. A search finds its revisions with `latest_only=False`, and otherwise none of
        them.
        """
        name = environment.name
        hashes = [
            environment.given([environment.entry("a")], message=f"m{n}", latest=False)
            for n in range(2)
        ]
        assert ops.list_all_packages() == [name]
        versions = ops.list_package_versions(name)
        assert [(one.top_hash, one.is_latest) for one in versions] == [
            (hashes[1], False),
            (hashes[0], False),
        ]
        with pytest.raises(NotFoundError):
            ops.get_package_info(name)
        assert ops.get_package_info(name, top_hash=hashes[0]).message == "m0"
        assert ops.search_packages("") == []
        found = ops.search_packages("", latest_only=False, order="newest")
        assert [info.top_hash for info in found] == hashes[::-1]

    @behaviour("O-4", "update_package_revision", "browse_content")
    def test_metadata_of_directories_in_an_update(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An update keeps a directory's metadata as it is, or loses it where the store's interface
        for writing cannot express it; nothing else of the directory changes. The top hash does not
        depend on it.
        """
        entry = environment.entry("d/x", b"1")
        environment.given(
            [entry], directories=[DirectoryRecord(logical_key="d/", meta={"kind": "raw"})]
        )
        uri = environment.put_object("k", b"22")
        ops.update_package_revision(environment.name, {"k": uri})
        assert ops.browse_content(environment.name)[0] in (
            directory("d", 1, kind="raw"),
            directory("d", 1),
        )
        assert ops.browse_content(environment.name, path="d") == [as_file(entry)]

    @behaviour("O-5", "search_packages")
    def test_search_looks_at_logical_keys(self, environment: Environment, ops: QuiltOps) -> None:
        """A query is also matched against the logical keys of a package's entries, by their path
        components with and without the extension. It is not matched against the contents of the
        files.
        """
        environment.given([environment.entry("colony/walrus.csv", b"narwhal")], name="some/keys")
        environment.given([environment.entry("other.txt")], name="some/other")
        for query, expected in (
            ("walrus", ["some/keys"]), ("walrus.csv", ["some/keys"]), ("colony", ["some/keys"]),
            ("narwhal", []),
        ):  # fmt: skip
            found = ops.search_packages(query, order="name")
            assert [info.name for info in found] == expected, query

    @behaviour("O-6", "get_package_info", "list_package_versions")
    def test_the_time_of_a_revision_with_several_pointers(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A revision's time of modification is the time of its newest pointer, in information and
        in versions. The times of its older pointers are not returned, but can still be used to name
        it. The beginning of its hash names it as well and is not ambiguous.
        """
        entry = environment.entry("a")
        twice = environment.given([entry], message="twice")
        environment.given([entry], message="between")
        environment.given([entry], message="twice")
        newest = datetime.fromtimestamp(1_600_000_002, UTC)
        assert ops.get_package_info(environment.name, top_hash=twice).modified == newest
        times = {one.top_hash: one.modified for one in ops.list_package_versions(environment.name)}
        assert times[twice] == newest
        assert len(times) == 2
        for given in ("1600000000", "1600000002", twice[:12], twice):
            assert ops.get_package_info(environment.name, top_hash=given).top_hash == twice

    @behaviour("O-7", "get_registry_url")
    def test_the_registrys_url_alone(self, environment: Environment, ops: QuiltOps) -> None:
        """The URL of the registry's service is absolute, has no slash at its end, and is the same
        for each connection, even if the catalog has no configuration to read.
        """
        url = ops.get_registry_url()
        scheme, separator, rest = url.partition("://")
        assert scheme
        assert separator
        assert rest
        assert not url.endswith("/")
        with environment.connect() as other:
            assert other.get_registry_url() == url
