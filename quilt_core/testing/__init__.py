"""For tests: an in-memory backend, the conformance suite, cassettes.

Imported explicitly; what it needs beyond the core is in the extra `testing`.
"""
