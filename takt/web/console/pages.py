"""The pages of the operator's console: one document for every address of the app, and the files it loads.

The document holds nothing private: who is signed in, the app asks the API, and it is told whether asking makes sense.
"""

import functools
from string import Template

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from takt.web.assets import (
    REVALIDATE,
    WEB,
    Asset,
    Shelf,
    asset,
    import_map,
    list_modules,
    load_shelf,
    page_headers,
    preload_links,
    reply,
    shared_shelf,
)
from takt.web.staff.session import OPERATOR

FOLDER = WEB / "console" / "static"
STYLES = ("tokens.css", "shell.css", "door.css", "bubble.css", "parts.css")


@functools.cache
def shelf() -> Shelf:
    """Return the shelf of the console's own files, `/console/static`."""
    return load_shelf("/console/static", FOLDER)


@functools.cache
def document(session: str) -> Asset:
    """Return the one document of the app, with the addresses of this release in it; `session` is "some" or "none"."""
    own, shared = shelf(), shared_shelf()
    styles = [*(shared.url(name) for name in STYLES), own.url("console.css")]
    page = Template((FOLDER / "index.html").read_text("utf-8")).substitute(
        entry=own.url("app.js"),
        icon=own.url("icon.svg"),
        import_map=import_map(),
        modules=preload_links(list_modules(own, "app.js")),
        session=session,
        styles="\n".join(f'    <link rel="stylesheet" href="{address}" />' for address in styles),
        theme=shared.url("theme.js"),
    )
    return asset("index.html", page.encode())


async def show(request: Request) -> Response:
    """Answer every address of the app with its document."""
    session = "some" if OPERATOR.cookie in request.cookies else "none"
    return reply(request, document(session), REVALIDATE, page_headers(inline=import_map()))


def console_routes() -> list[Route]:
    """Return the routes of the app's document and files; the API beside them is another module's."""
    pages = ("/console", "/console/", "/console/reviews/{template}", "/console/names", "/console/codes")
    return [*(Route(page, show, methods=["GET"]) for page in pages), *shelf().routes()]
