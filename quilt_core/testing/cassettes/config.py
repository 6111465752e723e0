"""The configuration of vcrpy that cassettes of a Quilt catalog need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from vcr import errors

from quilt_core.testing.cassettes.files import CassetteSerializer
from quilt_core.testing.cassettes.guard import check_configuration
from quilt_core.testing.cassettes.matching import quilt_body, quilt_headers, quilt_uri
from quilt_core.testing.cassettes.mismatch import describe_mismatch
from quilt_core.testing.cassettes.replacements import Places
from quilt_core.testing.cassettes.scrubbing import Scrubber

if TYPE_CHECKING:
    from vcr import VCR

MATCH_ON = ("method", "quilt_uri", "quilt_headers", "quilt_body")


def register(vcr: VCR) -> VCR:
    """Teach a `vcr.VCR` the matchers and the file format of `cassette_config`.

    From then on each cassette's configuration is checked when it is used: ValidationError
    when a fixture, a marker or an argument has taken the place of the scrubbing or of the
    matchers.

    Parameters
    ----------
    vcr:
        The object to teach.

    Returns
    -------
    VCR
        The same object.
    """
    for matcher in (quilt_uri, quilt_headers, quilt_body):
        vcr.register_matcher(matcher.__name__, matcher)
    vcr.register_serializer("yaml", CassetteSerializer())
    merge = vcr.get_merged_config

    def checked(**options: Any) -> dict[str, Any]:
        merged: dict[str, Any] = merge(**options)
        check_configuration(merged, MATCH_ON)
        return {**merged, "custom_patches": (*merged["custom_patches"], *_patches())}

    vcr.get_merged_config = checked
    return vcr


def cassette_config(
    *,
    replacements: Mapping[str, str] | None = None,
    s3_endpoint: str | None = None,
    secrets: Iterable[str] = (),
    keep_headers: Iterable[str] = (),
) -> dict[str, Any]:
    """The arguments of `VCR.use_cassette`; what a fixture `vcr_config` returns.

    Requests match by method, address, the headers that name ranges and sources of copies, and the
    body: for GraphQL by the operation's name, the normalised document and the variables. Secrets
    are scrubbed before anything is kept, and compressed answers are decoded. One configuration
    serves one cassette, because it remembers what it scrubbed.

    Parameters
    ----------
    replacements:
        Texts of the recording, and the texts to put into the cassette instead: origins, buckets,
            users. When replaying, give the addresses that the test then uses.
    s3_endpoint:
        The origin below which objects of AWS are recorded, `{s3_endpoint}/{bucket}/{key}`; the
        replaying test sets `AWS_ENDPOINT_URL_S3` to it. An address on loopback
        (`http://127.0.0.1:9000`), for which boto3 puts the bucket into the path.
    secrets:
        Values that are scrubbed whatever they look like, such as the token that is used for
        recording.
    keep_headers:
        Headers to keep beside the usual ones; all others are dropped.
    """
    scrubber = Scrubber(Places(replacements, s3_endpoint), secrets, keep_headers)
    return {
        "match_on": MATCH_ON,
        "before_record_request": scrubber.request,
        "before_record_response": scrubber.response,
        "record_on_exception": False,
    }


def _patches() -> tuple[tuple[Any, str, Callable[..., Any]], ...]:
    """Functions that are replaced while a cassette is in use: vcrpy's message, and botocore's
    requests.

    vcrpy asks urllib3 for decoded bodies. botocore asks for stored bytes, whose number is the
    answer's `Content-Length`, and takes anything else for a broken connection.
    """
    message = (errors, "_message", describe_mismatch)
    if find_spec("botocore") is None:  # which the backends require, not the core
        return (message,)
    awsrequest = import_module("botocore.awsrequest")
    classes = (awsrequest.AWSHTTPConnection, awsrequest.AWSHTTPSConnection)
    return message, *((one, "request", _undecoded(one.request)) for one in classes)


def _undecoded(request: Callable[..., Any]) -> Callable[..., Any]:
    def undecoded(*arguments: Any, **options: Any) -> Any:
        return request(*arguments, **{**options, "decode_content": False})

    return undecoded
