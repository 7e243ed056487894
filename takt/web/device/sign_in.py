"""Signing in to the web app in the demo: choose a person, get a device token in a cookie. And out again."""

from http.cookies import SimpleCookie
from typing import Final

from takt.actions.outcome import inbox_topic
from takt.actions.person import CloseDevice, OpenBrowser
from takt.actions.person import Command as PersonCommand
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.lanes import Lanes
from takt.store import reading
from takt.store.reading import DemoPerson, token_hash
from takt.store.site import Site
from takt.wakes import Wakes
from takt.web.device import render
from takt.web.device.door import COOKIE, Call, Door, Refused, Reply, require_header
from takt.web.device.streams import gone_signal
from takt.web.http import Scope
from takt.wire import device as wire
from takt.wire.device import PostSignIn

COOKIE_S: Final = 365 * 24 * 3600


class SignIn:
    """The addresses that need no caller. Outside the demo there is nobody to choose."""

    def __init__(
        self, door: Door, site: Site, lanes: Lanes[PersonCommand, None], wakes: Wakes, clock: Clock, *, demo: bool
    ) -> None:
        self._door = door
        self._site = site
        self._lanes = lanes
        self._wakes = wakes
        self._clock = clock
        self._demo = demo

    async def people(self, _call: Call) -> Reply:
        """Whom one can be."""
        people = await self._demo_people()
        return Reply({"people": [{"key": one.key, "name": one.name, "locale": one.locale} for one in people]})

    async def sign_in(self, call: Call) -> Reply:
        """Be that person in this browser."""
        require_header(call.scope)
        people = await self._demo_people()
        wanted = wire.parse(await call.body(), PostSignIn).person
        found = next((one for one in people if one.key == wanted), None)
        if found is None:
            raise Refused(404, "unknown_person", "person is nobody of the demo.", "person")
        slot = slot_of(found.recipient_id)
        token = f"d{slot:03x}{self._clock.new_secret()}"
        await self._lanes.submit(slot, OpenBrowser(found.recipient_id, token_hash(token)))
        part = self._site.part_of(slot)
        async with self._door.reading(part) as conn:
            me = await reading.find_me(conn, part, found.recipient_id)
        if me is None:
            raise Refused(404, "unknown_person", "person was erased.", "person")
        return Reply(render.me(me), (device_cookie(call.scope, token, COOKIE_S),))

    async def sign_out(self, call: Call) -> Reply:
        """End this device, and its streams; one that is signed out already stays so."""
        require_header(call.scope)
        try:
            caller = await self._door.require(call.scope)
        except Refused:
            return Reply(None, (device_cookie(call.scope, "", 0),))
        await self._lanes.submit(caller.slot, CloseDevice(caller.recipient_id, caller.token_sha256))
        self._door.forget(caller)
        self._wakes.signal(inbox_topic(caller.recipient_id), gone_signal(caller.token_sha256))
        return Reply(None, (device_cookie(call.scope, "", 0),))

    async def _demo_people(self) -> list[DemoPerson]:
        if not self._demo:
            raise Refused(404, "no_demo", "There are no demo people here.")
        people: list[DemoPerson] = []
        for part in self._site.parts:
            async with self._door.reading(part) as conn:
                people += await reading.list_demo_people(conn, part)
        return sorted(people, key=lambda one: one.wa_id)[: reading.DEMO_PEOPLE_MAX]


def device_cookie(scope: Scope, token: str, age_s: int) -> tuple[bytes, bytes]:
    """The header that gives a browser its token for so many seconds, or takes it away with 0."""
    morsel = SimpleCookie({COOKIE: token})[COOKIE]
    secure = {"secure": "yes"} if scope["scheme"] == "https" else {}
    morsel.update({"path": "/", "max-age": str(age_s), "httponly": "yes", "samesite": "Strict", **secure})
    return b"set-cookie", morsel.OutputString().encode()
