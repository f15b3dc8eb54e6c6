"""Who may ask the reviewers' page for anything: the middleware that stands before all of it.

The texts of documents are other people's, and so are the other pages open in the reviewer's browser. Three things are
asked of every request, before the page sees it:

* its ``Host`` is the page's own, so that no foreign name that is made to point here (DNS rebinding) gets an answer;
* it has a session, which comes from the link with the token that the command prints, or from the password;
* what it would change comes from the page itself: its origin, the session's CSRF token, and JSON.

The token is good for the life of the process, so that the printed link opens a second browser, too. With a password it
is good only from this machine: an address with a secret in it must not have to go over a network.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import time
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN = "/login"
STATIC = "/static/"
BODY_LIMIT = 4 * 1024 * 1024
"""Bytes that a request may bring."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The pages' Content-Security-Policy: nothing inline, nothing from elsewhere."""

_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_LOGIN_LIMIT = 8 * 1024
_SESSIONS = 256  # the oldest goes; each was opened by someone who had the secret
_FREE_FAILURES, _LONGEST_WAIT = 3, 60.0  # wrong passwords before waiting begins, and where it stops growing
# Whatever the page serves is called so. Neither `..` nor an address in full, an escape or a backslash can be.
_NAME = r"[A-Za-z0-9_-][A-Za-z0-9_.:~-]*"
_PATH = re.compile(rf"/(?:{_NAME}(?:/{_NAME})*/?)?")
_CLOSED = "Hãy mở liên kết mà lệnh chitieu review đã in ra.\nOpen the link that chitieu review printed.\n"


def new_token() -> str:
    """A secret that nobody guesses, of letters that stand in an address as they are."""
    return secrets.token_urlsafe(32)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host: ``localhost`` or an address such as ``127.0.0.1`` and ``::1``."""
    host = host.strip("[]").lower()
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


@dataclass(frozen=True, slots=True)
class _Session:
    """A browser that has shown the secret."""

    id: str = field(default_factory=new_token)
    csrf: str = field(default_factory=new_token)


class Attempts:
    """Wrong passwords, of all browsers together: the more there were in a row, the longer no other one is looked at.

    Whoever guesses from many addresses waits as long. The link with the token stays open all the while.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._open_at = 0.0

    def allowed(self, now: float) -> bool:
        """Whether a password is looked at now (seconds of a clock that only goes forward)."""
        return now >= self._open_at

    def failed(self, now: float) -> None:
        """One was wrong."""
        self._failures += 1
        if self._failures >= _FREE_FAILURES:
            # No power of two is asked for that a float could not hold.
            self._open_at = now + min(2.0 ** min(self._failures - _FREE_FAILURES, 30), _LONGEST_WAIT)


