"""`POST /{sender}/messages` and `/marketing_messages`: the busiest door, as one plain coroutine without layers.

A send with an `Idempotency-Key` gets an id made from business, key and request, so that a repeat meets the message
that the first one wrote; the key itself is claimed first, in its own transaction, bound to a hash of the request.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from takt.actions.acknowledge import Acknowledge, Acknowledged
from takt.actions.claim import Claim, Claimed
from takt.actions.outgoing import Answer, Refused
from takt.clock import Clock
from takt.core.content import TemplateContent
from takt.core.ids import parse_wamid, slot_of
from takt.core.message import SendMessage
from takt.core.value import value
from takt.lanes import LaneFullError, Lanes, UnavailableError
from takt.store.reference import Reference, Sender
from takt.store.site import Site
from takt.vault import VaultAway
from takt.web.attachments import with_files
from takt.web.auth import Authenticator
from takt.web.cloud.parameters import decode_parameters
from takt.web.errors import send_error
from takt.web.http import (
    BodyTooLargeError,
    BodyTooSlowError,
    ClientGoneError,
    Receive,
    Scope,
    Send,
    header,
    read_body,
    send_bytes,
)
from takt.web.people import with_number
from takt.web.resolver import MediaResolver
from takt.wire import cloud, errors
from takt.wire.cloud import MarkRead, SendRequest
from takt.wire.errors import Refusal, WireError

PATH: Final = re.compile(r"/(?:v[0-9]{1,3}\.[0-9]{1,2}/)?([0-9]{1,20})/(messages|marketing_messages)/?")
KEY_CHARS_MAX: Final = 255
SUCCESS: Final = b'{"success":true}'


@value
class SendLanes:
    """The lanes this door hands its commands to."""

    send: Lanes[SendMessage, Answer]
    acknowledge: Lanes[Acknowledge, Acknowledged | None]
    claim: Lanes[Claim, Claimed]


class MessagesDoor:
    """An ASGI application for this one path."""

    def __init__(
        self,
        site: Site,
        reference: Reference,
        authenticator: Authenticator,
        lanes: SendLanes,
        resolver: MediaResolver,
        clock: Clock,
    ) -> None:
        self._site = site
        self._authenticator = authenticator
        self._reference = reference
        self._lanes = lanes
        self._resolver = resolver
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            outcome = await self._answer(scope, receive)
        except BodyTooLargeError:
            outcome = errors.body_too_large()
        except BodyTooSlowError:
            outcome = errors.body_too_slow()
        except ClientGoneError:
            return
        except LaneFullError:
            outcome = errors.overloaded()
        except (UnavailableError, VaultAway):
            outcome = errors.unavailable()
        if isinstance(outcome, WireError):
            await send_error(send, outcome, self._clock)
        else:
            await send_bytes(send, 200, outcome)

    async def _answer(self, scope: Scope, receive: Receive) -> bytes | WireError:
        raw = await read_body(scope, receive)
        body = _decode(scope, raw)
        if isinstance(body, WireError):
            return body
        node, edge = _path(scope).groups()
        sender = await self._sender(scope, node, body)
        if isinstance(sender, WireError):
            return sender
        by_marketing_path = edge == "marketing_messages"
        request = cloud.parse_marketing(body) if by_marketing_path else cloud.parse_send(body)
        match request:
            case SendRequest():
                return await self._send(scope, sender, request, raw, by_marketing_path=by_marketing_path)
            case MarkRead():
                return await self._mark_read(sender, request)
            case _:
                return request

    async def _sender(self, scope: Scope, node: str, body: Mapping[str, Any]) -> Sender | WireError:
        token = body.get("access_token")
        principal = await self._authenticator.authenticate(scope, token if isinstance(token, str) else None)
        if isinstance(principal, WireError):
            return principal
        sender = self._reference.current.senders.get(node)
        if sender is None or sender.business.business_id != principal.business_id:
            return errors.unknown_object(node)
        if not principal.may("whatsapp_business_messaging"):
            return errors.permission_missing("whatsapp_business_messaging")
        return sender

    async def _send(
        self, scope: Scope, sender: Sender, named: SendRequest, raw: bytes, *, by_marketing_path: bool
    ) -> bytes | WireError:
        command = await self._command(scope, sender, named, by_marketing_path=by_marketing_path)
        key = header(scope, b"idempotency-key")
        if key is not None and isinstance(command, SendMessage):
            command = await self._claim(sender, key, raw, command)
        if isinstance(command, WireError):
            return command
        answer = await self._lanes.send.submit(slot_of(command.message_id), command)
        if not isinstance(answer, Refused):
            return cloud.render_accepted(answer, command.to, template=isinstance(command.content, TemplateContent))
        if answer.denied.reason.sync or command.verdict_at_once:
            return errors.from_denied(answer.denied)
        return cloud.render_taken(answer.message_id, answer.wa_id, command.to)

    async def _command(
        self, scope: Scope, sender: Sender, named: SendRequest, *, by_marketing_path: bool
    ) -> SendMessage | WireError:
        request = await with_number(self._site, named)
        if isinstance(request, WireError):
            return request
        if request.wa_id == sender.phone:
            return errors.to_oneself()
        command = SendMessage(
            message_id=self._clock.new_id_beside(request.wa_id),
            sender_id=sender.sender_id,
            to=request.to,
            wa_id=request.wa_id,
            content=request.content,
            context_id=parse_wamid(request.context) if request.context is not None else None,
            callback=request.callback,
            verdict_at_once=header(scope, b"takt-verdict") == b"sync",
            identity=request.identity,
            by_marketing_path=by_marketing_path,
        )
        return await with_files(self._resolver, sender, command)

    async def _claim(self, sender: Sender, key: bytes, raw: bytes, command: SendMessage) -> SendMessage | WireError:
        if not 1 <= len(key) <= KEY_CHARS_MAX or not key.isascii():
            return errors.bad_value("Idempotency-Key", f"must be 1 to {KEY_CHARS_MAX} ASCII characters")
        business = sender.business
        claim = Claim(
            business.contract_id, business.business_id, key.decode(), sha256(sender.sender_id.encode() + b"\0" + raw).digest(),
            command.message_id,
        )  # fmt: skip
        claimed = await self._lanes.claim.submit(slot_of(business.contract_id), claim)
        if not claimed.same_request:
            return errors.key_reused()
        return replace(command, message_id=claimed.message_id, repeatable=True)

    async def _mark_read(self, sender: Sender, request: MarkRead) -> bytes | WireError:
        message_id = parse_wamid(request.message_id)
        assert message_id is not None, "parse_send let only such ids through"
        command = Acknowledge(sender.sender_id, message_id=message_id, typing=request.typing)
        answer = await self._lanes.acknowledge.submit(command.slot, command)
        if answer is None:
            return errors.bad_value("message_id", "must be a message that this sender received")
        return SUCCESS


def _path(scope: Scope) -> re.Match[str]:
    match = PATH.fullmatch(scope["path"])
    assert match is not None, "the application sends only such paths here"
    return match


def _decode(scope: Scope, raw: bytes) -> dict[str, Any] | WireError:
    """The fields of a send, however they come; the usual way, a JSON object alone, takes the short path."""
    if not scope["query_string"] and (raw.startswith(b"{") or not raw.strip() or raw.lstrip().startswith(b"{")):
        return cloud.decode_body(raw)
    try:
        given = decode_parameters(scope, raw).values
        return {name: _nested(one) for name, one in given.items()}
    except Refusal as refusal:
        return refusal.error


def _nested(given: Any) -> Any:
    """Objects and lists come as JSON where only texts can."""
    if not isinstance(given, str) or not given.lstrip().startswith(("{", "[")):
        return given
    found = cloud.decode_body(f'{{"it":{given}}}'.encode("utf-8", "replace"))
    if isinstance(found, WireError):
        raise Refusal(found)
    return found["it"]
