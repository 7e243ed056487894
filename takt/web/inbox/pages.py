"""The pages of the agents' inbox: one document for every address of the app, and the files it loads.

The document holds nothing private: who is signed in, the app asks the API, and it is told whether asking makes sense.
Chats have addresses (`/inbox/chat/<key>`), so that a reload, a bookmark and the back button work.
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
from takt.web.staff.session import COMPANIES

FOLDER = WEB / "inbox" / "static"
STYLES = ("tokens.css", "shell.css", "door.css", "bubble.css", "parts.css")


@functools.cache
def shelf() -> Shelf:
    """Return the shelf of the inbox's own files, `/inbox/static`."""
    return load_shelf("/inbox/static", FOLDER)


@functools.cache
def document(session: str) -> Asset:
    """Return the one document of the app, with the addresses of this release in it; `session` is "some" or "none"."""
    own, shared = shelf(), shared_shelf()
    styles = [*(shared.url(name) for name in STYLES), own.url("inbox.css")]
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
    session = "some" if COMPANIES.cookie in request.cookies else "none"
    return reply(request, document(session), REVALIDATE, page_headers(inline=import_map()))


def inbox_routes() -> list[Route]:
    """Return the routes of the app's document and files; the API beside them is another module's."""
    return [
        Route("/inbox", show, methods=["GET"]),
        Route("/inbox/", show, methods=["GET"]),
        Route("/inbox/chat/{key}", show, methods=["GET"]),
        *shelf().routes(),
    ]
