"""quilt3's package registry over this connection's store. Importing this imports quilt3.

`Package.build` accepts a registry object, from which it gets the workflows and through which it
pushes the manifest. With this one, quilt3 validates, hashes and serialises as usual, but all access
uses the connection's own credentials: quilt3's process-wide session is neither used nor changed.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from quilt3.backends.base import PackageRegistryV1
from quilt3.util import PhysicalKey
from quilt3.workflows import ConfigurationError, WorkflowConfig

from quilt3_backend.stores import Blob, PackageStore, ReadBlob
from quilt_core.disk_errors import disk_errors
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.uris import FileUri
from quilt_core.errors import NotFoundError, PermissionDeniedError, ValidationError

ReadUrl = Callable[[str], Blob]
"""Reads an object anywhere, by its `s3://` or `file://` URL."""


class ConnectionRegistry(PackageRegistryV1):  # type: ignore[misc]
    """A registry whose reads and writes are those of a `PackageStore`.

    Parameters
    ----------
    store:
        The registry's store.
    read_workflows:
        Reads the configuration of the workflows; None if there is none.
    read_url:
        Reads the schemas that the workflows refer to.
    push:
        Publishes a manifest, given its top hash and a file that holds it.
    """

    def __init__(
        self,
        store: PackageStore,
        read_workflows: ReadBlob,
        read_url: ReadUrl,
        push: Callable[[str, IO[bytes]], None],
    ) -> None:
        super().__init__(_base(store.registry))
        self._store = store
        self._read_workflows = read_workflows
        self._read_url = read_url
        self._push = push

    def get_workflow_config(self) -> WorkflowConfig | None:
        """The workflows of the registry, read once; None if it has none."""
        return self._workflows

    @cached_property
    def _workflows(self) -> WorkflowConfig | None:
        blob = self._read_workflows()
        if blob is None:
            return None
        with disk_errors("The workflows"), tempfile.TemporaryDirectory() as folder:
            # quilt3 parses and checks the configuration while it loads it from a location.
            path = Path(folder) / "config.yml"
            path.write_bytes(blob.content)
            with _unusable("The workflows"):
                loaded = WorkflowConfig.load(PhysicalKey.from_path(path))
        return ConnectionWorkflows(loaded.config, physical_key(blob.url), self._read_url)

    def push_manifest(self, pkg_name: str, top_hash: str, manifest_data: bytes) -> None:
        """Publish a revision."""
        self.push_file(top_hash, io.BytesIO(manifest_data))

    def push_file(self, top_hash: str, manifest: IO[bytes]) -> None:
        """Publish a revision whose manifest is in a file."""
        self._push(top_hash, manifest)

    def list_packages(self) -> Iterator[str]:
        """Package names."""
        yield from self._store.package_names()

    def list_package_pointers(self, pkg_name: str) -> Iterator[tuple[str, str]]:
        """Pointers of a package with their hashes."""
        yield from self._store.hashes(self._store.pointers(PackageName.parse(pkg_name))).items()

    def delete_package(self, pkg_name: str) -> None:
        """Delete all pointers of a package."""
        name = PackageName.parse(pkg_name)
        pointers = self._store.pointers(name).all
        self._store.delete_pointers(name, [pointer.name for pointer in pointers])


class ConnectionWorkflows(WorkflowConfig):  # type: ignore[misc]
    """quilt3's workflows, with schemas that are read with the connection's credentials."""

    def __init__(self, config: dict[str, Any], key: PhysicalKey, read_url: ReadUrl) -> None:
        super().__init__(config, key)
        self._read_url = read_url
        self._schemas: dict[str, Blob] = {}

    def get_workflow_validator(self, workflow: Any) -> Any:
        """The rules of a workflow; also raises `ConfigurationError` for a pattern that is none."""
        with _unusable("The workflow", _OF_PATTERNS):
            return super().get_workflow_validator(workflow)

    def make_validator_from_schema(self, schema_id: str) -> SchemaValidator:
        """A schema; also raises `ConfigurationError` for one that is not text."""
        with _unusable(f"The address of schema {schema_id!r}"):
            address = self.get_pk_for_schema_id(schema_id)
        # Read outside the block, in which a ValueError is the schema's.
        self.load_schema(address)
        with _unusable(f"Schema {schema_id!r}"):
            return SchemaValidator(super().make_validator_from_schema(schema_id), schema_id)

    def load_schema(self, schema_pk: PhysicalKey) -> tuple[bytes, PhysicalKey]:
        """The schema's bytes and its address with the version; read once."""
        url = str(schema_pk)
        try:
            blob = self._schemas.get(url) or self._read_url(url)
        except (NotFoundError, PermissionDeniedError, ValidationError) as error:
            raise ConfigurationError(f"Couldn't load schema at {schema_pk}.") from error
        self._schemas[url] = blob
        return blob.content, physical_key(blob.url)


class SchemaValidator:
    """A schema that is applied as quilt3 does, except that a schema that fails is told as that."""

    def __init__(self, validator: Any, schema_id: str) -> None:
        self._validator = validator
        self._schema_id = schema_id

    def validate(self, value: Any) -> None:
        """Raise `jsonschema.ValidationError`, or `ConfigurationError` if the schema fails."""
        with _unusable(f"Schema {self._schema_id!r}"):
            self._validator.validate(value)


_OF_PATTERNS = (re.error, OverflowError, RecursionError)
_OF_TEXTS = (*_OF_PATTERNS, ValueError, TypeError, ArithmeticError)


@contextmanager
def _unusable(what: str, errors: tuple[type[Exception], ...] = _OF_TEXTS) -> Iterator[None]:
    """Turn the errors that quilt3 lets through for texts that are not UTF-8, patterns that are not
    regular expressions, and numbers and depths without end into its own.
    """
    try:
        yield
    except errors as error:
        raise ConfigurationError(f"{what} cannot be applied: {error}.") from error


def physical_key(url: str) -> PhysicalKey:
    """quilt3's physical key for a URL; a local path stays unchanged, including symbolic links."""
    key = PhysicalKey.from_url(url)
    if not key.is_local():
        return key
    return PhysicalKey(None, FileUri.parse(url).path.as_posix(), None)


class StoredKey(PhysicalKey):  # type: ignore[misc]
    """A physical key from a manifest, which is written again unchanged."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        super().__init__(None, text, None)
        self._text = text

    def __str__(self) -> str:
        return self._text


def _base(registry: Registry) -> PhysicalKey:
    if registry.bucket is not None:
        return PhysicalKey(registry.bucket, "", None)
    return PhysicalKey(None, str(registry.path), None)
