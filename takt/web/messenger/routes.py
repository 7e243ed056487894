"""The messenger's door: one static page at `/` and its deep links, its files, manifest and service worker.

Nothing here reads the database: the page talks to `/device/v1`. Addresses of files are filled into the pages once, at
start-up; the service worker learns the release and every file it has to keep for offline use.
"""

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from takt.web.assets import (
    REVALIDATE,
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
from takt.web.text import LOCALES

DEVICE_COOKIE = "takt_device"
LOCALE_COOKIE = "takt_locale"
HERE = Path(__file__).resolve().parent
ADDRESSES = ("/", "/c/{sender}", "/c/{sender}/about", "/s/{sender}", "/start", "/settings", "/permissions")
SHARED_FILES = ("theme.js", "tokens.css", "shell.css", "bubble.css", "parts.css", "icons.svg")
WORDS = {
    "en": {
        "lang": "en",
        "description": "Messages from companies, at your beat: you decide who may write to you.",
        "noscript": "The messenger needs JavaScript.",
    },
    "de": {
        "lang": "de",
        "description": "Nachrichten von Firmen, in deinem Takt: Du entscheidest, wer dir schreiben darf.",
        "noscript": "Der Messenger braucht JavaScript.",
    },
}


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put `values` into the `{{name}}` places of `template`; a name without a value is a fault and raises."""
    return re.sub(r"\{\{([\w.-]+)\}\}", lambda found: values[found[1]], template)


def file_addresses(shelf: Shelf) -> dict[str, str]:
    """Return the addresses of every own file and of the shared ones the pages name, by file name."""
    shared = shared_shelf()
    return {name: shelf.url(name) for name in shelf.files} | {name: shared.url(name) for name in SHARED_FILES}


def choose_locale(request: Request) -> str:
    """Return the language chosen before (a cookie), else the first the browser asks for that we speak, else English."""
    asked = f"{request.cookies.get(LOCALE_COOKIE, '')},{request.headers.get('accept-language', '')}"
    wanted = re.findall(r"(?<![\w-])[a-zA-Z]{2}(?=[-,;\s]|$)", asked)
    return next((each.lower() for each in wanted if each.lower() in LOCALES), "en")


def list_own_modules(shelf: Shelf) -> list[str]:
    """Return the addresses of every module: those of the sign-in page first, then the messenger's."""
    return list(dict.fromkeys([*list_modules(shelf, "main.js"), *list_modules(shelf, "messenger.js")]))


def render_page(shelf: Shelf, locale: str, inline: str, session: str) -> Asset:
    """Return the page in `locale`, with the import map `inline` and a preload for every module it needs at once.

    `session` says "yes" when the browser sent a device cookie: only then is it worth asking who is signed in.
    """
    text = shared_shelf().url(f"text/messenger.{locale}.json")
    preload = preload_links(list_own_modules(shelf) if session == "yes" else list_modules(shelf, "main.js"))
    pages = HERE / "pages"
    values = {
        **file_addresses(shelf),
        **WORDS[locale],
        "importmap": inline,
        "preload": f'{preload}\n    <link rel="preload" as="fetch" crossorigin href="{text}" />',
        "release": release_of(shelf),
        "session": session,
        "splash": fill((pages / f"splash-{session}.html").read_text("utf-8"), WORDS[locale]),
    }
    return asset("index.html", fill((pages / "index.html").read_text("utf-8"), values).encode())


def release_of(shelf: Shelf) -> str:
    """Return the name of what runs here: own files and shared ones."""
    return f"{shelf.release}-{shared_shelf().release}"


def render_worker(shelf: Shelf) -> Asset:
    """Return the service worker with the release and the addresses of all it keeps."""
    shared = shared_shelf()
    texts = [shared.url(f"text/messenger.{locale}.json") for locale in LOCALES]
    own = [shelf.url(name) for name in shelf.files if not name.endswith(".png")]
    lazy = [shared.url(name) for name in shared.files if name.endswith(".js")]
    files = [*own, *(shared.url(name) for name in SHARED_FILES), *lazy, *list_own_modules(shelf), *texts]
    line = json.dumps({"release": release_of(shelf), "files": sorted(set(files))})
    return asset("sw.js", f"self.TAKT = {line};\n{(HERE / 'pages' / 'sw.js').read_text('utf-8')}".encode())


@functools.cache
def own_shelf() -> Shelf:
    """Return the shelf of the messenger's own files, `/app`."""
    return load_shelf("/app", HERE / "static")


def messenger_routes() -> list[BaseRoute]:
    """Return the messenger's routes, those of the shared files under `/static` included."""
    shelf = own_shelf()
    inline = import_map()
    pages = {
        (locale, session): render_page(shelf, locale, inline, session)
        for locale in LOCALES
        for session in ("yes", "no")
    }
    headers = page_headers(inline=inline)
    worker = render_worker(shelf)
    manifest_text = fill((HERE / "pages" / "manifest.webmanifest").read_text("utf-8"), file_addresses(shelf))
    manifest = asset("manifest.webmanifest", manifest_text.encode())

    async def page(request: Request) -> Response:
        more = {**headers, "Vary": "Accept-Encoding, Accept-Language, Cookie"}
        session = "yes" if DEVICE_COOKIE in request.cookies else "no"
        return reply(request, pages[choose_locale(request), session], REVALIDATE, more)

    async def service_worker(request: Request) -> Response:
        return reply(request, worker, REVALIDATE)

    async def web_manifest(request: Request) -> Response:
        return reply(request, manifest, REVALIDATE)

    return [
        *(Route(address, page, methods=["GET"]) for address in ADDRESSES),
        Route("/sw.js", service_worker, methods=["GET"]),
        Route("/manifest.webmanifest", web_manifest, methods=["GET"]),
        *shelf.routes(),
        *shared_shelf().routes(),
    ]
