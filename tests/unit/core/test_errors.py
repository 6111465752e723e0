"""Errors contain what is needed to act, and never a secret."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quilt_core import errors
from quilt_core.errors import (
    ConflictError,
    NotSupportedError,
    QuiltOpsError,
    TransportError,
    ValidationError,
)
from quilt_core.redaction import redact
from quilt_core.secret import Secret

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl"


def test_every_error_is_a_quilt_ops_error_with_an_exit_code_of_its_own() -> None:
    classes = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(cls, QuiltOpsError) for cls in classes)
    codes = [cls.exit_code for cls in classes]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


def test_hint_is_part_of_the_text_and_the_dictionary_is_json() -> None:
    error = QuiltOpsError("It failed.", hint="Try again.", context={"n": 1, "uri": ("a", "b")})
    assert str(error) == "It failed. Try again."
    assert json.loads(json.dumps(error.to_dict()))["context"] == {"n": 1, "uri": ["a", "b"]}


def test_conflict_carries_both_hashes() -> None:
    error = ConflictError("Moved on.", expected="a", actual="b", context={"package": "x/y"})
    assert (error.expected, error.actual) == ("a", "b")
    assert error.context == {"expected": "a", "actual": "b", "package": "x/y"}


def test_not_supported_names_operation_backend_and_reason() -> None:
    error = NotSupportedError("admin_list_users", "memory", "there are no users")
    assert error.operation == "admin_list_users"
    for part in ("admin_list_users", "memory", "there are no users"):
        assert part in str(error)


@pytest.mark.parametrize(
    "error",
    [
        TransportError("down", retry_after=2.5, operation="x", backend="y", context={"a": 1}),
        ConflictError("c", expected="1", actual="2"),
        NotSupportedError("op", "b", "r"),
    ],
)
def test_errors_survive_pickling(error: QuiltOpsError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert copy.to_dict() == error.to_dict()
    assert str(copy) == str(error)


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        "qk_abcdefghijkl",
        "AKIAABCDEFGHIJKLMNOP",
        "ASIAABCDEFGHIJKLMNOP",
        "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAX&X-Amz-Signature=deadbeef",
        "Authorization: Bearer opaque-token-value",
        '{"access_token": "opaque-token-value"}',
        '{"signup": {"accessCode": "opaque-token-value"}}',
        "'SecretAccessKey': 'wJalrXUtnFEMI/K7MDENG'",
        "https://user:opaque-token-value@host/x",
    ],
)
def test_secrets_are_masked_in_message_hint_and_context(secret: str) -> None:
    error = QuiltOpsError(f"at {secret}", hint=f"see {secret}", context={"x": [{"y": secret}]})
    shown = f"{error} {error!r} {error.to_dict()}"
    for part in (JWT, "abcdefghijkl", "ABCDEFGHIJKLMNOP", "deadbeef", "opaque-token", "wJalr"):
        assert part not in shown


def test_redaction_leaves_ordinary_text_alone() -> None:
    text = "s3://bucket/key?versionId=abc and https://host/path?x=1 with hash " + "a" * 64
    assert redact(text) == text


def test_a_secret_hides_its_value() -> None:
    secret = Secret("hunter22")
    assert "hunter22" not in f"{secret} {secret!r} {[secret]} {secret:>20}"
    assert secret.reveal() == "hunter22"
    assert secret == Secret("hunter22")
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_long_texts_are_cut_after_secrets_are_masked() -> None:
    secret = "AKIA" + "Z" * 16
    text = "x" * 19_990 + " " + secret + "y" + "x" * 50_000
    error = errors.BackendError(text, hint=text, context={"said": [text]})
    for shown in (error.message, error.hint, error.context["said"][0]):
        assert shown is not None
        assert len(shown) < 20_100
        assert shown.endswith(" more characters)")
    masked = errors.BackendError("x" * 19_990 + f" {secret} " + "x" * 50_000).message
    assert "AKIA" not in masked


def test_the_dictionary_of_an_error_is_json_whatever_its_context_is() -> None:
    context = {
        "path": Path("a/b"),
        "set": {1},
        "deep": [{"when": datetime(2026, 1, 1, tzinfo=UTC)}],
        1: None,
    }
    error = ValidationError("No.", context=context)
    shown = json.loads(json.dumps(error.to_dict()))["context"]
    assert shown == {
        "path": "a/b", "set": "{1}", "deep": [{"when": "2026-01-01 00:00:00+00:00"}], "1": None
    }  # fmt: skip
    assert error.context["path"] == Path("a/b")
