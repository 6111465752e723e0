"""How the rule for buckets without versions judges what it sees."""

from __future__ import annotations

import pytest

from quilt_core.errors import ValidationError
from quilt_core.revisions import VersionCheck, shows_versions


def check(shown: bool | None, *known: str, allowed: bool = False) -> VersionCheck:
    return VersionCheck(bucket="here", allowed=allowed, has_versions=lambda _: shown, known=known)


@pytest.mark.parametrize(("version", "shown"), [("v1", True), (None, False), ("null", None)])
def test_what_one_object_shows(version: str | None, shown: bool | None) -> None:
    assert shows_versions(version) is shown


def test_a_dry_run_says_what_it_cannot_know() -> None:
    assert check(None).unchecked() == ("versions",)
    assert check(None, "s3://here/k?versionId=null").unchecked() == ("versions",)
    assert check(None, "s3://elsewhere/k?versionId=v1").unchecked() == ("versions",)


def test_a_dry_run_knows_or_need_not_know() -> None:
    assert check(True).unchecked() == ()
    assert check(None, "s3://here/k?versionId=v1").unchecked() == ()
    assert check(False, allowed=True).unchecked() == ()
    with pytest.raises(ValidationError, match="keeps no versions"):
        check(False).unchecked()
