"""Static files of the browser apps, held in memory: compressed once, addressed by release, cached for ever.

A *shelf* is one folder under one URL prefix. Its release is a hash of everything on it; `/static/<release>/x.js` never
changes and is served as immutable, so modules import one another by relative path and a page never mixes two releases.
`/static/x.js` and outdated releases answer with the current file, to be revalidated by its ETag.

Our own modules travel without their comments (a third of their compressed size); line numbers stay what they are.

Pages are static too. Their only inline script is the import map, allowed by its SHA-256 in the policy: stronger than a
nonce, which a service worker would have to replay from its cache.
"""

import base64
import functools
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from takt.core.value import value
from takt.web.text import text_files

WEB = Path(__file__).resolve().parent
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
PACKED = (".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest")
COMMENTS = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/[ \t]*$|//[^\n]*)", re.DOTALL | re.MULTILINE)
IMPORTS = re.compile(r"""(?:\bfrom|\bimport)\s*["']([^"']+)["']""")
VENDORED = {
    "preact": "vendor/preact.mjs",
    "preact/hooks": "vendor/preact-hooks.mjs",
    "@preact/signals": "vendor/signals.mjs",
    "@preact/signals-core": "vendor/signals-core.mjs",
    "htm": "vendor/htm.mjs",
}


@value
class Asset:
    """One file as it goes out; `packed` is its gzip form where that is worth it."""

    body: bytes
    media_type: str
    etag: str
    packed: bytes | None = None


def without_comments(code: bytes) -> bytes:
    """Return JavaScript `code` without the comments that begin a line; every other line keeps its number."""
    return COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), code.decode()).encode()


def asset(name: str, body: bytes) -> Asset:
    """Make an asset of `body`; the suffix of `name` gives its type. Vendored modules end in `.mjs` and stay exact."""
    suffix = Path(name).suffix
    body = without_comments(body) if suffix == ".js" else body
    packed = gzip.compress(body, 9, mtime=0) if suffix in PACKED else None
    return Asset(
        body=body,
        media_type=MEDIA_TYPES[suffix],
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:20]}"',
        packed=packed if packed is not None and len(packed) < len(body) else None,
    )


def reply(request: Request, found: Asset, cache: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with `found`: 304 when the caller has it, compressed when the caller can read that."""
    answer = {
        "Cache-Control": cache,
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": found.etag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=answer)
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        answer["Content-Encoding"] = "gzip"
        return Response(found.packed, media_type=found.media_type, headers=answer)
    return Response(found.body, media_type=found.media_type, headers=answer)


@value
class Shelf:
    """The files under one URL prefix (`/static`), by their path below it."""

    prefix: str
    release: str
    files: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """Return the immutable address of file `name`; an unknown name is a fault of ours."""
        assert name in self.files, name
        return f"{self.prefix}/{self.release}/{name}"

    def routes(self) -> list[Route]:
        """Return the route that serves this shelf."""
        return [Route(f"{self.prefix}/{{path:path}}", self.serve, methods=["GET"])]

    async def serve(self, request: Request) -> Response:
        """Answer a request for a file, with or without a release in its path."""
        path: str = request.path_params["path"]
        release, _, rest = path.partition("/")
        if release == self.release and rest in self.files:
            return reply(request, self.files[rest], IMMUTABLE)
        name = path if path in self.files else rest
        if name in self.files:
            return reply(request, self.files[name], REVALIDATE)
        return PlainTextResponse("There is no such file.", status_code=404, headers={"Cache-Control": REVALIDATE})


def load_shelf(prefix: str, folder: Path, more: Mapping[str, bytes] | None = None) -> Shelf:
    """Read every servable file of `folder` (and `more`, made at start-up) onto a shelf under `prefix`."""
    bodies = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in MEDIA_TYPES
    }
    bodies |= more or {}
    digest = hashlib.sha256()
    for name, body in sorted(bodies.items()):
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return Shelf(prefix, digest.hexdigest()[:12], {name: asset(name, body) for name, body in bodies.items()})


@functools.cache
def shared_shelf() -> Shelf:
    """Return the shelf of everything the apps share, `/static`, the text catalogues included."""
    return load_shelf("/static", WEB / "static", text_files())


def import_map() -> str:
    """Return the import map: vendored packages by name, shared modules by their plain address (`/static/text.js`).

    Every page must carry it: a module loaded under two addresses would exist twice, with two states.
    """
    shelf = shared_shelf()
    vendored = {name: shelf.url(path) for name, path in VENDORED.items()}
    shared = {f"{shelf.prefix}/{name}": shelf.url(name) for name in shelf.files if name.endswith(".js")}
    return json.dumps({"imports": vendored | shared}, separators=(",", ":"))


def content_policy(*, inline: str) -> str:
    """Return the Content-Security-Policy of an app page whose only inline script is `inline`."""
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",  # pictures of forms come inside them; what a person is about to send
            "media-src 'self' blob:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types takt",
        )
    )


def page_headers(*, inline: str) -> dict[str, str]:
    """Return the headers of an app page: its policy, no referrer, no framing, no powerful features but places and sound."""
    return {
        "Content-Security-Policy": content_policy(inline=inline),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(self), microphone=(self), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
    }


def list_modules(shelf: Shelf, entry: str) -> list[str]:
    """Return the addresses of `entry` (a file of `shelf`) and of all it imports statically, for `modulepreload`."""
    shared = shared_shelf()
    bare = {name: (shared, path) for name, path in VENDORED.items()}
    found: dict[str, None] = {}
    todo: list[tuple[Shelf, str]] = [(shelf, entry)]
    while todo:
        place, name = todo.pop(0)
        if name not in place.files or place.url(name) in found:
            continue
        found[place.url(name)] = None
        for target in _imports(place.files[name].body):
            if target in bare:
                todo.append(bare[target])
            elif target.startswith(f"{shared.prefix}/"):
                todo.append((shared, target.removeprefix(f"{shared.prefix}/")))
            elif target.startswith("."):
                todo.append((place, resolve(name, target)))
    return list(found)


@functools.cache
def _imports(body: bytes) -> Sequence[str]:
    """What a module imports statically. Asked for every page, of files that stay as they are."""
    return IMPORTS.findall(body.decode())


def resolve(name: str, target: str) -> str:
    """Return the path on the shelf that relative import `target` means inside file `name`."""
    parts = name.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            parts = parts[:-1]
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def preload_links(addresses: Iterable[str]) -> str:
    """Return `<link rel="modulepreload">` for each address."""
    return "\n".join(f'    <link rel="modulepreload" href="{address}" />' for address in addresses)
