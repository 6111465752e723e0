"""A package in S3 names a file of this machine: no operation opens it."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_registry.conformance import RegistryEnvironment
from msgspec import structs

from quilt_core import QuiltOps, QuiltOpsError
from quilt_core.testing.conformance.environment import TestUser


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
@pytest.mark.parametrize("how", ["open", "read", "download"])
def test_no_file_of_this_machine_is_read(
    environment: RegistryEnvironment, tmp_path: Path, backend: str, how: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"mine")
    entry = structs.replace(environment.entry("k", b"mine"), physical_key=secret.as_uri())
    environment.given([entry])

    def read(ops: QuiltOps) -> None:
        if how == "download":
            ops.download_package(environment.name, tmp_path / "copy")
        elif how == "open":
            with ops.open_content(environment.name, "k") as file:
                file.read()
        else:
            ops.read_content(environment.name, "k")

    with (
        environment.connect(TestUser.WRITER, backend=backend) as ops,
        pytest.raises(QuiltOpsError, match="not an object that a package of this registry"),
    ):
        read(ops)
    assert not (tmp_path / "copy" / "k").exists()
