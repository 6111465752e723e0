"""`/login`: the page that quilt3's interactive login opens. Users have no passwords, so it is
served on loopback only, and only to a browser that came by a loopback name."""

from __future__ import annotations

import ipaddress
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from local_registry.app.replies import refusal
from local_registry.app.requests import context_of

_PAGE = (
    "<!DOCTYPE html><html><head><title>Local Quilt registry</title></head><body>{}</body></html>"
)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def login(request: Request) -> Response:
    """`GET`: choose a user; `POST`: a code to be pasted into quilt3's prompt."""
    context = context_of(request)
    if not is_loopback(context.config.host) or not is_loopback(request.url.hostname or ""):
        return refusal(403, "The login page is for loopback only")
    if request.method == "POST":
        return await _give_code(request)
    users = [user.name for user in context.state.users.list() if user.is_active]
    buttons = "".join(
        f'<p><button name="user" value="{escape(name)}">{escape(name)}</button></p>'
        for name in users
    )
    form = f'<h1>Log in as</h1><form method="post" action="/login">{buttons}</form>'
    return HTMLResponse(_PAGE.format(form))


async def _give_code(request: Request) -> Response:
    origin = request.headers.get("origin")
    context = context_of(request)
    if origin not in (None, context.endpoints.registry_url):
        return refusal(403, "The form was sent from elsewhere")
    async with request.form(max_files=0, max_fields=10) as form:
        name = form.get("user")
    user = context.state.users.get(name) if isinstance(name, str) else None
    if user is None:
        return refusal(401, "User does not exist")
    code = context.identities.issue_code(context.identities.identify(user))
    return HTMLResponse(_PAGE.format(f"<h1>Your code</h1><p><code>{escape(code)}</code></p>"))
