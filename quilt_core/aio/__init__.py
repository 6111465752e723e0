"""quiltops for asyncio.

    import quilt_core.aio

    async with quilt_core.aio.connect() as ops:
        async for name in ops.iter_all_packages():
            print((await ops.get_package_info(name)).top_hash)

The operations are those of the synchronous facade, which run in threads of the connection's own.
"""

from quilt_core.aio._generated.connecting import connect
from quilt_core.aio.facade import AsyncAdminOps, AsyncQuiltOps

__all__ = ["AsyncAdminOps", "AsyncQuiltOps", "connect"]
