"""Calls of every tool of quilt-mcp, with the contents of a correct answer.

The steps build on each other: what one writes, a later one reads.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import attrs
import requests

BUCKET = "mcp-data"
REGISTRY = f"s3://{BUCKET}"
PACKAGE = "mcp/report"
TEXT = "sample,value\na,1\nb,2\n"
KEY = "raw/values.csv"
URI = f"{REGISTRY}/{KEY}"
SSO = {"version": "1.0", "default_role": "Role-tools", "mappings": []}
COLUMNS = [{"name": "sample", "type": "STRING"}, {"name": "value", "type": "INT"}]
TABLE = {
    "bucket_name": BUCKET,
    "table_name": "values",
    "schema": COLUMNS,
    "package_pattern": "mcp/report",
    "logical_key_pattern": r"(?<folder>.*)/values\.csv",
}
FILES = {"data": [{"Key": KEY, "Size": 20, "LastModified": "2026-01-01T00:00:00Z", "ETag": "x"}]}
SUMMARY = {
    "package_name": PACKAGE,
    "package_metadata": {"description": "Values"},
    "organized_structure": FILES,
    "readme_content": "# Values",
    "source_info": {"bucket": BUCKET, "prefix": "raw/"},
}

ICEBERG = "icebergdatabase-local"
"""The database of the tables about packages."""
IN_PRIMARY = "SELECT 'of the workgroup primary' AS text"
"""A query that was started before: quilt-mcp's history is that of this workgroup."""

Answer = dict[str, Any]


NOT_BY_TOOL = (
    "admin://users",
    "admin://roles",
    "admin://config/sso",
    "admin://config/tabulator",
    "tabulator://buckets",
    "workflow://workflows",
)
"""The resources that quilt-mcp's tool `get_resource` fails to read, on every backend."""


def succeeded(answer: Answer) -> bool:
    """The forms in which tools report success."""
    return (answer.get("success") is True or answer.get("status") == "success") and not answer.get(
        "error"
    )


CONFIGURATIONS = {
    "quiltops-platform": "quiltops, platform",
    "quiltops-quilt3": "quiltops, quilt3",
    "quilt-mcp-platform": "quilt-mcp, platform",
    "quilt-mcp-quilt3": "quilt-mcp, quilt3",
}
"""The configurations: names, and table headings."""

STS = "STS"
INTERNET = "docs.quilt.bio"


@attrs.frozen
class Step:
    """A call of a tool, a resource or a function, and a check of its answer."""

    name: str
    arguments: dict[str, Any] = attrs.field(factory=dict)
    holds: Callable[[Answer], bool] = lambda answer: True
    says_success: bool = True
    """Whether the answer has a field that reports success."""
    needs: str | None = None
    """What it needs in addition to a registry and S3."""

    def is_right(self, answer: Answer) -> bool:
        """Whether an answer reports success and has the expected contents."""
        return (succeeded(answer) or not self.says_success) and bool(self.holds(answer))


def _names(answer: Answer, field: str) -> list[str]:
    return [one["name"] for one in answer[field]]


def _downloads(answer: Answer) -> bool:
    return requests.get(answer["signed_url"], timeout=30).text == TEXT


def _user(**wanted: Any) -> Callable[[Answer], bool]:
    return lambda answer: wanted.items() <= answer["user"].items()


def _rows(*wanted: dict[str, Any]) -> Callable[[Answer], bool]:
    return lambda answer: answer["formatted_data"] == list(wanted)


