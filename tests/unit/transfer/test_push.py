"""Pushes: how many calls they make, what stops them, and what an interrupted push leaves behind."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from quilt_core import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    Progress,
    QuiltOpsError,
    StoredObject,
    TransportError,
    ValidationError,
    hookimpl,
)
from quilt_core.composition.budget import IN_MEMORY, ByteBudget
from quilt_core.hookspecs.around import OperationCall
from quilt_core.manifest import hash_bytes
from quilt_core.transfer import hashing

from .calls import Calls, catalog, connect  # type: ignore[import-not-found]

NAME = "team/data"
OLD = 1_700_000_000


def fill(folder: Path, count: int = 20) -> Path:
    """Creates a folder of small files that were written long ago."""
    folder.mkdir()
    for number in range(count):
        path = folder / f"{number:03}.txt"
        path.write_text(f"file {number:03}", encoding="utf-8")
        os.utime(path, (OLD, OLD))
    return folder


def key_of(call: OperationCall) -> str:
    """The base name of the object that a call concerns."""
    return str(call.arguments["uri"].base_name)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no time of the last change")
def test_a_file_whose_time_of_modification_was_set_back_is_read_again(tmp_path: Path) -> None:
    ops = connect(catalog(), Calls())
    folder = fill(tmp_path / "f", 3)
    ops.push_package(NAME, folder)
    before = (folder / "001.txt").stat()
    (folder / "001.txt").write_text("new, 001", encoding="utf-8")
    os.utime(folder / "001.txt", (OLD, OLD))
    after = (folder / "001.txt").stat()
    same = [(one.st_size, one.st_mtime_ns, one.st_ino) for one in (before, after)]
    assert same[0] == same[1]
    assert ops.push_package(NAME, folder, message="two").changed == ("001.txt",)
    assert ops.read_content(NAME, "001.txt") == b"new, 001"


def test_one_call_per_new_file_and_none_per_known_one(tmp_path: Path) -> None:
    calls = Calls()
    ops = connect(catalog(), calls)
    folder = fill(tmp_path / "f")
    ops.push_package(NAME, folder)
    assert (calls.count["put_object"], calls.count["get_object_info"]) == (20, 0)
    calls.count.clear()
    (folder / "000.txt").rename(folder / "moved.txt")
    result = ops.push_package(NAME, folder, message="two")
    assert (result.uploads, result.new, result.removed) == (0, ("moved.txt",), ("000.txt",))
    assert calls.count == {
        "push_package": 1,
        "get_package_info": 1,
        "browse_content": 1,
        "create_package_revision": 1,
    }


def test_known_files_are_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ops = connect(catalog())
    folder = fill(tmp_path / "f")
    ops.push_package(NAME, folder)
    reads: list[Path] = []
    opening = os.open

    def counting(path: Any, *args: Any, **options: Any) -> int:
        if Path(path).parent == folder:
            reads.append(Path(path))
        return opening(path, *args, **options)

    monkeypatch.setattr(os, "open", counting)
    assert len(ops.push_package(NAME, folder, message="two").unchanged) == 20
    assert reads == []
    ops.push_package(NAME, folder, message="three", use_cache=False)
    assert len(reads) == 20


def test_errors_of_single_files_are_reported_together(tmp_path: Path) -> None:
    def refuse(call: OperationCall) -> None:
        if call.operation == "put_object" and key_of(call) in ("000.txt", "005.txt"):
            raise BackendError(f"no {key_of(call)}")

    calls = Calls(before=refuse)
    ops = connect(catalog(), calls)
    with pytest.raises(BackendError) as caught:
        ops.push_package(NAME, fill(tmp_path / "f"))
    assert caught.value.context["failures"] == {
        "000.txt": "no 000.txt", "005.txt": "no 005.txt",
    }  # fmt: skip
    assert caught.value.context["outcome"] == "not_written"
    assert "2 of 20 files" in str(caught.value)
    assert calls.count["put_object"] == 20
    with pytest.raises(NotFoundError):
        ops.get_package_info(NAME)
    calls.before = None
    calls.count.clear()
    assert ops.push_package(NAME, tmp_path / "f").uploads == 2  # what was there is reused
    assert calls.count["put_object"] == 2


def test_keys_that_s3_cannot_store_are_reported_before_anything_is_sent(tmp_path: Path) -> None:
    calls = Calls()
    ops = connect(catalog(), calls)
    long = "é" * 500 + "x" * (24 - len("team/data/"))
    with pytest.raises(ValidationError, match="S3 allows only 1024") as caught:
        ops.push_package(NAME, {"short": b"1", long + "x": b"2"})
    assert list(caught.value.context["failures"]) == [long + "x"]
    assert caught.value.context["outcome"] == "not_written"
    assert len(str(caught.value)) < 700
    assert calls.count["put_object"] == 0
    ops.push_package(NAME, {"short": b"1", long: b"2"})


@pytest.mark.parametrize(
    "error", [PermissionDeniedError("no"), TransportError("down"), NotFoundError("no such bucket")]
)
def test_an_error_that_would_affect_every_file_stops_the_push(
    tmp_path: Path, error: Exception
) -> None:
    def fail(call: OperationCall) -> None:
        if call.operation == "put_object":
            raise type(error)(str(error))

    calls = Calls(before=fail)
    ops = connect(catalog(), calls)
    with pytest.raises(type(error)) as caught:
        ops.push_package(NAME, fill(tmp_path / "f", 300))
    assert calls.count["put_object"] == 1  # the first one, which was sent alone
    assert caught.value.context["outcome"] == "not_written"


@pytest.mark.parametrize("kind", [TransportError, AuthenticationError])
def test_a_registry_or_credentials_that_fail_half_way(
    tmp_path: Path, kind: type[QuiltOpsError]
) -> None:
    done: list[str] = []

    def fail(call: OperationCall) -> None:
        if call.operation == "put_object":
            if len(done) >= 50:
                raise kind("no more")
            done.append(key_of(call))

    calls = Calls(before=fail)
    ops = connect(catalog(), calls)
    folder = fill(tmp_path / "f", 400)
    with pytest.raises(kind) as caught:
        ops.push_package(NAME, folder)
    assert caught.value.context["outcome"] == "not_written"
    assert calls.count["put_object"] <= len(done) + 64
    calls.before = None
    sent = len(done)
    assert ops.push_package(NAME, folder).uploads == 400 - sent


def test_a_bug_of_a_plugin_is_raised_unchanged(tmp_path: Path) -> None:
    def fail(call: OperationCall) -> None:
        if call.operation == "put_object":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        connect(catalog(), Calls(before=fail)).push_package(NAME, fill(tmp_path / "f"))


@pytest.mark.parametrize("size", [5, IN_MEMORY], ids=["small", "large"])
def test_a_file_that_changes_while_it_is_sent_is_not_published(tmp_path: Path, size: int) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "stays").write_bytes(b"1")
    (folder / "moves").write_bytes(b"x" * size)

    def touch(call: OperationCall) -> None:
        if call.operation == "put_object" and key_of(call) == "moves":
            (folder / "moves").write_bytes(b"y" * size)
            os.utime(folder / "moves", (OLD, OLD))

    ops = connect(catalog(), Calls(after=touch))
    with pytest.raises(ValidationError) as caught:
        ops.push_package(NAME, folder)
    assert caught.value.context["failures"] == {"moves": "it changed while it was read"}
    with pytest.raises(NotFoundError):
        ops.get_package_info(NAME)


def test_an_unreadable_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fill(tmp_path / "f", 3)
    closed = folder / "001.txt"
    opening = os.open

    def refusing(path: Any, *args: Any, **options: Any) -> int:
        if path == str(closed):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opening(path, *args, **options)

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(ValidationError) as caught:
        connect(catalog()).push_package(NAME, folder)
    assert list(caught.value.context["failures"]) == ["001.txt"]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("as_mapping", [True, False])
def test_all_unreadable_files_are_reported_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry_run: bool, as_mapping: bool
) -> None:
    folder = fill(tmp_path / "f", 5)
    closed = {"001.txt", "003.txt"}
    for name in closed:
        (folder / name).chmod(0)
    if os.geteuid() == 0:  # who can read files of any mode
        access = os.access

        def refusing(path: Any, mode: int, **options: Any) -> bool:
            return Path(path).name not in closed and access(path, mode, **options)

        monkeypatch.setattr(os, "access", refusing)
    source: Any = {path.name: path for path in folder.iterdir()} if as_mapping else folder
    calls = Calls()
    with pytest.raises(ValidationError) as caught:
        connect(catalog(), calls).push_package(NAME, source, dry_run=dry_run)
    assert caught.value.context["failures"] == dict.fromkeys(
        ["001.txt", "003.txt"], "it cannot be read: Permission denied"
    )
    assert caught.value.context["outcome"] == "not_written"
    assert calls.count["put_object"] == 0


def test_without_workflows_a_push_asks_once_whether_there_are_any(tmp_path: Path) -> None:
    calls = Calls()
    ops = connect(catalog(), calls)
    folder = fill(tmp_path / "f", 300)
    ops.push_package(NAME, folder)
    assert (calls.count["list_workflows"], calls.count["create_package_revision"]) == (1, 1)
    calls.count.clear()
    ops.push_package(NAME, folder, message="nothing is uploaded")
    assert calls.count["list_workflows"] == 0


@pytest.mark.parametrize("mode", ["replace", "merge"])
def test_a_push_with_workflows_asks_once_before_its_first_upload(tmp_path: Path, mode: Any) -> None:
    order: list[str] = []

    def note(call: OperationCall) -> None:
        dry = call.arguments.get("dry_run") and call.operation != "push_package"
        order.append(f"{call.operation}{' (dry)' if dry else ''}")

    made = catalog()
    made.set_workflows("bucket", {"workflows": {"w": {}}, "default_workflow": "w"})
    ops = connect(made, Calls(before=note))
    ops.push_package(NAME, {"first": b"1"})
    order.clear()
    ops.push_package(NAME, fill(tmp_path / "f", 300), mode=mode)
    write = "create_package_revision" if mode == "replace" else "update_package_revision"
    looked = order.index("list_workflows")
    assert order[looked : looked + 3] == ["list_workflows", f"{write} (dry)", "put_object"]
    assert [one for one in order[looked + 3 :] if one != "put_object"] == [write]


@pytest.mark.parametrize("error", [TransportError("down"), AuthenticationError("who")])
def test_a_push_that_cannot_ask_for_workflows_uploads_nothing(
    tmp_path: Path, error: QuiltOpsError
) -> None:
    def fail(call: OperationCall) -> None:
        if call.operation == "list_workflows":
            raise error

    calls = Calls(before=fail)
    with pytest.raises(type(error)) as caught:
        connect(catalog(), calls).push_package(NAME, fill(tmp_path / "f"))
    assert (calls.count["put_object"], caught.value.context["outcome"]) == (0, "not_written")


def test_the_backend_decides_if_the_workflows_cannot_be_read(tmp_path: Path) -> None:
    def refuse(call: OperationCall) -> None:
        if call.operation == "list_workflows":
            raise PermissionDeniedError("no")

    calls = Calls(before=refuse)
    assert connect(catalog(), calls).push_package(NAME, fill(tmp_path / "f")).written
    assert calls.count["create_package_revision"] == 2  # a dry run, and the write


@pytest.mark.parametrize("dry_run", [True, False])
def test_all_missing_objects_are_reported_before_anything_is_sent(dry_run: bool) -> None:
    made = catalog()
    there = made.put_object("bucket", "there", b"1")
    missing = "s3://bucket/not-there"
    calls = Calls()
    files: dict[str, Any] = {f"{number}": b"data" for number in range(100)}
    files |= {"x": missing, "y": there, "z": missing}
    with pytest.raises(NotFoundError) as caught:
        connect(made, calls).push_package(NAME, files, dry_run=dry_run)
    assert list(caught.value.context["failures"]) == ["x", "z"]
    assert (calls.count["put_object"], calls.count["get_object_info"]) == (0, 3)
    files |= {"x": there, "z": there}
    calls.count.clear()
    result = connect(made, calls).push_package(NAME, files)
    assert (len(result.new), result.uploads) == (103, 100)
    assert calls.count["put_object"] == 100


def test_a_merge_that_changes_nothing_needs_no_message(tmp_path: Path) -> None:
    made = catalog()
    ops = connect(made)
    folder = fill(tmp_path / "f")
    ops.push_package(NAME, folder)
    rules = {"workflows": {"w": {"is_message_required": True}}, "default_workflow": "w"}
    made.set_workflows("bucket", rules)
    for dry_run in (True, False):
        result = ops.push_package(NAME, folder, mode="merge", message=None, dry_run=dry_run)
        assert not result.written


def test_a_file_that_vanishes_is_reported(tmp_path: Path) -> None:
    folder = fill(tmp_path / "f", 3)

    def vanish(call: OperationCall) -> None:
        if call.operation == "get_package_info":
            return
        if call.operation == "put_object" and key_of(call) == "000.txt":
            (folder / "002.txt").unlink()

    with pytest.raises(ValidationError) as caught:
        connect(catalog(), Calls(after=vanish)).push_package(NAME, folder)
    assert "002.txt" in caught.value.context["failures"]


class Unversioned:
    """A store without versions."""

    def __init__(self, version: str | None) -> None:
        self.version = version

    @hookimpl(wrapper=True)
    def put_object(self) -> Any:
        stored: StoredObject = yield
        bare = stored.uri.partition("?")[0]
        uri = f"{bare}?versionId={self.version}" if self.version else bare
        import attrs

        return attrs.evolve(stored, uri=uri, version=self.version)

    @hookimpl(wrapper=True)
    def get_object_info(self) -> Any:
        import attrs

        return attrs.evolve((yield), version=self.version)


@pytest.mark.parametrize("version", [None, "null"])
def test_a_bucket_without_versions_is_refused(tmp_path: Path, version: str | None) -> None:
    """At once where an object shows it, otherwise after the first upload."""
    made, calls = catalog(), Calls()
    ops = connect(made, Unversioned(version), calls)
    folder = fill(tmp_path / "f")
    with pytest.raises(ValidationError, match="keeps no versions") as caught:
        ops.push_package(NAME, folder)
    assert caught.value.context["outcome"] == "not_written"
    assert calls.count["put_object"] == 1
    calls.count.clear()
    with pytest.raises(ValidationError, match="keeps no versions"):
        ops.push_package(NAME, folder)
    assert calls.count["put_object"] == (0 if version is None else 1)
    with pytest.raises(NotFoundError):
        ops.get_package_info(NAME)


def large_files(folder: Path, *names: str) -> Path:
    """Files that are uploaded in parts, with different content."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(name.encode() * IN_MEMORY)
    return folder


