"""A twelfth batch of faults, written from the contract alone, that the suite let pass at first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from typing import Any

import attrs

from quilt_core import hookimpl

from ..harness import Mutant, Wrapper, answer, edit, evolve

_MOVED = "if latest != start and not request.force:"
_ROLE = "if role not in (user.role, *user.extra_roles):"
_LIMITED = "return list(islice(in_order(scored, order), limit))"
_CONFIG = "TabulatorTable(bucket=bucket, name=name, config=config)"
_INFO = "return _info(uri.bucket, uri.key, version, stored)"
_SSO = "catalog.sso = SsoConfig(text=config, timestamp=catalog.now(), uploader=uploader)"


class NaiveTimes:
    """The times of users are those of a place with summer."""

    @hookimpl(wrapper=True)
    def admin_list_users(self) -> Any:
        from datetime import timedelta, timezone

        zone = timezone(timedelta(hours=2))
        return [attrs.evolve(one, date_joined=one.date_joined.astimezone(zone)) for one in (yield)]


MUTANTS = [
    Mutant("an administrator switches to any role", "L-75", edit("registry_operations", _ROLE, f"if not user.is_admin and {_ROLE.removeprefix('if ')}")),
    Mutant("an administrator switches to any role of the catalog", "L-75", edit("registry_operations", _ROLE, f"if not (user.is_admin and self._session.catalog.find_role(role)) and {_ROLE.removeprefix('if ')}")),
    Mutant("buckets are listed in the order of their addition", "B-1", edit("session", "for bucket in sorted(self.catalog.buckets)", "for bucket in self.catalog.buckets")),
    Mutant("configured buckets are listed in the order of their addition", "X-2", edit("admin", "[buckets[name] for name in sorted(buckets)]", "list(buckets.values())")),
    Mutant("each registry has its own limit of a package search", "S-39", edit("search", _LIMITED, "return list(islice(in_order(scored, order), limit and limit * len(buckets)))")),
    Mutant("each registry has its own limit and its own order", "S-39", edit("search", _LIMITED, "return [one for b in buckets for one in islice(in_order([s for s in scored if s[1].bucket == b], order), limit)]")),
    Mutant("hits are ordered registry by registry", "S-39", edit("search", _LIMITED, "return [one for b in buckets for one in in_order([s for s in scored if s[1].bucket == b], order)][:limit]")),
    Mutant("a revision that two registries have is found once", "S-39", edit("search", _LIMITED, "return list(islice({(i.name, i.top_hash): i for i in in_order(scored, order)}.values(), limit))")),
    Mutant("packages of one name in two registries are found once", "S-39", edit("search", _LIMITED, "return list(islice({i.name: i for i in in_order(scored, order)}.values(), limit))")),
    Mutant("a new package never meets another writer", "W-32", edit("revisions", _MOVED, "if start and latest != start and not request.force:")),
    Mutant("a package that is gone meets no other writer", "W-34", edit("revisions", _MOVED, "if latest not in (start, None) and not request.force:")),
    Mutant("Windows line ends of a table's configuration become others", "T-95", edit("registry_operations", _CONFIG, _CONFIG.replace("config=config", "config=config.replace('\\r\\n', '\\n')"))),
    Mutant("blanks at the ends of a table's configuration are lost", "T-95", edit("registry_operations", _CONFIG, _CONFIG.replace("config=config", "config=config.strip() + '\\n'"))),
    Mutant("a table's configuration is in ASCII", "T-95", edit("registry_operations", _CONFIG, _CONFIG.replace("config=config", "config=config.encode('ascii', 'replace').decode()"))),
    Mutant("a renamed table's configuration ends in one line end", "T-95", answer("rename_tabulator_table", evolve(config=lambda t: t.config.rstrip() + "\n"))),
    Mutant("a listed table's configuration has no blanks at its ends", "T-95", answer("list_tabulator_tables", lambda tables: [attrs.evolve(one, config=one.config.strip()) for one in tables])),
    Mutant("blanks at the ends of a configuration of single sign-on are lost", "X-61", edit("admin", _SSO, _SSO.replace("text=config", "text=config.strip() + '\\n'"))),
    Mutant("Windows line ends of a configuration of single sign-on become others", "X-61", edit("admin", _SSO, _SSO.replace("text=config", "text=config.replace('\\r\\n', '\\n')"))),
    Mutant("a configuration of single sign-on is read without its comments", "X-61", answer("admin_get_sso_config", evolve(text=lambda c: c.text and "\n".join(line for line in c.text.split("\n") if not line.startswith("#"))))),
    Mutant("the time of a configuration of single sign-on is that of a place", "X-61", edit("admin", "timestamp=catalog.now(), uploader", "timestamp=catalog.now().astimezone(__import__('datetime').timezone(__import__('datetime').timedelta(hours=1))), uploader")),
    Mutant("the times of users are those of a place", "O-53", Wrapper(NaiveTimes())),
    Mutant("a promotion writes empty metadata where there is none", "L-76", edit("revisions", "plan_promotion(source.entries.values(), header.metadata_if_any)", "plan_promotion(source.entries.values(), {**header.metadata, 'promoted': True} if not header.metadata else header.metadata)")),
    Mutant("a promotion without a message gets one", "L-76", edit("revisions", "source_message=header.message_if_any", "source_message=header.message_if_any or f'Promoted from {registry.url}'")),
    Mutant("a promotion drops the nulls of metadata", "L-76", edit("revisions", "plan_promotion(source.entries.values(), header.metadata_if_any)", "plan_promotion(source.entries.values(), {k: v for k, v in (header.metadata_if_any or {}).items() if v is not None} or None)")),
    Mutant("an update writes metadata where there is none", "W-33", edit("revisions", "request.plan_update(start.entries.values(), start.header.metadata_if_any)", "request.plan_update(start.entries.values(), start.header.metadata)")),
    Mutant("an update drops the nulls of former metadata", "W-33", edit("revisions", "request.plan_update(start.entries.values(), start.header.metadata_if_any)", "request.plan_update(start.entries.values(), {k: v for k, v in start.header.metadata.items() if v is not None} or None)")),
    Mutant("hits have the times of oldest pointers", "S-41", edit("search", "for one in package.revisions}", "for one in reversed(package.revisions)}")),
    Mutant("hits have no metadata", "S-41", answer("search_packages", lambda hits: [attrs.evolve(one, metadata={}) for one in hits])),
    Mutant("hits have the message of the latest revision", "S-41", edit("search", "yield describe(name, Registry(bucket=bucket), revision), revision", "yield attrs.evolve(describe(name, Registry(bucket=bucket), revision), message=package.revisions[-1].header.message_if_any), revision", "from quilt_core.domain.names", "import attrs\nfrom quilt_core.domain.names")),
    Mutant("an object is described by the address that was asked for", "F-63", edit("objects", _INFO, "return _info(uri.bucket, uri.key, uri.version_id, stored)")),
    Mutant("an object is described as in its first version", "F-63", edit("store", "uri.version_id or next(reversed(versions), None)", "uri.version_id or next(iter(versions), None)")),
    Mutant("a listing has the time of an object's first version", "F-63", edit("objects", "            yield _info(uri.bucket, key, version, stored)\n\n", "            first = next(iter(self._session.catalog.objects[uri.bucket, key].values()))\n            yield __import__('attrs').evolve(_info(uri.bucket, key, version, stored), modified=first.modified)\n\n")),
]  # fmt: skip
