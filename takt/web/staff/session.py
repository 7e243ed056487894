"""Who is there: signing in at the inbox or at the console, the cookie, and the session behind it.

The cookie holds a random token, the database its SHA-256. It is HttpOnly and SameSite=Strict, and every write also
needs the header `X-Takt: 1`, which no foreign page can send. A session lasts 30 days from the last day it was used.
"""

import asyncio
import math
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from takt.actions.sign_in import (
    SESSION_LIFE,
    CloseSession,
    Command,
    OpenSession,
    RenewSession,
    SpeakLocale,
)
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.core.value import value
from takt.lanes import Lanes
from takt.passwords import PASSWORD_CHARS_MAX, is_password
from takt.store import views
from takt.store.site import Site
from takt.store.views import Session, Staff
from takt.web.staff.answers import Refusal, bad, json_answer, nothing, read_object, text_of
from takt.web.staff.attempts import Attempts
from takt.web.staff.readers import Readers

TOKEN_CHARS_MAX = 200
LOGIN_CHARS_MAX = 200
LOCALES = ("de", "en")
RENEW_AFTER = timedelta(days=1)
CHECKS_AT_ONCE_MAX = 2
CHECKS_WAITING_MAX = 20

Check = Callable[[str | None, str], bool]


@value
class Audience:
    """For whom a door is: people with one of these roles, of companies or of the operator. Each door has its cookie."""

    door: str
    cookie: str
    roles: tuple[str, ...]
    operator: bool = False


COMPANIES: Final = Audience("inbox", "takt_staff", ("agent", "marketer", "developer", "finance"))
OPERATOR: Final = Audience("console", "takt_operator", ("operator",), operator=True)


class Sessions:
    """Finds the session of a request, and opens and ends sessions. `demo`: people can be chosen without a password."""

    def __init__(
        self,
        audience: Audience,
        site: Site,
        lanes: Lanes[Command, None],
        clock: Clock,
        *,
        demo: bool,
        check: Check = is_password,
    ) -> None:
        self._audience = audience
        self._readers = Readers(site)
        self._lanes = lanes
        self._clock = clock
        self._demo = demo
        self._check = check
        self._attempts = Attempts()
        self._checking = asyncio.Semaphore(CHECKS_AT_ONCE_MAX)
        self._waiting = 0

    async def require(self, request: Request) -> Session:
        """The session of a request, or a refusal with 401, or with 403 when the role has no business here."""
        token = self._token(request)
        if token is not None:
            async with self._readers.of_reference() as conn:
                session = await views.find_session(
                    conn, _hash(token), self._clock.now(), operator=self._audience.operator
                )
            if session is not None:
                self._check_role(session.role)
                return session
        raise Refusal(401, "signed_out", "Please sign in.")

    async def stands(self, request: Request) -> bool:
        """Whether the session of a long request has not ended meanwhile."""
        try:
            await self.require(request)
        except Refusal:
            return False
        return True

    async def renew(self, request: Request, session: Session, answer: Response) -> None:
        """Let a session that was last renewed a day ago or earlier begin its 30 days anew."""
        token = self._token(request)
        age = SESSION_LIFE - (session.expires_at - self._clock.now())
        if token is None or age < RENEW_AFTER:
            return
        await self._lanes.submit(slot_of(session.staff_id), RenewSession(session.staff_id, _hash(token)))
        self.remember(answer, request, token)

    async def list_demo_people(self, _request: Request) -> Response:
        """Whom one can be in the demo; nobody outside of it."""
        if not self._demo:
            return json_answer({"people": []})
        async with self._readers.of_reference() as conn:
            people = await views.list_demo_staff(conn, self._audience.roles)
        return json_answer({"people": people})

    async def sign_in(self, request: Request) -> tuple[Staff, str]:
        """Who signs in by this request, and the token of the new session."""
        body = await read_object(request)
        if "person" in body:
            staff = await self._demo_person(text_of(body, "person", LOGIN_CHARS_MAX))
        else:
            login = text_of(body, "login", LOGIN_CHARS_MAX).strip().lower()
            password = text_of(body, "password", PASSWORD_CHARS_MAX)
            staff = await self._known(login, password, request.client.host if request.client else "")
        self._check_role(staff.role)
        token = self._clock.new_secret()
        await self._lanes.submit(slot_of(staff.staff_id), OpenSession(staff.staff_id, _hash(token)))
        return staff, token

    async def sign_out(self, request: Request) -> Response:
        """End the session; without one there is nothing to do."""
        token = self._token(request)
        if token is not None:
            async with self._readers.of_reference() as conn:
                session = await views.find_session(
                    conn, _hash(token), self._clock.now(), operator=self._audience.operator
                )
            if session is not None:
                await self._lanes.submit(slot_of(session.staff_id), CloseSession(session.staff_id, _hash(token)))
        answer = nothing()
        answer.delete_cookie(
            self._audience.cookie, path="/", httponly=True, samesite="strict", secure=_is_secure(request)
        )
        return answer

    async def set_locale(self, request: Request, session: Session) -> str:
        """The language that the person chose."""
        locale = (await read_object(request)).get("locale")
        if locale not in LOCALES:
            raise bad("locale", "must be de or en")
        await self._lanes.submit(slot_of(session.staff_id), SpeakLocale(session.staff_id, locale))
        return str(locale)

    async def _demo_person(self, key: str) -> Staff:
        self._require_demo()
        async with self._readers.of_reference() as conn:
            staff = await views.find_demo_staff(conn, key, operator=self._audience.operator)
        if staff is None:
            raise Refusal(404, "unknown_person", "person is nobody of the demo.", "person")
        return staff

    async def _known(self, login: str, password: str, address: str) -> Staff:
        """Who has this login and password. An unknown login and a wrong password look and last the same."""
        now = self._clock.now()
        earliest = self._attempts.take(login, address, now)
        if earliest > now:
            wait_s = math.ceil((earliest - now).total_seconds())
            raise Refusal(429, "too_many", "Too many tries. Please wait a little.", retry_after_s=wait_s)
        async with self._readers.of_reference() as conn:
            staff = await views.find_staff(conn, login, operator=self._audience.operator)
        right = await self._check_slowly(staff.password_hash if staff is not None else None, password)
        if staff is None or not right:
            raise Refusal(401, "credentials", "Login or password is wrong.")
        self._attempts.forgive(login, address)
        return staff

    async def _check_slowly(self, kept: str | None, password: str) -> bool:
        if self._waiting >= CHECKS_WAITING_MAX:
            raise Refusal(429, "too_many", "Too many people sign in at this moment.", retry_after_s=2)
        self._waiting += 1
        try:
            async with self._checking:
                return await asyncio.to_thread(self._check, kept, password)
        finally:
            self._waiting -= 1

    def _require_demo(self) -> None:
        if not self._demo:
            raise Refusal(404, "no_demo", "There are no demo people here.")

    def remember(self, answer: Response, request: Request, token: str) -> None:
        """Give the browser the token of a session."""
        answer.set_cookie(
            self._audience.cookie, token, max_age=int(SESSION_LIFE.total_seconds()), path="/", httponly=True,
            samesite="strict", secure=_is_secure(request),
        )  # fmt: skip

    def _token(self, request: Request) -> str | None:
        token = request.cookies.get(self._audience.cookie)
        return token if token and len(token) <= TOKEN_CHARS_MAX else None

    def _check_role(self, role: str) -> None:
        door, roles = self._audience.door, self._audience.roles
        if role not in roles:
            raise Refusal(403, "role", f"The {door} is for {', '.join(roles)}; your role is {role}.")


def _is_secure(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