def a_part_was_sent(call: OperationCall) -> None:
    """Report, from within an upload, that it has sent something."""
    step = Progress(operation="", phase="", done=1, total=IN_MEMORY, unit="bytes")
    call.arguments["progress"](step)


def test_uploads_start_when_the_first_one_has_sent_a_part(tmp_path: Path) -> None:
    """It shows that the identity may write, and the package has objects with versions."""
    both = threading.Barrier(2)

    def uploads(call: OperationCall) -> None:
        if call.operation == "put_object":
            a_part_was_sent(call)
            both.wait(timeout=20)

    made = catalog()
    connect(made).push_package(NAME, fill(tmp_path / "f", 1))
    result = connect(made, Calls(before=uploads)).push_package(
        NAME, large_files(tmp_path / "f", "a", "b")
    )
    assert result.uploads == 2


def test_the_first_upload_ends_alone_if_versions_are_not_known(tmp_path: Path) -> None:
    steps: list[str] = []

    def begins(call: OperationCall) -> None:
        if call.operation == "put_object":
            steps.append("begins")
            a_part_was_sent(call)

    def ends(call: OperationCall) -> None:
        if call.operation == "put_object":
            steps.append("ends")

    ops = connect(catalog(), Calls(before=begins, after=ends))
    ops.push_package(NAME, large_files(tmp_path / "f", "a", "b"))
    assert steps == ["begins", "ends"] * 2


