"""Domain objects to dictionaries and back, in pydantic and in FastAPI."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, get_args

import attrs
import httpx
import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic import ValidationError as PydanticError

import quilt_core
from quilt_core import (
    BucketSettings,
    ContentInfo,
    EntrySource,
    PackageInfo,
    QueryResult,
    Role,
    RoleSignup,
    SearchFilter,
    ValidationError,
)
from quilt_core.domain.base import DomainObject
from quilt_core.domain.hints import field_types
from quilt_core.manifest import EntryHash

CLASSES = sorted(
    {
        value
        for name in quilt_core.__all__
        if isinstance(value := getattr(quilt_core, name), type) and issubclass(value, DomainObject)
    },
    key=lambda cls: cls.__name__,
)
TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def example(hint: Any, *, whole: bool) -> Any:
    """An example value of a type; for an optional type None, unless `whole` is true."""
    options = get_args(hint)
    if hint is Any or str(hint).startswith("collections.abc.Mapping"):
        return {"nested": [1, 2.5, None, {"ä": True}]}
    if type(None) in options:
        return example(options[0], whole=whole) if whole else None
    if str(hint).startswith("tuple"):
        return tuple(example(options[0], whole=whole) for _ in range(2))
    if isinstance(hint, type) and issubclass(hint, DomainObject):
        return None if hint is RoleSignup else instance(hint, whole=whole)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1]
    if hint is QueryResult:
        return None  # a stream, which plain data cannot hold
    if hint is EntryHash:
        return EntryHash("sha2-256-chunked", "value")
    return {str: "text", int: 2**40, float: 1.5, bool: True, datetime: TIME}[hint]


def instance(cls: type[DomainObject], *, whole: bool) -> Any:
    hints = field_types(cls)
    return cls(**{f.name: example(hints[f.name], whole=whole) for f in attrs.fields(cls)})


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls is not RoleSignup])
def test_the_round_trip(cls: type[DomainObject], whole: bool) -> None:
    made = instance(cls, whole=whole)
    plain = json.loads(json.dumps(made.to_dict()))
    assert cls.from_dict(plain) == made
    assert cls(**dict(made)) == made
    adapter = TypeAdapter(cls)
    assert adapter.validate_python(made) is made
    assert adapter.validate_python(plain) == made
    written = adapter.dump_json(made)
    assert adapter.validate_json(written) == cls.from_dict(json.loads(written)) == made
    assert set(json.loads(written)) == set(plain)
    for mode in ("validation", "serialization"):
        schema = adapter.json_schema(mode=mode)  # type: ignore[arg-type]
        schema = schema.get("$defs", {}).get(cls.__name__, schema)
        assert set(schema["properties"]) == set(plain)


class TestFromDict:
    def test_missing_unknown_and_wrong_fields(self) -> None:
        for data, said in (
            ({"uri": 5}, r"Expected `str`, got `int` - at `\$.uri`"),
            ({}, "missing required field `uri`"),
            ({"uri": "s3://b/k", "logicalkey": "k"}, "no field logicalkey"),
            ("uri", "not as a str"),
        ):
            with pytest.raises(ValidationError, match=said):
                EntrySource.from_dict(data)  # type: ignore[arg-type]

    def test_unknown_in_a_nested_object(self) -> None:
        plain = instance(Role, whole=True).to_dict()
        plain["permissions"][1]["levle"] = "READ"
        with pytest.raises(ValidationError, match=r"no field permissions\.1\.levle"):
            Role.from_dict(plain)

    def test_unknown_in_a_hash(self) -> None:
        plain = instance(ContentInfo, whole=True).to_dict()
        plain["hash"]["algorithm"] = "SHA256"
        with pytest.raises(ValidationError, match=r"no field hash\.algorithm"):
            ContentInfo.from_dict(plain)

    def test_a_fresh_process_knows_the_type_of_a_hash(self) -> None:
        plain = instance(ContentInfo, whole=True).to_dict()
        code = f"from quilt_core import ContentInfo; ContentInfo.from_dict({plain!r})"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

    def test_a_time_without_a_time_zone(self) -> None:
        with pytest.raises(ValidationError, match="timezone-aware"):
            SearchFilter.from_dict({"modified_from": "2026-01-01T00:00:00"})

    def test_defaults_may_be_left_out(self) -> None:
        assert BucketSettings.from_dict({"title": "x"}) == BucketSettings(title="x")


def test_an_object_is_not_iterable() -> None:
    with pytest.raises(TypeError):
        iter(EntrySource("s3://b/k"))  # type: ignore[call-overload]
    with pytest.raises(KeyError):
        EntrySource("s3://b/k")["to_dict"]


def test_a_secret_is_accepted_and_never_returned() -> None:
    adapter = TypeAdapter(RoleSignup)
    signup = adapter.validate_python({"page": "join", "access_code": "hunter22"})
    assert signup.access_code == "hunter22"
    assert b"hunter22" not in adapter.dump_json(signup)
    assert "access_code" not in {*signup.to_dict(), *dict(signup)}
    assert "access_code" in adapter.json_schema(mode="validation")["properties"]
    assert "access_code" not in adapter.json_schema(mode="serialization")["properties"]


class Answer(BaseModel):
    """An application's model that contains domain objects."""

    found: list[PackageInfo]
    role: Role | None = None


