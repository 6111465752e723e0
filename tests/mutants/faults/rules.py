"""Faults in what holds for all operations: classes of errors, limits, case, order, what errors tell."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from collections.abc import Callable

import attrs

from quilt_core import NotFoundError, PermissionDeniedError, QuiltOpsError, ValidationError

from ..harness import Fault, Mutant, answer, edit, evolve, refuse


def another(error: type[QuiltOpsError]) -> Callable[[QuiltOpsError], QuiltOpsError]:
    """The same message and context in an error of a different class."""
    return lambda given: error(given.message, context=given.context)


def without(*keys: str) -> Callable[[QuiltOpsError], QuiltOpsError]:
    """The same error without some of its context."""

    def change(given: QuiltOpsError) -> QuiltOpsError:
        context = {key: value for key, value in given.context.items() if key not in keys}
        return type(given)(given.message, context=context)

    return change


def vague(given: QuiltOpsError) -> QuiltOpsError:
    """The same error without what was asked for in its message."""
    return type(given)("It is not there.", context=given.context)


_ANY = "if catalog_url not in (None, catalog.catalog_url):"
_DENIED = 'raise PermissionDeniedError(\n                f"This identity may not read'
_NOT_FOUND = _DENIED.replace("PermissionDeniedError", "NotFoundError")
_LOOK = "        self._readable(uri.bucket, uri.url)\n        return self._session.catalog.find_object(uri)"
_HITS = 'for key, version, stored in self._current(bucket, "")'
_BEST = "return list(islice(in_order(scored, order), limit))"
_ORDERED = "ordered = tuple(sorted(permissions, key=lambda one: one.bucket))"
_ROLES = "catalog.policies[policy.id] = attrs.evolve(policy, roles=tuple(sorted(roles)))"
_PACKAGE = "self.catalog.packages.get((self.reading(registry), name))"
_ANYCASE = "next((found for (owner, one), found in self.catalog.packages.items() if owner == self.reading(registry) and str(one).lower() == str(name).lower()), None)"
_ITEMS = "items = self._all(uri) if recursive else self._level(uri)"
_FREE = "if (bucket, name) in self._session.catalog.tables:"
_NEWEST = "return sorted(found, key=lambda key: (-key.created_at.timestamp(), key.id))"
_OWN_ROLES = "roles=tuple(sorted({*filter(None, [user.role]), *user.extra_roles})),"
_CANDIDATES = "for info, revision in self._revisions(buckets, latest_only)\n"


def _denied_as_not_found(operation: str) -> Fault:
    """An object operation says of a bucket that cannot be read that it is not there."""

    def change(given: QuiltOpsError) -> QuiltOpsError:
        hidden = isinstance(given, PermissionDeniedError) and "read" in given.message
        return NotFoundError(given.message, context=given.context) if hidden else given

    return refuse(operation, change)


MUTANTS = [
    Mutant("the configuration of the present catalog is that of any https address", "K-8", edit("registry_operations", _ANY, "if catalog_url is not None and not catalog_url.startswith('https://'):")),
    Mutant("the configuration of the present catalog is that of any address", "K-7", edit("registry_operations", _ANY, "if catalog_url == 'http://127.0.0.1:9/nothing-here':")),
    Mutant("only reading looks whether there is a catalog", "K-7", edit("registry_operations", "        return self.get_catalog_config(catalog_url)\n", "        return self.get_catalog_config(None)\n")),
    Mutant("an address without a catalog cannot be reached", "K-7", refuse("get_catalog_config", another(ValidationError))),
    Mutant("the error of an address without a catalog does not name it", "K-7", refuse("get_catalog_config", vague)),
    Mutant("another catalog's configuration is one's own", "K-9", edit("registry_operations", _ANY, "if catalog_url == 'nowhere':")),
    Mutant("a listing says of a bucket that cannot be read that it is not there", "F-11", _denied_as_not_found("list_objects")),
    Mutant("describing says of a bucket that cannot be read that it is not there", "F-11", _denied_as_not_found("get_object_info")),
    Mutant("opening says of a bucket that cannot be read that it is not there", "F-11", _denied_as_not_found("open_object")),
    Mutant("writing says of a bucket that cannot be read that it is not there", "F-11", _denied_as_not_found("put_object")),
    Mutant("every object operation says of a bucket that cannot be read that it is not there", "F-11", edit("objects", _DENIED, _NOT_FOUND)),
    Mutant("an object is looked for before the right to read it", "F-11", edit("objects", _LOOK, "        found = self._session.catalog.find_object(uri)\n        self._readable(uri.bucket, uri.url)\n        return found")),
    Mutant("the refusal of a write does not tell the object", "F-11", refuse("put_object", without("uri"))),
    Mutant("a write into a bucket that does not exist is a matter of permission", "F-9", refuse("put_object", another(PermissionDeniedError))),
    Mutant("a listing of a bucket that does not exist is a matter of permission", "F-9", refuse("list_objects", another(PermissionDeniedError))),
    Mutant("a registry that does not exist is a matter of permission", "W-12", refuse("create_package_revision", another(PermissionDeniedError))),
    Mutant("an object that cannot be read is not there for a package", "W-79", refuse("create_package_revision", another(NotFoundError))),
    Mutant("an object that cannot be read is not there for an update", "W-79", refuse("update_package_revision", another(NotFoundError))),
    Mutant("a destination that cannot be read is a matter of permission", "L-4", refuse("promote_package", another(PermissionDeniedError))),
    Mutant("deleting oneself is a matter of permission", "U-12", refuse("admin_delete_user", another(PermissionDeniedError))),
    Mutant("packages of a registry that can no longer be read are a matter of permission", "P-13", refuse("list_all_packages", another(PermissionDeniedError))),
    Mutant("somebody else's API key is a matter of permission", "X-11", refuse("get_api_key", another(PermissionDeniedError))),
    Mutant("revoking somebody else's API key is a matter of permission", "X-11", refuse("revoke_api_key", another(PermissionDeniedError))),
    Mutant("an API key's name is a malformed id", "X-11", refuse("revoke_api_key", another(ValidationError))),
    Mutant("somebody else's query is a matter of permission", "Q-17", edit("query.jobs", "raise NotFoundError(", "raise __import__('quilt_core').PermissionDeniedError(")),
    Mutant("a promotion under an unknown workflow is not found", "L-32", refuse("promote_package", another(NotFoundError))),
    Mutant("a role in another case is a matter of permission", "L-72", refuse("switch_role", another(PermissionDeniedError))),
    Mutant("the limit of a package search comes before the query", "S-37", edit("search", _CANDIDATES, "for info, revision in list(self._revisions(buckets, latest_only))[:limit]\n")),
    Mutant("the limit of a package search comes before the latest revisions are chosen", "S-37", edit("search", _CANDIDATES, "for info, revision in [one for one in list(self._revisions(buckets, False))[:limit] if not latest_only or one in list(self._revisions(buckets, True))]\n")),
    Mutant("the limit of a package search comes before the filters", "S-37", edit("search", _BEST, "return list(islice(in_order([one for one in [(wanted.score(SearchText.of(i, r.entries)), i) for i, r in self._revisions(buckets, latest_only) if wanted.score(SearchText.of(i, r.entries))][:limit] if fits_filter(one[1], filters) and fits_predicates(one[1], user_meta)], order), limit))")),
    Mutant("the limit of a package search comes before the predicates", "S-37", edit("search", "            and fits_predicates(info, user_meta)\n", "", _BEST, "return [one for one in islice(in_order(scored, order), limit) if fits_predicates(one, user_meta)]")),
    Mutant("the limit of a package search comes after the order and before the filters", "S-37", edit("search", "            if fits_filter(info, filters)\n            and", "            if", _BEST, "return [one for one in islice(in_order(scored, order), limit) if fits_filter(one, filters)]")),
    Mutant("the limit of a package search comes before the order", "S-37", edit("search", _BEST, "return list(in_order(scored[:limit], order))")),
    Mutant("the limit of an object search comes before the query", "F-59", edit("objects", _HITS, f"{_HITS[:-1]})[:limit]")),
    Mutant("the limit of an object search comes before the query, over all buckets", "F-59", edit("objects", "            for bucket in buckets\n            for key, version, stored in self._current(bucket, \"\")\n", "            for bucket, (key, version, stored) in [(b, one) for b in buckets for one in self._current(b, \"\")][:limit]\n")),
    Mutant("each bucket has its own limit of an object search", "F-59", edit("objects", "return sorted(hits, key=lambda hit: (-hit.score, hit.bucket, hit.key))[:limit]", "return [hit for b in buckets for hit in [one for one in hits if one.bucket == b][:limit]]")),
    Mutant("the limit of a listing comes before its folders", "F-60", edit("objects", _ITEMS, "from quilt_core.testing.memory import objects as own\n        items = self._all(uri) if recursive else iter([one for one in self._level(uri)][: len({*[str(one.uri) for one in islice(self._all(uri), limit)]})])", "        return list(islice(items, limit))", "        inside = [one.uri for one in islice(self._all(uri), limit)]\n        return [one for one in islice(items, limit) if not one.is_prefix or any(i.startswith(one.uri) for i in inside)]")),
    Mutant("the limit of a listing comes before its prefix", "F-60", edit("objects", "self._current(uri.bucket, uri.prefix):\n            yield", "(one for one in self._current(uri.bucket, '')[:1] + self._current(uri.bucket, '')[1:4] if one[0].startswith(uri.prefix)):\n            yield")),
    Mutant("folders do not count for the limit of a listing", "F-60", edit("objects", "return list(islice(items, limit))", "listed = list(items)\n        objects = [one for one in listed if not one.is_prefix][:limit]\n        return [one for one in listed if one.is_prefix or one in objects]")),
    Mutant("a pattern is held against names in small letters", "R-69", edit("packages", "matching.fits(name)]", "matching.fits(name.lower())]")),
    Mutant("a pattern is taken in small letters", "R-69", edit("packages", "name_pattern(pattern)", "name_pattern(pattern.lower())")),
    Mutant("a pattern and names are compared in small letters", "R-69", edit("packages", "name_pattern(pattern)", "name_pattern(pattern.lower())", "matching.fits(name)]", "matching.fits(name.lower())]")),
    Mutant("packages are looked for in any case", "R-70", edit("session", _PACKAGE, _ANYCASE)),
    Mutant("a name in a filter is held against names in small letters", "S-38", edit("search.conditions", "matches_wildcard(info.name, filters.name)", "matches_wildcard(info.name.lower(), filters.name)")),
    Mutant("files are looked for in any case", "C-36", edit("content", "        if path in revision.entries:\n            return [file_info(revision.entries[path])]\n", "        alike = [e for k, e in revision.entries.items() if k.lower() == path.lower()]\n        if alike:\n            return [file_info(alike[0])]\n")),
    Mutant("directories are looked for in any case", "C-36", edit("content", "if key.startswith(prefix)}", "if key.lower().startswith(prefix.lower())}")),
    Mutant("folders of objects are listed in any case", "F-61", edit("objects", "key.startswith(prefix)", "key.lower().startswith(prefix.lower())")),
    Mutant("objects are described in any case", "F-61", edit("store", "self.objects.get((uri.bucket, uri.key), {})", "next((v for (b, k), v in self.objects.items() if b == uri.bucket and k.lower() == uri.key.lower()), {})")),
    Mutant("folders of objects are in small letters", "F-61", edit("objects", "yield _folder(S3Prefix(uri.bucket, f\"{uri.prefix}{name}/\"))", "yield _folder(S3Prefix(uri.bucket, f\"{uri.prefix}{name.lower()}/\"))")),
    Mutant("a table's name is taken in any case", "T-94", edit("registry_operations", _FREE, "if (bucket, name.lower()) in [(b, n.lower()) for b, n in self._session.catalog.tables]:")),
    Mutant("tables are listed without regard to case", "T-94", answer("list_tabulator_tables", lambda tables: sorted(tables, key=lambda one: (one.name.lower(), one.config), reverse=True))),
    Mutant("a role's name is taken in any case", "P-62", edit("access", "if role.name == name), None)", "if role.name.lower() == name.lower()), None)")),
    Mutant("a policy's title is taken in any case", "P-62", edit("access", "other.title == title or", "other.title.lower() == title.lower() or")),
    Mutant("roles are listed without regard to case", "P-62", edit("access", "key=lambda role: role.name)", "key=lambda role: (role.name.lower(), role.name.swapcase()))")),
    Mutant("policies are listed without regard to case", "P-62", edit("access", "key=lambda policy: (policy.title, policy.id))", "key=lambda policy: (policy.title.lower(), policy.id))")),
    Mutant("the permissions of a policy are in the order given", "P-63", edit("access", _ORDERED, "ordered = tuple(permissions)")),
    Mutant("the permissions of a new policy are in the order given", "P-63", edit("access", _ORDERED, "ordered = tuple(permissions) if policy.id not in catalog.policies else tuple(sorted(permissions, key=lambda one: one.bucket))")),
    Mutant("the permissions of a changed policy are in the order given", "P-63", edit("access", _ORDERED, "ordered = tuple(permissions) if policy.id in catalog.policies else tuple(sorted(permissions, key=lambda one: one.bucket))")),
    Mutant("the permissions of a policy are sorted by level", "P-63", edit("access", "key=lambda one: one.bucket))\n        changed", "key=lambda one: one.level.value))\n        changed")),
    Mutant("the roles of a policy are in the order of their addition", "P-63", edit("access", _ROLES, "catalog.policies[policy.id] = attrs.evolve(policy, roles=(*[one for one in policy.roles if one in roles], *sorted(roles - {*policy.roles})))")),
    Mutant("listed policies have their permissions backwards", "P-63", answer("admin_list_policies", lambda policies: [attrs.evolve(one, permissions=one.permissions[::-1]) for one in policies])),
    Mutant("the permissions of a role are in the order of its policies", "P-64", edit("access", "permissions=tuple(best[name] for name in sorted(best))", "permissions=tuple(best.values())")),
    Mutant("the policies of a role are in the order given", "P-64", edit("access", "ids = tuple(sorted(set(policies)))", "ids = tuple(dict.fromkeys(policies))")),
    Mutant("the policies of a role are in the order of their addition", "P-64", edit("access", "            ids = {*role.policies} - {policy.id}\n            if role.id in roles:\n                ids.add(policy.id)\n            self._save(attrs.evolve(role, policies=tuple(sorted(ids))))", "            ids = [one for one in role.policies if one != policy.id]\n            if role.id in roles:\n                ids.append(policy.id)\n            self._save(attrs.evolve(role, policies=tuple(ids)))")),
    Mutant("extra roles are in the order given to a new user", "U-61", edit("store", "extra_roles=tuple(sorted({*extra_roles} - {role})),", "extra_roles=tuple(one for one in extra_roles if one != role),")),
    Mutant("added roles come last", "U-61", edit("admin", "extra_roles=tuple(sorted({*user.extra_roles, *roles} - {user.role}))", "extra_roles=tuple(dict.fromkeys([*user.extra_roles, *(one for one in roles if one != user.role)]))")),
    Mutant("extra roles that are set are in the order given", "U-61", edit("admin", "extra_roles=tuple(sorted(extra - {role})))", "extra_roles=tuple(one for one in dict.fromkeys([*(extra_roles or ()), *sorted(extra)]) if one != role))")),
    Mutant("extra roles are sorted without regard to case", "U-61", edit("admin", "tuple(sorted(extra - {role}))", "tuple(sorted(extra - {role}, key=str.lower))")),
    Mutant("a renamed role keeps its place among the extra roles", "U-61", edit("access", "extra = tuple(sorted(new if one == old else one for one in user.extra_roles))", "extra = tuple(new if one == old else one for one in user.extra_roles)")),
    Mutant("one's active role comes first", "K-12", edit("registry_operations", _OWN_ROLES, "roles=(*filter(None, [user.role]), *user.extra_roles),")),
    Mutant("one's roles are sorted without regard to case", "K-12", edit("registry_operations", _OWN_ROLES, "roles=tuple(sorted({*filter(None, [user.role]), *user.extra_roles}, key=str.lower)),")),
    Mutant("the answer of a switch has the new role first", "K-12", answer("switch_role", evolve(roles=lambda s: (s.role, *(one for one in s.roles if one != s.role))))),
    Mutant("API keys of all users are listed oldest first", "X-60", answer("admin_list_api_keys", lambda keys: keys[::-1])),
    Mutant("API keys of all users are listed user by user", "X-60", answer("admin_list_api_keys", lambda keys: sorted(keys, key=lambda key: key.user_email))),
    Mutant("API keys are listed by the time at which they expire", "X-60", edit("registry_operations", _NEWEST, "return sorted(found, key=lambda key: (-key.expires_at.timestamp(), key.id))")),
    Mutant("API keys are listed by name", "X-60", edit("registry_operations", _NEWEST, "return sorted(found, key=lambda key: (key.name, -key.created_at.timestamp()))")),
    *(
        Mutant(f"the error of {operation} does not tell the {key} of a package", "R-71", refuse(operation, without(key)))
        for operation in ("get_package_info", "diff_packages", "browse_content", "get_content_url")
        for key in ("package", "registry")
    ),
    *(
        Mutant(f"the error of {operation} does not tell the top hash", "R-72", refuse(operation, without("top_hash")))
        for operation in ("get_package_info", "diff_packages", "browse_content", "get_content_url", "delete_package", "rollback_package", "promote_package")
    ),
    Mutant("the message about a package that is updated does not name it", "R-71", refuse("update_package_revision", vague)),
    Mutant("the message about a package that is deleted does not name it", "R-71", refuse("delete_package", vague)),
    Mutant("the message about a revision that is promoted does not name it", "R-72", refuse("promote_package", vague)),
    Mutant("the error of a path does not tell it", "C-37", refuse("browse_content", without("path"))),
    Mutant("the error of a path without a URL does not tell the package", "C-37", refuse("get_content_url", without("package"))),
    Mutant("a directory has no URL and is not found", "C-37", refuse("get_content_url", another(NotFoundError))),
    Mutant("the error of a file that is read does not tell its package", "C-37", edit("composition.content", "raise not_a_file(path, name, registry)", "raise ValidationError(f'{path!r} is a directory.', context={'path': path})")),
    Mutant("the error of an object that is described does not tell it", "F-62", refuse("get_object_info", without("uri"))),
    Mutant("the error of an object that is opened does not tell it", "F-62", refuse("open_object", without("uri"))),
    Mutant("the error of a bucket that is listed does not tell it", "F-62", refuse("list_objects", without("uri"))),
    Mutant("the message about an object does not name it", "F-62", refuse("open_object", vague)),
]  # fmt: skip
