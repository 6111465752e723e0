"""A new recording differs from the old one only where the answers differ."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import yaml
from vcr.cassette import Cassette
from vcr.request import Request

from quilt_core.testing.cassettes import assert_all_played, unplayed
from quilt_core.testing.cassettes.files import CassetteSerializer


def interaction(body: str, *, uri: str = "https://h/x", **headers: str) -> dict[str, Any]:
    return {
        "request": {"method": "GET", "uri": uri, "body": None, "headers": {}},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {name.replace("_", "-"): [value] for name, value in headers.items()},
            "body": {"string": body},
        },
    }


def written(*interactions: dict[str, Any]) -> str:
    return CassetteSerializer().serialize({"version": 1, "interactions": list(interactions)})


def bodies(text: str) -> list[str]:
    content = CassetteSerializer().deserialize(text)
    return [one["response"]["body"]["string"] for one in content["interactions"]]


def session(start: datetime) -> str:
    """What a registry answers at a given time of recording, with ids of that recording."""
    user, key = str(uuid.uuid4()), str(uuid.uuid4())
    made = start.isoformat()
    later = (start + timedelta(seconds=1.7)).isoformat()
    return written(
        interaction(json.dumps({"user": user, "created": made, "version": key})),
        interaction(
            json.dumps({"key": key, "user": user, "created": later, "again": made}),
            uri=f"https://h/users/{user}?versionId={key}",
            Last_Modified=format_datetime(start.replace(microsecond=0), usegmt=True),
        ),
        interaction(json.dumps({"expires": (start + timedelta(days=30)).isoformat()})),
    )


def test_ids_and_times_of_a_recording_are_numbered() -> None:
    now = datetime.now(UTC).replace(microsecond=250_000)
    assert session(now) == session(now - timedelta(hours=2))


def test_equal_values_stay_equal_and_later_times_stay_later() -> None:
    one, two, three = map(json.loads, bodies(session(datetime.now(UTC))))
    assert one["user"] == two["user"] != two["key"]
    assert one["created"] == two["again"] < two["created"] < three["expires"]
    assert datetime.fromisoformat(three["expires"]).year == 2025


def test_old_times_and_unrelated_numbers_stay() -> None:
    body = {
        "when": "2019-05-06T07:08:09Z",
        "never": "2099-12-31T00:00:00+00:00",
        "odd": "2025-99-99T99:99:99Z",
        "hash": "7e64978b178ce0af72e4a109376ecbe0ac3fb7cad941680dd328241a9a74eee1",
    }
    (text,) = bodies(written(interaction(json.dumps(body))))
    assert json.loads(text) == body


def test_rewriting_a_cassette_changes_nothing() -> None:
    text = session(datetime.now(UTC))
    content = CassetteSerializer().deserialize(text)
    assert CassetteSerializer().serialize(content) == text


def test_new_ids_in_an_old_cassette_get_new_numbers() -> None:
    text = written(interaction(f'{{"id": "{uuid.uuid4()}"}}'))
    content = CassetteSerializer().deserialize(text)
    content["interactions"].append(interaction(f'{{"id": "{uuid.uuid4()}"}}'))
    first, second = map(json.loads, bodies(CassetteSerializer().serialize(content)))
    assert first["id"] != second["id"]


def test_values_that_the_test_itself_sends_stay() -> None:
    """The test sends them again when replaying, and a replaced text would not match."""
    own, when = str(uuid.uuid4()), datetime.now(UTC).isoformat()
    made = str(uuid.uuid4())
    text = written(
        interaction(
            json.dumps({"message": f"no {own} before {when}", "id": made}),
            uri=f"https://h/{own}?since={when}",
        ),
        interaction("{}", uri=f"https://h/{own}/{made}"),
    )
    assert text.count(own) == 3
    assert text.count(when) == 2
    assert made not in text


def test_objects_keep_values_that_occur_nowhere_else() -> None:
    own, version, when = str(uuid.uuid4()), str(uuid.uuid4()), datetime.now(UTC).isoformat()
    data = f"{own} {when} s3://b/k?versionId={version}"
    text = written(
        interaction(data, ETag='"x"'),
        interaction("x", uri=f"https://h/k?versionId={version}", x_amz_version_id=version),
    )
    body, _ = bodies(text)
    assert body.startswith(f"{own} {when} s3://b/k?versionId=")


def test_versions_in_a_manifest_are_numbered_as_elsewhere() -> None:
    version = str(uuid.uuid4())
    text = written(
        interaction(f'{{"versions": ["{version}"]}}'),
        interaction(f"s3://b/k?versionId={version}", ETag='"x"'),
        interaction("x", uri=f"https://h/k?versionId={version}", x_amz_version_id=version),
    )
    assert version not in text
    assert text.count("00000000-0000-4000-8000-000000000001") == 4


def test_json_is_indented_and_its_length_is_adjusted() -> None:
    text = written(interaction('{"a":1,"b":["x"]}', Content_Length="17"))
    assert '"a": 1,\n' in text
    content = CassetteSerializer().deserialize(text)
    answer = content["interactions"][0]["response"]
    assert json.loads(answer["body"]["string"]) == {"a": 1, "b": ["x"]}
    assert answer["headers"]["Content-Length"] == [str(len(answer["body"]["string"]))]


@pytest.mark.parametrize(
    "body", ['{"a":1}', "a\n  b \n\tc\n", "", "# é ☃ \u2028\n", "- 1\r\n- 2\r\n", "{not json}"]
)
def test_the_bytes_of_objects_stay(body: str) -> None:
    assert bodies(written(interaction(body, ETag='"x"'))) == [body]


def test_the_file_is_plain_yaml_in_vcrpys_format() -> None:
    content = yaml.safe_load(written(interaction("{}")))
    assert content["version"] == 1
    assert set(content["interactions"][0]) == {"request", "response"}


def test_interactions_that_were_not_replayed_are_named() -> None:
    cassette = Cassette("unused.yaml")
    payload = json.dumps({"query": "{ me { name } }", "operationName": "whoAmI"}).encode()
    cassette.append(Request("GET", "https://h/config.json", None, {}), {})
    cassette.append(Request("POST", "https://h/graphql", payload, {}), {})
    cassette.play_counts[0] += 1
    assert unplayed(cassette) == ["2: POST https://h/graphql whoAmI"]
    with pytest.raises(AssertionError, match="1 of 2 recorded interactions were not played"):
        assert_all_played(cassette)
    cassette.play_counts[1] += 1
    assert_all_played(cassette)


def test_the_clock_is_consistent_with_whole_seconds() -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    pointers = [start, start + timedelta(seconds=7)]
    answers = [
        (pointers[0], start + timedelta(seconds=0.9)),
        (pointers[0], start + timedelta(seconds=1.1)),
        (pointers[1], start + timedelta(seconds=7.2)),
        (pointers[1], start + timedelta(seconds=90)),
    ]
    recorded = []
    for pointer, moment in answers:
        one = interaction(json.dumps({"modified": pointer.isoformat()}))
        one["response"]["recorded_at"] = moment.isoformat(timespec="microseconds")
        recorded.append(one)
    text = written(*recorded)
    content = CassetteSerializer().deserialize(text)["interactions"]
    passed = []
    for one in content:
        pointer = datetime.fromisoformat(json.loads(one["response"]["body"]["string"])["modified"])
        passed.append(datetime.fromisoformat(one["response"]["recorded_at"]) - pointer)
    # What a write checks: whether the pointer's second has passed.
    assert [one >= timedelta(seconds=1) for one in passed] == [False, True, False, True]
    assert CassetteSerializer().serialize({"version": 1, "interactions": content}) == text
