"""The conformance suite's environment for backends that talk to a Quilt registry."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import quilt_core
from local_registry.app.aws import athena_endpoint
from local_registry.config import RegistryConfig
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, forget
from quilt_core.domain.names import PackageName
from quilt_core.domain.uris import S3Uri
from quilt_core.manifest import DirectoryRecord, ManifestEntry, ManifestHeader, write_manifest
from quilt_core.manifest.layout import WORKFLOWS_CONFIG, manifest_key, pointer_key
from quilt_core.ops import QuiltOps
from quilt_core.testing.conformance.environment import Environment, TestUser


class RegistryEnvironment(Environment):
    """Four buckets and the suite's identities in a running local registry.

    `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL_ATHENA` of the process are set to the registry's
    addresses, because AWS clients find the services by them.
    """

    stores_manifests = True

    def __init__(self, registry: LocalRegistry, backend: str) -> None:
        super().__init__()
        self._registry = registry
        self._backend = backend
        os.environ["AWS_ENDPOINT_URL_S3"] = registry.endpoints.s3_endpoint
        os.environ["AWS_ENDPOINT_URL_ATHENA"] = athena_endpoint(registry.endpoints.registry_url)
        os.environ["AWS_DEFAULT_REGION"] = registry.context.config.region
        self._bucket, self._hidden = add_bucket(registry), add_bucket(registry)
        # Its name begins with that of the first bucket, and it is nevertheless another one.
        self._second = add_bucket(registry, f"{self._bucket}-second")
        self._unversioned = add_bucket(registry, versioning=False)
        self._manifests: dict[str, bytes] = {}
        written = (self._bucket, self._second, self._unversioned)
        self._users = {
            TestUser.WRITER: add_user(registry, writes=written, extra_roles=("Spare",)).name,
            TestUser.READER: add_user(registry, reads=(self._bucket,)).name,
            TestUser.ADMIN: add_user(registry, writes=written, admin=True).name,
        }

    @property
    def registry(self) -> str:
        """A fresh bucket."""
        return f"s3://{self._bucket}"

    @property
    def second_registry(self) -> str | None:
        """Another fresh bucket."""
        return f"s3://{self._second}"

    @property
    def hidden_registry(self) -> str | None:
        """A bucket that no role of the suite reads."""
        return f"s3://{self._hidden}"

    @property
    def unversioned_registry(self) -> str | None:
        """A fresh bucket that keeps no versions."""
        return f"s3://{self._unversioned}"

    def connect(self, user: TestUser = TestUser.WRITER, *, backend: str | None = None) -> QuiltOps:
        """Connect with a token of the identity's user; `backend` names another backend."""
        endpoints = self._registry.endpoints
        token = None if user is TestUser.ANONYMOUS else self._registry.token(self._users[user])
        return quilt_core.connect(
            backend or self._backend,
            registry=self.registry,
            catalog_url=endpoints.catalog_url,
            registry_url=endpoints.registry_url,
            token=token,
            use_quilt3_login=False,
            use_stored_login=False,
        )

    def put_object(self, key: str, data: bytes) -> str:
        """Write a version of an object with the registry's own rights."""
        answer = self._registry.context.s3.put_object(Bucket=self._bucket, Key=key, Body=data)
        return S3Uri(self._bucket, key, answer.get("VersionId")).url

    def metadata_of(self, uri: str) -> Mapping[str, str]:
        """Look an object up with the registry's own rights."""
        place = S3Uri.parse(uri)
        version = {"VersionId": place.version_id} if place.version_id else {}
        answer = self._registry.context.s3.head_object(
            Bucket=place.bucket, Key=place.key, **version
        )
        metadata: Mapping[str, str] = answer["Metadata"]
        return metadata

    def write_stored(self, key: str, data: bytes) -> None:
        """Write a pointer or a manifest with the registry's own rights."""
        self._registry.context.s3.put_object(Bucket=self._bucket, Key=key, Body=data)

    def put_hidden_object(self, key: str, data: bytes) -> str | None:
        """Write an object into the bucket that no role of the suite reads."""
        answer = self._registry.context.s3.put_object(Bucket=self._hidden, Key=key, Body=data)
        return S3Uri(self._hidden, key, answer.get("VersionId")).url

    def publish(
        self,
        name: str,
        header: ManifestHeader,
        entries: list[ManifestEntry],
        *,
        directories: Iterable[DirectoryRecord] = (),
        second: int,
        latest: bool = True,
    ) -> str:
        """Write manifest and pointers straight into S3, as quilt3 would."""
        s3 = self._registry.context.s3
        manifest = io.BytesIO()
        top_hash = write_manifest(header, directories, entries, manifest)
        body = manifest.getvalue()
        if self._manifests.get(top_hash) != body:
            s3.put_object(Bucket=self._bucket, Key=manifest_key(top_hash), Body=body)
            self._manifests[top_hash] = body
        for pointer in (str(second), *(["latest"] if latest else [])):
            key = pointer_key(PackageName.parse(name), pointer)
            s3.put_object(Bucket=self._bucket, Key=key, Body=top_hash.encode())
        return top_hash

    def set_workflows(self, config: Mapping[str, Any], registry: str | None = None) -> None:
        """Write `.quilt/workflows/config.yml` with the registry's own rights."""
        bucket = (registry or self.registry).removeprefix("s3://")
        body = json.dumps(config).encode()  # which is YAML, too
        self._registry.context.s3.put_object(Bucket=bucket, Key=WORKFLOWS_CONFIG, Body=body)

    def close(self) -> None:
        """Remove users and buckets from the registry, because they would slow down all
        later tests.
        """
        forget(
            self._registry,
            users=list(self._users.values()),
            buckets=[self._bucket, self._second, self._hidden, self._unversioned],
        )


@contextmanager
def environments(backend: str) -> Iterator[Callable[[], Environment]]:
    """Make environments for `quiltops conformance`, in one local registry."""
    with LocalRegistry(RegistryConfig(seed="none")) as registry:
        yield lambda: RegistryEnvironment(registry, backend)
