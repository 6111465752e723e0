# Generated from the synchronous facade: `make docs-reference` writes this module.
"""The generated part of `quilt_core.aio`."""
