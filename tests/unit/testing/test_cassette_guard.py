"""Scrubbing and matching cannot be disabled unnoticed, and a mismatch says what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import vcr

from quilt_core.errors import ValidationError
from quilt_core.testing.cassettes import cassette_config, register

CONFTEST = "from quilt_core.testing.cassettes.fixtures import *\n"
OWN_CONFIG = """
import pytest

@pytest.fixture
def vcr_config():
    return {"filter_headers": ["authorization"]}
"""
EMPTY = "interactions: []\nversion: 1\n"
RECORDED = """\
interactions:
- request:
    body: null
    headers: {}
    method: GET
    uri: https://h.example.com/recorded
  response:
    body: {string: ''}
    headers: {}
    status: {code: 200, message: OK}
version: 1
"""


@pytest.mark.parametrize(
    ("options", "lost"),
    [
        ({"before_record_response": None}, "the scrubbing of answers"),
        ({"before_record_response": lambda answer: answer}, "the scrubbing of answers"),
        ({"before_record_request": lambda request: request}, "the scrubbing of requests"),
        ({"match_on": ("method", "uri")}, "matching on the body"),
    ],
)
def test_settings_that_replace_scrubbing_are_refused(
    options: dict[str, Any], lost: str, tmp_path: Path
) -> None:
    recorder = register(vcr.VCR(record_mode="none"))
    config = {**cassette_config(), **options}
    with (
        pytest.raises(ValidationError, match=lost) as caught,
        recorder.use_cassette(str(tmp_path / "c.yaml"), **config),
    ):
        pass
    assert "cassette_config" in (caught.value.hint or "")


def test_additional_matchers_and_kept_headers_are_allowed(tmp_path: Path) -> None:
    config = {**cassette_config(keep_headers=["x-mine"]), "allow_playback_repeats": True}
    config["match_on"] = (*config["match_on"], "scheme")
    with register(vcr.VCR(record_mode="none")).use_cassette(str(tmp_path / "c.yaml"), **config):
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("conftest", "marker", "says"),
    [
        (CONFTEST, "", ""),
        (CONFTEST + OWN_CONFIG, "", "switches off the scrubbing"),
        (CONFTEST, "before_record_response=lambda a: a", "switches off the scrubbing of answers"),
        (
            "from quilt_core.testing.cassettes.fixtures import (\n"
            "    the_clock_is_the_recordings, vcr_config)\n",
            "match_on=['uri']",
            "without pytest_recording_configure",
        ),
    ],
    ids=["as documented", "fixture", "marker", "hook left out"],
)
def test_a_users_own_fixtures_and_markers(
    conftest: str, marker: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(conftest)
    (tmp_path / "test_it.py").write_text(
        f"import pytest\n\n@pytest.mark.vcr({marker})\ndef test_it():\n    pass\n"
    )
    (tmp_path / "cassettes" / "test_it").mkdir(parents=True)
    (tmp_path / "cassettes" / "test_it" / "test_it.yaml").write_text(EMPTY)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode == 0) is not bool(says), run.stdout
    assert says in run.stdout


def test_a_mismatch_says_what_differs_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(RECORDED)
    recorder = register(vcr.VCR(record_mode="none"))
    secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.not-a-real-signature"
    with (
        recorder.use_cassette(str(path), **cassette_config()),
        pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException) as caught,
    ):
        requests.get(f"https://h.example.com/other?token={secret}", timeout=5)
    said = str(caught.value)
    assert "GET https://h.example.com/other?token=SCRUBBED cannot be played back" in said
    assert "Closest: GET https://h.example.com/recorded, which differs:" in said
    assert "--record-mode=rewrite" in said
    assert secret not in said
    for wrong in ("match_on", "before_record_request", "new_episodes"):
        assert wrong not in said
