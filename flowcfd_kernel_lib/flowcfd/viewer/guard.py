"""Who may talk to the render process: those who know a secret, and nobody else gets more than 403."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

QUERY = "token"
"""The name in an address; Jupyter's log hides values of this name."""
PACKED = (".html", ".css", ".js", ".svg", ".ttf")
"""What gets smaller on the way; the scripts of a page to a third."""


def secret() -> str:
    """32 random bytes."""
    return secrets.token_urlsafe(32)


def foreign(headers: Mapping[str, str]) -> bool:
    """Whether a page of another server of this machine asks.

    Cookies know no ports, and SameSite none either: a page that another user of this machine serves comes with ours. A
    page of another machine has no cookie, and whether a proxy passes on the name by which it is reached is not ours.
    """
    origin, host = urlsplit(headers.get("Origin", "")), urlsplit(f"//{headers.get('Host', '')}")
    try:
        ports = {None if port in (80, 443) else port for port in (origin.port, host.port)}
    except ValueError:  # no number
        return True
    return origin.hostname is not None and origin.hostname == host.hostname and len(ports) > 1


def same(given: str, token: str) -> bool:
    """Compared in constant time, whatever bytes are given."""
    return secrets.compare_digest(given.encode(errors="surrogateescape"), token.encode())


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
        if foreign(request.headers) or not any(same(one, token) for one in given(request)):
            return web.Response(status=403, text="403: Forbidden")
        response = await handler(request)
        welcome(request, response)
        return response

    return guard
