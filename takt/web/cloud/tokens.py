"""Tokens about tokens: what one stands for, an app's own, codes that become tokens, and who the caller is.

Cloud API reference, "Authentication". Codes and tokens are given out by the operator (`/takt/v1/…`).
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from takt.actions.access import AddToken, Command, ExchangeCode
from takt.clock import Clock
from takt.core.ids import NodeSort
from takt.lanes import Lanes
from takt.store import tokens
from takt.store.pool import Pool
from takt.store.reference import App
from takt.store.tokens import NewToken
from takt.web.auth import Authenticator, Principal
from takt.web.cloud import views
from takt.web.cloud.calls import Call, Offer
from takt.wire import account_errors, errors, nodes
from takt.wire.errors import Refusal, WireError

TOKEN_CHARS: Final = 60
RENEWED_FOR: Final = timedelta(days=60)
GRANT_TYPES: Final = ("client_credentials", "fb_exchange_token", "authorization_code")


class TokenDesk:
    """Answers about tokens, and gives out those that an app may have by itself."""

    def __init__(self, pool: Pool, authenticator: Authenticator, lane: Lanes[Command, bool], clock: Clock) -> None:
        self._pool = pool
        self._authenticator = authenticator
        self._lane = lane
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        exchange = {"GET": self.exchange, "POST": self.exchange}
        return Offer(
            alone={
                "debug_token": {"GET": self.debug},
                "me": {"GET": self.me},
                "me/permissions": {"GET": self.permissions},
            },
            public={"oauth/access_token": exchange},
        )

    async def me(self, call: Call) -> dict[str, Any]:
        """`GET /me`: the system user that the token speaks for, or the app."""
        principal = call.principal
        if principal.user_id is not None:
            async with self._pool.acquire() as conn:
                user = await tokens.find_user(conn, principal.user_id)
            assert user is not None, "system users are never removed"
            shown = {"id": user.user_id, "name": user.name}
        else:
            app = call.snapshot.apps.get(principal.app_id or "")
            if app is None:
                raise Refusal(errors.token_unusable("one that belongs to an app"))
            shown = views.of_app(app)
        fields = nodes.parse_list("fields", call.parameters.get("fields")) or ["name"]
        return nodes.select(shown, list(dict.fromkeys((*fields, "id"))))

    async def permissions(self, call: Call) -> dict[str, Any]:
        """`GET /me/permissions`: what the token may do."""
        return {"data": [{"permission": scope, "status": "granted"} for scope in sorted(call.principal.scopes)]}

    async def debug(self, call: Call) -> dict[str, Any]:
        """`GET /debug_token`: what `input_token` stands for, as far as the caller may know."""
        found = await self._authenticator.look_up(call.required("input_token"))
        if isinstance(found, Principal) and not _may_know(call.principal, found):
            found = errors.token_invalid()
        if isinstance(found, WireError):
            return {"data": {"error": _fault(found), "is_valid": False, "scopes": []}}
        return {"data": _facts(call, found, self._authenticator.fault_of(found))}

    async def exchange(self, call: Call) -> dict[str, Any]:
        """`/oauth/access_token`: the token of the app itself, one for a code, or a token for 60 days from now.

        What is asked for is `grant_type`; a code says it by itself, whatever stands beside it.
        """
        kind = "authorization_code" if call.parameters.text("code") else call.parameters.text("grant_type")
        if kind not in GRANT_TYPES:
            requirement = "is required" if kind is None else f"must be one of {', '.join(GRANT_TYPES)}"
            raise Refusal(errors.invalid_parameter("grant_type", requirement))
        app = await self._client(call)
        match kind:
            case "client_credentials":
                return {"access_token": f"{app.app_id}|{app.secret}", "token_type": "bearer"}
            case "fb_exchange_token":
                return await self._renewed(call, app)
            case _:
                return await self._for_code(call, app)

    async def _client(self, call: Call) -> App:
        """The app whose id and secret were given."""
        principal = await self._authenticator.resolve(f"{call.required('client_id')}|{call.required('client_secret')}")
        app = call.snapshot.apps.get(principal.app_id or "") if isinstance(principal, Principal) else None
        if app is None:
            raise Refusal(errors.client_unknown())
        return app

    async def _for_code(self, call: Call, app: App) -> dict[str, Any]:
        token = new_token(self._clock)
        user_id = self._clock.new_node_id(NodeSort.PERSON)
        command = ExchangeCode(_hash(call.required("code")), app.app_id, _hash(token), user_id)
        if not await self._lane.submit(0, command):
            raise Refusal(account_errors.code_unusable())
        return {"access_token": token, "token_type": "bearer"}

    async def _renewed(self, call: Call, app: App) -> dict[str, Any]:
        known = await self._authenticator.resolve(call.required("fb_exchange_token"))
        if isinstance(known, WireError):
            raise Refusal(known)
        if known.kind != "system_user" or known.app_id != app.app_id:
            raise Refusal(errors.invalid_parameter("fb_exchange_token", "must be a system user's token of this app"))
        token = new_token(self._clock)
        made = NewToken(
            _hash(token), known.kind, "renewed", known.app_id, known.business_id, known.user_id,
            tuple(sorted(known.scopes)), self._clock.now() + RENEWED_FOR,
        )  # fmt: skip
        await self._lane.submit(0, AddToken(made))
        return {"access_token": token, "token_type": "bearer", "expires_in": int(RENEWED_FOR.total_seconds())}


def new_token(clock: Clock) -> str:
    """A fresh token as clients know them: it begins with `EAA`."""
    return f"EAA{clock.new_secret(TOKEN_CHARS)}"


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()


def _may_know(caller: Principal, found: Principal) -> bool:
    """Whether two tokens belong to the same app or the same company; the operator's are nobody's business."""
    if caller.app_id is not None and caller.app_id == found.app_id:
        return True
    return found.business_id is not None and caller.business_id == found.business_id


def _fault(error: WireError) -> dict[str, Any]:
    shown = {"code": error.code, "message": error.message, "subcode": error.subcode}
    return nodes.select(shown, list(shown))


def _facts(call: Call, found: Principal, fault: WireError | None) -> dict[str, Any]:
    app = call.snapshot.apps.get(found.app_id or "")
    business = call.snapshot.businesses.get(found.business_id) if found.business_id is not None else None
    scopes = sorted(found.scopes)
    targets = [business.waba_id] if business is not None else []
    facts = {
        "app_id": found.app_id,
        "application": app.name if app is not None else None,
        "type": "APP" if found.kind == "app" else "SYSTEM_USER",
        "error": _fault(fault) if fault is not None else None,
        "is_valid": fault is None,
        "issued_at": int(found.issued_at.timestamp()) if found.issued_at is not None else 0,
        "expires_at": int(found.expires_at.timestamp()) if found.expires_at is not None else 0,
        "data_access_expires_at": 0,
        "scopes": scopes,
        "granular_scopes": [{"scope": scope, "target_ids": targets} for scope in scopes],
        "user_id": found.user_id,
    }
    return nodes.select(facts, list(facts))
