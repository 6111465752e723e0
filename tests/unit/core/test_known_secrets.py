"""Secrets are masked by value, and text that looks like a secret is masked in linear time."""

from __future__ import annotations

import gc
import logging
import urllib.parse

import pytest

from quilt_core.errors import QuiltOpsError
from quilt_core.identity_key import identify
from quilt_core.redaction import redact
from quilt_core.secret import Secret
from quilt_core.settings import Settings


@pytest.mark.parametrize("value", ["correct horse", "päss-wörd", 'quo"ted\\secret', "a/b+c=d&e"])
def test_masked_by_value_however_it_is_written(value: str) -> None:
    secret = Secret(value)
    assert redact(f"<{value}>") == "<***>"
    assert redact(f"?q={urllib.parse.quote(value, safe='')}&") == "?q=***&"
    error = QuiltOpsError(f"said {value}", hint=f"not {value}", context={"a": [{"b": value}]})
    assert value not in f"{error} {error!r} {error.to_dict()}"
    assert secret.reveal() == value


def test_a_secret_is_masked_as_long_as_any_object_holds_it() -> None:
    first, second = Secret("twice-alive"), Secret("twice-alive")
    del first
    gc.collect()
    assert redact("twice-alive") == "***"
    del second
    gc.collect()
    assert redact("twice-alive") == "twice-alive"


def test_a_value_that_is_not_unicode_breaks_no_other_error() -> None:
    secret = Secret("\ud800-half-a-pair")
    assert redact(f"<{secret.reveal()}> of another user") == "<***> of another user"
    assert identify(Settings(token=secret))()


def test_short_values_are_not_masked_within_words() -> None:
    short = Secret("a")
    assert redact("an apple") == "an apple"
    assert short.reveal() == "a"


def test_one_secret_may_be_part_of_another() -> None:
    both = Secret("part-of-it"), Secret("part-of-it-and-more")
    assert redact("x part-of-it-and-more y") == "x *** y"
    assert len(both) == 2


def test_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    from quilt_core.logs import redact_logs

    redact_logs()
    secret = Secret("plain-looking-words")
    with caplog.at_level(logging.DEBUG, logger="urllib3.connectionpool"):
        logging.getLogger("urllib3.connectionpool").debug("sent %s", secret.reveal())
    assert "sent ***" in caplog.text
    assert "plain-looking" not in caplog.text


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"token {JWT}, sent", "token ***, sent"),
        (f"token {JWT}.", "token ***."),
        (f"x.y.{JWT}", "x.y.***"),
        (f"prefix{JWT}", "prefix***"),
        ("eyJ in a word.of two.parts", "eyJ in a word.of two.parts"),
        ("file.name.with.dots", "file.name.with.dots"),
        (f"{JWT} {JWT}", "*** ***"),
    ],
)
def test_web_tokens(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text", ["eyJ" * 400_000, "eyJeyJeyJ." * 100_000, "eyJ" * 300_000 + "..", "eyJ." * 200_000]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    """With texts of this length, a quadratic search would run into the suite's timeout."""
    assert len(redact(text)) <= len(text)