def test_an_upload_that_fails_after_others_have_started_stops_the_push(tmp_path: Path) -> None:
    begun: list[str] = []
    two = threading.Event()

    def fails(call: OperationCall) -> None:
        if call.operation == "put_object":
            a_part_was_sent(call)
            begun.append(key_of(call))
            if len(begun) > 1:
                two.set()
            assert two.wait(timeout=20)
            raise PermissionDeniedError("no longer")

    made = catalog()
    connect(made).push_package(NAME, fill(tmp_path / "f", 1))
    calls = Calls(before=fails)
    folder = large_files(tmp_path / "f", *"abcdefgh")
    with pytest.raises(PermissionDeniedError) as caught:
        connect(made, calls).push_package(NAME, folder)
    assert caught.value.context["outcome"] == "not_written"
    assert len(list(connect(made).browse_content(NAME))) == 1


def test_an_upload_that_has_disappeared_is_sent_again(tmp_path: Path) -> None:
    made = catalog()

    def no_revision(call: OperationCall) -> None:
        if call.operation == "create_package_revision":
            raise TransportError("down")

    calls = Calls(before=no_revision)
    ops = connect(made, calls)
    folder = fill(tmp_path / "f", 4)
    with pytest.raises(TransportError):
        ops.push_package(NAME, folder)
    del made.objects["bucket", f"{NAME}/002.txt"]
    calls.before = None
    assert ops.push_package(NAME, folder).uploads == 1
    assert ops.read_content(NAME, "002.txt") == b"file 002"


