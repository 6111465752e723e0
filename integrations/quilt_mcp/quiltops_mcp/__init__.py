"""quilt-mcp's tools on any backend of quiltops.

    import quiltops_mcp

    quiltops_mcp.install()  # from here on, quilt-mcp's tools ask the configured backend

The console script `quiltops-mcp` starts quilt-mcp's server that way.
"""

from quiltops_mcp.backend import QuiltopsBackend
from quiltops_mcp.installing import install

__all__ = ["QuiltopsBackend", "install"]
