"""A thirteenth batch of faults, written from the contract alone, that the suite let pass at first,
and others of their kinds.
"""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from ..harness import Mutant, edit

MUTANTS = [
    Mutant("indexing a bucket resets its other settings", "X-5", edit("admin", "attrs.evolve(found, last_indexed=now)", "BucketConfig(name=name, title=found.title, browsable=True, prefixes=('',), last_indexed=now)")),
    Mutant("indexing a bucket makes it browsable", "X-5", edit("admin", "attrs.evolve(found, last_indexed=now)", "attrs.evolve(found, last_indexed=now, browsable=not found.browsable)")),
    Mutant("indexing below a prefix changes what is indexed", "X-5", edit("admin", "attrs.evolve(found, last_indexed=now)", "attrs.evolve(found, last_indexed=now, file_extensions_to_index=() if prefix else found.file_extensions_to_index)")),
    Mutant("the first user of single sign-on remains its user", "X-66", edit("admin", "uploader=uploader)", "uploader=before.uploader or uploader)")),
    Mutant("the same configuration of single sign-on keeps its user", "X-66", edit("admin", "uploader=uploader)", "uploader=before.uploader if before.text == config else uploader)")),
    Mutant("the total of copies counts what stays in its place", "O-48", edit("revisions", '"copying", len(copies), "objects"', '"copying", len(entries), "objects"')),
    Mutant("what is copied includes what stays in its place", "O-48", edit("revisions", "            copied=len(tasks),\n", "            copied=len(entries) if tasks else 0,\n")),
    Mutant("administrators cannot be deleted", "U-12", edit("admin", "if user.name == self._session.user().name:", "if user.is_admin:")),
    Mutant("somebody who is locked out cannot be deleted", "U-12", edit("admin", "if user.name == self._session.user().name:", "if user.name == self._session.user().name or not user.is_active:")),
    Mutant("the present name of a role of single sign-on is a new one", "P-61", edit("access", "if name not in (None, role.name):", "if name is not None:")),
    Mutant("no property of a role of single sign-on changes", "P-61", edit("access", "        if name not in (None, role.name):\n            self._check_sso(role)", "        self._check_sso(role)")),
    Mutant("the address of somebody who is locked out is free", "U-4", edit("admin", "if user.email == email and user.name != own:", "if user.email == email and user.name != own and user.is_active:")),
    Mutant("the address of an administrator is free", "U-4", edit("admin", "if user.email == email and user.name != own:", "if user.email == email and user.name != own and not user.is_admin:")),
    Mutant("the name of somebody who is locked out is free", "U-4", edit("admin", "        if name in self._session.catalog.users:\n", "        if name in [one.name for one in self._session.catalog.users.values() if one.is_active]:\n")),
    Mutant("the name of a role of AWS is free", "P-2", edit("access", "if role.name == name), None)", "if role.name == name and role.managed), None)")),
    Mutant("the title of a policy of AWS is free", "P-5", edit("access", "(other.title == title or", "(other.title == title and other.managed == policy.managed or")),
]  # fmt: skip
