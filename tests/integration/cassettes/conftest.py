"""The backends with cassettes, with a local registry to record them, or with a real catalog."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import QuiltOps
from quilt_core.testing.cassettes import cassette_config
from quilt_core.testing.cassettes.fixtures import (  # noqa: F401 - pytest finds them here
    every_interaction_is_played,
    pytest_recording_configure,
    the_clock_is_the_recordings,
)

HERE = Path(__file__).parent
CASSETTES = HERE.parents[1] / "cassettes"
_PREPARED = pytest.StashKey[bool]()


class Place:
    """Where a test acts: the fixed names of the cassettes.

    The bucket holds the objects `data/a.csv`, `data/b.csv` and `more/c.txt`, and the package
    `cassettes/penguins` with two revisions.
    """

    backend = "platform"
    catalog_url = "https://catalog.example.com"
    registry_url = "https://registry.example.com"
    s3_endpoint = "http://127.0.0.1:9000"
    athena_endpoint = "https://registry.example.com/aws/athena"
    bucket = "cassette-data"
    hidden_bucket = "cassette-hidden"
    spare_bucket = "cassette-spare"
    second_bucket = "cassette-second"
    package = "cassettes/penguins"
    reader, writer, admin, stranger = "reader", "writer", "admin", "stranger"

    def __init__(self) -> None:
        self._stack = ExitStack()

    @property
    def user_name(self) -> str:
        """The name of the user who writes the bucket."""
        return self.writer

    @property
    def registry(self) -> str:
        """The package registry that tests write to."""
        return f"s3://{self.bucket}"

    def uri(self, key: str) -> str:
        """The URI of an object in the bucket."""
        return f"s3://{self.bucket}/{key}"

    def token(self, who: str, *, seconds: float = 3600) -> str:
        """A replay needs a token only for its form; this one is made now."""
        import jwt

        claims = {"id": who, "exp": int(time.time() + seconds)}
        return jwt.encode(claims, "the key of replays, of no value at all", algorithm="HS256")

    def api_key(self, who: str) -> str:
        """An API key of a user."""
        return f"qk_replayed-key-of-{who}"

    def refresh_token(self, who: str) -> str:
        """A refresh token of a user."""
        return self.token(who)

    def connect(self, who: str | None = "writer", **settings: Any) -> QuiltOps:
        """Connect as a user; None has no credentials."""
        if who is not None:
            settings.setdefault("token", self.token(who))
        return self.open(
            registry=self.registry,
            catalog_url=self.catalog_url,
            registry_url=self.registry_url,
            **settings,
        )

    def open(self, **settings: Any) -> QuiltOps:
        """Connect with only these settings; one request at a time, so that their order is fixed."""
        # Cassettes hold requests made by Python; obstore's requests bypass them.
        fixed = {"region": "us-east-1", "max_concurrency": 1, "timeout": 20.0}
        settings = {**fixed, "transfer_engine": "boto3", **settings}
        ops = quilt_core.connect(self.backend, use_quilt3_login=False, **settings)
        return self._stack.enter_context(ops)

    def expired(self) -> QuiltOps:
        """Connect with a token that expired a moment ago: it is still tried."""
        return self.connect(token=self.token(self.writer, seconds=-5))

    def fail(self, path: str = "*", *, status: int = 500) -> None:
        """Let requests to the registry fail with this status from now on."""

    def vcr_config(self) -> dict[str, Any]:
        """How cassettes are recorded and replayed here."""
        return cassette_config(s3_endpoint=Place.s3_endpoint)

    def close(self) -> None:
        """Release everything."""
        self._stack.close()


def prepare(place: Place, ops: QuiltOps) -> None:
    """Put objects and a package with two revisions into the bucket, without a cassette."""
    s3 = ops.get_boto3_client("s3")
    for key, body in {
        "data/a.csv": b"species,island\nAdelie,Torgersen\n",
        "data/b.csv": b"species,island\nGentoo,Biscoe\n",
        "more/c.txt": b"Chinstrap\n",
    }.items():
        s3.put_object(Bucket=place.bucket, Key=key, Body=body)
    ops.create_package_revision(
        place.package,
        [place.uri("data/a.csv"), place.uri("data/b.csv")],
        metadata={"origin": "Palmer", "year": 2007},
        message="First",
    )
    ops.update_package_revision(
        place.package,
        {"notes.txt": place.uri("more/c.txt")},
        remove=["data/b.csv"],
        metadata={"year": 2008},
        message="Second",
    )


class RealCatalog(Place):
    """The catalog that environment variables describe; docs/cassettes.md lists them."""

    def __init__(self, needed: Iterable[str]) -> None:
        super().__init__()
        for name in needed:
            _given(name)
        self.catalog_url = _given("QUILT_TEST_CATALOG_URL").rstrip("/")
        self.bucket = _given("QUILT_TEST_BUCKET")
        self.s3_endpoint = os.environ.get("QUILT_TEST_S3_ENDPOINT", "")
        self.athena_endpoint = os.environ.get(
            "QUILT_TEST_ATHENA_ENDPOINT", "https://athena.us-east-1.amazonaws.com"
        )
        with self.open(catalog_url=self.catalog_url) as anonymous:
            self.registry_url = anonymous.get_registry_url()

    @property
    def hidden_bucket(self) -> str:  # type: ignore[override]
        return _given("QUILT_TEST_HIDDEN_BUCKET")

    @property
    def spare_bucket(self) -> str:  # type: ignore[override]
        return _given("QUILT_TEST_SPARE_BUCKET")

    @property
    def second_bucket(self) -> str:  # type: ignore[override]
        return _given("QUILT_TEST_SECOND_BUCKET")

    @property
    def user_name(self) -> str:
        return self.connect().get_auth_status().user_name or ""

    def token(self, who: str, *, seconds: float = 3600) -> str:
        if seconds < 0:
            return "no-token-that-any-registry-takes"
        return _given(f"QUILT_TEST_{who.upper()}_TOKEN")

    def api_key(self, who: str) -> str:
        return _given(f"QUILT_TEST_{who.upper()}_API_KEY")

    def refresh_token(self, who: str) -> str:
        return _given(f"QUILT_TEST_{who.upper()}_REFRESH_TOKEN")

    def vcr_config(self) -> dict[str, Any]:
        fixed = Place
        names = {
            self.catalog_url: fixed.catalog_url,
            self.registry_url: fixed.registry_url,
            self.athena_endpoint: fixed.athena_endpoint,
            self.bucket: fixed.bucket,
            self.user_name: fixed.writer,
        }
        for name, place in (
            ("HIDDEN", fixed.hidden_bucket),
            ("SPARE", fixed.spare_bucket),
            ("SECOND", fixed.second_bucket),
        ):
            names[os.environ.get(f"QUILT_TEST_{name}_BUCKET", place)] = place
        if self.s3_endpoint:
            names[self.s3_endpoint] = fixed.s3_endpoint
        given = [value for name, value in os.environ.items() if _SECRET.fullmatch(name)]
        return cassette_config(replacements=names, s3_endpoint=fixed.s3_endpoint, secrets=given)


_VARIABLES = (
    "QUILT_TEST_HIDDEN_BUCKET",
    "QUILT_TEST_SPARE_BUCKET",
    "QUILT_TEST_SECOND_BUCKET",
    "QUILT_TEST_WRITER_TOKEN",
    "QUILT_TEST_READER_TOKEN",
    "QUILT_TEST_STRANGER_TOKEN",
    "QUILT_TEST_ADMIN_TOKEN",
    "QUILT_TEST_WRITER_API_KEY",
    "QUILT_TEST_WRITER_REFRESH_TOKEN",
)
_SECRET = re.compile(r"QUILT_TEST_\w+_(TOKEN|API_KEY)")


def _given(name: str) -> str:
    """The value of an environment variable; the test is skipped if it is not set."""
    value = os.environ.get(name)
    if not value:
        pytest.skip(f"{name} is not set")
    return value


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `-m catalog` the tests act on a real catalog."""
    if "place" in metafunc.fixturenames and _wants_catalog(metafunc.config):
        real = pytest.param("catalog", marks=pytest.mark.catalog)
        metafunc.parametrize("place", [real], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A cassette and no network for each test; on a real catalog, a cassette only to record it."""
    record = config.getoption("--record-mode") not in (None, "none")
    for item in items:
        if not item.path.is_relative_to(HERE) or "place" not in getattr(item, "fixturenames", ()):
            continue
        if record or not _wants_catalog(config):
            item.add_marker(pytest.mark.vcr)
            item.add_marker(pytest.mark.block_network)


def _wants_catalog(config: pytest.Config) -> bool:
    words = re.findall(r"\w+", config.getoption("-m") or "")
    return "catalog" in words and "not" not in words


@pytest.fixture(autouse=True)
def _nobody_waits() -> None:
    """Recordings keep durations, so the machine's own clock is used here."""


@pytest.fixture
def backend() -> str:
    """The backend that the test connects to."""
    return Place.backend


@pytest.fixture
def place(
    request: pytest.FixtureRequest,
    record_mode: str,
    backend: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Place]:
    if getattr(request, "param", None) == "catalog":
        made: Place = _real_catalog(request, monkeypatch)
    elif record_mode == "none":
        made = Place()
    else:
        made = request.getfixturevalue("recording_place")()
    made.backend = backend
    if made.s3_endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", made.s3_endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", made.athena_endpoint)
    yield made
    made.close()


