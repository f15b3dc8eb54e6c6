"""The reviewers' page: a local server over the store of a run (extra ``[review]``).

One process, one thread for the store: decisions are made by people, and a person's pace is no load. What may take
long, drawing a page of a PDF file, is done by a child process. No path from a request is ever opened: files are found
by the ids of documents in the store, the page's own files by their names in a list made at the start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from socket import gethostname
from typing import Any
from urllib.parse import urlencode

import yaml
from anyio import to_thread
from jinja2 import Environment, FileSystemLoader, select_autoescape
from msgspec.json import encode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from extractor.review.completing import complete
from extractor.review.decisions import Changed, Item, Loaded, ReviewError, Reviews
from extractor.review.documents import LANGUAGES, details_json, document_json, rows_json
from extractor.review.guarding import LOGIN, Guard
from extractor.review.listing import Filters, again, choices, listed, neighbours, progress
from extractor.review.page_images import PageError, PageImages
from extractor.review.proposing import propose
from extractor.tables.files import OutputError
from extractor.tables.schema import BY_NAME

HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_LANGUAGE = "chitieu_lang"
_LONGEST_NAME = 80
_LONGEST_NUMBER = 12  # digits

Endpoint = Callable[[Request], Awaitable[Response]]


@cache
def words() -> dict[str, dict[str, str]]:
    """The words of the pages: language → key → word."""
    read: Mapping[str, Mapping[str, str]] = yaml.safe_load((HERE / "words.yaml").read_text(encoding="utf-8"))
    return {lang: {key: said[lang] for key, said in read.items()} for lang in LANGUAGES}


@cache
def static_files() -> dict[str, tuple[bytes, str]]:
    """Name → content and type of the files that the pages need."""
    return {
        path.name: (path.read_bytes(), _TYPES[path.suffix])
        for path in sorted((HERE / "static").iterdir())
        if path.suffix in _TYPES
    }


@cache
def templates() -> Environment:
    """The pages' templates: everything put into them is escaped."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True), trim_blocks=True
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """How the page is served.

    Attributes:
        host: address to listen at.
        port: port to listen at.
        token: what the link that the command prints holds.
        password: asked of whoever has no such link; for hosts other than loopback.
        reviewer: the name that the page proposes.
        lang: the language of the pages until one is chosen.
    """

    host: str
    port: int
    token: str
    password: str | None = None
    reviewer: str = ""
    lang: str = "vi"