def tools(catalog_url: str) -> list[Step]:
    """The registered tools, in an order in which each finds what it needs."""
    who = {"name": "mcp_user"}
    flow = {"workflow_id": "wf-1"}
    return [
        Step("catalog_configure", {"catalog_url": catalog_url}),
        Step("catalog_url", {"registry": REGISTRY, "package_name": PACKAGE},
             lambda answer: f"/b/{BUCKET}/packages/{PACKAGE}" in answer["catalog_url"]),
        Step("catalog_uri", {"registry": REGISTRY, "package_name": PACKAGE},
             lambda answer: f"quilt+s3://{BUCKET}#package={PACKAGE}" in answer["quilt_plus_uri"]),
        Step("bucket_list", {}, lambda answer: BUCKET in _names(answer, "buckets")),
        Step("bucket_objects_put",
             {"bucket": BUCKET, "items": [{"key": KEY, "text": TEXT, "content_type": "text/csv"}]},
             lambda answer: answer["uploaded"] == 1),
        Step("bucket_objects_list", {"bucket": BUCKET, "prefix": "raw/"},
             lambda answer: [one["key"] for one in answer["objects"]] == [KEY]),
        Step("bucket_object_info", {"s3_uri": URI},
             lambda answer: answer["object"]["size"] == len(TEXT)),
        Step("bucket_object_text", {"s3_uri": URI}, lambda answer: answer["text"] == TEXT),
        Step("bucket_object_fetch", {"s3_uri": URI},
             lambda answer: base64.b64decode(answer["data"]).decode() == TEXT),
        Step("bucket_object_link", {"s3_uri": URI}, _downloads),
        Step("check_bucket_access", {"bucket": BUCKET},
             lambda answer: answer["access_summary"]["can_write"]),
        Step("discover_permissions", {"check_buckets": [BUCKET]},
             lambda answer: answer["bucket_permissions"][0]["can_write"], needs=STS),
        Step("package_create_from_s3",
             {"source_bucket": BUCKET, "package_name": PACKAGE, "source_prefix": "raw/",
              "target_registry": REGISTRY, "description": "Values",
              "metadata": {"tags": ["test"]}},
             lambda answer: len(answer["package_hash"]) == 64),
        Step("search_catalog", {"query": "report", "scope": "package", "bucket": BUCKET},
             lambda answer: any(one.get("name") == PACKAGE for one in answer["results"])),
        Step("search_catalog", {"query": "values", "scope": "file"},
             lambda answer: any(KEY in str(one) for one in answer["results"])),
        Step("search_explain", {"query": "csv files"}, says_success=False),
        Step("search_suggest", {"partial_query": "csv"}, says_success=False),
        Step("search_docs_quilt_bio", {"query": "packages"}, needs=INTERNET),
        Step("create_quilt_summary_files", SUMMARY),
        Step("generate_quilt_summarize_json", SUMMARY),
        Step("generate_package_visualizations",
             {"package_name": PACKAGE, "organized_structure": FILES, "file_types": {"csv": 1}}),
        Step("create_data_visualization",
             {"data": {"x": [1, 2], "y": [3, 4]}, "plot_type": "scatter", "x_column": "x",
              "y_column": "y"}),
        Step("tabulator_table_create", TABLE),
        Step("tabulator_table_create", {**TABLE, "schema": COLUMNS[:1]}),
        Step("tabulator_tables_list", {"bucket": BUCKET},
             lambda answer: [one["column_count"] for one in answer["tables"]] == ["1"]),
        Step("tabulator_table_rename",
             {"bucket_name": BUCKET, "table_name": "values", "new_table_name": "renamed"}),
        Step("tabulator_list_buckets", {}, lambda answer: BUCKET in answer["buckets"]),
        Step("tabulator_query_execute",
             {"query": f'SELECT folder, sample FROM "{BUCKET}"."renamed" ORDER BY sample'},
             _rows({"folder": "raw", "sample": "a"}, {"folder": "raw", "sample": "b"})),
        Step("tabulator_bucket_query",
             {"bucket_name": BUCKET, "query": 'SELECT count(*) AS n FROM "renamed"'},
             _rows({"n": 2})),
        Step("tabulator_table_delete", {"bucket_name": BUCKET, "table_name": "renamed"}),
        Step("tabulator_tables_list", {"bucket": BUCKET}, lambda answer: answer["tables"] == []),
        Step("tabulator_table_create", {**TABLE, "table_name": "kept"}),
        Step("athena_query_validate", {"query": "SELECT a FROM t"}),
        Step("athena_query_execute",
             {"query": f'SELECT pkg_name, tag_name FROM "{BUCKET}_package_tag"',
              "database_name": ICEBERG},
             _rows({"pkg_name": PACKAGE, "tag_name": "latest"})),
        Step("athena_tables_list", {"database": ICEBERG},
             lambda answer: f"{BUCKET}_package_tag" in _names(answer, "tables")),
        Step("athena_table_schema", {"database": ICEBERG, "table": f"{BUCKET}_package_entry"},
             lambda answer: {"top_hash", "logical_key", "size"} <= {*_names(answer, "columns")}),
        Step("workflow_create", {**flow, "name": "Load"}),
        Step("workflow_add_step", {**flow, "step_id": "s1", "description": "Read"}),
        Step("workflow_update_step", {**flow, "step_id": "s1", "status": "completed"}),
        Step("workflow_template_apply",
             {"template_name": "data-validation", "workflow_id": "wf-2",
              "params": {"source_package": PACKAGE, "validation_rules": []}}),
        Step("workflow_delete", {"id": "wf-1"}),
        Step("admin_user_create",
             {**who, "email": "mcp@example.com", "role": "Role-tools"},
             _user(name="mcp_user", email="mcp@example.com", role="Role-tools")),
        Step("admin_user_get", who, lambda answer: answer["user"]["role"]["id"]),
        Step("admin_user_set_email", {**who, "email": "new@example.com"},
             _user(email="new@example.com")),
        Step("admin_user_set_admin", {**who, "admin": True}, _user(is_admin=True)),
        Step("admin_user_set_active", {**who, "active": False}, _user(is_active=False)),
        Step("admin_user_add_roles", {**who, "roles": ["Role-more"]},
             _user(extra_roles=["Role-more"])),
        Step("admin_user_remove_roles", {**who, "roles": ["Role-more"]}, _user(extra_roles=[])),
        Step("admin_user_set_role", {**who, "role": "Role-more"}, _user(role="Role-more")),
        Step("admin_user_reset_password", who),
        Step("admin_user_delete", who),
        Step("admin_sso_config_set", {"config": SSO},
             lambda answer: answer["sso_config"]["uploader"]["name"] == "tools"),
        Step("admin_sso_config_remove"),
        Step("admin_tabulator_open_query_set", {"enabled": True},
             lambda answer: answer["open_query_enabled"] is True),
        Step("get_resource", {"uri": "auth://status"},
             lambda answer: "authenticated" in str(answer["data"])),
        *(Step("get_resource", {"uri": uri}, lambda answer: answer["success"] is False,
               says_success=False) for uri in NOT_BY_TOOL),
    ]  # fmt: skip


