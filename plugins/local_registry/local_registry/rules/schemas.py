"""The JSON Schemas that Quilt publishes, as data of this package (see `published/NOTICE`)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal, Protocol

import jsonschema

from local_registry.rules.errors import RuleError

Published = Literal["sso-config-1.0", "tabulatorTable.yml", "workflows-config-1.1.0"]


def check_published(name: Published, document: Any) -> None:
    """Check a document against one of Quilt's JSON Schemas.

    Parameters
    ----------
    name
        The schema: its file name in `shared/schemas/` of quiltdata/quilt, without `.json`.
    document
        What YAML or JSON was read to.

    Raises
    ------
    RuleError
        For what the schema refuses; the message names the path of the value (`$.schema[0].type`).
    """
    try:
        error = jsonschema.exceptions.best_match(_validator(name).iter_errors(document))
        message = error and explain(error)
    except (ValueError, RecursionError) as failure:  # integers that Python does not print
        raise RuleError(f"A value cannot be checked: {failure}") from failure
    if message:
        raise RuleError(message)


def explain(error: jsonschema.ValidationError | jsonschema.SchemaError) -> str:
    """Where (unless it is the whole document) and what is wrong: values make long messages."""
    return f"{error.json_path}: {error.message}" if error.path else error.message


class _Validator(Protocol):
    def iter_errors(self, instance: Any) -> Any: ...


@cache
def _validator(name: Published) -> _Validator:
    text = files("local_registry.rules").joinpath(f"published/{name}.json").read_text("utf-8")
    schema = json.loads(text)
    validator: _Validator = jsonschema.validators.validator_for(schema)(schema)
    return validator
