"""Which requests are answered: reading, from this machine or its proxy, and with filters that mean something.

Belongs here: what is refused before Datasette is asked. Does not belong here: pages (Datasette) and the address
(`serve`).

Datasette takes a filter of a column that does not exist for true: `?yaer__gt=2020` answers with every row. Such a
request is refused here, with the name that was probably meant. A page of another site that reached this server through
a name of its own (DNS rebinding) is refused as well.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote

from civic_assets.browse.place import THIS_MACHINE, Place

Scope = Mapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

_METHODS = ("GET", "HEAD")


def only_reading(
    application: Application,
    database: str,
    columns: Mapping[str, Sequence[str]],
    operators: Collection[str],
    place: Place = THIS_MACHINE,
) -> Application:
    """An application that hands on requests that only read, and refuses all others with a sentence.

    Args:
        application: Datasette.
        database: Name of its database.
        columns: Columns of each table and view.
        operators: What may follow the name of a column and `__` in a filter.
        place: Where the pages are.
    """

    async def answer(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        # Datasette puts its base path before the path of the request in some links, so it is given one without it.
        own = {**scope, "path": place.below(scope["path"])}
        if raw := scope.get("raw_path"):
            own["raw_path"] = place.below(raw.decode("latin-1")).encode("latin-1")
        refused = _refused(own, database, columns, operators, place)
        if refused is None:
            await application(own, receive, send)
        else:
            await _refuse(own, send, *refused)

    return answer


def _refused(
    scope: Scope,
    database: str,
    columns: Mapping[str, Sequence[str]],
    operators: Collection[str],
    place: Place,
) -> tuple[int, str] | None:
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1").rpartition("@")[2]
    name = host.rsplit(":", 1)[0] if host.rsplit(":", 1)[-1].isdecimal() else host
    if name.lower() not in place.hosts:
        return 403, f"These tables are for this machine only. Open them at {' or '.join(place.hosts)}."
    if scope["method"] not in _METHODS:
        return 405, f"These tables can only be read; {scope['method']} is not answered."
    parts = unquote(scope["path"]).strip("/").split("/")
    if len(parts) != 2 or parts[0] != database:
        return None
    table = next(
        (parts[1].removesuffix(end) for end in (".json", ".csv") if parts[1].endswith(end)), parts[1]
    )
    if table not in columns:
        return None
    for given, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        wrong = _wrong_filter(given, columns[table], operators)
        if wrong:
            return 400, f"{table}: {wrong}"
    return None


def _wrong_filter(given: str, columns: Sequence[str], operators: Collection[str]) -> str | None:
    """What is wrong with a filter in an address; None if nothing is, or it is an option of Datasette (`_sort`)."""
    if given.startswith("_"):
        return None
    column, _, operator = given.partition("__")
    if column not in columns:
        near = difflib.get_close_matches(column, columns, 1)
        return f"There is no column {column!r} to filter by." + (f" Did you mean {near[0]}?" if near else "")
    if operator and operator not in operators:
        return f"{operator!r} does not filter a column; use one of {', '.join(sorted(operators))}."
    return None


async def _refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    if scope["path"].endswith(".json"):
        kind, body = "application/json", json.dumps({"ok": False, "status": status, "error": sentence})
    else:
        kind, body = "text/html", f"<!DOCTYPE html><title>Refused</title><p>{escape(sentence)}</p>"
    content = body.encode()
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-length", str(len(content)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
