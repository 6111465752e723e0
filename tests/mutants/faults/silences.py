"""Faults in what the hooks' docstrings did not say at first: roles in use, repeated calls, several
words, progress, empty answers."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Any

from quilt_core import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    QuiltOpsError,
    ValidationError,
)

from ..harness import Edit, Mutant, answer, edit, evolve, refuse, swallow

_ACTIVE = "active = user.role if user.role not in roles else fallback or next(iter(left), None)"
_LEFT = "extra_roles=tuple(role for role in left if role != active)"
_IN_USE = "if role.name in (user.role, *user.extra_roles):"
_DEFAULT = "if role.id == self._session.catalog.default_role:"
_KEYS = "for key_id in [key_id for key_id, (owner, _) in keys.items() if owner == name]:"
_ADDED = "{*user.extra_roles, *roles} - {user.role}"
_WORDS = "target = required if joined else optional"
_ADVANCE = "self._done += amount"
_CALLBACK = "            self._callback(\n"
_WRAPPED = "            _wrapped(self._callback)(\n"
_CLASS = "class ProgressReporter:\n"
_EAST = timezone(timedelta(hours=5, minutes=30))


def _progress(old: str, new: str, *more: str) -> Edit:
    """A change of `quilt_core.progress`, which all backends share."""
    texts = (old, new, *more)
    return Edit("quilt_core.progress", tuple(zip(texts[::2], texts[1::2], strict=True)))


def _wrapper(instead: str) -> str:
    """The class of reporters, after a function that catches what a callback raises."""
    return (
        "def _wrapped(callback):\n    def call(step):\n        from quilt_core.errors import BackendError\n"
        "        try:\n            callback(step)\n        except Exception as error:\n"
        f"            {instead}\n\n    return call\n\n\n{_CLASS}"
    )


def _in_the_east(name: str) -> Callable[[Any], Any]:
    return evolve(**{name: lambda item: getattr(item, name).astimezone(_EAST)})


def _none(error: type[QuiltOpsError] = NotFoundError) -> Callable[[list[Any]], list[Any]]:
    """A listing that raises an error instead of being empty."""

    def change(items: list[Any]) -> list[Any]:
        if not items:
            raise error("There is nothing.")
        return items

    return change


MUTANTS = [
    # The roles of users
    Mutant("no role becomes active when the active one is removed", "U-55", edit("admin", f"        {_ACTIVE}\n        if active is None:", "        active = user.role if user.role not in roles else fallback\n        if not left and active is None:")),
    Mutant("the active role is removed only with a fallback", "U-55", edit("admin", f"        {_ACTIVE}\n", f"        {_ACTIVE}\n        if user.role in roles and fallback is None:\n            active = user.role\n")),
    Mutant("the role that becomes active remains an extra role", "U-55", edit("admin", _LEFT, "extra_roles=tuple(left)")),
    Mutant("all other roles are lost with the active one", "U-55", edit("admin", _LEFT, "extra_roles=() if user.role in roles else tuple(left)")),
    Mutant("the fallback must be a role that the user has", "U-56", edit("admin", "        left = [role for role in user.extra_roles", "        if fallback not in (None, user.role, *user.extra_roles):\n            raise ValidationError('The user does not have it.')\n        left = [role for role in user.extra_roles")),
    Mutant("the fallback is given to a user who does not need it", "U-56", edit("admin", _LEFT, "extra_roles=tuple(sorted({*left, *filter(None, [fallback])} - {active}))")),
    Mutant("the fallback is checked only when it is needed", "U-56", edit("admin", "self._check_roles(*roles, *filter(None, [fallback]))", "self._check_roles(*roles, *([fallback] if fallback and user.role in roles else []))")),
    Mutant("the fallback does not count as a role that remains", "U-56", edit("admin", "        if active is None:\n", "        if active is None or not left and user.role in roles:\n")),
    Mutant("an unknown fallback becomes the active role", "U-56", edit("admin", "self._check_roles(*roles, *filter(None, [fallback]))", "self._check_roles(*roles)")),
    Mutant("the active role can be an extra role, too", "U-57", edit("store", "tuple(sorted({*extra_roles} - {role}))", "tuple(sorted({*extra_roles}))")),
    Mutant("extra roles are in the order in which they were given", "U-57", edit("store", "tuple(sorted({*extra_roles} - {role}))", "tuple(one for one in extra_roles if one != role)")),
    Mutant("None keeps the extra roles", "U-57", edit("admin", "extra = set(extra_roles or ())", "extra = set(user.extra_roles if extra_roles is None else extra_roles)")),
    Mutant("an empty list of extra roles removes them despite `append`", "U-57", edit("admin", "if append:", "if append and extra_roles != ():")),
    Mutant("a role that the user has is refused", "U-57", edit("admin", "        self._check_roles(*roles)\n        return self._change(", "        self._check_roles(*roles)\n        if {*roles} & {user.role, *user.extra_roles}:\n            raise ConflictError('The user has it.')\n        return self._change(")),
    Mutant("removing a role that the user does not have is refused", "U-57", edit("admin", "        left = [role for role in user.extra_roles", "        if not {*roles} <= {user.role, *user.extra_roles}:\n            raise ValidationError('The user does not have it.')\n        left = [role for role in user.extra_roles")),
    Mutant("adding the active role makes it an extra role", "U-57", edit("admin", _ADDED, "{*user.extra_roles, *roles}")),
    Mutant("the present address is refused", "U-58", edit("admin", "if user.email == email and user.name != own:", "if user.email == email:")),
    Mutant("an administrator cannot be made an administrator again", "U-58", edit("admin", "        return self._change(name, is_admin=admin)", "        if self._find(name).is_admin == admin:\n            raise ConflictError('It is so already.')\n        return self._change(name, is_admin=admin)")),
    Mutant("an inactive user loses the extra roles", "U-58", edit("admin", "self._change(name, is_active=active)", "self._change(name, is_active=active, extra_roles=self._find(name).extra_roles if active else ())")),
    Mutant("an administrator has the standard address", "U-58", edit("admin", "self._change(name, is_admin=admin)", "self._change(name, is_admin=admin, email=f'{name}@example.com')")),
    Mutant("creating a user again changes the address", "U-58", edit("admin", "            raise ConflictError(f\"There is a user {name!r}.\")", "            self._change(name, email=f'{email}.org')\n            raise ConflictError(f\"There is a user {name!r}.\")")),
    Mutant("deleting a user twice raises no error", "U-58", swallow("admin_delete_user", None, NotFoundError)),
    Mutant("users are found in any case", "U-59", edit("admin", "            return self._session.catalog.users[name]\n", "            return {one.lower(): user for one, user in self._session.catalog.users.items()}[name.lower()]\n")),
    Mutant("roles are known in any case", "U-59", edit("admin", "known = (role.name for role in self._session.catalog.roles.values())\n            if name not in known:", "known = [role.name.lower() for role in self._session.catalog.roles.values()]\n            if name.lower() not in known:")),
    Mutant("a deleted user can still read", "U-60", edit("session", "        user = self.catalog.users.get(self._user)\n", "        user = self.catalog.users.get(self._user) or self.catalog.users['admin']\n")),
    Mutant("a deleted user counts as nobody", "U-60", edit("session", "        if user is None or not user.is_active:", "        if user is None:\n            return None\n        if not user.is_active:")),
    Mutant("the API keys of a deleted user remain", "X-59", edit("admin", _KEYS, "for key_id in ():")),
    # Roles in use
    Mutant("the default role can be deleted", "P-56", edit("access", _DEFAULT, "if False:")),
    Mutant("the default role can be deleted by its id", "P-56", edit("access", _DEFAULT, "if role.id == self._session.catalog.default_role and id_or_name == role.name:")),
    Mutant("only a managed role is kept as the default role", "P-56", edit("access", _DEFAULT, "if role.managed and role.id == self._session.catalog.default_role:")),
    Mutant("every role that was the default role is kept", "P-56", edit("access", "            raise ConflictError(f\"The role {role.name!r} is the default role.\")", "            self._session.catalog.__dict__.setdefault('former', set()).add(role.id)\n            raise ConflictError(f\"The role {role.name!r} is the default role.\")", _DEFAULT, f"if role.id in self._session.catalog.__dict__.get('former', ()):\n            raise ConflictError('It was the default role.')\n        {_DEFAULT}")),
    Mutant("deleting the default role unsets it first", "P-56", edit("access", f"        {_DEFAULT}\n", f"        {_DEFAULT}\n            self._session.catalog.default_role = None\n")),
    Mutant("a role of AWS in use is deleted", "P-57", edit("access", _IN_USE, f"{_IN_USE[:-1]} and role.managed:")),
    Mutant("deleting a role takes it from its users", "P-57", edit("access", f"            {_IN_USE}\n", f"            {_IN_USE}\n                self._rename(user.name, role.name, 'Admin')\n")),
    Mutant("a role that is in use loses its name", "P-57", edit("access", f"            {_IN_USE}\n", f"            {_IN_USE}\n                self._save(attrs.evolve(role, name=role.name + '-old'))\n")),
    Mutant("names of roles come before ids", "P-58", edit("store", "return self.roles.get(id_or_name) or next(by_name, None)", "return next(by_name, None) or self.roles.get(id_or_name)")),
    Mutant("the id of a role counts as a name that is taken", "P-58", edit("access", "if role.name == name), None)", "if name in (role.name, role.id)), None)")),
    Mutant("a role's own name counts as taken", "P-59", edit("access", "if found is not None and found.id != own:", "if found is not None:")),
    Mutant("a policy's own title counts as taken", "P-59", edit("access", "if other.id != policy.id and (other.title == title", "if (other.title == title")),
    Mutant("the default role is given to every user", "P-59", edit("access", "        self._session.catalog.default_role = role.id\n", "        self._session.catalog.default_role = role.id\n        for user in list(self._session.catalog.users.values()):\n            self._session.catalog.users[user.name] = attrs.evolve(user, role=role.name)\n")),
    Mutant("the default role cannot be set twice", "P-59", edit("access", "        self._session.catalog.default_role = role.id\n", "        if self._session.catalog.default_role == role.id:\n            raise ConflictError('It is the default role.')\n        self._session.catalog.default_role = role.id\n")),
    Mutant("two policies may have one ARN", "P-60", edit("access", "(other.title == title or other.arn == arn)", "other.title == title")),
    Mutant("a policy's own ARN counts as taken", "P-60", edit("access", "if other.id != policy.id and (other.title == title or other.arn == arn):", "if other.id != policy.id and other.title == title or other.arn == arn:")),
    Mutant("two roles may not have one ARN", "P-60", edit("access", "        self._check_name(name)\n        self._check_signup(signup)\n", "        self._check_name(name)\n        self._check_signup(signup)\n        if arn in [role.arn for role in self._session.catalog.roles.values()]:\n            raise ConflictError('Another role has it.')\n")),
    Mutant("a role that single sign-on uses can be deleted", "P-61", edit("access", "        self._check_sso(role)\n        for user", "        for user")),
    Mutant("a role that single sign-on uses can be renamed", "P-61", edit("access", "            self._check_sso(role)\n        if name", "            pass\n        if name")),
    Mutant("a role that single sign-on uses cannot be changed", "P-61", edit("access", "if name not in (None, role.name):", "if True:")),
    Mutant("the default role can be another one than that of single sign-on", "P-61", edit("access", "if self._session.catalog.sso_role() not in (None, role.name):", "if False:")),
    Mutant("the configuration of single sign-on may name an unknown role", "P-61", edit("admin", "if named is not None and named not in", "if False and named not in")),
    Mutant("a configuration that names an unknown role removes the present one", "P-61", edit("admin", "            catalog.sso = before\n", "            catalog.sso = SsoConfig(text=None)\n")),
    Mutant("a role stays in use after the configuration is removed", "P-61", edit("store", "found = _DEFAULT_ROLE.search(self.sso.text or \"\")", "self.__dict__['last'] = self.sso.text or self.__dict__.get('last')\n        found = _DEFAULT_ROLE.search(self.__dict__['last'] or \"\")")),
    Mutant("errors of administration do not say what is missing", "X-58", edit("admin", 'raise NotFoundError(f"There is no user {name!r}.") from None', 'raise NotFoundError("There is no such user.") from None')),
    Mutant("errors of roles do not say what is missing", "X-58", edit("access", 'raise NotFoundError(f"There is no role {id_or_name!r}.")', 'raise NotFoundError("There is no such role.")')),
    Mutant("errors of API keys do not say what is missing", "X-57", refuse("get_api_key", lambda error: NotFoundError("There is no such key."))),
    # Queries of several words
    Mutant("AND finds what contains one of the words", "S-77", edit("search.syntax", "joined = token.text in _AND", "joined = False")),
    Mutant("a plus sign is ignored", "S-77", edit("search.syntax", "target = excluded if token.text in _NOT else required", "target = excluded if token.text in _NOT else optional")),
    Mutant("OR finds only what contains all words", "S-77", edit("search.syntax", _WORDS, "target = required")),
    Mutant("only the first of several words counts", "S-77", edit("search.query", "if self.optional and not self.required:", "if self.optional and not self.required and not self.optional[0].score(text):\n            return 0.0\n        if self.optional and not self.required:")),
    Mutant("several words are a phrase", "S-77", edit("search.syntax", '    if text.strip() in ("", "*"):', "    if ' ' in text and not re.search(r'[\"():+-]|AND|OR|NOT', text):\n        text = f'\"{text}\"'\n    if text.strip() in (\"\", \"*\"):")),
    Mutant("words that nothing contains are dropped", "S-77", edit("search.query", "        extra = sum(part.score(text) for part in self.optional)\n", "        extra = sum(part.score(text) for part in self.optional) or (0.5 if len(self.optional) > 1 else 0)\n")),
    Mutant("blanks find nothing", "S-78", edit("search.syntax", '    if text.strip() in ("", "*"):', '    if text and not text.strip():\n        return Words(())\n    if text.strip() in ("", "*"):')),
    Mutant("a star alone finds nothing", "S-78", edit("search.syntax", 'if text.strip() in ("", "*"):', 'if text.strip() == "*":\n        return Words(())\n    if not text.strip():')),
    Mutant("an empty list of workflows is no condition", "S-79", edit("search.conditions", "(filters.workflow is None or", "(not filters.workflow or")),
    Mutant("an empty list of keywords is no condition", "S-79", edit("search.conditions", "(predicate.keywords is None or", "(not predicate.keywords or")),
    Mutant("an empty wildcard fits every text", "S-79", edit("search.conditions", "        predicate.wildcard is None or", "        not predicate.wildcard or")),
    Mutant("a top hash is compared in any case", "S-79", edit("search.conditions", "info.top_hash == filters.top_hash)", "info.top_hash == filters.top_hash.lower())")),
    Mutant("a revision without a message fulfils no query of messages", "S-79", edit("search.conditions", "(filters.message is None or _text_fits", "(filters.message is None or info.message is not None and _text_fits")),
    Mutant("bounds may be in any order", "S-79", edit("search.conditions", "    if lowest is None and highest is None:\n        return True\n", "    if lowest is None and highest is None:\n        return True\n    if lowest is not None and highest is not None and lowest > highest:\n        lowest, highest = highest, lowest\n")),
    Mutant("errors of objects do not name the URI", "F-58", refuse("get_object_info", lambda error: NotFoundError(error.message))),
    Mutant("object searches take several words as one", "F-56", edit("objects", "wanted = parse_query(query)", "wanted = parse_query(query if not query.islower() or ':' in query else '\"' + query.strip('\"(') + '\"')")),
    Mutant("object searches ignore operators", "F-56", edit("objects", "wanted = parse_query(query)", "wanted = parse_query(query.replace(' AND ', ' '))")),
    Mutant("object searches do not know extensions", "F-56", edit("objects", "wanted = parse_query(query)", "wanted = parse_query(query.replace('ext:.', ''))")),
    Mutant("object searches repair queries that cannot be parsed", "F-56", swallow("search_objects", [], ValidationError)),
    Mutant("an empty query finds no objects", "F-57", edit("objects", "wanted = parse_query(query)", "wanted = parse_query(query if query.strip() else 'nothing_at_all')")),
    Mutant("object searches find earlier versions", "F-57", edit("objects", "for version in [next(reversed(versions))]", "for version in versions")),
    Mutant("object searches find the first version", "F-57", edit("objects", "for version in [next(reversed(versions))]", "for version in [next(iter(versions))]")),
    Mutant("an object search without hits is an error", "F-57", answer("search_objects", _none())),
    # Progress
    Mutant("progress starts again", "O-48", _progress(_ADVANCE, "self._done = amount")),
    Mutant("progress exceeds the total", "O-48", _progress(_ADVANCE, "self._done += 2 * amount")),
    Mutant("progress begins at 0", "O-48", _progress("done=self._done,", "done=self._done - 1,")),
    Mutant("progress has no total until the end", "O-48", _progress("total=self._total,", "total=self._total if self._done == self._total else None,")),
    Mutant("progress of a deletion is reported for another operation", "O-48", edit("revisions", 'progress, "delete_package", "deleting"', 'progress, "delete", "deleting"')),
    Mutant("progress of an update is reported for a create", "O-48", edit("revisions", "request.progress, request.operation,", "request.progress, 'create_package_revision',")),
    Mutant("progress of a deletion counts only some of the revisions", "O-48", edit("revisions", "reporter.advance(len(doomed))", "reporter.advance(1)")),
    Mutant("the last step of copying is not reported", "O-48", edit("revisions", "            reporter.advance()\n", "            if len(moved) < len(copies):\n                reporter.advance()\n")),
    Mutant("the progress of a download is that of another operation", "O-49", edit("composition.download", '"download_package", phase, total', '"open_object", phase, total')),
    Mutant("the progress of an upload has no unit", "O-49", edit("objects", '"uploading", len(data), "bytes"', '"uploading", len(data), ""')),
    Mutant("the progress of a push does not reach the end", "O-49", edit("composition.push", "phase, plan.total_bytes, ", "phase, plan.total_bytes + 1, ")),
    Mutant("exceptions of a callback are dropped", "O-50", _progress(_CALLBACK, _WRAPPED, _CLASS, _wrapper("return None"))),
    Mutant("exceptions of a callback become errors of the backend", "O-50", _progress(_CALLBACK, _WRAPPED, _CLASS, _wrapper("raise BackendError('It failed.') from error"))),
    Mutant("a revision is published although the callback ended the write", "O-50", edit("revisions", "            reporter.advance()\n", "            try:\n                reporter.advance()\n            except Exception:\n                self._session.catalog.packages[versions.bucket, request.package_name] = StoredPackage([StoredRevision(top_hash='0' * 64, header=ManifestHeader(), entries={}, directories={}, modified=self._session.catalog.now())])\n                raise\n")),
    # Repeated calls, names in another case, empty answers, times
    Mutant("a switch to the active role is refused", "L-72", edit("registry_operations", "if role not in (user.role, *user.extra_roles):", "if role not in user.extra_roles:")),
    Mutant("a switch to the active role makes it an extra role", "L-72", answer("switch_role", evolve(roles=lambda status: (*status.roles, status.role)))),
    Mutant("a role can be switched to in any case", "L-72", edit("registry_operations", "        if role not in (user.role, *user.extra_roles):", "        role = next((one for one in (user.role, *user.extra_roles) if str(one).lower() == role.lower()), role)\n        if role not in (user.role, *user.extra_roles):")),
    Mutant("a promotion that changes nothing is not written", "L-73", answer("promote_package", evolve(written=lambda r: r.top_hash != r.previous_top_hash))),
    Mutant("a promotion moves the revision", "L-73", edit("revisions", "            start = self._latest(self._session.writing(destination), new_name)\n", "            start = self._latest(self._session.writing(destination), new_name)\n            if start:\n                del self._session.package(registry, package_name).revisions[0]\n")),
    Mutant("a push that changes nothing is not written", "T-90", edit("composition.push", "        if self._changes_nothing(entries):", "        if not self._updates and self.base is not None and all(one.change is FileChange.UNCHANGED for one in prepared) or self._changes_nothing(entries):")),
    Mutant("the keys of a push are sorted by code points", "T-93", answer("push_package", lambda r: evolve(new=tuple(sorted(r.new)), unchanged=tuple(sorted(r.unchanged)))(r))),
    Mutant("the changed keys of a push are sorted by code points", "T-93", answer("push_package", evolve(changed=lambda r: tuple(sorted(r.changed))))),
    Mutant("the removed keys of a push are sorted by code points", "T-93", answer("push_package", evolve(removed=lambda r: tuple(sorted(r.removed))))),
    Mutant("the keys of a download are sorted by code points", "T-93", answer("download_package", evolve(downloaded=lambda r: tuple(sorted(r.downloaded))))),
    Mutant("the unchanged keys of a download are sorted by code points", "T-93", answer("download_package", evolve(unchanged=lambda r: tuple(sorted(r.unchanged))))),
    Mutant("missing files are sorted by code points", "T-93", answer("verify_package", evolve(missing=lambda r: tuple(sorted(r.missing))))),
    Mutant("extra files are sorted by code points", "T-93", answer("verify_package", evolve(extra=lambda r: tuple(sorted(r.extra))))),
    Mutant("differing files are in reverse order", "T-93", answer("verify_package", evolve(differing=lambda r: r.differing[::-1]))),
    Mutant("writing an object twice raises an error", "F-58", edit("objects", "            url = self._session.catalog.put_object(", "            if uri.key in [key for _, key in self._session.catalog.objects]:\n                raise ValidationError('It is there.')\n            url = self._session.catalog.put_object(")),
    Mutant("writing the same bytes makes no new version", "F-58", edit("objects", "            url = self._session.catalog.put_object(", "            there = self._session.catalog.objects.get((uri.bucket, uri.key), {})\n            for version, one in there.items():\n                if one.data == data:\n                    return StoredObject(uri=S3Uri(uri.bucket, uri.key, version).url, size=len(data), hash=found, version=version)\n            url = self._session.catalog.put_object(")),
    Mutant("objects are found in any case", "F-58", edit("objects", "        return self._session.catalog.find_object(uri)\n", "        keys = {key.lower(): key for bucket, key in self._session.catalog.objects if bucket == uri.bucket}\n        return self._session.catalog.find_object(S3Uri(uri.bucket, keys.get(uri.key.lower(), uri.key), uri.version_id))\n")),
    Mutant("objects are listed in any case", "F-58", edit("objects", "if owner == bucket and key.startswith(prefix)", "if owner == bucket and key.lower().startswith(prefix.lower())")),
    Mutant("a table's own name counts as taken", "T-91", edit("registry_operations", "if new_name != old_name:", "if True:")),
    Mutant("renaming a table to its name deletes it", "T-91", edit("registry_operations", "        return self._set(bucket, new_name, table.config)", "        made = self._set(bucket, new_name, table.config)\n        if new_name == old_name:\n            del self._session.catalog.tables[bucket, old_name]\n        return made")),
    Mutant("tables are found in any case", "T-91", edit("registry_operations", "            return self._session.catalog.tables[bucket, name]\n", "            return {(b, n.lower()): one for (b, n), one in self._session.catalog.tables.items()}[bucket, name.lower()]\n")),
    Mutant("the present configuration of a table is refused", "T-91", edit("registry_operations", "        self._find(bucket, table_name)\n        return self._set", "        if self._find(bucket, table_name).config == config:\n            raise ConflictError('It is so.')\n        return self._set")),
    Mutant("the former name of a table stays taken", "T-91", edit("registry_operations", "        del self._session.catalog.tables[bucket, old_name]\n", "")),
    Mutant("open query is toggled", "T-92", edit("registry_operations", "        self._session.catalog.open_query = enabled\n        return OpenQueryStatus(enabled=enabled)", "        self._session.catalog.open_query = not self._session.catalog.open_query\n        return OpenQueryStatus(enabled=self._session.catalog.open_query)")),
    Mutant("removing a bucket twice raises no error", "X-56", swallow("admin_remove_bucket", None, NotFoundError)),
    Mutant("adding a bucket that is there changes it", "X-56", edit("admin", "            raise ConflictError(f\"The catalog has the bucket {name!r}.\")", "            self._set(name, settings)\n            raise ConflictError(f\"The catalog has the bucket {name!r}.\")")),
    Mutant("tags are added to those that are there", "X-56", edit("admin", "        changed = attrs.evolve(self._session.catalog.buckets[name], **given)", "        given['tags'] = (*self._session.catalog.buckets[name].tags, *given.get('tags', ()))\n        changed = attrs.evolve(self._session.catalog.buckets[name], **given)")),
    Mutant("an API key replaces the one of the same name", "X-57", edit("registry_operations", "        catalog.api_keys[key.id] = (user.name, key)", "        for other in [one for one, (_, known) in catalog.api_keys.items() if known.name == name]:\n            del catalog.api_keys[other]\n        catalog.api_keys[key.id] = (user.name, key)")),
    Mutant("API keys of one name have one secret", "X-57", edit("registry_operations", 'secret = f"qk_memory_{catalog.new_id()}"', 'secret = f"qk_memory_{name}"')),
    Mutant("API keys are found by their name in any case", "X-57", edit("registry_operations", "getattr(key, name) == value for name, value", "str(getattr(key, name)).lower() == str(value).lower() for name, value")),
    Mutant("a listing without API keys is an error", "X-57", answer("list_api_keys", _none())),
    Mutant("the times of API keys are those of another time zone", "X-57", answer("create_api_key", lambda made: evolve(api_key=_in_the_east("created_at")(made.api_key))(made))),
    Mutant("the ids of workflows are known in any case", "L-74", edit("revisions", "rules = config.get(\"workflows\", {}).get(chosen)", "rules = {one.lower(): rules for one, rules in config.get(\"workflows\", {}).items()}.get(str(chosen).lower())")),
    Mutant("the same revision differs from itself", "R-109", answer("diff_packages", lambda diff: diff if diff.package1_hash != diff.package2_hash else evolve(modified=("a",))(diff))),
    Mutant("a rollback to the latest revision is refused", "R-109", edit("revisions", "                if wanted != before:\n", "                if wanted == before:\n                    raise ValidationError('It is the latest one.')\n                if wanted != before:\n")),
    Mutant("a rollback to the latest revision names no previous one", "R-109", answer("rollback_package", evolve(previous_top_hash=lambda r: None if r.previous_top_hash == r.top_hash else r.previous_top_hash))),
    Mutant("a rollback publishes the revision again", "R-109", edit("revisions", "                package.latest = wanted\n", "                package.latest = wanted\n                package.revisions.append(attrs.evolve(package.revisions[-1], modified=catalog.now()))\n")),
    Mutant("who reads no bucket gets an error", "B-51", answer("list_buckets", _none(AuthenticationError))),
    Mutant("who reads no bucket cannot search", "B-51", answer("search_packages", _none())),
    Mutant("who reads no bucket cannot search objects", "B-51", answer("search_objects", _none())),
    Mutant("an empty registry has no listing of packages", "O-51", answer("list_all_packages", _none())),
    Mutant("an empty registry has no listing of objects", "O-51", answer("list_objects", _none())),
    Mutant("a registry without workflows has no listing of them", "O-51", answer("list_workflows", _none(BackendError))),
    Mutant("a search without hits is an error", "O-51", answer("search_packages", _none())),
    Mutant("the time of a revision is that of another time zone", "O-52", answer("get_package_info", _in_the_east("modified"))),
    Mutant("the times of versions are those of another time zone", "O-52", answer("list_package_versions", lambda a: [_in_the_east("modified")(one) for one in a])),
    Mutant("the times of objects are those of another time zone", "O-52", answer("list_objects", lambda a: [_in_the_east("modified")(one) for one in a])),
]  # fmt: skip
