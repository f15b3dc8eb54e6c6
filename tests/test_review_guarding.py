"""The guard of the reviewers' page: through Starlette's client, and as raw bytes to a server on a socket."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
import unicodedata
from collections.abc import Iterator

import pytest

pytest.importorskip("starlette")
pytest.importorskip("httpx")

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from extractor.review import guarding
from extractor.review.guarding import BODY_LIMIT, POLICY, Attempts, Guard, is_loopback, new_token

TOKEN = "aT0ken-f0r-tests_" + "x" * 26
SECRET_TEXT = "Đến năm 2025, huyện có 12 xã đạt chuẩn"
ME = ("127.0.0.1", 40000)
ELSEWHERE = ("192.168.7.9", 40000)


async def page(request: Request) -> Response:
    return HTMLResponse(f"<p data-csrf='{request.state.csrf}'>{SECRET_TEXT}</p>", headers={"X-Frame-Options": "ALLOW"})


async def login_page(request: Request) -> Response:
    return PlainTextResponse(f"{request.state.csrf} {request.query_params.get('error', '')}")


async def static(request: Request) -> Response:
    return PlainTextResponse(f"static {request.path_params['name']}")


async def decide(request: Request) -> Response:
    return JSONResponse({"got": await request.json()})


async def crash(request: Request) -> Response:
    raise RuntimeError(SECRET_TEXT)


def application() -> Starlette:
    return Starlette(
        routes=[
            Route("/", page),
            Route("/doc/{doc_id}", page),
            Route("/login", login_page),
            Route("/static/{name}", static),
            Route("/api/decide", decide, methods=["GET", "POST"]),
            Route("/crash", crash),
        ]
    )


def guard(host: str = "127.0.0.1", password: str | None = None, names: tuple[str, ...] = ()) -> Guard:
    return Guard(application(), host=host, port=8123, token=TOKEN, password=password, names=names)


def client(app: Guard | None = None, base: str = "http://127.0.0.1:8123", who: tuple[str, int] = ME) -> TestClient:
    return TestClient(app or guard(), base_url=base, client=who, follow_redirects=False, raise_server_exceptions=False)


def opened(app: Guard | None = None, base: str = "http://127.0.0.1:8123") -> tuple[TestClient, str]:
    """A client with a session, and its CSRF token."""
    made = client(app, base)
    assert made.get("/", params={"token": TOKEN}).status_code == 303
    return made, made.get("/").text.split("'")[1]


def posting(csrf: str, **changed: str) -> dict[str, str]:
    headers = {"Origin": "http://127.0.0.1:8123", "X-CSRF-Token": csrf, "Content-Type": "application/json"}
    return {name: value for name, value in {**headers, **changed}.items() if value}


# -- the host ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1:8123", "localhost:8123", "LOCALHOST:8123", "[::1]:8123"])
def test_own_hosts(host: str) -> None:
    made, _ = opened()
    assert SECRET_TEXT in made.get("/", headers={"Host": host}).text


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8123",
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:8124",
        "127.0.0.1.evil.example:8123",
        "localhost.:8123",
        "192.168.1.5:8123",
        "evil@127.0.0.1:8123",
        "127.0.0.1:8123:8123",
        "",
    ],
)
def test_foreign_hosts_get_nothing_even_with_a_session(host: str) -> None:
    made, _ = opened()
    for answer in (made.get("/", headers={"Host": host}), made.get("/?token=" + TOKEN, headers={"Host": host})):
        assert (answer.status_code, answer.text) == (403, "")


def test_bound_to_all_addresses_any_address_in_figures_is_right_but_no_foreign_name() -> None:
    app = guard("0.0.0.0", "mật khẩu", names=("May-Chu.lan",))
    for host in ("192.168.1.5:8123", "[fe80::7]:8123", "may-chu.lan:8123", "localhost:8123"):
        assert client(app).get("/static/a.css", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example:8123", "192.168.1.5", "192.168.1:8123"):
        assert client(app).get("/static/a.css", headers={"Host": host}).status_code == 403, host


def test_a_named_host_does_not_open_other_addresses() -> None:
    app = guard("192.168.1.5", "mật khẩu")
    assert client(app).get("/login", headers={"Host": "192.168.1.5:8123"}).status_code == 200
    assert client(app).get("/login", headers={"Host": "192.168.1.6:8123"}).status_code == 403


def test_other_machines_need_a_password() -> None:
    with pytest.raises(ValueError, match="password"):
        guard("0.0.0.0")
    with pytest.raises(ValueError, match="password"):
        guard("192.168.1.5", "")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


# -- the session -------------------------------------------------------------------------------------------------------


def test_the_link_opens_a_session_and_leads_to_the_address_without_the_token() -> None:
    made = client()
    answer = made.get(f"/doc/ab12?next=3&token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/doc/ab12?next=3")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("chitieu_8123=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert TOKEN.lower() not in cookie
    assert SECRET_TEXT in made.get("/doc/ab12").text
    # A second browser, and the same one again: the session stays.
    before = made.cookies["chitieu_8123"]
    assert opened(made.app)[0].cookies["chitieu_8123"] != before  # type: ignore[arg-type]
    made.get(f"/?token={TOKEN}")
    assert made.cookies["chitieu_8123"] == before


def test_a_link_followed_from_another_site_keeps_its_session() -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = client().get(f"/?a=1&token={TOKEN}", headers=headers)
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0; url=/?a=1")
    assert "chitieu_8123" in answer.cookies


@pytest.mark.parametrize("path", ["/", "/doc/ab12", "/static/page.js", "/api/decide", "/login", "/nothing", "/crash"])
def test_without_a_session_there_is_nothing(path: str) -> None:
    made = client()
    for cookie in ("", "chitieu_8123=", "chitieu_8123=x; chitieu_8123", f"chitieu_8123={TOKEN}", "=;;=\xff"):
        answer = made.get(path, headers={"Cookie": cookie.encode("latin-1")})  # type: ignore[dict-item]
        assert answer.status_code == 403
        assert SECRET_TEXT not in answer.text and "static" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "%00", "%ff%fe", "\u0111"])
def test_a_wrong_token_opens_nothing(token: str) -> None:
    answer = client().get(f"/?token={token}")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_session_among_foreign_cookies_of_the_same_name() -> None:
    made, _ = opened()
    own = made.cookies["chitieu_8123"]
    answer = client(made.app).get("/", headers={"Cookie": f"chitieu_8123=tossed; a=b; chitieu_8123={own}"})  # type: ignore[arg-type]
    assert answer.status_code == 200
    # of another port's page
    assert client(made.app).get("/", headers={"Cookie": f"chitieu_8124={own}"}).status_code == 403  # type: ignore[arg-type]


def test_sessions_do_not_grow_without_end() -> None:
    app = guard()
    first, _ = opened(app)
    for _ in range(guarding._SESSIONS):
        opened_now = client(app)
        assert opened_now.get(f"/?token={TOKEN}").status_code == 303
    assert first.get("/").status_code == 403
    assert opened_now.get("/").status_code == 200


# -- the password ------------------------------------------------------------------------------------------------------

LAN = "http://192.168.1.5:8123"


def locked() -> Guard:
    return guard("192.168.1.5", "mật khẩu dài")


def log_in(made: TestClient, password: str, csrf: str | None = None, **headers: str) -> tuple[int, str]:
    csrf = made.get("/login").text.split()[0] if csrf is None else csrf
    answer = made.post("/login", data={"password": password, "csrf": csrf}, headers={"Origin": LAN, **headers})
    return answer.status_code, answer.headers.get("location", "")


def test_the_password_opens_the_page() -> None:
    made = client(locked(), LAN, ELSEWHERE)
    assert made.get("/doc/ab12").status_code == 403
    asked = made.get("/doc/ab12", headers={"Accept": "text/html,*/*"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/login")
    assert made.get("/static/page.css").text == "static page.css"  # what the login page needs
    assert log_in(made, "mat khau dai") == (303, "/login?error=password")
    assert made.get("/").status_code == 403
    # typed with combining marks: the same letters
    assert log_in(made, unicodedata.normalize("NFD", "mật khẩu dài")) == (303, "/")
    assert SECRET_TEXT in made.get("/").text
    assert made.get("/login").headers["location"] == "/"


def test_the_login_form_comes_from_the_page_itself() -> None:
    made = client(locked(), LAN, ELSEWHERE)
    assert log_in(made, "mật khẩu dài", csrf="x") == (303, "/login?error=again")
    assert log_in(made, "mật khẩu dài", Origin="http://evil.example")[0] == 403
    assert log_in(made, "mật khẩu dài", Origin="null")[0] == 403
    assert made.post("/login", json={"password": "mật khẩu dài"}, headers={"Origin": LAN}).status_code == 415
    long = made.post("/login", data={"password": "x" * 10_000}, headers={"Origin": LAN})
    assert long.status_code == 413
    assert made.get("/").status_code == 403
    # A browser that is told to send no referrer sends a form without its origin, too.
    assert made.get("/login").headers["referrer-policy"] == "same-origin"


def test_wrong_passwords_make_the_next_one_wait() -> None:
    made = client(locked(), LAN, ELSEWHERE)
    assert [log_in(made, "sai")[1] for _ in range(3)] == ["/login?error=password"] * 3
    assert log_in(made, "mật khẩu dài")[1] == "/login?error=wait"
    time.sleep(1.05)
    assert log_in(made, "mật khẩu dài")[1] == "/"


def test_the_waiting_grows_up_to_a_minute() -> None:
    attempts, now, waits = Attempts(), 1000.0, []
    for _ in range(2000):
        assert attempts.allowed(now)
        attempts.failed(now)
        begun = now
        while not attempts.allowed(now):
            now += 1
        waits.append(now - begun)
    assert waits[:9] == [0, 0, 1, 2, 4, 8, 16, 32, 60]
    assert set(waits[9:]) == {60}


def test_with_a_password_the_link_is_for_this_machine() -> None:
    app = locked()
    assert client(app, LAN, ELSEWHERE).get(f"/?token={TOKEN}", headers={"Accept": "*/*"}).status_code == 403
    here = client(app, LAN, ME)
    assert here.get(f"/?token={TOKEN}").status_code == 303
    assert here.get("/").status_code == 200


def test_without_a_password_there_is_no_login() -> None:
    made, csrf = opened()
    form = {"password": "", "csrf": csrf}
    headers = {"Origin": "http://127.0.0.1:8123"}
    assert client().post("/login", data=form, headers=headers).status_code == 403
    assert made.post("/login", data=form, headers=headers).status_code == 403


# -- changes -----------------------------------------------------------------------------------------------------------


def test_a_change_from_the_page_itself() -> None:
    made, csrf = opened()
    answer = made.post("/api/decide", json={"value": "12,5"}, headers=posting(csrf))
    assert answer.json() == {"got": {"value": "12,5"}}
    for hushed in ("", "null"):
        headers = posting(csrf, Origin=hushed) | {"Sec-Fetch-Site": "same-origin"}
        assert made.post("/api/decide", json=1, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:8124"}, 403),
        ({"Origin": "https://127.0.0.1:8123"}, 403),
        ({"Origin": "http://localhost:8123"}, 403),  # of another origin than the host asked
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-CSRF-Token": ""}, 403),
        ({"X-CSRF-Token": "x"}, 403),
        ({"X-CSRF-Token": TOKEN}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "text/plain; application/json"}, 415),
    ],
)
def test_changes_from_elsewhere_are_refused(changed: dict[str, str], status: int) -> None:
    made, csrf = opened()
    assert made.post("/api/decide", content=b"1", headers=posting(csrf, **changed)).status_code == status


def test_the_csrf_token_is_the_sessions_own() -> None:
    app = guard()
    one, first = opened(app)
    _, second = opened(app)
    assert first != second
    assert one.post("/api/decide", json=1, headers=posting(second)).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
def test_other_methods(method: str) -> None:
    made, csrf = opened()
    app = made.app
    sent: list[dict[str, object]] = []

    async def ask() -> None:
        scope = {
            "type": "http",
            "method": method,
            "path": "/api/decide",
            "query_string": b"",
            "scheme": "http",
            "headers": [
                (b"host", b"127.0.0.1:8123"),
                (b"cookie", f"chitieu_8123={made.cookies['chitieu_8123']}".encode()),
                *((name.lower().encode(), value.encode()) for name, value in posting(csrf).items()),
            ],
        }

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"1", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(ask())
    assert sent[0]["status"] == 405


def test_bodies_up_to_the_limit() -> None:
    made, csrf = opened()
    most = json.dumps("x" * (BODY_LIMIT - 2)).encode()
    assert len(most) == BODY_LIMIT
    assert made.post("/api/decide", content=most, headers=posting(csrf)).status_code == 200
    assert made.post("/api/decide", content=most + b" ", headers=posting(csrf)).status_code == 413

    def in_pieces() -> Iterator[bytes]:  # without a length
        for _ in range(5):
            yield b" " * (BODY_LIMIT // 4)

    assert made.post("/api/decide", content=in_pieces(), headers=posting(csrf)).status_code == 413


@pytest.mark.parametrize(("site", "mode", "dest", "status"), [
    ("same-origin", "cors", "empty", 200),
    ("none", "navigate", "document", 200),
    ("cross-site", "navigate", "document", 200),
    ("same-site", "navigate", "iframe", 403),
    ("same-site", "no-cors", "image", 403),
    ("same-site", "cors", "empty", 403),
])  # fmt: skip
def test_what_other_pages_fetch_or_embed(site: str, mode: str, dest: str, status: int) -> None:
    made, _ = opened()
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    assert made.get("/", headers=headers).status_code == status


# -- answers -----------------------------------------------------------------------------------------------------------


def test_headers_stand_on_every_answer() -> None:
    made, csrf = opened()
    answers = [
        made.get("/"),
        made.get("/nothing"),
        made.get("/crash"),
        made.get("/static/a.js"),
        made.get(f"/?token={TOKEN}"),
        made.post("/api/decide", json=1, headers=posting(csrf)),
        made.post("/api/decide", json=1),
        client().get("/"),
        made.get("/", headers={"Host": "evil.example"}),
    ]
    assert [a.status_code for a in answers] == [200, 404, 500, 200, 303, 200, 403, 403, 403]
    for answer in answers:
        assert answer.headers.get_list("content-security-policy") == [POLICY]
        assert answer.headers.get_list("x-frame-options") == ["DENY"]  # and not the page's own
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert SECRET_TEXT not in answer.text or answer is answers[0]
    assert answers[0].headers["cache-control"] == "no-store"
    assert answers[3].headers["cache-control"] == "private, no-cache"
    assert "unsafe" not in POLICY and "http" not in POLICY


def test_websockets_are_closed() -> None:
    from starlette.websockets import WebSocketDisconnect

    made, _ = opened()
    with pytest.raises(WebSocketDisconnect), made.websocket_connect("ws://127.0.0.1:8123/"):
        pass


# -- over a socket -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        number: int = bound.getsockname()[1]
        app = Guard(application(), host="127.0.0.1", port=number, token=TOKEN, password=None)
        config = uvicorn.Config(app, log_level="critical", http="h11", lifespan="off")
        server = uvicorn.Server(config)
        bound.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert server.started
        yield number
        server.should_exit = True
        thread.join(10)


def ask(port: int, request: str | bytes) -> tuple[int, str]:
    """What a raw request gets: status, and all of the answer."""
    raw = request.encode("latin-1") if isinstance(request, str) else request
    with socket.create_connection(("127.0.0.1", port), timeout=10) as asking:
        try:
            asking.sendall(raw)
            asking.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has answered already
        got = b""
        try:
            while piece := asking.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
    text = got.decode("utf-8", "replace")
    return int(text.split()[1]), text


def get(port: int, target: str, host: str | None = None, cookie: str = "") -> tuple[int, str]:
    lines = [f"GET {target} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", "Connection: close"]
    return ask(port, "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""]))


def session(port: int) -> str:
    status, text = get(port, f"/?token={TOKEN}")
    assert status == 303
    return next(
        line.split(": ", 1)[1].split(";")[0] for line in text.splitlines() if line.lower().startswith("set-cookie")
    )


def test_on_a_socket_the_link_opens_it(port: int) -> None:
    cookie = session(port)
    assert cookie.startswith(f"chitieu_{port}=")
    status, text = get(port, "/", cookie=cookie)
    assert status == 200 and SECRET_TEXT in text
    assert get(port, "/static/page.js", cookie=cookie)[0] == 200


@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd",
        "/static/../decisions.py",
        "/static/..",
        "/static/%2e%2e/decisions.py",
        "/static/%2e%2e%2fdecisions.py",
        "/static/..%5cdecisions.py",
        "/static/%252e%252e/decisions.py",
        "//etc/passwd",
        "//evil.example/",
        "/static//etc/passwd",
        "/static/%00",
        "/doc/%c4%91",
        "/.git/config",
        "/doc/a%0d%0aSet-Cookie:%20a=b",
    ],
)
def test_on_a_socket_paths_that_are_none(port: int, target: str) -> None:
    cookie = session(port)
    for asked in (target, f"{target}?token={TOKEN}"):
        status, text = get(port, asked, cookie=cookie)
        assert status in {400, 404}, text
        assert SECRET_TEXT not in text and "static" not in text.partition("\r\n\r\n")[2]
        assert "\r\nlocation:" not in text.lower() and "set-cookie" not in text.lower()


def test_on_a_socket_foreign_hosts_and_bad_cookies(port: int) -> None:
    cookie = session(port)
    assert get(port, "/", host="evil.example", cookie=cookie)[0] == 403
    assert get(port, f"/?token={TOKEN}", host=f"evil.example:{port}")[0] == 403
    assert get(port, "/")[0] == 403
    for bad in ("x", "chitieu=1", f"chitieu_{port}=", f"chitieu_{port}=\xff\xfe", f"chitieu_{port}=" + "a" * 5000):
        status, text = get(port, "/", cookie=bad)
        assert status == 403 and SECRET_TEXT not in text
    two = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\nCookie: {cookie}\r\n\r\n"
    assert ask(port, two)[0] in {400, 403}
    none = f"GET / HTTP/1.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    assert ask(port, none)[0] in {400, 403}


def test_on_a_socket_addresses_in_full(port: int) -> None:
    """To a server, only proxies are asked so; the host that counts is then the header's, and it is ours or nothing."""
    cookie = session(port)
    status, text = get(port, "http://evil.example/", host="evil.example", cookie=cookie)
    assert status in {400, 403, 404} and SECRET_TEXT not in text
    status, text = get(port, f"http://evil.example/?token={TOKEN}")
    assert "evil.example" not in text


def test_on_a_socket_large_bodies(port: int) -> None:
    cookie = session(port)
    csrf = get(port, "/", cookie=cookie)[1].split("data-csrf='")[1].split("'")[0]
    head = (
        f"POST /api/decide HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        f"X-CSRF-Token: {csrf}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    assert ask(port, head + 'Content-Length: 5\r\n\r\n"abc"')[0] == 200
    assert ask(port, head + f"Content-Length: {BODY_LIMIT + 1}\r\n\r\n")[0] == 413
    assert ask(port, head + "Content-Length: " + "9" * 30 + "\r\n\r\n")[0] in {400, 413}
    piece = "100000\r\n" + " " * 0x100000 + "\r\n"
    assert ask(port, head + "Transfer-Encoding: chunked\r\n\r\n" + piece * 5 + "0\r\n\r\n")[0] == 413


def test_no_two_tokens_are_alike() -> None:
    made = {new_token() for _ in range(1000)}
    assert len(made) == 1000 and min(map(len, made)) >= 40