def application(reviews: Reviews, settings: Settings, images: PageImages) -> ASGIApp:
    """The server as an ASGI application.

    Args:
        reviews: opened in the thread that will serve.
        settings: how it is served.
        images: draws pages of PDF files and scans.
    """
    pages = _Pages(reviews, settings, images)
    routes = [
        Route("/", pages.documents),
        Route("/doc/{doc_id}", pages.document),
        Route("/doc/{doc_id}/page/{page:int}.png", pages.page_image),
        Route("/again", pages.again),
        Route(LOGIN, pages.login),
        Route("/static/{name}", pages.static),
        Route("/api/complete", pages.complete),
        Route("/api/dismiss", pages.dismiss, methods=["POST"]),
        Route("/api/doc/{doc_id}", pages.document_data),
        Route("/api/doc/{doc_id}/row/{row_id}", pages.row_data),
        Route("/api/doc/{doc_id}/changes", pages.changes),
        Route("/api/doc/{doc_id}/{action}", pages.act, methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={404: pages.not_found, OutputError: pages.store_failed})
    return Guard(
        app,
        host=settings.host,
        port=settings.port,
        token=settings.token,
        password=settings.password,
        names=[gethostname().lower()] if settings.password else [],
    )


def _json(value: object, status: int = 200) -> Response:
    return Response(encode(value), status, media_type="application/json")


class _NotValid(ValueError):
    """The request is not of the shape that the page sends."""


class _Pages:
    def __init__(self, reviews: Reviews, settings: Settings, images: PageImages) -> None:
        self._reviews, self._settings, self._images = reviews, settings, images
        words(), static_files()  # a missing file is told at the start
        self._actions: dict[str, Callable[[Loaded, Mapping[str, Any]], Any]] = {
            "decide": self._decide,
            "split": self._split,
            "join": self._join,
            "undo": self._undo,
            "propose": self._propose,
        }

    # --- pages

    def _language(self, request: Request) -> str:
        asked = request.query_params.get("lang") or request.cookies.get(_LANGUAGE) or self._settings.lang
        return asked if asked in LANGUAGES else LANGUAGES[0]

    def _page(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        lang = self._language(request)
        shown = (
            templates()
            .get_template(template)
            .render(
                lang=lang,
                t=words()[lang],
                csrf=request.scope.get("state", {}).get("csrf", ""),
                reviewer=self._settings.reviewer,
                path=request.url.path,
                query=request.url.query,
                **values,
            )
        )
        response = HTMLResponse(shown, status)
        if "lang" in request.query_params:
            response.set_cookie(_LANGUAGE, lang, httponly=True, samesite="strict", path="/")
        return response

    async def not_found(self, request: Request, error: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"errors": [{"vi": "Không có.", "en": "There is no such thing."}]}, 404)
        said = words()[self._language(request)]
        return self._page(request, "message.html", 404, title="404", text=said.get("not_found", "404"))

    async def store_failed(self, request: Request, error: Exception) -> Response:
        return JSONResponse({"errors": [{"row_id": "", "column": "", "vi": str(error), "en": str(error)}]}, 503)

    async def documents(self, request: Request) -> Response:
        lang, filters = self._language(request), Filters.of(request.query_params)
        found = listed(self._reviews, filters)
        return self._page(
            request,
            "documents.html",
            documents=found.documents,
            total=found.total,
            page=filters.page,
            pages=found.pages,
            filters=filters.as_dict(),
            choices=choices(self._reviews, lang),
            progress=progress(self._reviews),
            others=lambda **changed: "?" + urlencode({**filters.stated(), **changed}),
        )

    async def document(self, request: Request) -> Response:
        loaded = self._reviews.document(request.path_params["doc_id"])
        if loaded is None:
            return await self.not_found(request, LookupError())
        filters = Filters.of(request.query_params)
        before, behind = neighbours(self._reviews, filters, loaded.doc_id)
        document = loaded.extraction.document
        return self._page(
            request,
            "document.html",
            doc_id=loaded.doc_id,
            source=document.source,
            title=document.title or document.source,
            previous=before,
            next=behind,
            filtered=urlencode(filters.stated()),
        )

    async def again(self, request: Request) -> Response:
        return self._page(request, "again.html", items=again(self._reviews, self._language(request)))

    async def login(self, request: Request) -> Response:
        return self._page(request, "login.html", error=request.query_params.get("error", ""))

    async def static(self, request: Request) -> Response:
        found = static_files().get(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        return Response(found[0], media_type=found[1])

    async def page_image(self, request: Request) -> Response:
        loaded = self._reviews.document(request.path_params["doc_id"])
        if loaded is None:
            return Response(status_code=404)
        document, page = loaded.extraction.document, request.path_params["page"]
        path = self._reviews.file_of(loaded.doc_id)
        spots = () if loaded.source is None else loaded.source.reading.spots
        recognised = any(spot.confidence is not None for spot in spots if spot.page == page)

        def drawn() -> bytes:
            return self._images.png(path, document.sha256, document.source, page, recognised=recognised)

        try:
            png = await to_thread.run_sync(drawn)
        except PageError as error:
            said = error.vi if self._language(request) == "vi" else error.en
            return Response(said, 404, media_type="text/plain; charset=utf-8")
        return Response(png, media_type="image/png")

    # --- data

    def _loaded(self, request: Request) -> Loaded | None:
        return self._reviews.document(request.path_params["doc_id"])

    async def document_data(self, request: Request) -> Response:
        loaded = self._loaded(request)
        if loaded is None:
            return await self.not_found(request, LookupError())
        return _json(document_json(loaded, self._reviews.states(loaded.doc_id), self._reviews.last()))

    async def row_data(self, request: Request) -> Response:
        loaded, row = self._loaded(request), request.path_params["row_id"]
        states = {} if loaded is None else self._reviews.states(loaded.doc_id)
        table = next((table for table, known in states if known == row), "")
        if loaded is not None and not table:
            table = next((table for table, rows in loaded.rows.items() if row in rows), "")
        details = None
        if loaded is not None and table:
            details = details_json(loaded, states, table, row, self._reviews.log(loaded.doc_id, row))
        return await self.not_found(request, LookupError()) if details is None else _json(details)

    async def changes(self, request: Request) -> Response:
        loaded = self._loaded(request)
        since = request.query_params.get("since", "")
        if loaded is None or not since.isdecimal() or len(since) > _LONGEST_NUMBER:
            return await self.not_found(request, LookupError())
        last = self._reviews.last()  # before the rows: what comes in between is told the next time
        return _json({**self._rows(loaded, self._reviews.since(loaded.doc_id, int(since))), "seq": last})

    def _rows(self, loaded: Loaded, keys: list[tuple[str, str]]) -> dict[str, Any]:
        states = self._reviews.states(loaded.doc_id)
        rows = rows_json(loaded, states, keys) if keys else []
        there = {row["id"] for row in rows}
        answer = {
            "seq": self._reviews.last(),
            "rows": rows,
            "removed": [row for table, row in keys if row not in there and table != "documents"],
        }
        if any(table == "documents" for table, _ in keys):
            answer["doc"] = document_json(loaded, states)["doc"]
        return answer

    async def complete(self, request: Request) -> Response:
        asked = request.query_params
        loaded = self._reviews.document(asked.get("doc", ""))
        document = None if loaded is None else loaded.extraction.document
        found = complete(
            asked.get("kind", ""),
            asked.get("q", "")[:100],
            on=document.issued_on if document else None,
            province=document.province_code if document else "",
            district=document.district_code if document else "",
            level=asked.get("level", ""),
        )
        return _json(found)

    # --- deciding

    async def dismiss(self, request: Request) -> Response:
        return await self._answered(request, self._dismiss)

    def _dismiss(self, given: Mapping[str, Any]) -> Any:
        row = (_text(given["doc_id"]), _text(given["table"]), _text(given["row_id"]))
        return {"dismissed": self._reviews.dismiss(*row, _reviewer(given))}

    async def act(self, request: Request) -> Response:
        action = self._actions.get(request.path_params["action"])
        loaded = self._loaded(request)
        if action is None or loaded is None:
            return await self.not_found(request, LookupError())

        def answer(given: Mapping[str, Any]) -> Any:
            found = action(loaded, given)
            if isinstance(found, Changed):
                return {**self._rows(loaded, list(found.rows)), "batch": found.batch, "left": list(found.left)}
            return found

        return await self._answered(request, answer)

    async def _answered(self, request: Request, answer: Callable[[Mapping[str, Any]], Any]) -> Response:
        try:
            given = await request.json()
            if not isinstance(given, dict):
                raise _NotValid("an object is expected")
            return _json(answer(given))
        except ReviewError as error:
            problems = [{"row_id": r, "column": p.column, "vi": p.vi, "en": p.en} for r, p in error.problems]
            return _json({"errors": problems}, 422)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            said = f"The request is not valid: {error}."
            return _json(
                {"errors": [{"row_id": "", "column": "", "vi": f"Yêu cầu không hợp lệ: {error}.", "en": said}]}, 422
            )

    def _decide(self, loaded: Loaded, given: Mapping[str, Any]) -> Changed:
        items = [_item(item) for item in _list(given["items"])]
        return self._reviews.decide(loaded.doc_id, items, _reviewer(given))

    def _split(self, loaded: Loaded, given: Mapping[str, Any]) -> Changed:
        parts = [(_offset(loaded, start), _offset(loaded, end)) for start, end in _list(given["parts"])]
        row = self._item_of(loaded, _text(given["row_id"]), _text(given.get("base", "")))
        return self._reviews.split(loaded.doc_id, row, parts, _reviewer(given))

    def _join(self, loaded: Loaded, given: Mapping[str, Any]) -> Changed:
        rows, bases = _list(given["row_ids"]), _list(given.get("bases", []))
        bases = [*bases, *[""] * (len(rows) - len(bases))]
        items = [self._item_of(loaded, _text(row), _text(base)) for row, base in zip(rows, bases, strict=True)]
        return self._reviews.join(loaded.doc_id, items, _reviewer(given))

    def _item_of(self, loaded: Loaded, row: str, base: str) -> Item:
        states = self._reviews.states(loaded.doc_id)
        tables = [table for table, known in states if known == row]
        tables += [table for table, rows in loaded.rows.items() if row in rows]
        if not tables:
            raise _NotValid(f"there is no row {row}")
        return Item(tables[0], row, "correct", base=base)

    def _undo(self, loaded: Loaded, given: Mapping[str, Any]) -> Any:
        changed = self._reviews.undo(loaded.doc_id, _reviewer(given))
        done = {"batch": changed.batch, "left": list(changed.left), "undone": len(changed.rows)}
        return {**self._rows(loaded, list(changed.rows)), **done}

    def _propose(self, loaded: Loaded, given: Mapping[str, Any]) -> Any:
        table = _text(given["table"])
        start, end = _offset(loaded, given["start"]), _offset(loaded, given["end"])
        if table not in BY_NAME or start >= end:
            raise _NotValid("a table and a span are expected")
        return {"cells": propose(table, loaded.text, start, end, loaded.extraction)}


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise _NotValid(f"a text is expected, not {type(given).__name__}")
    given.encode()  # half a surrogate pair is no text
    return given


def _list(given: object) -> list[Any]:
    if not isinstance(given, list):
        raise _NotValid(f"a list is expected, not {type(given).__name__}")
    return given


def _offset(loaded: Loaded, given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= len(loaded.text):
        raise _NotValid(f"an offset from 0 to {len(loaded.text)} is expected")
    return given


def _reviewer(given: Mapping[str, Any]) -> str:
    name = " ".join(_text(given["reviewer"]).split())[:_LONGEST_NAME]
    if not name:
        raise _NotValid("the reviewer's name is missing")
    return name


def _item(given: Mapping[str, Any]) -> Item:
    verdict = _text(given["verdict"])
    if verdict not in ("accept", "reject", "correct", "add", "reopen"):
        raise _NotValid(f"{verdict} is no verdict")
    changes = {_text(name): _text(text) for name, text in dict(given.get("changes") or {}).items()}
    return Item(
        _text(given["table"]),
        _text(given.get("row_id", "")),
        verdict,  # type: ignore[arg-type]
        changes,
        _text(given.get("reason", "")),
        _text(given.get("base", "")),
    )
