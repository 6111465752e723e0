"""Faults of the catalog and its buckets."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import attrs

from quilt_core.domain.catalog import AuthStatus

from ..harness import Mutant, answer, each, edit, evolve

CATALOG = {
    "catalog_url": "https://memory.example.com",
    "registry_url": "https://memory-registry.example.com",
}

MUTANTS = [
    Mutant("every user is an administrator", "K-1", answer("get_auth_status", evolve(is_admin=True))),
    Mutant("no user is an administrator", "K-1", answer("get_auth_status", evolve(is_admin=False))),
    Mutant("anonymous users are authenticated", "K-1", answer("get_auth_status", evolve(is_authenticated=True))),
    Mutant("no user is authenticated", "K-1", answer("get_auth_status", lambda s: AuthStatus(is_authenticated=False, **CATALOG))),
    Mutant("a user's own roles are in reverse order", "K-1", answer("get_auth_status", evolve(roles=lambda s: s.roles[::-1]))),
    Mutant("the active role is not among the roles", "K-1", answer("get_auth_status", evolve(roles=lambda s: tuple(r for r in s.roles if r != s.role)))),
    Mutant("the status lacks the address", "K-1", answer("get_auth_status", evolve(email=None))),
    Mutant("further roles are not reported", "K-10", answer("get_auth_status", evolve(roles=lambda s: (s.role,) if s.role else ()))),
    Mutant("all users are the same user", "K-10", answer("get_auth_status", evolve(user_name=lambda s: s.user_name and "writer"))),
    Mutant("the configuration names another registry", "K-2", answer("get_catalog_config", evolve(registry_url="https://other.example.com"))),
    Mutant("the configuration has no region", "K-2", answer("get_catalog_config", evolve(region=""))),
    Mutant("the data catalog is a different one", "K-2", answer("get_catalog_config", evolve(tabulator_data_catalog="quilt-tabulator"))),
    Mutant("every catalog exists", "K-3", edit("registry_operations", "if catalog_url not in (None, catalog.catalog_url):", "if False:")),
    Mutant("configuring returns another configuration", "K-2", answer("configure_catalog", evolve(mode="OPEN"))),
    Mutant("health needs an identity", "K-5", edit("registry_operations", "return Health(", "self._session.user()\n        return Health(")),
    Mutant("health has no message", "K-5", answer("health", evolve(message=""))),
    Mutant("health is never reachable", "K-5", answer("health", evolve(reachable=False))),
    Mutant("health takes a negative time", "K-5", answer("health", evolve(latency_seconds=-1.0))),
    Mutant("hidden buckets are listed", "B-1", answer("list_buckets", lambda a: [*a, attrs.evolve(a[0], name="memory-hidden")])),
    Mutant("buckets are in reverse order", "B-1", answer("list_buckets", lambda a: a[::-1])),
    Mutant("buckets are listed twice", "B-10", answer("list_buckets", lambda a: sorted(a + a, key=lambda b: b.name))),
    Mutant("buckets have no title", "B-1", answer("list_buckets", each(title=""))),
    Mutant("only the first bucket is listed", "B-10", answer("list_buckets", lambda a: a[:1])),
    Mutant("only buckets that can be written are listed", "B-10", edit("registry_operations", "for name in self._session.readable_buckets()", "for name in self._session.readable_buckets() if self._session.level(name) is BucketPermissionLevel.READ_WRITE")),
    Mutant("the list lacks settings that an administrator changed", "X-13", answer("list_buckets", each(description=None, tags=(), relevance_score=0))),
    Mutant("anonymous users can list buckets", "B-2", edit("session", "return [bucket for bucket in sorted(self.catalog.buckets) if self.level(bucket)]", "return sorted(self.catalog.buckets) if self.identity is None else [bucket for bucket in sorted(self.catalog.buckets) if self.level(bucket)]")),
    Mutant("the status of an anonymous user is an error", "K-1", edit("registry_operations", "user = self._session.identity\n", "user = self._session.user()\n")),
]  # fmt: skip
