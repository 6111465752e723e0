"""Behaviours of the workflows of a registry: the last tests of `Lifecycle`."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core import NotFoundError, QuiltOps, ValidationError
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment

WORKFLOWS: dict[str, Any] = {
    "version": "1",
    "is_workflow_required": False,
    "default_workflow": "beta",
    "workflows": {
        "gamma": {"name": "Gamma"},
        "alpha": {
            "name": "Alpha",
            "description": "For drafts",
            "handle_pattern": "^[a-z0-9_]+/data$",
        },
        "beta": {"name": "Beta", "is_message_required": True},
    },
}


class WorkflowListings(BehaviourTests):
    """The workflows of a registry, and what they ask of a write."""

    @behaviour("L-20", "list_workflows")
    def test_workflows(self, environment: Environment, ops: QuiltOps) -> None:
        """Workflows are listed in their configured order, with their requirements. If the
        configuration does not say whether a workflow is required, one is required.
        """
        assert ops.list_workflows() == []
        environment.set_workflows(WORKFLOWS)
        found = ops.list_workflows()
        assert [one.id for one in found] == ["gamma", "alpha", "beta"]
        alpha, beta = found[1:]
        assert (alpha.name, alpha.description) == ("Alpha", "For drafts")
        assert alpha.handle_pattern == "^[a-z0-9_]+/data$"
        assert (beta.name, beta.description) == ("Beta", None)
        assert (alpha.is_default, beta.is_default) == (False, True)
        assert (alpha.is_message_required, beta.is_message_required) == (False, True)
        assert not alpha.is_workflow_required
        assert alpha.metadata_schema is None
        silent = {key: value for key, value in WORKFLOWS.items() if key != "is_workflow_required"}
        environment.set_workflows(silent)
        assert all(one.is_workflow_required for one in ops.list_workflows())

    @behaviour("L-25", "list_workflows", "create_package_revision", "get_package_info")
    def test_without_a_default_workflow_none_is_taken(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """If the configuration names no default workflow, none is the default, and a write that
        names none has none if that is allowed. If the configuration does not say that it is
        allowed, a workflow is required: a write without one raises ValidationError, and nothing is
        written.
        """
        name, uri = environment.name, environment.put_object("a", b"1")
        bare = {key: value for key, value in WORKFLOWS.items() if key != "default_workflow"}
        environment.set_workflows(bare)
        assert [one.is_default for one in ops.list_workflows()] == [False] * 3
        ops.create_package_revision(name, {"a": uri}, message="m")
        assert ops.get_package_info(name).workflow is None
        del bare["is_workflow_required"]
        environment.set_workflows(bare)
        before = ops.get_package_info(name)
        choices: list[dict[str, Any]] = [{}, {"workflow": None}]
        for options in choices:
            with pytest.raises(ValidationError) as caught:
                ops.create_package_revision(name, {"a": uri}, message="other", **options)
            assert caught.value.context["outcome"] == "not_written"
        assert ops.get_package_info(name) == before

    @behaviour("L-21", "list_workflows")
    def test_workflows_of_what_cannot_be_read(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Listing the workflows of a registry that the identity cannot read raises
        NotFoundError.
        """
        if environment.hidden_registry is None:
            pytest.skip("not applicable: every registry can be read")
        with pytest.raises(NotFoundError):
            ops.list_workflows(environment.hidden_registry)

    @behaviour("L-26", "list_workflows")
    def test_schemas_of_workflows(self, environment: Environment, ops: QuiltOps) -> None:
        """A workflow's schemas, of the metadata and of the entries, are told by their URLs, each
        its own; one that has none has None. Another registry has none of these workflows.
        """
        urls = {key: f"{environment.registry}/schemas/{key}.json" for key in ("meta", "files")}
        config = {
            "version": "1",
            "schemas": {key: {"url": url} for key, url in urls.items()},
            "workflows": {
                "both": {"name": "Both", "metadata_schema": "meta", "entries_schema": "files"},
                "meta": {"name": "Only one", "metadata_schema": "meta"},
                "files": {"name": "The other", "entries_schema": "files"},
            },
        }
        environment.set_workflows(config)
        found = [(o.id, o.metadata_schema, o.entries_schema) for o in ops.list_workflows()]
        assert found == [
            ("both", urls["meta"], urls["files"]),
            ("meta", urls["meta"], None),
            ("files", None, urls["files"]),
        ]
        if environment.second_registry:
            assert ops.list_workflows(environment.second_registry) == []

    @behaviour("L-78", "list_workflows")
    def test_many_workflows(self, environment: Environment, ops: QuiltOps) -> None:
        """All workflows are listed, however many there are (120 here), in the order of the
        configuration and not in that of their ids; at most one is the default one.
        """
        ids = [f"w{number * 37 % 120:03}" for number in range(120)]
        rules = {key: {"name": f"Workflow {key}"} for key in ids}
        environment.set_workflows({"version": "1", "default_workflow": ids[77], "workflows": rules})
        listed = list(ops.list_workflows())
        assert [one.id for one in listed] == ids
        assert [one.name for one in listed] == [f"Workflow {key}" for key in ids]
        assert [one.id for one in listed if one.is_default] == [ids[77]]

    @behaviour("L-81", "create_package_revision", "list_all_packages")
    def test_workflows_that_cannot_be_applied(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A write to a registry whose workflows have a version that is not known raises
        ValidationError with the outcome `not_written`, whichever workflow it names, and so does a
        dry run; nothing is written.
        """
        uri = environment.put_object("a", b"1")
        environment.set_workflows(WORKFLOWS | {"version": "9"})
        choices: list[dict[str, Any]] = [{}, {"workflow": None}, {"workflow": "gamma"}]
        for choice in choices:
            for dry_run in (True, False):
                with pytest.raises(ValidationError) as caught:
                    ops.create_package_revision(
                        environment.name, {"a": uri}, message="m", dry_run=dry_run, **choice
                    )
                assert caught.value.context["outcome"] == "not_written"
        assert environment.name not in ops.list_all_packages()
        environment.set_workflows(WORKFLOWS)
        ops.create_package_revision(environment.name, {"a": uri}, message="m")
