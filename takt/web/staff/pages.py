"""The pages of an app for people with a login: one document for every address of the app, and the files it loads.

The document holds nothing private: who is signed in, the app asks the API, and it is told whether asking makes sense.
An app's files lie in `static` beside its door: `app.js` is where it starts, and its style bears the door's name.
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
from takt.web.staff.session import Audience

DOCUMENT = WEB / "staff" / "index.html"
STYLES = ("tokens.css", "shell.css", "door.css", "bubble.css", "parts.css")


def page_routes(audience: Audience, addresses: tuple[str, ...]) -> list[Route]:
    """Return the routes of the document, at each of `addresses`, and of the app's files; the API is another's."""

    async def show(request: Request) -> Response:
        session = "some" if audience.cookie in request.cookies else "none"
        return reply(request, _document(audience.door, session), REVALIDATE, page_headers(inline=import_map()))

    return [*(Route(address, show, methods=["GET"]) for address in addresses), *_shelf(audience.door).routes()]


@functools.cache
def _shelf(door: str) -> Shelf:
    """The app's own files, at `/<door>/static`."""
    return load_shelf(f"/{door}/static", WEB / door / "static")


@functools.cache
def _document(door: str, session: str) -> Asset:
    """The one document of the app, with the addresses of this release in it; `session` is "some" or "none"."""
    own, shared = _shelf(door), shared_shelf()
    styles = [*(shared.url(name) for name in STYLES), own.url(f"{door}.css")]
    page = Template(DOCUMENT.read_text("utf-8")).substitute(
        entry=own.url("app.js"),
        icon=own.url("icon.svg"),
        import_map=import_map(),
        modules=preload_links(list_modules(own, "app.js")),
        session=session,
        styles="\n".join(f'    <link rel="stylesheet" href="{address}" />' for address in styles),
        theme=shared.url("theme.js"),
    )
    return asset("index.html", page.encode())
