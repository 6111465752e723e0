"""The example service over real HTTP, on a local registry."""

from local_registry.testing import shared_local_registry

__all__ = ["shared_local_registry"]