class _Refused(Exception):
    """A request that gets nothing but a status and a line."""

    def __init__(self, status: HTTPStatus, text: str = "") -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Guard:
    """Lets through to an application what may go there; see the module for what is asked.

    What the application finds in ``scope["state"]`` (Starlette's ``request.state``): ``csrf``, the token that its pages
    print and its requests send as ``X-CSRF-Token``. The page ``/login`` (only with a password) is the application's,
    too: a form that posts ``password`` and, as ``csrf``, the same token to ``/login``. What becomes of it is done here:
    right, it leads to ``/``; wrong, back to ``/login?error=password``, to ``?error=wait`` where too many were wrong, or
    to ``?error=again`` where the form was an earlier run's. Without a session ``/login`` and what lies under
    ``/static/`` are shown with a password, and nothing without.

    Args:
        app: the application.
        host: the host that the server is bound to.
        port: its port.
        token: the secret of the printed link, ``/?token=…`` (``new_token``).
        password: what opens the page from other machines; none where ``host`` is this machine alone.
        names: further hosts that the page may be asked for by, without their port: the machine's own name. Bound to
            all addresses (``0.0.0.0``, ``::``), any address in figures is right: it cannot be made to point elsewhere.

    Raises:
        ValueError: the host is reached from other machines, and there is no password.
    """

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, token: str, password: str | None, names: Collection[str] = ()
    ) -> None:
        if not password and not is_loopback(host):
            raise ValueError(f"{host} is reached from other machines: a password is needed")
        self._app = app
        self._token = _hash(token)
        self._password = _hash(password) if password else None
        self._cookie = f"chitieu_{port}"  # cookies do not keep ports apart
        self._port = port
        self._hosts = {_in_address(name) for name in ("localhost", "127.0.0.1", "::1", host, *names)}
        self._any_address = host.strip("[]") in {"0.0.0.0", "::"}
        self._sessions: dict[str, _Session] = {}
        self._login_csrf = new_token()
        self._attempts = Attempts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no page of ours opens a WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        ours = {**_HEADERS, "cache-control": "no-store"}
        if scope["path"].startswith(STATIC):
            ours["cache-control"] = "private, no-cache"
        elif scope["path"] == LOGIN:
            ours["referrer-policy"] = "same-origin"  # with none, browsers send a form with `Origin: null`

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message.get("headers", ()) if n.decode("latin-1").lower() not in ours]
                message = {**message, "headers": [*kept, *((n.encode(), v.encode()) for n, v in ours.items())]}
            await send(message)

        try:
            answer = await self._answer(scope, receive, guarded)
        except _Refused as refused:
            answer = PlainTextResponse(refused.text, refused.status)
        if answer is not None:
            await answer(scope, receive, guarded)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """What the guard itself answers; ``None`` where the application has answered.

        Raises:
            _Refused: the request gets nothing.
        """
        headers = Headers(scope=scope)
        method, path = scope["method"], scope["path"]
        self._check_address(headers, path)
        if method not in {"GET", "HEAD", "POST"}:
            raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        _check_asker(headers, method)
        session = self._session(headers)
        if method == "POST":
            _check_origin(headers, scope["scheme"])
            if self._password and path == LOGIN:
                return await self._login(headers, receive)
            if session is None:
                raise _Refused(HTTPStatus.FORBIDDEN, _CLOSED)
            if not _same(headers.get("x-csrf-token", ""), session.csrf):
                raise _Refused(HTTPStatus.FORBIDDEN)
            if _media_type(headers) != "application/json":
                raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            receive = _replayed(await _body(headers, receive, BODY_LIMIT), receive)
        else:
            opened = self._opened(scope, headers, session)
            if opened is not None:
                return opened
            if self._password and path == LOGIN and session is not None:
                return _to("/")
        csrf = self._login_csrf if session is None else session.csrf
        if session is None and not (self._password and (path == LOGIN or path.startswith(STATIC))):
            if self._password and "text/html" in headers.get("accept", ""):
                return _to(LOGIN)
            raise _Refused(HTTPStatus.FORBIDDEN, _CLOSED)
        await self._app({**scope, "state": {**scope.get("state", {}), "csrf": csrf}}, receive, send)
        return None

    # -- where to ------------------------------------------------------------------------------------------------------

    def _check_address(self, headers: Headers, path: str) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0].lower()):
            raise _Refused(HTTPStatus.FORBIDDEN)
        if _PATH.fullmatch(path) is None:
            raise _Refused(HTTPStatus.NOT_FOUND)

    def _is_ours(self, host: str) -> bool:
        """Whether the page may be asked for by this ``Host``: name and port."""
        name = host.removesuffix(f":{self._port}")
        if name == host and self._port != 80:  # browsers leave out that one
            return False
        if name in self._hosts:
            return True
        if self._any_address:
            with suppress(ValueError):
                ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
                return True
        return False

    # -- who -----------------------------------------------------------------------------------------------------------

    def _session(self, headers: Headers) -> _Session | None:
        """The session of one of the request's cookies; another page of this host may have set more by that name."""
        found = (self._sessions.get(value) for name, value in _cookies(headers) if name == self._cookie)
        return next((session for session in found if session is not None), None)

    def _opened(self, scope: Scope, headers: Headers, session: _Session | None) -> Response | None:
        """Where a link with the right token leads: to the same address without it, with a session."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tokens = [value for name, value in query if name == "token"]
        if not tokens or not secrets.compare_digest(_hash(tokens[0]), self._token):
            return None
        client = scope.get("client")
        if self._password and not (client and is_loopback(client[0])):
            return None
        rest = [(name, value) for name, value in query if name != "token"]
        response = _to(scope["path"] + ("?" + urlencode(rest) if rest else ""))
        if headers.get("sec-fetch-site") == "cross-site":
            # Opened from another page (a chat, a notebook): the browser would not send a strict cookie along that
            # redirect, but does so from a page of ours.
            response = PlainTextResponse("", headers={"refresh": f"0; url={response.headers['location']}"})
        self._admit(response, session)
        return response

    def _admit(self, response: Response, session: _Session | None = None) -> None:
        if session is None:
            session = _Session()
            self._sessions[session.id] = session
            if len(self._sessions) > _SESSIONS:
                del self._sessions[next(iter(self._sessions))]
        response.set_cookie(self._cookie, session.id, path="/", httponly=True, samesite="strict")

    async def _login(self, headers: Headers, receive: Receive) -> Response:
        if _media_type(headers) != "application/x-www-form-urlencoded":
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        body = await _body(headers, receive, _LOGIN_LIMIT)
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        if not _same(form.get("csrf", ""), self._login_csrf):
            return _to(f"{LOGIN}?error=again")  # the form of an earlier run
        now = time.monotonic()
        if not self._attempts.allowed(now):
            return _to(f"{LOGIN}?error=wait")
        if self._password is None or not secrets.compare_digest(_hash(form.get("password", "")), self._password):
            self._attempts.failed(now)
            return _to(f"{LOGIN}?error=password")
        self._attempts = Attempts()
        response = _to("/")
        self._admit(response)
        return response


# -- parts of a request ------------------------------------------------------------------------------------------------


def _check_asker(headers: Headers, method: str) -> None:
    """Refuse what another site's page fetches or embeds; a link that is followed is none of these.

    A page of another port of this machine is another origin, but the same site: it gets the strict cookie.
    """
    if headers.get("sec-fetch-site", "none") in {"none", "same-origin"}:
        return
    follows = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if method == "POST" or not follows:
        raise _Refused(HTTPStatus.FORBIDDEN)


def _check_origin(headers: Headers, scheme: str) -> None:
    """Refuse what does not say that it comes from the page; its origin may be hushed up if the browser vouches."""
    origins = headers.getlist("origin") or ["null"]
    hushed = origins == ["null"] and headers.get("sec-fetch-site") == "same-origin"
    if not hushed and origins != [f"{scheme}://{headers['host'].lower()}"]:
        raise _Refused(HTTPStatus.FORBIDDEN)


async def _body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """A request's body, whole.

    Raises:
        _Refused: it is longer than ``limit``, or its sender is gone.
    """
    stated = headers.get("content-length", "0")
    if not stated.isascii() or not stated.isdigit() or int(stated[:20]) > limit:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _Refused(HTTPStatus.BAD_REQUEST)
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be received once more."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def _cookies(headers: Headers) -> Iterator[tuple[str, str]]:
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            name, _, value = part.partition("=")
            yield name.strip(), value.strip()


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _to(place: str) -> Response:
    return RedirectResponse(place, HTTPStatus.SEE_OTHER)


def _in_address(host: str) -> str:
    """A host as an address writes it: IPv6 in brackets."""
    host = host.strip("[]").lower()
    return f"[{host}]" if ":" in host else host


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(_hash(one), _hash(other))


def _hash(secret: str) -> bytes:
    """Of equal length for every secret, so that comparing says nothing of it; composed, for keyboards differ."""
    composed = unicodedata.normalize("NFC", secret)
    return hashlib.sha256(composed.encode("utf-8", "surrogatepass")).digest()
