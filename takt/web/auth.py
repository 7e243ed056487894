"""Who is calling: tokens of programs, for the doors that companies use.

A token comes as `access_token` in the query or in the body, or as `Authorization: Bearer` (or `OAuth`). Clients that
send both mean the parameter: their header is always the same, the parameter is made for the call. It is one of the
kept ones, or an app's own `APPID|SECRET`. What it stands for is remembered for at most 5 s and forgotten at once when
any reference row changes, so a token that was taken away is out within 5 s.

Beside a token may stand `appsecret_proof`, and must where its app says so: it shows that the caller has the app's
secret, too, so that a stolen token alone opens nothing.
"""

import asyncio
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from takt.clock import Clock
from takt.core import signing
from takt.core.value import value
from takt.store import tokens
from takt.store.pool import Conn, Pool, is_retryable
from takt.store.reference import App, Reference
from takt.web.http import Scope, header
from takt.wire import account_errors, errors
from takt.wire.errors import WireError

TOKEN_CHARS_MAX: Final = 512
KEPT_S_MAX: Final = 5
KEPT_TOKENS_MAX: Final = 10_000
CONNECTION_S_MAX: Final = 5
QUERY_FIELDS_MAX: Final = 100

_SCHEME = re.compile(r"(?:bearer|oauth)[ \t]+(.*)", re.IGNORECASE)
_APP_TOKEN = re.compile(r"([0-9]{5,20})\|(.+)")


@value
class Principal:
    """Who a token speaks for. `kind` is `system_user`, `operator` or `app`; `expires_at` None is never.

    `user_id` is the system user behind it, if it was made for one; `staff_id` the person of the operator whose own it is.
    `name` is for people: that person's, else the token's.
    """

    app_id: str | None
    business_id: UUID | None
    scopes: frozenset[str]
    kind: str
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    user_id: str | None = None
    staff_id: UUID | None = None
    name: str = ""

    def may(self, scope: str) -> bool:
        """Whether the token carries this permission."""
        return scope in self.scopes


@value
class _Kept:
    principal: Principal
    version: int
    until_s: float


class Authenticator:
    """Finds the principals of tokens, with a memory of its own."""

    def __init__(self, pool: Pool, reference: Reference, clock: Clock) -> None:
        self._pool = pool
        self._reference = reference
        self._clock = clock
        self._kept: dict[bytes, _Kept] = {}
        self._under_way: dict[bytes, asyncio.Task[Principal | None]] = {}

    async def authenticate(
        self, scope: Scope, token: str | None = None, proof: str | None = None
    ) -> Principal | WireError:
        """The principal of the request; `token` and `proof` are those in its body."""
        found = token or token_of(scope)
        if not found:
            return errors.token_missing()
        principal = await self.resolve(found)
        if isinstance(principal, WireError):
            return principal
        return self._fault_of_proof(principal, found, proof or _in_query(scope, "appsecret_proof")) or principal

    async def resolve(self, token: str) -> Principal | WireError:
        """The principal of a token, or why there is none."""
        principal = await self.look_up(token)
        if isinstance(principal, WireError):
            return principal
        return self.fault_of(principal) or principal

    def fault_of(self, principal: Principal) -> WireError | None:
        """Why a token that was once right is so no longer, if that is so."""
        if principal.revoked_at is not None:
            return account_errors.token_revoked()
        if principal.expires_at is not None and principal.expires_at <= self._clock.now():
            return errors.token_expired(principal.expires_at)
        return None

    async def look_up(self, token: str) -> Principal | WireError:
        """As `resolve`, but gives the principal of a token that is over or was taken away, too."""
        if len(token) > TOKEN_CHARS_MAX or not token.isascii():
            return errors.token_invalid()
        key = sha256(token.encode()).digest()
        principal = self._recall(key)
        if principal is None:
            try:
                principal = await self._load_once(key, token)
            except Exception as fault:
                if not is_retryable(fault):
                    raise
                return errors.unavailable()
        return errors.token_invalid() if principal is None else principal

    def _fault_of_proof(self, principal: Principal, token: str, proof: str | None) -> WireError | None:
        app = self._reference.current.apps.get(principal.app_id) if principal.app_id is not None else None
        if app is None:
            return None
        if not proof:
            return account_errors.proof_missing() if app.proof_required else None
        return None if signing.is_proof(app.secret, token, proof) else account_errors.proof_wrong()

    def _recall(self, key: bytes) -> Principal | None:
        kept = self._kept.get(key)
        if kept is None or kept.version != self._reference.current.version or kept.until_s < self._clock.monotonic_s():
            return None
        return kept.principal

    async def _load_once(self, key: bytes, token: str) -> Principal | None:
        """Look a token up, once for all who ask at the same time."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._load(key, token))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key))
        return await asyncio.shield(task)

    async def _load(self, key: bytes, token: str) -> Principal | None:
        async with self._pool.acquire(timeout=CONNECTION_S_MAX) as conn:
            snapshot = await self._reference.fresh(conn)
            app = _APP_TOKEN.fullmatch(token)
            principal = _of_app(snapshot.apps.get, app) if app is not None else await _of_row(conn, key)
        if principal is not None:
            if len(self._kept) >= KEPT_TOKENS_MAX:
                self._kept.clear()
            self._kept[key] = _Kept(principal, snapshot.version, self._clock.monotonic_s() + KEPT_S_MAX)
        return principal


def token_of(scope: Scope) -> str | None:
    """The token in the query or else in the header, as it came."""
    return _in_query(scope, "access_token") or _in_header(scope)


def _in_query(scope: Scope, wanted: str) -> str | None:
    query = scope["query_string"]
    if not query or wanted.encode() not in query:
        return None
    try:
        pairs = parse_qsl(query.decode("latin-1"), max_num_fields=QUERY_FIELDS_MAX)
    except ValueError:
        return None
    return next((text for name, text in pairs if name == wanted), None)


def _in_header(scope: Scope) -> str | None:
    value = header(scope, b"authorization")
    match = _SCHEME.fullmatch(value.decode("latin-1").strip()) if value is not None else None
    return match.group(1) if match is not None else None


def _of_app(find: Callable[[str], App | None], match: re.Match[str]) -> Principal | None:
    app = find(match.group(1))
    secret = app.secret if app is not None else "no app has this number"
    right = hmac.compare_digest(secret.encode(), match.group(2).encode())
    return Principal(app.app_id, app.business_id, frozenset(), "app") if right and app is not None else None


async def _of_row(conn: Conn, key: bytes) -> Principal | None:
    token = await tokens.find(conn, key)
    if token is None:
        return None
    return Principal(
        token.app_id, token.business_id, token.scopes, token.kind, token.issued_at, token.expires_at,
        token.revoked_at, token.user_id, token.staff_id, token.staff_name or token.name,
    )  # fmt: skip
