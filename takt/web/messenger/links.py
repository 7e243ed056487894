"""Links that companies print: `/message/CODE` opens the chat with a text already written, and has a picture as QR code."""

import io
from typing import Final
from urllib.parse import quote

import segno
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from takt.core.link import slot_of_code
from takt.store import links
from takt.store.links import Link
from takt.store.site import Site
from takt.web.http import origin

SCALE: Final = 8
KINDS: Final = {"png": "image/png", "svg": "image/svg+xml"}


def link_routes(site: Site) -> list[Route]:
    """The addresses of links and of their pictures."""

    async def find(code: str) -> Link | None:
        slot = slot_of_code(code)
        if slot is None:
            return None
        part = site.part_of(slot)
        async with site.pool(part).acquire() as conn:
            return await links.find(conn, part, code)

    async def follow(request: Request) -> Response:
        code, _, kind = request.path_params["code"].partition(".")
        link = await find(code)
        if link is None or (kind and kind not in KINDS):
            return PlainTextResponse("There is no such link.", 404)
        if kind:
            return _picture(f"{origin(request.scope)}/message/{link.code}", kind)
        return RedirectResponse(f"/c/{link.sender_id}?text={quote(link.text, safe='')}", 302)

    return [Route("/message/{code}", follow, methods=["GET"])]


def _picture(address: str, kind: str) -> Response:
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind=kind, scale=SCALE)
    return Response(out.getvalue(), media_type=KINDS[kind], headers={"cache-control": "public, max-age=86400"})