def test_domain_objects_in_a_model() -> None:
    answer = Answer(found=[instance(PackageInfo, whole=True)], role=instance(Role, whole=True))
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
    with pytest.raises(PydanticError, match=r"found\.0\.modified"):
        Answer.model_validate({"found": [{**answer.found[0].to_dict(), "modified": "soon"}]})
    with pytest.raises(PydanticError, match="timezone-aware"):
        TypeAdapter(SearchFilter).validate_python({"modified_from": TIME.replace(tzinfo=None)})


@attrs.frozen
class Client:
    """Sends requests to an application without a network."""

    app: Any

    def request(self, method: str, path: str, **fields: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **fields)

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, json: Any) -> httpx.Response:
        return self.request("POST", path, json=json)


class TestFastAPI:
    @pytest.fixture
    def client(self) -> Client:
        from fastapi import Body, FastAPI  # half a second, for these tests only

        app = FastAPI()
        info = instance(PackageInfo, whole=True)
        # Without it, FastAPI takes parameters of classes other than its own models from the query.
        body = Body()

        @app.get("/bare")
        def bare():  # type: ignore[no-untyped-def]  # noqa: ANN202, RUF100 - as people write it
            return info

        @app.get("/annotated")
        def annotated() -> list[PackageInfo]:
            return [info]

        @app.get("/model", response_model=PackageInfo)
        def model() -> Any:
            return info

        @app.post("/search")
        def search(filters: SearchFilter = body) -> SearchFilter:
            return attrs.evolve(filters, modified_to=TIME + timedelta(days=1))

        return Client(app)

    def test_answers(self, client: Client) -> None:
        info = instance(PackageInfo, whole=True)
        assert PackageInfo.from_dict(client.get("/bare").json()) == info
        assert PackageInfo.from_dict(client.get("/annotated").json()[0]) == info
        assert PackageInfo.from_dict(client.get("/model").json()) == info

    def test_request_bodies(self, client: Client) -> None:
        answer = client.post("/search", json={"name": "a/*", "workflow": ["w"]})
        assert answer.status_code == 200
        assert SearchFilter.from_dict(answer.json()).workflow == ("w",)
        refused = client.post("/search", json={"nmae": "a/*"})
        assert refused.status_code == 422
        assert refused.json()["detail"][0]["loc"] == ["body", "nmae"]

    def test_openapi_names_every_field(self, client: Client) -> None:
        schemas = client.get("/openapi.json").json()["components"]["schemas"]
        assert set(schemas["PackageInfo"]["properties"]) == set(PackageInfo.told_fields())
