"""Data that only a deployed registry has: its status, subscription, packager and usage.

The fields are there for clients that ask for them. They answer null where the schema allows it,
an empty list, or the schema's own "unavailable". Access counts are null without a resolver.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ariadne import ObjectType, QueryType

from local_registry.graphql.call import Info, as_members, member
from local_registry.identity.errors import InvalidInputError

query = QueryType()
admin_queries, admin_mutations = ObjectType("AdminQueries"), ObjectType("AdminMutations")
packager_queries = ObjectType("PackagerAdminQueries")
packager_mutations = ObjectType("PackagerAdminMutations")


@query.field("status")
def resolve_status(_: Any, info: Info) -> dict[str, Any]:
    return member("Unavailable")


@query.field("subscription")
def resolve_subscription(_: Any, info: Info) -> dict[str, Any]:
    # Always active: a lapsed subscription would lock the catalog's users out.
    return {"active": True, "timestamp": datetime.now(UTC).isoformat()}


@query.field("potentialCollaborators")
def resolve_potential_collaborators(_: Any, info: Info) -> list[Any]:
    return []


@admin_queries.field("packager")
@admin_mutations.field("packager")
def resolve_packager(_: Any, info: Info) -> dict[str, Any]:
    return {}


@packager_queries.field("eventRules")
def resolve_event_rules(_: Any, info: Info) -> list[Any]:
    return []


@packager_mutations.field("toggleEventRule")
@as_members
def resolve_toggle_event_rule(_: Any, info: Info, name: str, enabled: bool) -> dict[str, Any]:
    raise InvalidInputError.at("name", "NotFound", f"There is no event rule {name!r}.")


bindables = [query, admin_queries, admin_mutations, packager_queries, packager_mutations]
