"""What a plan contains, what it refuses, and which users it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from quilt_core import QuiltOps, RoleSignup, ValidationError, administration
from quilt_core.administration import Plan, State
from quilt_core.testing.memory import MemoryCatalog

from .conftest import CODE, Planner, told  # type: ignore[import-not-found]

SSO = "version: '1.0'\ndefault_role: Readers\nmappings: []\n"
ARN = "arn:aws:iam::000000000000:role/x"


def test_a_file_without_sections_changes_nothing(plan: Planner) -> None:
    made = plan("")
    assert made.is_empty
    assert made.untouched == administration.SECTIONS


def test_changes_come_in_the_order_in_which_they_can_be_made(plan: Planner) -> None:
    made = plan(
        """
        users: {bob: {role: New}, eve: {email: e@example.com, role: New, admin: true}}
        sso: {version: '1.0', default_role: New, mappings: []}
        default_role: New
        roles: {Readers: {}, Writers: {}, Admin: {}, New: {policies: [Fresh]}}
        policies: {Fresh: {permissions: {new-bucket: READ}}, Policy of Writers: {}}
        buckets: {new-bucket: {title: N}, raw: {}}
        """,
        invite=True,
        prune=False,
    )
    assert told(made) == [
        "create bucket new-bucket: title",
        "create policy Fresh: permissions",
        "create role New: policies",
        "create sso: default_role, roles",
        "update default role New: default_role",
        "update user bob: role",
        "create user eve: email, role",
        "update user eve: admin",
    ]
    assert made.unlisted == {
        "buckets": ("clean",),
        "policies": ("Policy of Readers",),
        "users": ("ada", "admin"),
    }


def test_fields_that_are_left_out_are_unchanged(plan: Planner) -> None:
    text = """
        buckets: {raw: {}}
        policies: {Policy of Readers: {}}
        roles: {Readers: {}}
        users: {ada: {}, bob: {admin: false}}
        """
    assert plan(text).is_empty


def test_order_is_ignored_where_it_has_no_meaning(plan: Planner, ops: QuiltOps) -> None:
    ops.admin.update_role("Readers", policies=[one.id for one in ops.admin.list_policies()])
    ops.admin.add_user_roles("ada", ["Admin"])
    text = """
        roles: {Readers: {policies: [Policy of Writers, Policy of Readers]}}
        users: {ada: {role: Writers, extra_roles: [Readers, Admin, Writers]}}
        """
    assert plan(text).is_empty


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("users: {ada: {role: Nope}}", "users.ada.role", "no role 'Nope'"),
        ("users: {ada: {extra_roles: [Nope]}}", "users.ada.extra_roles[0]", "no role 'Nope'"),
        ("users: {ada: {extra_roles: [Admin, Admin]}}", "users.ada.extra_roles[1]", "twice"),
        ("users: {ada: {email: bob@example.com}}", "users.ada.email", "the user 'bob' has"),
        ("users: {ada: {email: BOB@example.com}}", "users.ada.email", "the user 'bob' has"),
        ("users: {eve: {email: e@example.com}}", "users.eve", "needs 'role'"),
        ("users: {eve: {role: Readers}}", "users.eve", "needs 'email'"),
        ("users: {Ada: {email: a@b.example, role: Readers}}", "users.Ada", "there is 'ada'"),
        ("users: {admin: {admin: false}}", "users.admin.admin", "this is you"),
        ("users: {admin: {active: false}}", "users.admin.active", "this is you"),
        ("roles: {Readers: {signup: {page: x, access_code: ' '}}}", "roles.Readers.signup",
         "the access code is empty"),
        ("roles: {New: {}}", "roles.New", "needs 'policies' or 'arn'"),
        ("roles: {readers: {policies: []}}", "roles.readers", "there is 'Readers'"),
        ("roles: {Readers: {policies: [Nope]}}", "roles.Readers.policies[0]", "no policy 'Nope'"),
        ("roles: {Readers: {arn: x}}", "roles.Readers.arn", "it is managed"),
        ("roles: {Readers: {default_bucket: nope}}", "roles.Readers.default_bucket", "no bucket"),
        ("roles: {Readers: {signup: {page: x}}}", "roles.Readers.signup", "needs 'access_code'"),
        (
            "roles: {Readers: {signup: {page: x, access_code_variable: NO}}}",
            "roles.Readers.signup", "'NO' is not set",
        ),
        (
            "roles: {Readers: {signup: &s {page: x, access_code: c}}, Writers: {signup: *s}}",
            "roles.Writers.signup.page", "the role 'Readers' has the page 'x'",
        ),
        ("policies: {New: {}}", "policies.New", "needs 'permissions' or 'arn'"),
        ("policies: {New: {permissions: {no: READ}}}", "policies.New.permissions.no", "no such"),
        ("policies: {Policy of Readers: {arn: x}}", "policies.'Policy of Readers'.arn", "managed"),
        ("default_role: Nope", "default_role", "no role 'Nope'"),
        (
            "default_role: Writers\nsso: {version: '1.0', default_role: Readers, mappings: []}",
            "default_role", "single sign-on determines it, and names 'Readers'",
        ),
        ("buckets: {new-bucket: {}}", "buckets.new-bucket", "needs a 'title'"),
        ("buckets: {Not_A_Bucket: {title: x}}", "buckets.Not_A_Bucket", "Not_A_Bucket"),
        ("buckets: {raw: {title: ' '}}", "buckets.raw.title", "must not be empty"),
        ("sso: ''", "sso", "empty"),
        ("sso: {version: '1.0', default_role: Nope, mappings: []}", "sso", "the role 'Nope'"),
        (
            "sso: {version: '1.0', default_role: Readers, mappings: [{schema: true, roles: [X]}]}",
            "sso", "the role 'X'",
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_applied_is_refused(
    plan: Planner, text: str, path: str, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        plan(text, invite=True)
    (problem,) = caught.value.context["problems"]
    assert (problem["path"], problem["line"]) == (path, 2)
    assert message in problem["message"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("roles: {Readers: {}, Admin: {}}", "'Writers' would be deleted, and users have it: ada"),
        ("policies: {}", "'Policy of Readers' would be deleted, and roles have it: Readers"),
        (
            "buckets: {raw: {}}\npolicies: {Policy of Readers: {}, "
            "Policy of Writers: {permissions: {clean: READ}}}",
            "the catalog has no such bucket",
        ),
        ("roles: {Readers: {policies: [Policy of Writers]}}\npolicies: {Policy of Readers: {}}",
         "there is no policy 'Policy of Writers'"),
    ],
)  # fmt: skip
def test_nothing_that_is_in_use_is_pruned(plan: Planner, text: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        plan(text, prune=True)
    assert message in str(caught.value.context["problems"])
    without = text.replace("{clean: READ}", "{raw: READ}")
    assert all(change.action != "delete" for change in plan(without).changes)


def test_the_default_role_and_the_roles_of_single_sign_on_are_not_pruned(
    plan: Planner, ops: QuiltOps
) -> None:
    ops.admin.set_default_role(ops.admin.create_role("Default", policies=[]).name)
    named = ops.admin.create_role("Named", policies=[]).name
    ops.admin.set_sso_config(SSO.replace("Readers", named))
    with pytest.raises(ValidationError) as caught:
        plan("roles: {Readers: {}, Writers: {}, Admin: {}}", prune=True)
    said = str(caught.value.context["problems"])
    assert "'Default' would be deleted, and it is the default role" in said
    assert "'Named' would be deleted, and the configuration of single sign-on names it" in said
    text = "roles: {Readers: {}, Writers: {}, Admin: {}}\ndefault_role: Readers\nsso: null"
    assert told(plan(text, prune=True)) == [
        "delete sso",
        "update default role Readers: default_role",
        "delete role Default",
        "delete role Named",
    ]


def test_pruning_deletes_roles_before_policies_and_never_users(
    plan: Planner, ops: QuiltOps
) -> None:
    text = """
        buckets: {raw: {}}
        policies: {Policy of Readers: {}}
        roles: {Readers: {}, Admin: {}}
        users: {ada: {role: Readers}}
        """
    made = plan(text, prune=True)
    assert told(made) == [
        "update user ada: role, extra_roles",
        "delete role Writers",
        "delete policy Policy of Writers",
        "delete bucket clean",
    ]
    assert made.unlisted == {"users": ("admin", "bob")}


def test_users_are_created_only_when_asked_for_and_within_the_limit(plan: Planner) -> None:
    text = "users: {%s}" % ", ".join(  # noqa: UP031 - the text has braces
        f"u{n}: {{email: u{n}@example.com, role: Readers}}" for n in range(11)
    )
    made = plan(text)
    assert not made.changes
    assert not made.is_empty
    assert [skipped.name for skipped in made.skipped] == [f"u{n}" for n in range(11)]
    with pytest.raises(ValidationError, match="11 users are new, but only 10 may be invited"):
        plan(text, invite=True)
    assert len(plan(text, invite=True, max_invites=11).changes) == 11


@pytest.mark.parametrize(
    ("text", "losses"),
    [
        ("users: {ada: {active: false, role: Readers}}", {"ada": ["may no longer log in"]}),
        ("users: {ada: {extra_roles: []}}", {"ada": ["loses the role 'Readers'"]}),
        ("users: {ada: {role: Readers, extra_roles: [Writers]}}", {}),
        (
            "users: {ada: {role: Readers}}",
            {"ada": ["loses the role 'Writers'", "loses the bucket 'clean'",
                     "can only read the bucket 'raw'"]},
        ),
        (
            "policies: {Policy of Writers: {permissions: {raw: READ}}}",
            {"ada": ["loses the bucket 'clean'", "can only read the bucket 'raw'"]},
        ),
        ("roles: {Readers: {policies: []}}", {"bob": ["loses the bucket 'raw'"]}),
        ("policies: {Policy of Readers: {permissions: {raw: READ_WRITE}}}", {}),
    ],
)  # fmt: skip
def test_every_user_who_loses_access_is_named(
    plan: Planner, text: str, losses: dict[str, list[str]]
) -> None:
    assert {loss.user: list(loss.reasons) for loss in plan(text).losses} == losses


def test_losses_include_unknown_arns_and_the_rank_of_administrator(
    plan: Planner, ops: QuiltOps
) -> None:
    ops.admin.create_role("Outside", arn=ARN)
    ops.admin.create_policy("Odd", arn="arn:p", roles=[ops.admin.get_role("Readers").id])
    ops.admin.set_user_role("bob", "Outside", extra_roles=["Readers"])
    ops.admin.set_user_admin("ada", True)
    ops.admin.set_user_active("bob", True)
    made = plan(
        """
        roles: {Outside: {arn: "arn:aws:iam::000000000000:role/y"}}
        policies: {Odd: {arn: "arn:q"}}
        users: {ada: {admin: false}}
        """
    )
    assert {loss.user: loss.reasons for loss in made.losses} == {
        "ada": ("is no longer an administrator", "loses what the AWS policy arn:p gives"),
        "bob": (
            "loses what the AWS policy arn:p gives", f"loses what the AWS role {ARN} gives",
        ),
    }  # fmt: skip


def test_removing_a_bucket_is_a_loss(plan: Planner) -> None:
    text = """
        buckets: {clean: {}}
        policies:
          Policy of Readers: {permissions: {}}
          Policy of Writers: {permissions: {clean: READ_WRITE}}
        """
    made = plan(text, prune=True)
    assert [loss.user for loss in made.losses] == ["ada", "bob"]


def test_inactive_users_lose_nothing(plan: Planner, ops: QuiltOps) -> None:
    ops.admin.set_user_active("bob", False)
    assert plan("roles: {Readers: {policies: []}}").losses == ()


def test_default_buckets_and_signups_are_refused_where_the_registry_has_none(
    ops: QuiltOps,
) -> None:
    state = administration.read_state(ops)
    roles = {name: attrs.evolve(role, has_details=False) for name, role in state.roles.items()}
    old = attrs.evolve(state, roles=roles)
    for field in ("default_bucket: raw", "signup: {page: p, access_code: c}"):
        document = administration.parse_document(f"version: 1\nroles: {{Readers: {{{field}}}}}")
        with pytest.raises(ValidationError, match="no default bucket and no signup"):
            administration.make_plan(old, document)
    document = administration.make_document(administration.export_data(old))
    assert administration.make_plan(old, document).is_empty


def test_access_codes_are_kept_taken_from_the_environment_and_never_shown(
    plan: Planner, signup: RoleSignup
) -> None:
    assert plan("roles: {Readers: {signup: {page: join}}}").is_empty
    assert plan(f"roles: {{Readers: {{signup: {{page: join, access_code: {CODE}}}}}}}").is_empty
    text = "roles: {Readers: {signup: {page: join, access_code_variable: CODE}}}"
    assert plan(text, environ={"CODE": CODE}).is_empty
    made = plan(text, environ={"CODE": "another-secret-1"})
    assert told(made) == ["update role Readers: signup, signup.access_code"]
    for shown in (repr(made), json.dumps(made.to_dict()), str(ValidationError("another-secret-1"))):
        assert "another-secret-1" not in shown
        assert CODE not in shown
    assert told(plan("roles: {Readers: {signup: null}}")) == ["update role Readers: signup"]


def test_a_plan_shows_only_what_single_sign_on_means_for_roles(
    plan: Planner, ops: QuiltOps
) -> None:
    ops.admin.set_sso_config(SSO + "# client_secret: hunter2-hunter2\n")
    assert plan("sso: {mappings: [], default_role: Readers, version: '1.0'}").is_empty
    made = plan(
        "sso: {version: '1.0', default_role: Writers, "
        "mappings: [{schema: {a: hunter3-hunter3}, roles: [Admin], admin: true}]}"
    )
    fields: dict[str, Any] = {one.field: (one.before, one.after) for one in made.changes[0].fields}
    assert fields == {
        "default_role": ("Readers", "Writers"),
        "roles": (["Readers"], ["Admin", "Writers"]),
        "mappings": (0, 1),
        "mappings_to_administrators": (0, 1),
    }
    assert "hunter" not in repr(made) + json.dumps(made.to_dict())


def test_single_sign_on_is_removed_only_by_pruning(plan: Planner, ops: QuiltOps) -> None:
    assert plan("sso: null").is_empty
    ops.admin.set_sso_config(SSO)
    made = plan("sso: null")
    assert (made.changes, [one.kind for one in made.skipped]) == ((), ["sso"])
    assert told(plan("sso: null", prune=True)) == ["delete sso"]


def test_a_plan_is_a_pure_function(plan: Planner, catalog: MemoryCatalog) -> None:
    def made() -> Plan:
        return plan("users: {bob: {admin: true}}\nsso: {version: 1}", invite=True)

    before = attrs.evolve(made())
    assert made() == before
    catalog.add_user("eve", role="Readers")
    assert made() != before


@pytest.mark.parametrize("me", [None, "somebody-else"])
def test_at_least_one_administrator_must_remain(ops: QuiltOps, me: str | None) -> None:
    state: State = attrs.evolve(administration.read_state(ops), me=me)
    make: Callable[[str], Any] = administration.parse_document
    with pytest.raises(ValidationError, match="no administrator could log in"):
        administration.make_plan(state, make("version: 1\nusers: {admin: {admin: false}}"))
    text = "version: 1\nusers: {admin: {admin: false}, ada: {admin: true}}"
    assert len(administration.make_plan(state, make(text)).changes) == 2


def test_an_address_or_page_is_given_up_before_another_takes_it(
    plan: Planner, ops: QuiltOps, signup: RoleSignup
) -> None:
    text = """
        roles:
          Admin: {signup: {page: join, access_code: another-code}}
          Readers: {signup: {page: other}}
        users:
          eve: {email: ada@example.com, role: Readers, admin: true}
          ada: {email: bob@example.com}
          bob: {email: free@example.com, admin: true}
        """
    made = plan(text, invite=True)
    assert told(made) == [
        "update role Readers: signup",
        "update role Admin: signup, signup.access_code",
        "update user bob: email",
        "update user bob: admin",
        "update user ada: email",
        "create user eve: email, role",
        "update user eve: admin",
    ]
    results = administration.execute_plan(ops, made)
    assert {one.status.value for one in results} == {"done"}
    assert plan(text, invite=True).is_empty


def test_addresses_are_not_swapped_in_one_step(plan: Planner) -> None:
    with pytest.raises(ValidationError) as caught:
        plan("users: {ada: {email: bob@example.com}, bob: {email: ada@example.com}}")
    problems = caught.value.context["problems"]
    assert [one["path"] for one in problems] == ["users.ada.email", "users.bob.email"]
    assert all("two steps" in one["message"] for one in problems)


def test_new_names_that_differ_by_capitals_are_refused(plan: Planner) -> None:
    with pytest.raises(ValidationError) as caught:
        plan("roles: {ne: {policies: []}, Ne: {policies: []}}")
    problems = caught.value.context["problems"]
    assert [one["path"] for one in problems] == ["roles.ne", "roles.Ne"]