RESOURCES = [
    Step("auth://status", holds=lambda answer: answer["status"] == "authenticated",
         says_success=False),
    Step("auth://catalog/info",
         holds=lambda answer: answer["catalog_name"] == "127.0.0.1" and answer["region"]),
    Step("auth://filesystem/status", says_success=False),
    Step("admin://users", holds=lambda answer: "tools" in _names(answer, "users")),
    Step("admin://roles", holds=lambda answer: "Role-tools" in _names(answer, "roles")),
    Step("admin://config/sso"),
    Step("admin://config/tabulator"),
    Step("athena://databases", holds=lambda answer: ICEBERG in _names(answer, "databases")),
    Step("athena://workgroups",
         holds=lambda answer: "QuiltUserAthena-local-Role-tools" in _names(answer, "workgroups")),
    Step("athena://query/history",
         holds=lambda answer: [one["query"] for one in answer["query_history"]] == [IN_PRIMARY]),
    Step("metadata://templates", says_success=False),
    Step("metadata://examples", says_success=False),
    Step("metadata://troubleshooting", says_success=False),
    Step("workflow://workflows", says_success=False),
    Step("tabulator://buckets", holds=lambda answer: BUCKET in answer["buckets"]),
]  # fmt: skip


FUNCTIONS = [
    Step("package_create",
         {"package_name": "mcp/made", "s3_uris": [URI], "registry": REGISTRY,
          "metadata": {"description": "Made", "tags": ["a"]}},
         lambda answer: answer["files_added"] == 1 and len(answer["top_hash"]) == 64),
    Step("packages_list", {"registry": REGISTRY},
         lambda answer: sorted(answer["packages"]) == ["mcp/made", PACKAGE]),
    Step("package_update",
         {"package_name": "mcp/made", "s3_uris": [f"{REGISTRY}/more/other.csv"],
          "registry": REGISTRY, "metadata": {"more": 1}},
         lambda answer: answer["files_added"] == 1),
    Step("package_browse", {"package_name": "mcp/made", "registry": REGISTRY},
         lambda answer: [one["logical_key"] for one in answer["entries"]]
         == ["other.csv", "values.csv"]
         and answer["metadata"] == {"description": "Made", "tags": ["a"], "more": 1}),
    Step("package_diff",
         {"package1_name": PACKAGE, "package2_name": "mcp/made", "registry": REGISTRY},
         lambda answer: answer["diff"]
         == {"added": ["other.csv", "values.csv"], "deleted": [KEY], "modified": []}),
    Step("package_delete", {"package_name": "mcp/made", "registry": REGISTRY}),
]  # fmt: skip
"""Functions of `quilt_mcp.tools.packages` that are not registered tools."""


EXCEPTIONS = {
    "get_resource": f"it fails for {', '.join(f'`{uri}`' for uri in NOT_BY_TOOL)}, because "
    "quilt-mcp calls its own functions wrongly there. Clients that read these resources get them",
}
"""What works, but not with all arguments, in any configuration; the scenario checks both."""


FAILURES = {
    ("quilt-mcp-platform", "search_catalog"): (
        "'results': []",
        "without a bucket it uses the quilt3 login of the machine, of which there is none here, "
        "and reports that nothing was found",
    ),
    ("quilt-mcp-platform", "packages_list"): (
        "Unknown argument 'order'",
        "its search is no longer valid GraphQL for registries since August 2026",
    ),
    ("quilt-mcp-quilt3", "search_catalog"): (
        "403 Client Error",
        "without a bucket it asks for buckets that the user may not read as well, and is refused",
    ),
    ("quilt-mcp-quilt3", "packages_list"): (
        "'count': 4",
        "it lists every package twice",
    ),
    ("quilt-mcp-quilt3", "package_diff"): (
        "'modified': ['raw/values.csv']",
        "it takes what was deleted for modified",
    ),
}
"""What does not work with only a registry: the answer, and the reason."""
