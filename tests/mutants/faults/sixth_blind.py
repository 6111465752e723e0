"""A sixth batch of faults, written from the hooks' docstrings, that the suite let pass at first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from urllib.parse import quote

import attrs

from ..harness import Mutant, answer, each, edit, evolve

MUTANTS = [
    Mutant("directories with metadata count as entries", "W-108", edit("packages", "total_entries=len(revision.entries)", "total_entries=len(revision.entries) + len(revision.directories)")),
    Mutant("numbers in lists do not count", "S-22", edit("search.conditions", "return list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]", "return [one for one in metadata if isinstance(one, str)] if isinstance(metadata, (list, tuple)) else [metadata]")),
    Mutant("directories are sorted as if they ended in a slash", "C-1", edit("content", "for name in sorted(sizes)", "for name in sorted(sizes, key=lambda n: n + '/')")),
    Mutant("an entry given again with the same bytes is not replaced", "W-20", edit("revisions.plan", "            if key in new_keys:\n                replaced.append(key)", "            if key in new_keys:\n                replaced.extend([key] if entry.size else [])")),
    Mutant("an object that is already in place is copied again", "W-13", edit("revisions.copies", "inside and (mode is CopyMode.NEW or source.key == key)", "inside and mode is CopyMode.NEW")),
    Mutant("an abbreviated hash promotes the latest revision", "L-1", edit("revisions", "            source = self._session.revision(registry, package_name, top_hash)\n            header", "            source = self._session.revision(registry, package_name, top_hash if len(top_hash.value) == 64 else RevisionRef.parse(None))\n            header")),
    Mutant("no catalog link is returned", "L-10", answer("rollback_package", evolve(catalog_url=None))),
    Mutant("the key of a hit is percent-encoded", "F-13", answer("search_objects", each(key=lambda h: quote(h.key)))),
    Mutant("icons are left out", "X-13", answer("list_buckets", each(icon_url=None))),
    Mutant("every bucket can be browsed", "X-13", answer("list_buckets", each(browsable=True))),
    Mutant("tables are found in any bucket", "T-10", edit("registry_operations", "            return self._session.catalog.tables[bucket, name]\n", "            return next(t for (b, n), t in self._session.catalog.tables.items() if n == name)\n", "        except KeyError:\n            raise NotFoundError(f\"{bucket!r} has", "        except (KeyError, StopIteration):\n            raise NotFoundError(f\"{bucket!r} has")),
    Mutant("the name of a key loses spaces", "X-12", edit("registry_operations", "            name=name,\n            fingerprint", "            name=name.strip().lower(),\n            fingerprint")),
    Mutant("only the first 20 are listed", "X-15", answer("list_api_keys", lambda ks: ks[:20])),
    Mutant("users are sorted by reversed address", "U-10", answer("admin_list_users", lambda us: sorted(us, key=lambda u: u.email[::-1]))),
    Mutant("a user is found by the address", "U-4", edit("admin", "            return self._session.catalog.users[name]\n", "            return next(u for u in self._session.catalog.users.values() if name in (u.name, u.email))\n", "        except KeyError:\n            raise NotFoundError(f\"There is no user", "        except StopIteration:\n            raise NotFoundError(f\"There is no user")),
    Mutant("policies are returned as given, not sorted", "P-12", edit("access", "        ids = tuple(sorted(set(policies)))", "        ids = tuple(dict.fromkeys(policies))")),
    Mutant("permissions are sorted by level, not by bucket", "P-12", answer("admin_get_role", evolve(permissions=lambda r: tuple(sorted(r.permissions, key=lambda p: p.bucket, reverse=True))))),
    Mutant("the user who had set it is still reported", "X-1", edit("admin", "        self._session.admin()\n        self._session.catalog.sso = SsoConfig(text=None)", "        self._session.admin()\n        self._session.catalog.sso = attrs.evolve(self._session.catalog.sso, text=None)")),
    Mutant("the address of the catalog is missing", "K-2", answer("get_auth_status", evolve(catalog_url=None))),
    Mutant("any address is accepted", "K-3", edit("registry_operations", "        return self.get_catalog_config(catalog_url)\n\n    @hookimpl\n    def get_registry_url", "        return self.get_catalog_config(None)\n\n    @hookimpl\n    def get_registry_url")),
    Mutant("tables do not name their owner", "Q-1", answer("list_query_tables", each(bucket=None))),
    Mutant("the end time is not reported", "Q-13", answer("get_query", evolve(completed=None))),
    Mutant("a dry run reports the latest top hash", "T-25", answer("push_package", lambda r: attrs.evolve(r, top_hash=r.previous_top_hash) if r.dry_run else r)),
    Mutant("the top hash in the answer is the one that was requested", "T-36", edit("composition.download", "            top_hash=top_hash,\n            folder", "            top_hash=request.top_hash.value,\n            folder")),
]  # fmt: skip
