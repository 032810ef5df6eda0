"""Dagster's web server, with the site of the store next to it under `/site/`.

Belongs here: the pages of the site at an address of the same server, so that browsers follow the links from assets and
checks to them: from a page of a server they do not follow links to a file. Does not belong here: starting it (`parts`),
and those links (`civic_assets.defs.report_links`).

Run as a program, with the arguments of `dagster-webserver`; DAGSTER_HOME is the folder `dagster/` of the store. Without
`--read-only` anyone who reaches it can start and delete runs: it has no login. With it, only what is needed to look is
answered: Dagster's own refusals cover GraphQL, and some of its other paths read files or write what others see.

`dagster_webserver.app` makes the server from the class that it has imported. There is no setting for another class, so
it is put in its place; a test fails if a newer Dagster no longer takes it from there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dagster_webserver import app, cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from civic_assets.defs.report_links import SITE
from civic_assets.layers.root import REPORT, store_root

_HEADERS = {
    # The pages bring all that they need and ask nobody else; the search builds its workers from its own files.
    b"content-security-policy": (
        b"default-src 'self' data:; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        b"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
}
# No asset has a notebook, and this path would read one from the disk.
_NEVER = ("notebook", "dagit/notebook")
# Records of runs with all their settings, output of processes, and reports of tables that no run has made.
_FOR_WRITERS = (
    "download_debug/{path:path}",
    "logs/{path:path}",
    "report_asset_materialization/{path:path}",
    "report_asset_check/{path:path}",
    "report_asset_observation/{path:path}",
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NO_SITE = (
    "The site is not built here yet. Publish with: civic-assets refresh; or, if CIVIC_SITE is 'later', build it with: "
    "civic-assets report\n"
)


class _Pages(StaticFiles):
    """The files of the site. It is replaced as a whole while this runs, so its folder may be missing for a moment."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._folder.is_dir():
            await PlainTextResponse(_NO_SITE, status_code=404)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    def file_response(self, *arguments: object, **named: object) -> Response:
        """A file, with headers that let its page reach nothing but this server."""
        answer: Response = super().file_response(*arguments, **named)  # type: ignore[arg-type]
        answer.raw_headers.extend(_HEADERS.items())
        return answer


class WithSite(DagsterWebserver):  # type: ignore[type-arg]
    """Dagster's web server and the site."""

    def build_routes(self) -> list[BaseRoute]:
        """The routes of the site, then Dagster's, of which the last takes every path."""
        left_out = _NEVER + (_FOR_WRITERS if self._process_context.read_only else ())
        closed = [Route(f"/{path}", _closed, methods=_METHODS) for path in left_out]
        return [*routes_of(store_root(None) / REPORT), *closed, *super().build_routes()]  # type: ignore[no-untyped-call]


def routes_of(folder: Path) -> Iterable[BaseRoute]:
    """Routes of a site.

    Args:
        folder: Folder of its pages.
    """

    async def first(request: Request) -> Response:
        # An answer that names no host: behind a proxy, this server does not know its own.
        return RedirectResponse(f"{request.scope.get('root_path', '')}{SITE}/index.html")

    return (Route(SITE, first), Route(f"{SITE}/", first), Mount(SITE, _Pages(folder), name="site"))


async def _closed(_request: Request) -> Response:
    return PlainTextResponse("This is not served here.\n", status_code=404)


if __name__ == "__main__":
    os.environ.setdefault("CIVIC_STORE", str(Path(os.environ["DAGSTER_HOME"]).parent))
    app.DagsterWebserver = WithSite  # type: ignore[attr-defined]
    cli.main()  # type: ignore[no-untyped-call]
