"""The console script `quiltops-mcp`: quilt-mcp's server, whose tools use quiltops."""

from __future__ import annotations

import sys

from quilt_mcp import main as entry
from quilt_mcp.config import ModeConfig

from quilt_core import QuiltOpsError
from quilt_core.logs import redact_logs
from quiltops_mcp.installing import install


def main() -> None:
    """Start quilt-mcp's server with its own arguments, and stop with it.

    quilt-mcp first reads its arguments and environment, and reports errors in them; then quiltops
    connects, so that an unusable configuration ends the program, with a message and exit code 1,
    before a client has connected.
    """
    redact_logs()
    run = entry.run_server

    def run_server(skip_banner: bool = False) -> None:
        try:
            connection = install()
        except QuiltOpsError as error:
            sys.exit(f"quiltops-mcp: {error}")
        with connection:
            run(skip_banner=skip_banner)

    entry.run_server = run_server
    # It requires QUILT_CATALOG_URL, which its own backend needs; quiltops has other sources for it.
    ModeConfig.get_validation_errors = lambda _: []
    entry.main()