def test_no_cache_ignores_what_earlier_runs_recorded(tmp_path: Path) -> None:
    def no_revision(call: OperationCall) -> None:
        if call.operation == "create_package_revision":
            raise TransportError("down")

    calls = Calls(before=no_revision)
    ops = connect(catalog(), calls)
    folder = fill(tmp_path / "f", 4)
    with pytest.raises(TransportError):
        ops.push_package(NAME, folder)
    calls.before = None
    assert ops.push_package(NAME, folder, use_cache=False).uploads == 4


def test_another_writer_in_between_is_reported(tmp_path: Path) -> None:
    made = catalog()
    other = connect(made)
    other.push_package(NAME, {"a": b"theirs"})
    written: list[str] = []

    def between(call: OperationCall) -> None:
        if call.operation == "put_object" and not written:
            written.append(str(other.push_package(NAME, {"b": b"in between"}).top_hash))

    ops = connect(made, Calls(before=between))
    from quilt_core import ConflictError

    with pytest.raises(ConflictError) as caught:
        ops.push_package(NAME, {"a": b"mine"})
    assert caught.value.actual == written[0]
    assert ops.get_package_info(NAME).top_hash == written[0]
    assert ops.push_package(NAME, {"a": b"mine"}, force=True).written


def test_objects_are_stored_below_the_catalogs_package_root(tmp_path: Path) -> None:
    class Root:
        @hookimpl(wrapper=True)
        def get_catalog_config(self) -> Any:
            import attrs

            return attrs.evolve((yield), package_root="data/packages")

    import quilt_core
    from quilt_core.testing.memory import make_backend

    made = catalog()
    with quilt_core.connect(
        make_backend(made, "admin"), registry="s3://bucket", extensions=[Root()],
        catalog_url=made.catalog_url,
    ) as ops:  # fmt: skip
        ops.push_package(NAME, {"d/a": b"1"})
    assert ("bucket", f"data/packages/{NAME}/d/a") in made.objects


