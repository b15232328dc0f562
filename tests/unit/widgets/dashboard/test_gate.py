"""Who does not know the secret gets nothing of the page's server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from flowcfd.widgets.dashboard import gate


class Said(RequestHandler):
    def get(self) -> None:
        self.finish("said")


@pytest.fixture
def port() -> Iterator[int]:
    """A server behind the gate, in a thread."""
    [bound] = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
    number = bound.getsockname()[1]
    ready, loops = threading.Event(), []

    def serve() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        application = Application([("/.*", Said)], log_function=lambda handler: None)
        gate.closed(application, "secret", number)
        server = HTTPServer(application)
        server.add_socket(bound)
        loops.append((IOLoop.current(), server))
        ready.set()
        IOLoop.current().start()
        server.stop()
        IOLoop.current().close(all_fds=True)

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait(60)
    yield number
    loops[0][0].add_callback(loops[0][0].stop)
    thread.join(60)


def ask(port: int, path: str, **headers: str) -> tuple[int, str, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, answer.getheader("Set-Cookie") or ""


def test_without_the_secret_there_is_nothing(port: int) -> None:
    for path, headers in (
        ("/", {}),
        ("/static/x.js", {}),
        ("/?token=wrong", {}),
        ("/ws", {"Cookie": f"x{port}=secret"}),
    ):
        assert ask(port, path, **headers)[0] == 403
    assert ask(port, "/", Cookie=f"flowcfd-dashboard-{port}=wrong")[0] == 403


def test_the_secret_in_the_address_becomes_a_cookie_of_this_server_only(port: int) -> None:
    status, _, cookie = ask(port, "/?token=secret", X_ProxyContextPath="/user/ada/proxy/1234")
    assert status == 302
    assert cookie.startswith(f"flowcfd-dashboard-{port}=secret; ")
    assert "HttpOnly" in cookie
    assert "Path=/user/ada/proxy/1234/" in cookie
    assert "SameSite=Strict" in cookie
    # Who comes again with the address is led away from it too.
    assert ask(port, "/?token=secret", Cookie=f"flowcfd-dashboard-{port}=secret")[0] == 302
    assert ask(port, "/anything", Cookie=f"flowcfd-dashboard-{port}=secret") == (200, "said", "")


def test_a_page_of_another_server_of_this_machine_gets_nothing_though_the_browser_sends_the_cookie(port: int) -> None:
    cookie = f"flowcfd-dashboard-{port}=secret"
    for origin in (f"http://127.0.0.1:{port + 1}", "http://127.0.0.1", "http://127.0.0.1:port"):
        assert ask(port, "/ws", Cookie=cookie, Origin=origin)[0] == 403
        assert ask(port, "/?token=secret", Origin=origin)[0] == 403
    assert ask(port, "/ws", Cookie=cookie, Origin=f"http://127.0.0.1:{port}")[0] == 200
    assert ask(port, "/ws", Cookie=cookie, Host="hub.org:443", Origin="https://hub.org")[0] == 200  # through proxies
