"""Behaviours of finding objects: the last tests of `Objects`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quilt_core import NotFoundError, NotSupportedError, QuiltOps, ValidationError
from quilt_core.domain.uris import S3Uri
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import second_registry


class ObjectFinding(BehaviourTests):
    """Searches of objects."""

    @behaviour("F-13", "search_objects", "put_object")
    def test_objects_are_found_by_their_keys(self, environment: Environment, ops: QuiltOps) -> None:
        """A search for a word of a key, in whatever case, finds the object once, with its URI,
        bucket, key, version and size, and no object without that word; `limit` bounds the hits, and
        a bucket that does not exist raises NotFoundError. A backend whose registry is not in S3
        raises NotSupportedError.
        """
        if not environment.registry.startswith("s3://"):
            with pytest.raises(NotSupportedError):
                list(ops.search_objects("k"))
            return
        word = environment.name.partition("/")[0]
        stored = ops.put_object(b"x,y", f"{environment.registry}/{word}/found%20it.csv")
        ops.put_object(b"x,y", f"{environment.registry}/other/different.csv")
        hits = list(ops.search_objects(word))
        assert [hit.uri for hit in hits] == [stored.uri]
        loud = ops.put_object(b"1", f"{environment.registry}/upper/LOUD.Csv")
        assert [hit.uri for hit in ops.search_objects("loud")] == [loud.uri]
        hit = hits[0]
        assert (hit.size, hit.version) == (3, stored.version)
        assert S3Uri.parse(hit.uri).key == hit.key == f"{word}/found it.csv"
        assert environment.registry == f"s3://{hit.bucket}"
        assert len(list(ops.search_objects("", limit=1))) == 1
        with pytest.raises(NotFoundError):
            list(ops.search_objects("", "s3://no-such-bucket-here"))

    @behaviour("F-14", "search_objects", "put_object")
    def test_a_search_of_several_buckets(self, environment: Environment, ops: QuiltOps) -> None:
        """`registry="*"` searches every bucket that the identity can read, even if it can only
        read it, and no other; `limit` counts the hits of all of them together. If one of several
        named registries cannot be read, NotFoundError is raised; otherwise each of them is
        searched.
        """
        second, word = second_registry(environment), environment.name.partition("/")[0]
        for registry in (environment.registry, second):
            ops.put_object(b"1", f"{registry}/{word}.csv")
        environment.put_hidden_object(f"{word}.csv", b"1")
        found = [f"s3://{hit.bucket}" for hit in ops.search_objects(word, "*")]
        assert sorted(found) == sorted([environment.registry, second])
        if TestUser.READER in environment.identities:
            with environment.connect(TestUser.READER) as reader:
                seen = [f"s3://{hit.bucket}" for hit in reader.search_objects(word, "*")]
            assert seen == [environment.registry]
        several = [environment.registry, second]
        assert len(list(ops.search_objects(word, several, limit=1))) == 1
        if environment.unversioned_registry:
            several.append(environment.unversioned_registry)
            ops.put_object(b"1", f"{several[-1]}/{word}.csv")
        for registries in (several, several[::-1]):
            hits = [f"s3://{hit.bucket}" for hit in ops.search_objects(word, registries)]
            assert sorted(hits) == sorted(several)
        if environment.hidden_registry:
            with pytest.raises(NotFoundError):
                list(ops.search_objects(word, [second, environment.hidden_registry]))

    @behaviour("F-16", "list_objects", "put_object")
    def test_objects_belong_to_their_bucket(self, environment: Environment, ops: QuiltOps) -> None:
        """Listing a bucket or a folder gives its own objects and none of another one, even if their
        names begin alike.
        """
        second, word = second_registry(environment), environment.name.partition("/")[0]
        mine = [ops.put_object(b"1", f"{environment.registry}/{word}/{n}").uri for n in range(3)]
        ops.put_object(b"1", f"{second}/{word}/theirs")
        ops.put_object(b"1", f"{environment.registry}/{word}-other/theirs")
        listed = [one.uri for one in ops.list_objects(f"{environment.registry}/{word}")]
        assert [one.partition("?")[0] for one in listed] == [one.partition("?")[0] for one in mine]

    @behaviour("F-70", "search_objects", "list_objects", "put_object")
    def test_hits_belong_to_their_bucket(self, environment: Environment, ops: QuiltOps) -> None:
        """Searching a bucket gives its own objects and none of another one, even if their names
        begin alike, and without a limit every hit (110 here), as a listing does.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: folders have no index of objects")
        second, word = second_registry(environment), environment.name.partition("/")[0]
        mine = [ops.put_object(b"1", f"{environment.registry}/{word}/{n}").uri for n in range(110)]
        ops.put_object(b"1", f"{second}/{word}/theirs")
        listed = [one.uri for one in ops.list_objects(f"{environment.registry}/{word}")]
        assert sorted(one.partition("?")[0] for one in listed) == sorted(
            one.partition("?")[0] for one in mine
        )
        hits = [one.uri for one in ops.search_objects(word, environment.registry)]
        assert sorted(hits) == sorted(mine)

    @behaviour("F-63", "get_object_info", "list_objects", "open_object", "put_object")
    def test_the_version_that_an_address_without_one_means(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An address without a version means the current one, and the answer names it: the
        description has the URI and the version that the last write returned, its size, its checksum
        if there is one, and a time that is not earlier than that of the version before. A version
        in the address is the one that is described, and a listing has the current one.
        """
        uri = f"{environment.registry}/versions/k.csv"
        stored = [ops.put_object(data, uri) for data in (b"1", b"22", b"333")]
        for number, one in enumerate(stored if stored[0].version else stored[-1:]):
            told = ops.get_object_info(one.uri)
            assert (told.uri, told.version, told.size) == (one.uri, one.version, one.size), number
        last = stored[-1]
        told = ops.get_object_info(uri)
        assert (told.uri, told.version, told.size) == (last.uri, last.version, 3)
        assert told.checksum in (None, last.hash)
        assert told == ops.get_object_info(last.uri)
        (listed,) = ops.list_objects(f"{environment.registry}/versions")
        assert (listed.size, listed.modified) == (3, told.modified)
        again = ops.put_object(b"4444", uri)
        later = ops.get_object_info(uri)
        assert (later.uri, later.version, later.size) == (again.uri, again.version, 4)
        assert told.modified is not None
        assert later.modified is not None
        assert later.modified >= told.modified

    @behaviour("F-64", "list_objects", "put_object")
    def test_objects_whose_keys_begin_with_a_dot(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Objects whose keys, or a component of them, begin with a dot or an underscore are objects
        like others: they are listed, on one level and recursively, in the whole bucket as below a
        prefix.
        """
        root, word = environment.registry, environment.name.partition("/")[0]
        if not root.startswith("s3://"):
            root = f"{root}/objects"  # a folder that has nothing else in it
        keys = [f".{word}", f".dot/{word}", f"_{word}/k", f"plain/.{word}/k", f"plain/_{word}"]
        wanted = {ops.put_object(b"1", f"{root}/{key}").uri for key in keys}
        listed = [one.uri.partition("?")[0] for one in ops.list_objects(root)]
        assert {one.partition("?")[0] for one in wanted} <= set(listed)
        assert len(listed) == len(set(listed))
        level = {one.uri.partition("?")[0] for one in ops.list_objects(root, recursive=False)}
        assert {f"{root}/.{word}", f"{root}/.dot/", f"{root}/_{word}/", f"{root}/plain/"} <= level
        below = [one.uri.partition("?")[0] for one in ops.list_objects(f"{root}/plain")]
        assert below == [f"{root}/plain/.{word}/k", f"{root}/plain/_{word}"]

    @behaviour("F-71", "search_objects", "put_object")
    def test_hits_whose_keys_begin_with_a_dot(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A search finds objects whose keys, or a component of them, begin with a dot or an
        underscore like others.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: folders have no index of objects")
        root, word = environment.registry, environment.name.partition("/")[0]
        keys = [f".{word}", f".dot/{word}", f"_{word}/k", f"plain/.{word}/k", f"plain/_{word}"]
        wanted = {ops.put_object(b"1", f"{root}/{key}").uri for key in keys}
        assert wanted <= {hit.uri for hit in ops.search_objects("", root)}

    @behaviour("F-72", "list_objects", "put_object")
    def test_a_file_is_not_a_folder(self, environment: Environment, ops: QuiltOps) -> None:
        """Listing a file of a folder instead of the folder raises ValidationError: it lists neither
        the file nor nothing. In a bucket, the same text names a folder, which has no objects.
        """
        root = environment.registry
        if not root.startswith("s3://"):
            root = f"{root}/objects"
        uri = environment.without_version(ops.put_object(b"1", f"{root}/d/k.csv").uri)
        for recursive in (True, False):
            if root.startswith("s3://"):
                assert list(ops.list_objects(uri, recursive=recursive)) == []
            else:
                with pytest.raises(ValidationError):
                    list(ops.list_objects(uri, recursive=recursive))
            listed = [one.uri for one in ops.list_objects(f"{root}/d", recursive=recursive)]
            assert [environment.without_version(one) for one in listed] == [uri]

    @behaviour("F-65", "list_objects", "get_object_info", "open_object", "put_object")
    def test_files_of_this_machine(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """A file of this machine is either an object like others, which is listed, described, read
        and written, or every operation raises NotSupportedError; there is no other answer.
        """
        (tmp_path / "k.csv").write_bytes(b"x,y")
        folder, file = tmp_path.as_uri(), (tmp_path / "k.csv").as_uri()

        def read() -> bytes:
            with ops.open_object(file) as opened:
                return opened.read()

        calls: dict[str, tuple[Callable[[], object], object]] = {
            "list": (lambda: [one.uri for one in ops.list_objects(folder)], [file]),
            "describe": (lambda: ops.get_object_info(file).size, 3),
            "open": (read, b"x,y"),
            "write": (lambda: ops.put_object(b"1", f"{folder}/new").size, 1),
        }
        answers: dict[str, object] = {}
        for name, (call, _) in calls.items():
            try:
                answers[name] = call()
            except NotSupportedError as error:
                assert name != "write" or error.context["outcome"] == "not_written"
        assert answers in ({}, {name: expected for name, (_, expected) in calls.items()})
        assert (tmp_path / "new").exists() == bool(answers)
