"""Programs are let in: system users, tokens, codes that become tokens, and what an app asks of its callers.

Who may do so was checked before; tokens and codes come by their SHA-256, for nobody in here needs to know them.
"""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import businesses, tokens
from takt.store.pool import Conn
from takt.store.reference import App
from takt.store.tokens import NewCode, NewToken, SystemUser


@value
class AddApp:
    """A company has a new app, which hears what happens to it."""

    app: App


@value
class SetApp:
    """An app gets another secret, or asks for a proof with every token from now on or no longer; None leaves it."""

    app_id: str
    secret: str | None = None
    proof_required: bool | None = None


@value
class AddToken:
    """A token is given out, and the system user it speaks for is made if it is a new one."""

    token: NewToken
    user: SystemUser | None = None


@value
class RevokeToken:
    """The token with this beginning of its hash is taken away from a company, or from the operator."""

    mark: bytes
    business_id: UUID | None


@value
class AddCode:
    """A code is given out."""

    code: NewCode


@value
class ExchangeCode:
    """An app exchanges a code for the token with this hash, which speaks for the system user `user_id`."""

    code_sha256: bytes
    app_id: str
    token_sha256: bytes
    user_id: str


Command = AddApp | SetApp | AddToken | RevokeToken | AddCode | ExchangeCode


async def let_in(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[bool]:
    """The action of this lane, in the order of the commands. Reference rows lie in no part; a repeat changes nothing.

    The answer is whether it was done: a token that is to be taken away must be there, a code still good.
    """
    del part, again
    return Done([await _do(conn, command, now) for command in commands])


async def _do(conn: Conn, command: Command, now: datetime) -> bool:
    match command:
        case AddApp():
            await businesses.add_app(conn, command.app, now)
        case SetApp():
            await businesses.set_app(conn, command.app_id, command.secret, proof_required=command.proof_required)
        case AddToken():
            if command.user is not None:
                await tokens.add_user(conn, command.user, now)
            await tokens.add(conn, command.token, now)
        case RevokeToken():
            return await tokens.revoke(conn, command.mark, command.business_id, now) > 0
        case AddCode():
            await tokens.add_code(conn, command.code, now)
        case ExchangeCode():
            return await _exchange(conn, command, now)
    return True


async def _exchange(conn: Conn, command: ExchangeCode, now: datetime) -> bool:
    if await tokens.find(conn, command.token_sha256) is not None:
        return True  # this very exchange was committed already
    used = await tokens.use_code(conn, command.code_sha256, command.app_id, now)
    if used is None:
        return False
    business_id, scopes = used
    await tokens.add_user(conn, SystemUser(command.user_id, business_id, "Business integration"), now)
    token = NewToken(
        command.token_sha256, "system_user", "code exchange", command.app_id, business_id, command.user_id,
        tuple(scopes),
    )  # fmt: skip
    await tokens.add(conn, token, now)
    return True
