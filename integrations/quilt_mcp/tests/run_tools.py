"""Call every tool of quilt-mcp in one configuration, and print the results as JSON.

    python run_tools.py quiltops-platform

Each configuration has its own process, because quilt-mcp keeps its configuration in the process. It
starts a local registry and contacts nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator

import boto3
from local_registry import LocalRegistry, RegistryConfig
from local_registry.testing import add_bucket, add_user
from scenario import (
    BUCKET,
    FUNCTIONS,
    IN_PRIMARY,
    INTERNET,
    RESOURCES,
    Answer,
    Step,
    tools,
)

DEPLOYMENTS = {
    "quiltops-platform": ("local", "platform"),
    "quiltops-quilt3": ("legacy", "quilt3"),
    "quilt-mcp-platform": ("local", None),
    "quilt-mcp-quilt3": ("legacy", None),
}
"""quilt-mcp's deployment, and the quiltops backend that is installed into it."""


@contextlib.contextmanager
def registry() -> Iterator[LocalRegistry]:
    """A registry with a bucket, and an administrator who may write to it."""
    with LocalRegistry(RegistryConfig(seed="demo")) as served:
        add_bucket(served, BUCKET)
        add_user(served, "more", extra_roles=())
        add_user(served, "tools", writes=[BUCKET], admin=True)
        served.s3_client("tools").put_object(Bucket=BUCKET, Key="more/other.csv", Body=b"x\n")
        _query_in_primary(served)
        yield served


def _query_in_primary(served: LocalRegistry) -> None:
    """Start a query as the user, like a boto3 program that names the place of the results."""
    env = served.client_env("tools")
    athena = boto3.client(
        "athena",
        endpoint_url=env["AWS_ENDPOINT_URL_ATHENA"],
        region_name=env["AWS_DEFAULT_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=env["AWS_SESSION_TOKEN"],
    )
    place = {"OutputLocation": f"s3://{BUCKET}/results/"}
    athena.start_query_execution(QueryString=IN_PRIMARY, ResultConfiguration=place)


def prepare(served: LocalRegistry, *, ambient: bool) -> None:
    """The environment of a process of this user; with AWS's variables if `ambient` is true."""
    for name in list(os.environ):
        if name.startswith(("QUILT_", "MCP_", "AWS_", "FASTMCP_")):
            del os.environ[name]
    home = tempfile.mkdtemp()
    os.environ.update(served.client_env("tools", bucket=BUCKET), HOME=home, XDG_DATA_HOME=home)
    os.environ.update(XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home, AWS_EC2_METADATA_DISABLED="true")
    if not ambient:
        # Requests with this process's identity instead of the registry user's are refused.
        os.environ["AWS_ACCESS_KEY_ID"] = "nobody"
        del os.environ["AWS_SESSION_TOKEN"]


async def call_all(deployment: str, backend: str | None, served: LocalRegistry) -> list[Answer]:
    """Call everything; returns each call with its name, its kind, and `right` or the answer."""
    from fastmcp import Client
    from quilt_mcp.config import get_mode_config
    from quilt_mcp.context.runtime_context import RuntimeAuthState, set_runtime_auth
    from quilt_mcp.tools import packages
    from quilt_mcp.utils.common import create_configured_server

    get_mode_config(deployment_mode=deployment)
    if backend is not None:
        import quiltops_mcp

        import quilt_core

        quiltops_mcp.install(quilt_core.connect(backend))
    elif deployment == "legacy":
        import quilt3

        quilt3.config(served.endpoints.catalog_url)
        quilt3.session.login_with_token(served.token("tools", kind="refresh"))
    else:  # as its middleware does for a request
        set_runtime_auth(RuntimeAuthState("Bearer", served.token("tools")))

    done = []

    def record(kind: str, step: Step, right: bool, said: str) -> None:
        done.append({"kind": kind, "name": step.name, "needs": step.needs,
                     "right": right, "said": said})  # fmt: skip

    async def ask(kind: str, step: Step, call: Callable[[Step], Awaitable[Answer]]) -> None:
        if step.needs == INTERNET:
            record(kind, step, False, "not called")
            return
        try:
            answer = await call(step)
        except Exception as error:  # noqa: BLE001 - it is what is recorded
            answer = {"success": False, "error": f"{type(error).__name__}: {error}"}
        try:
            right = step.is_right(answer)
        except (KeyError, IndexError, TypeError):
            right = False
        said = "" if right else str(answer.get("error") or answer)
        record(kind, step, right, said)

    async with Client(create_configured_server()) as client:
        offered = {tool.name for tool in await client.list_tools()}
        known = {str(one.uri).rstrip("/") for one in await client.list_resources()}
        steps = tools(served.endpoints.catalog_url)
        unknown = offered - {step.name for step in steps} | known - {one.name for one in RESOURCES}
        if unknown:
            raise SystemExit(f"The scenario lacks {sorted(unknown)}.")

        async def tool(step: Step) -> Answer:
            found = await client.call_tool(step.name, step.arguments, raise_on_error=False)
            if found.is_error:
                return {"error": found.content[0].text}
            answer = found.structured_content or {}
            return answer.get("result", answer)  # wraps one of several models

        async def resource(step: Step) -> Answer:
            [content] = await client.read_resource(step.name)
            return json.loads(content.text)

        async def function(step: Step) -> Answer:
            answer = await asyncio.to_thread(getattr(packages, step.name), **step.arguments)
            return answer.model_dump()

        for step in steps:
            if step.name in offered:
                await ask("tool", step, tool)
        for step in RESOURCES:
            if step.name in known:
                await ask("resource", step, resource)
        for step in FUNCTIONS:
            await ask("function", step, function)
    return done


def main(configuration: str) -> None:
    """Run one configuration; its results are the last line of standard output."""
    deployment, backend = DEPLOYMENTS[configuration]
    with registry() as served:
        prepare(served, ambient=backend is None)
        print(json.dumps(asyncio.run(call_all(deployment, backend, served))))


if __name__ == "__main__":
    main(sys.argv[1])
