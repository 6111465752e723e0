"""Faults of the catalog and its buckets."""

# ruff: noqa: E501 - a line a mutant
from __future__ import annotations

import attrs

from quilt_core.domain.catalog import AuthStatus

from ..harness import Mutant, answer, each, edit, evolve

CATALOG = {
    "catalog_url": "https://memory.example.com",
    "registry_url": "https://memory-registry.example.com",
}

MUTANTS = [
    Mutant("everybody is admin", "K-1", answer("get_auth_status", evolve(is_admin=True))),
    Mutant("nobody is admin", "K-1", answer("get_auth_status", evolve(is_admin=False))),
    Mutant("everybody is authenticated", "K-1", answer("get_auth_status", evolve(is_authenticated=True))),
    Mutant("nobody is authenticated", "K-1", answer("get_auth_status", lambda s: AuthStatus(is_authenticated=False, **CATALOG))),
    Mutant("roles are in reverse", "K-1", answer("get_auth_status", evolve(roles=lambda s: s.roles[::-1]))),
    Mutant("the active role is not among the roles", "K-1", answer("get_auth_status", evolve(roles=lambda s: tuple(r for r in s.roles if r != s.role)))),
    Mutant("the status forgets the address", "K-1", answer("get_auth_status", evolve(email=None))),
    Mutant("further roles are not told", "K-10", answer("get_auth_status", evolve(roles=lambda s: (s.role,) if s.role else ()))),
    Mutant("everybody is the same user", "K-10", answer("get_auth_status", evolve(user_name=lambda s: s.user_name and "writer"))),
    Mutant("the configuration names another registry", "K-2", answer("get_catalog_config", evolve(registry_url="https://other.example.com"))),
    Mutant("the configuration has no region", "K-2", answer("get_catalog_config", evolve(region=""))),
    Mutant("the data catalog is another", "K-2", answer("get_catalog_config", evolve(tabulator_data_catalog="quilt-tabulator"))),
    Mutant("every catalog is there", "K-3", edit("registry_operations", "if catalog_url not in (None, catalog.catalog_url):", "if False:")),
    Mutant("configuring gives another configuration", "K-2", answer("configure_catalog", evolve(mode="OPEN"))),
    Mutant("health needs an identity", "K-5", edit("registry_operations", "return Health(", "self._session.user()\n        return Health(")),
    Mutant("health has no message", "K-5", answer("health", evolve(message=""))),
    Mutant("health is never reachable", "K-5", answer("health", evolve(reachable=False))),
    Mutant("health takes negative time", "K-5", answer("health", evolve(latency_seconds=-1.0))),
    Mutant("hidden buckets show", "B-1", answer("list_buckets", lambda a: [*a, attrs.evolve(a[0], name="memory-hidden")])),
    Mutant("buckets are in reverse", "B-1", answer("list_buckets", lambda a: a[::-1])),
    Mutant("buckets come twice", "B-10", answer("list_buckets", lambda a: sorted(a + a, key=lambda b: b.name))),
    Mutant("buckets have no title", "B-1", answer("list_buckets", each(title=""))),
    Mutant("only the first bucket is listed", "B-10", answer("list_buckets", lambda a: a[:1])),
    Mutant("only buckets that can be written are listed", "B-10", edit("registry_operations", "for name in self._session.readable_buckets()", "for name in self._session.readable_buckets() if self._session.level(name) is BucketPermissionLevel.READ_WRITE")),
    Mutant("an administrator's settings do not show in the list", "X-13", answer("list_buckets", each(description=None, tags=(), relevance_score=0))),
    Mutant("whoever is nobody sees buckets", "B-2", edit("session", "return [bucket for bucket in sorted(self.catalog.buckets) if self.level(bucket)]", "return sorted(self.catalog.buckets) if self.identity is None else [bucket for bucket in sorted(self.catalog.buckets) if self.level(bucket)]")),
    Mutant("the status of nobody is an error", "K-1", edit("registry_operations", "user = self._session.identity\n", "user = self._session.user()\n")),
]  # fmt: skip
