"""`python -m local_registry`."""

from __future__ import annotations

from local_registry.cli import main

main(prog_name="python -m local_registry")
