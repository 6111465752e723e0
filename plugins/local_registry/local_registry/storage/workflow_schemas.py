"""The JSON Schemas that a bucket's workflows name, loaded and applied as quilt3 does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import jsonschema
from botocore.exceptions import BotoCoreError, ClientError

from local_registry.rules import explain
from local_registry.s3.client import S3Client
from local_registry.storage.errors import invalid, refused
from quilt_core.manifest import PhysicalKey

_META_SCHEMA = "http://json-schema.org/draft-07/schema#"
_FAILURES = (re.error, RecursionError, ArithmeticError, ValueError, TypeError)
"""What jsonschema raises for a schema that its meta-schema lets through: a pattern that is not a
regular expression, an `$id` that is not a URL, a number that does not fit a float, endless
depth."""


class WorkflowSchemas:
    """The schemas of one configuration, read once each, from the versions that are current."""

    def __init__(self, s3: S3Client, config: Mapping[str, Any]) -> None:
        self._s3 = s3
        self._given: Mapping[str, Any] = config.get("schemas", {})
        self._validators: dict[str, jsonschema.Draft7Validator] = {}
        self.urls: dict[str, str] = {}
        """URLs with versions of what was loaded, by the ids of the configuration."""

    def load(self, schema_id: str) -> None:
        """Load a schema; `OperationFailedError` (`QuiltException`) when it cannot be used."""
        if schema_id in self.urls:
            return
        where = self._find(schema_id)
        version = {"VersionId": where.version_id} if where.version_id else {}
        try:
            answer = self._s3.get_object(Bucket=where.bucket, Key=where.path, **version)
        except (ClientError, BotoCoreError) as error:
            raise refused(f"Couldn't load schema at {where}.") from error
        self._validators[schema_id] = _validator(schema_id, where, answer["Body"].read())
        self.urls[schema_id] = PhysicalKey(where.bucket, where.path, answer.get("VersionId")).url

    def check(self, schema_id: str, value: Any, what: str) -> None:
        """Check a value against a schema that was loaded.

        Raises `OperationFailedError`: `WorkflowValidationError` that names the path, or
        `QuiltException` when the schema itself fails.
        """
        try:
            errors = self._validators[schema_id].iter_errors(value)
            error = jsonschema.exceptions.best_match(errors)
            message = error and explain(error)
        except _FAILURES as failure:
            raise refused(f"Schema {schema_id!r} cannot be applied: {failure}.") from failure
        if message:
            raise invalid(f"{what} failed validation: {message}.")

    def _find(self, schema_id: str) -> PhysicalKey:
        if schema_id not in self._given:
            raise refused(f"There is no {schema_id!r} in schemas.")
        url = self._given[schema_id]["url"]
        try:
            where = PhysicalKey.parse(url)
        except ValueError as error:
            raise refused(f"Couldn't parse URL {url!r}.") from error
        if where.bucket is None:
            raise refused(f"Local schema {url!r} can't be used on the remote registry.")
        return where


def _without_references(value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in value:
        raise refused("Currently we don't support $ref in schema.")
    return value


def _validator(schema_id: str, where: PhysicalKey, body: bytes) -> jsonschema.Draft7Validator:
    try:
        schema = json.loads(body.decode(), object_hook=_without_references)
    except (ValueError, RecursionError) as error:
        raise refused(f"Couldn't parse {where} as JSON.") from error
    meta_schema = schema.get("$schema", _META_SCHEMA) if isinstance(schema, dict) else _META_SCHEMA
    if not isinstance(meta_schema, str):
        raise refused("$schema must be a string.")
    if meta_schema != _META_SCHEMA:
        raise refused(f"Unsupported meta-schema: {meta_schema}.")
    try:
        jsonschema.Draft7Validator.check_schema(schema)
        return jsonschema.Draft7Validator(schema)
    except jsonschema.SchemaError as error:
        raise refused(f"Schema {schema_id!r} is not valid: {explain(error)}.") from error
    except _FAILURES as error:
        raise refused(f"Schema {schema_id!r} is not valid: {error}.") from error
