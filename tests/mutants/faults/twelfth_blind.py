"""A twelfth batch of faults, written from the contract alone, that the suite let pass at first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from typing import Any

import attrs

from quilt_core import AuthenticationError, NotFoundError, PermissionDeniedError, hookimpl

from ..harness import Mutant, Wrapper, answer, answer_refusals, edit, evolve, refuse, swallow
from .rules import another, without

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
    Mutant("a write into a registry that is not there says nothing of its outcome", "R-73", edit("revisions", "            start = self._latest(self._session.writing(registry), package_name)\n", "            pass\n        start = self._latest(self._session.writing(registry), package_name)\n        with outcome_unless_told(Outcome.NOT_WRITTEN):\n")),
    Mutant("a rollback in a hidden registry is a matter of permission", "R-73", refuse("rollback_package", another(PermissionDeniedError))),
    Mutant("a deletion in a hidden registry is a matter of permission", "R-73", refuse("delete_package", another(PermissionDeniedError))),
    Mutant("an update in a hidden registry is a matter of permission", "R-73", refuse("update_package_revision", another(PermissionDeniedError))),
    Mutant("tables of a hidden bucket are a matter of permission", "R-73", refuse("create_tabulator_table", another(PermissionDeniedError))),
    Mutant("workflows of a hidden registry are none", "R-73", answer_refusals("list_workflows", [])),
    Mutant("API keys of nobody are none", "K-13", swallow("list_api_keys", [], AuthenticationError)),
    Mutant("an API key of nobody is not found", "K-13", refuse("get_api_key", another(NotFoundError))),
    Mutant("nobody lists packages", "K-13", edit("packages", "bucket = self._session.reading(registry)", "bucket = str(registry.bucket)")),
    Mutant("nobody reads objects", "K-13", edit("objects", "        self._session.user()\n        if bucket in", "        if self._session.identity is None or bucket in")),
    Mutant("somebody who is locked out keeps making API keys", "U-62", edit("registry_operations", "user, catalog = self._session.user(), self._session.catalog", "user, catalog = self._session.catalog.users[str(self._session._user)], self._session.catalog")),
    Mutant("an administrator who is locked out keeps administering", "U-62", edit("session", "        user = self.user()\n        if not user.is_admin", "        user = self.catalog.users[str(self._user)]\n        if not user.is_admin")),
    Mutant("a role is renamed for its users before its policies are checked", "X-62", edit("access", "        ids = role.policies if policies is None else self._check_policies(policies)\n        if name is not None:\n", "        if name is not None:\n", "                self._rename(user.name, role.name, name)\n", "                self._rename(user.name, role.name, name)\n        ids = role.policies if policies is None else self._check_policies(policies)\n")),
    Mutant("a policy is stored before its roles are checked", "X-62", edit("access", "        for role_id in roles:\n            if role_id", "        catalog.policies[policy.id] = attrs.evolve(policy, title=title)\n        for role_id in roles:\n            if role_id")),
    Mutant("a policy has its title before its buckets are checked", "X-62", edit("access", "        for one in permissions:\n            if one.bucket", "        catalog.policies[policy.id] = attrs.evolve(policy, title=title)\n        for one in permissions:\n            if one.bucket")),
    Mutant("a role has its name before its policies are checked", "X-62", edit("access", "        ids = role.policies if policies is None else self._check_policies(policies)\n", "        self._session.catalog.roles[role.id] = attrs.evolve(role, name=name or role.name)\n        ids = role.policies if policies is None else self._check_policies(policies)\n")),
    Mutant("a bucket is added before it is looked for", "X-62", edit("admin", "        if name not in catalog.foreign_buckets:\n            raise NotFoundError(f\"There is no S3 bucket {name!r}.\")\n        catalog.add_bucket(name)", "        known = name in catalog.foreign_buckets\n        catalog.add_bucket(name)\n        if not known:\n            raise NotFoundError(f\"There is no S3 bucket {name!r}.\")")),
    Mutant("a role of AWS gets a policy", "X-62", edit("access", "if role_id not in catalog.roles or not catalog.roles[role_id].managed", "if role_id not in catalog.roles")),
    Mutant("resetting a password lets somebody in", "X-63", edit("admin", "        self._find(name)\n        return Acknowledgement(action=\"admin_reset_user_password\"", "        self._change(name, is_active=True)\n        return Acknowledgement(action=\"admin_reset_user_password\"")),
    Mutant("indexing a bucket gives it its name as title", "X-63", edit("admin", "attrs.evolve(found, last_indexed=now)", "attrs.evolve(found, last_indexed=now, title=name)")),
    Mutant("buckets whose names begin alike are changed together", "X-63", edit("admin", "        self._session.catalog.buckets[name] = changed\n        return changed", "        for one, config in self._session.catalog.buckets.items():\n            if one.startswith(name):\n                self._session.catalog.buckets[one] = attrs.evolve(config, **given)\n        return changed")),
    Mutant("a deleted user's namesakes go, too", "X-63", edit("admin", "        del self._session.catalog.users[name]\n", "        for one in [u for u in self._session.catalog.users if u.startswith(name[:-2])]:\n            del self._session.catalog.users[one]\n")),
    Mutant("setting the default role gives it to everybody", "X-63", edit("access", "        self._session.catalog.default_role = role.id\n", "        self._session.catalog.default_role = role.id\n        for name in list(self._session.catalog.users):\n            self._rename(name, str(self._session.catalog.users[name].role), role.name)\n")),
    Mutant("no default role can be set with single sign-on", "P-65", edit("access", "if self._session.catalog.sso_role() not in (None, role.name)", "if self._session.catalog.sso_role() is not None")),
    Mutant("a role of somebody who is locked out is deleted", "P-66", edit("access", "if role.name in (user.role, *user.extra_roles):", "if user.is_active and role.name in (user.role, *user.extra_roles):")),
    Mutant("an administrator reads everybody's API keys", "X-64", edit("registry_operations", "return self._key(key_id, self._session.user().name)", "return self._key(key_id, None if self._session.user().is_admin else self._session.user().name)")),
    Mutant("an administrator revokes everybody's API keys", "X-64", edit("registry_operations", "self._key(key_id, self._session.user().name)\n        del", "self._key(key_id, None if self._session.user().is_admin else self._session.user().name)\n        del")),
    Mutant("an administrator lists everybody's API keys as the own ones", "X-64", edit("registry_operations", "user = self._session.user().name\n        return self._keys(user, name", "user = None if self._session.user().is_admin else self._session.user().name\n        return self._keys(user, name")),
    Mutant("API keys have the address that their user had", "X-65", edit("admin", "            if owner == name:\n                keys[key_id] =", "            if owner == '':\n                keys[key_id] =")),
    Mutant("the present configuration of single sign-on keeps its time", "X-61", edit("admin", "timestamp=catalog.now(), uploader", "timestamp=before.timestamp if before.text == config else catalog.now(), uploader")),
    Mutant("an object that cannot be read is copied", "W-35", edit("revisions", "sources = [self._readable(task.source)[1] for task in tasks]", "sources = [self._session.catalog.find_object(task.source)[1] for task in tasks]")),
    Mutant("an object that cannot be read is copied for an update", "W-35", edit("revisions", "self._readable(task.source)[1] for task", "(self._session.catalog.find_object if request.operation == 'update_package_revision' else self._readable)(task.source)[1] for task")),
    Mutant("the error of an object that may not be copied does not tell it", "W-35", refuse("promote_package", without("uri"))),
    Mutant("the error of an object that cannot be packaged does not tell it", "W-79", edit("revisions", "f\"This identity may not read {uri}.\", context={\"uri\": uri.url}", "f\"This identity may not read {uri}.\"")),
    Mutant("a URL of an object that cannot be read is given", "C-38", edit("session", "if place.bucket in self.catalog.buckets and self.level(place.bucket) is None:", "if False:")),
    Mutant("deleted revisions are listed by top hash", "D-31", edit("revisions", "key=lambda one: (-one.modified.timestamp(), one.top_hash),", "key=lambda one: one.top_hash,")),
    Mutant("deleted revisions of one second are listed backwards", "D-31", edit("revisions", "key=lambda one: (-one.modified.timestamp(), one.top_hash),", "key=lambda one: (one.modified.timestamp(), one.top_hash), reverse=True,")),
    Mutant("deleted revisions are listed by their oldest pointers", "D-31", edit("revisions", "                {one.top_hash: one for one in package.revisions}.values(),", "                {one.top_hash: one for one in reversed(package.revisions)}.values(),")),
    Mutant("metadata of directories is what the backend holds", "R-67", edit("content", "metadata=to_plain(directory_metadata(revision.directories.get(f\"{prefix}{name}/\"))),", "metadata=directory_metadata(revision.directories.get(f\"{prefix}{name}/\")),")),
    Mutant("the workflows of a removed bucket are lost", "X-14", edit("admin", "        del self._session.catalog.buckets[name]\n", "        del self._session.catalog.buckets[name]\n        self._session.catalog.workflows.pop(name, None)\n")),
    Mutant("a status without credentials names no catalog", "K-6", edit("registry_operations", "                is_authenticated=False,\n                catalog_url=catalog.catalog_url,", "                is_authenticated=False,\n                catalog_url=None,")),
    Mutant("roles are switched to by id", "L-75", edit("registry_operations", "        user = self._session.user()\n        if role not in", "        user = self._session.user()\n        found = self._session.catalog.find_role(role)\n        role = found.name if found else role\n        if role not in")),
    Mutant("times of objects in hits are those of a place", "O-52", edit("objects", "modified=stored.modified,\n                score", "modified=stored.modified.astimezone(__import__('datetime').timezone(__import__('datetime').timedelta(hours=2))),\n                score")),
    Mutant("files of one level are sorted without regard to case", "C-39", edit("content", "for e in sorted(files, key=lambda e: e.logical_key)]", "for e in sorted(files, key=lambda e: e.logical_key.lower())]")),
    Mutant("directories of one level are sorted without regard to case", "C-39", edit("content", "for name in sorted(sizes)\n", "for name in sorted(sizes, key=str.lower)\n")),
    Mutant("directories without files come last", "C-39", edit("content", "for name in sorted(sizes)\n", "for name in sizes\n")),
    Mutant("blanks at the ends of paths do not matter", "C-36", edit("content", "        if path in revision.entries:\n            return", "        path = path.strip() if path.strip() in revision.entries else path\n        if path in revision.entries:\n            return")),
    Mutant("objects whose keys begin with a dot are not listed", "F-64", edit("objects", "if owner == bucket and key.startswith(prefix)", "if owner == bucket and key.startswith(prefix) and not key.startswith('.')")),
    Mutant("objects below a folder that begins with a dot are not listed", "F-64", edit("objects", "if owner == bucket and key.startswith(prefix)", "if owner == bucket and key.startswith(prefix) and '/.' not in key")),
    Mutant("objects whose keys have a dot are not found", "F-71", answer("search_objects", lambda hits: [one for one in hits if "/." not in one.uri])),
    Mutant("objects whose keys begin with an underscore are not found", "F-71", answer("search_objects", lambda hits: [one for one in hits if "/_" not in one.uri])),
    Mutant("a listing of an object is the object", "F-72", edit("objects", "if owner == bucket and key.startswith(prefix)", "if owner == bucket and (key.startswith(prefix) or key + '/' == prefix)")),
    Mutant("folders of this machine are empty", "F-65", edit("objects", '            raise _no_folders("list_objects")', "            return []")),
    Mutant("files of this machine are not there", "F-65", edit("objects", "            raise _no_folders(operation)", "            raise NotFoundError('There is no such file.')")),
    Mutant("files of this machine are malformed addresses for a write", "F-65", edit("objects", '                raise _no_folders("put_object")', "                raise ValidationError('This is no object.')")),
    Mutant("the checksum of an empty object is ignored", "F-6", edit("objects", "    if checksum is None:\n        return\n", "    if checksum is None or not data:\n        return\n")),
    Mutant("a rollback confuses the expected and the actual revision", "L-77", edit("revisions", "raise moved_on(package_name, registry, expected, before, can_force=False)", "raise moved_on(package_name, registry, before, expected, can_force=False)")),
    Mutant("a hundred roles are listed", "P-67", answer("admin_list_roles", lambda roles: roles[:100])),
    Mutant("a hundred policies are listed", "P-67", answer("admin_list_policies", lambda policies: policies[:100])),
    Mutant("a policy has ten roles", "P-67", answer("admin_update_policy", evolve(roles=lambda p: p.roles[:10]))),
    Mutant("fifty API keys of all users are listed", "X-15", answer("admin_list_api_keys", lambda keys: keys[:50])),
    Mutant("users are listed without regard to case", "U-10", edit("admin", "for name in sorted(users)]", "for name in sorted(users, key=str.lower)]")),
    Mutant("a hundred workflows are listed", "L-78", answer("list_workflows", lambda workflows: workflows[:100])),
    Mutant("workflows are listed by id", "L-78", answer("list_workflows", lambda workflows: sorted(workflows, key=lambda one: one.id))),
    Mutant("a search of objects without a limit ends after a hundred", "F-70", answer("search_objects", lambda hits: hits[:100])),
]  # fmt: skip
