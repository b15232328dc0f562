"""Who may talk to the render process: those who know a secret, and nobody else gets more than 403."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

QUERY = "token"
"""The name in an address; Jupyter's log hides values of this name."""
PACKED = (".html", ".css", ".js", ".svg", ".ttf")
"""What gets smaller on the way; the scripts of a page to a third."""


def secret() -> str:
    """32 random bytes."""
    return secrets.token_urlsafe(32)


def bearer(token: str) -> Any:
    """An aiohttp middleware: the secret as a bearer token, as our own client sends it."""
    return _guard(lambda request: [request.headers.get("Authorization", "").removeprefix("Bearer ")], token)


def page(token: str) -> Any:
    """An aiohttp middleware: the secret in the address, then in the cookie that this sets, for pages and sockets."""

    def given(request: Any) -> list[str]:
        return [request.query.get(QUERY, ""), request.cookies.get(cookie(request), "")]

    return _guard(given, token, welcome=lambda request, response: _welcome(request, response, token))


def cookie(request: Any) -> str:
    """The cookie's name: cookies know no ports, so each view has its own."""
    return f"flowcfd-view-{request.transport.get_extra_info('sockname')[1]}"


def _welcome(request: Any, response: Any, token: str) -> None:
    """Pack files, and set the cookie for the place where the browser sees this server, which a proxy says."""
    if not response.prepared and request.path.endswith(PACKED):
        response.enable_compression()
    if QUERY not in request.query or response.prepared:
        return
    behind = request.headers.get("X-ProxyContextPath", "")
    path = f"{behind.rstrip('/')}/" if behind.startswith("/") else "/"
    response.set_cookie(cookie(request), token, path=path, httponly=True, samesite="Strict")


def _guard(given: Callable[[Any], list[str]], token: str, welcome: Callable[[Any, Any], None] = lambda *_: None) -> Any:
    from aiohttp import web

    @web.middleware
    async def guard(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        if not any(secrets.compare_digest(one.encode(), token.encode()) for one in given(request)):
            return web.Response(status=403, text="403: Forbidden")
        response = await handler(request)
        welcome(request, response)
        return response

    return guard
