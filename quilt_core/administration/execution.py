"""Make the changes of a plan, one by one, and report the outcome of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quilt_core.administration.changes import Change, ChangeResult, Key, Plan, Status
from quilt_core.administration.document import Document
from quilt_core.administration.plan import MAX_INVITES, make_plan
from quilt_core.administration.state import read_state
from quilt_core.errors import AuthenticationError, QuiltOpsError, TransportError

if TYPE_CHECKING:
    from quilt_core.ops import QuiltOps
    from quilt_core.ops.admin import AdminOps

_HOPELESS = (AuthenticationError, TransportError)
"""After these errors, all later changes would fail as well."""


def apply_document(
    ops: QuiltOps,
    document: Document,
    *,
    prune: bool = False,
    invite: bool = False,
    max_invites: int = MAX_INVITES,
) -> list[ChangeResult]:
    """Change a catalog to match a file, in one step; parameters and errors are those of
    `make_plan`.

    Returns
    -------
    list of ChangeResult
        The outcome of each change, as from `execute_plan`; empty if there was nothing to change.
    """
    plan = make_plan(read_state(ops), document, prune=prune, invite=invite, max_invites=max_invites)
    return execute_plan(ops, plan)


def execute_plan(
    ops: QuiltOps,
    plan: Plan,
    on_result: Callable[[ChangeResult], object] = lambda result: None,
) -> list[ChangeResult]:
    """Make the changes of a plan in order, and continue after a change that failed.

    A change that depends on one that failed is not attempted. After any failure, nothing is
    deleted. If the registry cannot be reached or no longer accepts the credentials, nothing more is
    attempted.

    Parameters
    ----------
    ops:
        A connection of an administrator.
    plan:
        A plan that `make_plan` has just made: it is not compared with the catalog again.
    on_result:
        Called with each result as it comes.

    Returns
    -------
    list of ChangeResult
        One per change, in the order of the plan. They contain the errors of operations, which are
        not raised.
    """
    run = _Run(ops.admin, plan)
    results = []
    for change in plan.changes:
        results.append(run.make(change))
        on_result(results[-1])
    return results


class _Run:
    """What has failed so far, and the ids of policies."""

    def __init__(self, admin: AdminOps, plan: Plan) -> None:
        self._admin = admin
        self._ids = dict(plan.policy_ids)
        self._failed: set[Key] = set()
        self._stopped: str | None = None

    def make(self, change: Change) -> ChangeResult:
        """Make one change, unless an earlier failure prevents it."""
        reason = self._why_not(change)
        if reason is not None:
            self._failed.add(change.key)
            return ChangeResult(change=change, status=Status.NOT_TRIED, reason=reason)
        try:
            answer = self._call(change)
        except QuiltOpsError as error:
            self._failed.add(change.key)
            if isinstance(error, _HOPELESS):
                self._stopped = "an earlier change failed for a reason that affects this one too"
            return ChangeResult(
                change=change,
                status=Status.FAILED,
                reason=str(error),
                error=error.to_dict(),
                exit_code=error.exit_code,
            )
        if change.operation == "create_policy":
            self._ids[change.name] = answer.id
        return ChangeResult(change=change, status=Status.DONE)

    def _why_not(self, change: Change) -> str | None:
        if self._stopped is not None:
            return self._stopped
        for kind, name in change.needs:
            if (kind, name) in self._failed:
                return f"the {kind} {name!r} failed"
        if change.action == "delete" and self._failed:
            return "nothing is deleted after a failure"
        return None

    def _call(self, change: Change) -> Any:
        arguments = dict(change.arguments)
        if change.kind == "role" and "policies" in arguments:
            arguments["policies"] = [self._ids[title] for title in arguments["policies"]]
        return getattr(self._admin, change.operation)(**arguments)