def _real_catalog(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    marked = request.node.get_closest_marker
    case = request.node.callspec.params.get("case")
    if marked("injects_failure") or (case is not None and case.injected):
        pytest.skip("a real catalog does not fail on purpose")
    needed = ["QUILT_TEST_DISPOSABLE"] if marked("changes_catalog") else []
    if marked("vcr"):
        # A test that is skipped halfway would leave half a cassette, or none.
        needed += _VARIABLES
    made = RealCatalog(needed)
    if made.s3_endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", made.s3_endpoint)
    if not request.config.stash.get(_PREPARED, False):
        ops = made.connect()
        if made.package in ops.list_all_packages(pattern="cassettes/*"):
            ops.delete_package(made.package, f"s3://{made.bucket}")
        prepare(made, ops)
        _await_search(made, ops)
        request.config.stash[_PREPARED] = True
    return made


def _await_search(place: Place, ops: QuiltOps) -> None:
    """A catalog's search finds a package only after a while."""
    for _ in range(24):
        if [one.message for one in ops.search_packages("penguins", place.registry)] == ["Second"]:
            return
        time.sleep(5)


@pytest.fixture
def recording_place(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Place]:
    """A new local registry in the state in which every test finds it."""
    from local_registry.config import RegistryConfig
    from local_registry.faults import FaultRule
    from local_registry.server import LocalRegistry
    from local_registry.testing import add_bucket, add_user

    class RecordingPlace(Place):
        """A local registry; values that differ each time are replaced by the fixed names."""

        def __init__(self) -> None:
            super().__init__()
            self._local = self._stack.enter_context(LocalRegistry(RegistryConfig(seed="none")))
            ends = self._local.endpoints
            self.catalog_url, self.registry_url = ends.catalog_url, ends.registry_url
            self.s3_endpoint = ends.s3_endpoint
            self.athena_endpoint = f"{ends.registry_url}/aws/athena"
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", self.s3_endpoint)
            add_bucket(self._local, self.bucket)
            add_bucket(self._local, self.hidden_bucket)
            add_bucket(self._local, self.second_bucket)
            self._local.context.s3.create_bucket(Bucket=self.spare_bucket)
            add_user(self._local, self.writer, writes=[self.bucket])
            add_user(self._local, self.reader, reads=[self.bucket])
            add_user(self._local, self.stranger, reads=[self.hidden_bucket])
            both = [self.bucket, self.second_bucket]
            add_user(self._local, self.admin, writes=both, extra_roles=["Spare"], admin=True)
            prepare(self, self.connect())

        def token(self, who: str, *, seconds: float = 3600) -> str:
            return self._local.token(who, seconds=seconds)

        def api_key(self, who: str) -> str:
            return self._local.api_key(who)

        def refresh_token(self, who: str) -> str:
            return self._local.token(who, kind="refresh")

        def fail(self, path: str = "*", *, status: int = 500) -> None:
            rule = FaultRule(kind="status", status=status, side="registry", path=path)
            self._local.faults.replace([rule])

        def vcr_config(self) -> dict[str, Any]:
            fixed = Place
            return cassette_config(
                replacements={
                    self.catalog_url: fixed.catalog_url,
                    self.registry_url: fixed.registry_url,
                    self.s3_endpoint: fixed.s3_endpoint,
                },
                s3_endpoint=fixed.s3_endpoint,
            )

    return RecordingPlace


@pytest.fixture
def vcr_config(place: Place) -> dict[str, Any]:
    return place.vcr_config()


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """The folder of the cassettes; a different one to record without changing them."""
    return os.environ.get("QUILT_TEST_CASSETTES", str(CASSETTES))


def cassette_of(item: Any) -> str:
    """`BACKEND/OPERATION/success`, from the name of the test `test_OPERATION`,
    `test_OPERATION__VARIANT`; `BACKEND/OPERATION/FAILURE` from the parameter of a test of
    failures."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    backend = params.get("backend", Place.backend)
    if "case" in params:
        return f"{backend}/{params['case'].operation}/{params['case'].kind}"
    operation, _, variant = item.originalname.removeprefix("test_").partition("__")
    return f"{backend}/{operation}/{variant or 'success'}"


@pytest.fixture
def default_cassette_name(request: pytest.FixtureRequest) -> str:
    return cassette_of(request.node)


@pytest.fixture
def ops(place: Place) -> QuiltOps:
    """A connection of a user who may write to the bucket."""
    return place.connect(place.writer)


@pytest.fixture
def root(place: Place) -> QuiltOps:
    """A connection of an administrator."""
    return place.connect(place.admin)
