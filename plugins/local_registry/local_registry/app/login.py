"""`/login`: the page that quilt3's interactive login opens. It asks for no password, so it is
served on loopback only, and only to a browser that came by a loopback name."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from local_registry.app.guards import is_from, is_local
from local_registry.app.replies import refusal
from local_registry.app.requests import context_of

_PAGE = (
    "<!DOCTYPE html><html><head><title>Local Quilt registry</title></head><body>{}</body></html>"
)
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
}


async def login(request: Request) -> Response:
    """`GET`: choose a user; `POST`: a code to be pasted into quilt3's prompt."""
    context = context_of(request)
    if not is_local(request, context.config):
        return refusal(403, "The login page is for loopback only")
    if request.method == "POST":
        return await _give_code(request)
    users = [user.name for user in context.state.users.list() if user.is_active]
    buttons = "".join(
        f'<p><button name="user" value="{escape(name)}">{escape(name)}</button></p>'
        for name in users
    )
    form = f'<h1>Log in as</h1><form method="post" action="/login">{buttons}</form>'
    return _page(form)


async def _give_code(request: Request) -> Response:
    context = context_of(request)
    if not is_from(request):
        return refusal(403, "The form was sent from elsewhere")
    async with request.form(max_files=0, max_fields=10) as form:
        name = form.get("user")
    user = context.state.users.get(name) if isinstance(name, str) else None
    if user is None:
        return refusal(401, "User does not exist")
    code = context.identities.issue_code(context.identities.identify(user))
    return _page(f"<h1>Your code</h1><p><code>{escape(code)}</code></p>")


def _page(main: str) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(main), headers=_HEADERS)
