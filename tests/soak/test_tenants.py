"""A hundred tenants for a short while; `make soak` serves them for longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "tenants.py"


@pytest.mark.soak
@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_no_tenant_acts_as_another(backend: str) -> None:
    command = [sys.executable, str(SCRIPT), "--backend", backend, "--operations", "500"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "100 tenants" in done.stdout
    assert "0 problems" in done.stdout