def test_progress_counts_every_byte_once(tmp_path: Path) -> None:
    steps: list[Progress] = []
    ops = connect(catalog())
    folder = fill(tmp_path / "f", 10)
    (folder / "large").write_bytes(b"x" * (IN_MEMORY + 5))
    for message in ("one", "two"):
        steps.clear()
        result = ops.push_package(NAME, folder, progress=steps.append, message=message)
        uploading = [step for step in steps if step.phase == "uploading"]
        assert uploading[-1].done == uploading[-1].total == result.total_bytes
    assert ops.read_content(NAME, "large")[-1:] == b"x"
    [item] = ops.browse_content(NAME, path="large")
    assert item.hash == hash_bytes(b"x" * (IN_MEMORY + 5))


def test_a_backend_with_only_the_required_parameters_is_enough() -> None:
    """A backend is not given what it need not accept."""
    import quilt_core
    from quilt_core.plugins.validation import hook_implementations
    from quilt_core.testing.memory import make_backend

    made = catalog()
    full = make_backend(made, "admin")

    class Bare:
        @hookimpl
        def put_object(self, source: Any, uri: Any) -> StoredObject:
            assert isinstance(source, bytes)
            url = made.put_object(uri.bucket, uri.key, source)
            return StoredObject(
                uri=url, size=len(source), hash=hash_bytes(source), version=url.partition("=")[2]
            )

    class Rest:
        pass

    for implementer in full.implementers:
        for operation, found in hook_implementations(implementer).items():
            if operation != "put_object":
                setattr(Rest, operation, getattr(implementer, found.attribute))
    rest = Rest()
    for name, method in list(vars(Rest).items()):
        if not name.startswith("_"):
            setattr(rest, name, method)
    backend = quilt_core.BackendPlugin(
        name="bare", hook_version=1, implementers=[Bare(), rest], unsupported=full.unsupported
    )
    with quilt_core.connect(backend, registry="s3://bucket") as ops:
        assert ops.push_package(NAME, {"a": b"1"}, progress=lambda step: None).written


