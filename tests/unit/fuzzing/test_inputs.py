"""Whatever files, variables, tokens and arguments contain, the result is a documented one."""

from __future__ import annotations

import io
import json
import os
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from local_registry.seed.document import SeedError, parse_seed
from quilt_registry.auth.login import read_login

import quilt_core
from quilt_core import QuiltOpsError, ValidationError
from quilt_core.cli.main import BUG_EXIT_CODE, run
from quilt_core.manifest import DirectoryRecord, ManifestEntry, read_manifest
from quilt_core.settings import Settings, load_settings, setting_fields

EXAMPLES = os.environ.get("QUILT_FUZZ_EXAMPLES")
FEW = settings(
    max_examples=int(EXAMPLES or 2000) // 20,
    derandomize=EXAMPLES is None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
KEY = "k" * 32
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def fields(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields and any values."""
    return st.dictionaries(st.sampled_from(names), json_values, max_size=len(names))


LINES = st.one_of(
    st.binary(max_size=30),
    fields("version", "user_meta", "message", "workflow", "top_hash").map(
        lambda line: json.dumps(line).encode()
    ),
    fields("logical_key", "physical_keys", "size", "hash", "meta").map(
        lambda line: json.dumps(line).encode()
    ),
    st.fixed_dictionaries(
        {
            "logical_key": st.text(max_size=5),
            "physical_keys": st.lists(st.text(max_size=5), max_size=2),
            "size": st.integers() | st.floats(),
            "hash": st.none() | fields("type", "value"),
            "meta": json_values,
        }
    ).map(lambda line: json.dumps(line).encode()),
)


@FEW
@given(header=st.just(b'{"version": "v0"}') | LINES, lines=st.lists(LINES, max_size=5))
def test_manifests(header: bytes, lines: list[bytes]) -> None:
    try:
        reader = read_manifest(io.BytesIO(b"\n".join([header, *lines])))
        records = list(reader)
    except QuiltOpsError as error:
        assert "line" in str(error)
        return
    for record in records:
        assert isinstance(record, (ManifestEntry, DirectoryRecord))
        msgspec.convert(msgspec.structs.asdict(record), type(record), from_attributes=True)


CLAIMS = fields(
    "catalog_token", "catalog_url", "registry_url", "exp", "nbf", "iss", "aud", "sub", "id",
    "uuid", "role_arn", "session_tags", "transitive_tag_keys", "buckets", "permissions",
)  # fmt: skip


@FEW
@given(claims=CLAIMS, key=st.sampled_from([None, KEY]), extra=st.text(max_size=3))
def test_claims(lie: Any, claims: dict[str, Any], key: str | None, extra: str) -> None:
    lie(len(claims)).close()  # answers instead of the network
    token = jwt.api_jws.encode(json.dumps(claims).encode(), KEY, algorithm="HS256") + extra
    try:
        with quilt_core.connect(
            "platform",
            token=token,
            jwt_secret=key,
            registry_url="https://registry.example",
            use_quilt3_login=False,
        ) as ops:
            ops.get_auth_status()
    except QuiltOpsError as error:
        assert token not in str(error)


@FEW
@given(content=st.binary(max_size=20) | json_values.map(lambda one: json.dumps(one).encode()))
@example(content=b'{"https://registry.example": {"refresh_token": 1}}')
@example(content=b'{"https://registry.example": {"access_token": "a", "expires_at": 1e400}}')
def test_auth_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "auth.json"
    path.write_bytes(content)
    try:
        read_login("https://registry.example", path)
    except QuiltOpsError as error:
        assert str(path) in str(error)


VARIABLES = sorted({name for field in setting_fields() for name in field.metadata["env"]})


@FEW
@given(
    environ=st.dictionaries(
        st.sampled_from(VARIABLES), st.text(st.characters(codec="utf-8"), max_size=12), max_size=6
    )
)
def test_environment_variables(environ: dict[str, str]) -> None:
    try:
        assert isinstance(load_settings(environ=environ), Settings)
    except ValidationError as error:
        told = str(error)
        assert any(name in told or repr(value) in told for name, value in environ.items())


@FEW
@given(
    document=json_values
    | fields("buckets", "users", "roles", "policies", "objects", "packages", "tables", "sso")
)
def test_seeds(tmp_path: Path, document: Any) -> None:
    try:
        parse_seed(document, tmp_path)
    except SeedError as error:
        assert str(error)


WORDS = st.sampled_from(
    ["packages", "list", "info", "create", "update", "delete", "search", "browse", "diff", "--json",
     "--backend", "memory", "--registry", "s3://bucket", "team/data", "--yes", "--dry-run", "-",
     "buckets", "auth", "status", "admin", "users", "content", "url", "--limit", "-1", "--help",
     "plugins", "config", "profiles", "tabulator", "--remove", "--top-hash", "abcdef"]
) | st.text(string.printable, max_size=6)  # fmt: skip


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setenv("QUILT_BACKEND", "memory")
    yield


@FEW
@given(words=st.lists(WORDS, max_size=6))
def test_arguments(quiet: None, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    if {"demo", "registry", "conformance"} & set(words):
        return
    code = run(words)
    printed = capsys.readouterr()
    assert code != BUG_EXIT_CODE, printed.err
    assert "Traceback" not in printed.err
