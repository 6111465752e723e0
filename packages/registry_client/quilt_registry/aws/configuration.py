"""Converting botocore's exceptions about the process's AWS configuration into this framework's
errors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from quilt_core.errors import ValidationError

_PROFILE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
_MARKS = "'\"`.,;:()"
_ENDPOINTS = (
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_ATHENA",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL",
)


@contextmanager
def configuration_errors() -> Iterator[None]:
    """Turn botocore's exceptions about its configuration into errors that name its source.

    Raises
    ------
    ValidationError
        For a profile that does not exist, a file that cannot be read, or any invalid value. The
        message names the variable or the file.
    """
    from botocore import exceptions as botocore

    try:
        yield
    except botocore.ProfileNotFound as error:
        raise _broken(str(error), _PROFILE, "the profile") from None
    except (botocore.ConfigParseError, botocore.ConfigNotFound, UnicodeDecodeError) as error:
        raise _broken(str(error), _FILES, "the configuration file") from None
    except (botocore.InvalidRetryConfigurationError, botocore.InvalidRetryModeError) as error:
        raise _broken(str(error), ("AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"), "retries") from None
    except botocore.InvalidConfigError as error:
        raise _broken(str(error), (*_PROFILE, *_FILES), "the configuration") from None
    except ValueError as error:
        if "nvalid endpoint" in str(error):
            raise _broken(str(error), _ENDPOINTS, "the endpoint") from None
        raise _broken(str(error), ("AWS_MAX_ATTEMPTS", *_FILES), "a number") from None
    except (botocore.NoRegionError, botocore.UnknownServiceError):
        raise  # these concern the caller's arguments
    except botocore.BotoCoreError as error:
        raise _broken(str(error), (), "a value") from None


def check_variables() -> None:
    """Check the configuration that every client uses: the endpoints in the environment, and
    retries.

    Raises
    ------
    ValidationError
        For an unusable value; botocore would report it only with the first request, or never.
    """
    for name in _ENDPOINTS:
        value = os.environ.get(name)
        if value and not value.startswith(("http://", "https://")):
            raise ValidationError(
                f"The environment variable {name} is not an address: {value[:200]!r}.",
                hint="It looks like https://host or http://localhost:9000.",
                context={"variable": name},
            )
    attempts = os.environ.get("AWS_MAX_ATTEMPTS")
    if attempts and not (attempts.isascii() and attempts.isdigit() and int(attempts) > 0):
        raise ValidationError(
            f"The environment variable AWS_MAX_ATTEMPTS is {attempts[:50]!r}, no whole number "
            "above 0.",
            hint="Unset it, or give the number of attempts per request.",
            context={"variable": "AWS_MAX_ATTEMPTS"},
        )


def _broken(said: str, variables: tuple[str, ...], what: str) -> ValidationError:
    given = {name: os.environ[name] for name in variables if os.environ.get(name)}
    given = _quoted_in(said) or given
    listed = ", ".join(f"{name}={value!r}" for name, value in given.items())
    where = listed or f"{what} in {os.environ.get('AWS_CONFIG_FILE', '~/.aws/config')}"
    return ValidationError(
        f"The AWS configuration of this process cannot be used ({where}): {said.rstrip('.')}.",
        hint="Correct or unset it; it is read because aws_identity is 'ambient' or 'role', or "
        "because it names an endpoint.",
        context={"variables": sorted(given)},
    )


def _quoted_in(said: str) -> dict[str, str]:
    """The AWS variables whose values a message repeats, without those that hold secrets."""
    words = {word.strip(_MARKS) for word in said.split()}
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("AWS_")
        and name not in _SECRETS
        and (bare := value.strip(_MARKS))
        and bare in words
    }
