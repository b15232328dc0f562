"""Nobody gets anything of the server without its secret: first in the address, then in a cookie of this server only."""

from __future__ import annotations

from typing import Any

from flowcfd.viewer.guard import foreign, same

QUERY = "token"
"""The name in an address; Jupyter's log hides values of this name."""


def closed(application: Any, token: str, port: int) -> None:
    """Let a Tornado application answer only requests that know the secret; pages, files and sockets alike."""
    from tornado.web import RequestHandler

    name = f"flowcfd-dashboard-{port}"  # cookies know no ports

    class Refused(RequestHandler):
        def prepare(self) -> None:
            self.set_status(403)
            self.finish("403: this page needs the address with its token; ask fc.dashboard for it")

    class Welcome(RequestHandler):
        def get(self) -> None:
            behind = self.request.headers.get("X-ProxyContextPath", "")
            path = f"{behind.rstrip('/')}/" if behind.startswith("/") else "/"
            self.set_cookie(name, token, path=path, httponly=True, samesite="Strict")
            self.redirect("./")  # the secret stays out of the page's address

    find = application.find_handler

    def guarded(request: Any, **more: Any) -> Any:
        if foreign(request.headers):
            return application.get_handler_delegate(request, Refused)
        given = request.query_arguments.get(QUERY, [b""])[-1].decode(errors="replace")
        if request.method == "GET" and same(given, token):
            return application.get_handler_delegate(request, Welcome)
        cookie = request.cookies.get(name)
        if cookie is not None and same(cookie.value, token):
            return find(request, **more)
        return application.get_handler_delegate(request, Refused)

    application.find_handler = guarded