def test_a_missing_operation_is_named() -> None:
    import quilt_core

    class Only:
        @hookimpl
        def list_buckets(self) -> list[Any]:
            return []

    backend = quilt_core.BackendPlugin(
        name="only", hook_version=1, implementers=[Only()],
        unsupported={"open_object": "the disk is write-only"},
    )  # fmt: skip
    with quilt_core.connect(backend) as ops:
        reasons = {one.operation: one.reason for one in ops.capabilities()}
        assert not ops.supports("push_package")
        assert "get_package_info" in str(reasons["push_package"])
        with pytest.raises(quilt_core.NotSupportedError, match="browse_content"):
            ops.read_content(NAME, "a", "s3://bucket")


def test_an_operation_of_the_backend_takes_precedence() -> None:
    import quilt_core

    class Own:
        @hookimpl
        def read_content(
            self, package_name: Any, registry: Any, path: Any, top_hash: Any, limit: Any
        ) -> bytes:
            return b"its own"

    backend = quilt_core.BackendPlugin(name="own", hook_version=1, implementers=[Own()])
    with quilt_core.connect(backend, registry="s3://bucket") as ops:
        assert ops.read_content(NAME, "a") == b"its own"


def test_the_number_of_bytes_in_flight_is_bounded() -> None:
    budget, now, most, lock = ByteBudget(100), [0], [0], threading.Lock()

    def work() -> None:
        for _ in range(50):
            with budget.of(30):
                with lock:
                    now[0] += 30
                    most[0] = max(most[0], now[0])
                with lock:
                    now[0] -= 30

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 100
    with budget.of(1000):  # a block larger than the budget goes alone
        pass


@pytest.mark.parametrize("size", [0, 10, hashing.BLOCK + 1, 5 * hashing.BLOCK])
def test_blocks_are_read_to_the_end(tmp_path: Path, size: int) -> None:
    """However large the file was expected to be."""
    (tmp_path / "f").write_bytes(b"x" * hashing.BLOCK + b"y")
    with (tmp_path / "f").open("rb") as file:
        blocks = [bytes(block) for block in hashing.file_blocks(file, size)]
    assert blocks == [b"x" * hashing.BLOCK, b"y"]
