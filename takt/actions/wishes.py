"""What the operator may wish for, parsed: JSON objects from the API, or the same from the command line's options.

Each function gives the command that does it, and with it what only the wisher learns (ids, secrets, tokens). A value
that is wrong raises a Refusal that names it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import phonenumbers

from takt.actions.access import AddApp, AddCode, AddToken, RevokeToken
from takt.actions.register import AddBusiness, AddPerson, AddSender, AddStaff
from takt.calendars import zone_named
from takt.cards import DEFAULT
from takt.clock import Clock
from takt.core.ids import WA_ID, NodeSort, derive_id, slot_of, slot_of_key, user_code
from takt.core.rate_calendar import ZONE_CHARS_MAX
from takt.core.reach import UNVERIFIED_TIER, VERIFIED_TIER
from takt.core.value import value
from takt.passwords import PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN
from takt.store.businesses import NewStaff
from takt.store.recipients import NewRecipient
from takt.store.reference import App, Business, Sender
from takt.store.site import part_of
from takt.store.tokens import MARK_BYTES, NewCode, NewToken, SystemUser
from takt.wire import errors
from takt.wire.errors import Refusal

SCOPES: Final = ("whatsapp_business_messaging", "whatsapp_business_management", "business_management")
STAGES: Final = ("applied", "pilot", "live", "paused")
KINDS: Final = ("outreach", "support")
ROLES: Final = ("agent", "marketer", "developer", "finance", "operator")
LOCALES: Final = ("de", "en")
NAME_CHARS_MAX: Final = 75
TEXT_CHARS_MAX: Final = 1000
LOGIN_CHARS_MAX: Final = 200
CARD_CHARS_MAX: Final = 60
LABEL_CHARS_MAX: Final = 60
DAYS_MAX: Final = 3650
RATE_MAX: Final = 100_000
UNANSWERED_MAX: Final = 100
CODE_LIFE: Final = timedelta(minutes=10)
SECRET_CHARS: Final = 32
TOKEN_CHARS: Final = 60
_NOT_TAKEN: Final = {
    "card": "must be a rate card that is there and valid",
    "currency": "must be that of the rate card",
    "partner": "must be a company that pays in the same currency and has no partner itself",
}

Body = Mapping[str, Any]


@value
class Registrar:
    """Makes commands. `parts` are those of the installation."""

    clock: Clock
    parts: tuple[int, ...]

    def business(self, body: Body) -> AddBusiness:
        """A company: `name`, `currency`, `time_zone`; it has applied and pays by the `card` for beginners, unless it says otherwise.

        It pays in advance: two people agree to a line of credit (`core/booking.py`).
        """
        stage = choice(body, "stage", STAGES, "applied")
        business_id = self.clock.new_id()
        contract_id = self.clock.new_id(slot_of(business_id))
        slot = slot_of(business_id)
        verified = truth(body, "verified")
        business = Business(
            business_id, _node(body, 6, 20) or self.clock.new_node_id(NodeSort.ACCOUNT, slot),
            text(body, "name", NAME_CHARS_MAX), stage, verified, text(body, "about", TEXT_CHARS_MAX, ""),
            text(body, "imprint", TEXT_CHARS_MAX, ""), choice(body, "locale", LOCALES, "de"), contract_id,
            part_of(self.parts, slot), text(body, "card", CARD_CHARS_MAX, DEFAULT), time_zone=_zone(body), tier=VERIFIED_TIER if verified else UNVERIFIED_TIER,
        )  # fmt: skip
        return AddBusiness(business, _currency(body))

    def sender(self, body: Body, business: Business) -> AddSender:
        """A sender: `phone` and `name`; `kind` is outreach unless it is support."""
        phone = wa_id(body, "phone")
        sender = Sender(
            _node(body, 5, 15) or self.clock.new_node_id(NodeSort.SENDER), business,
            choice(body, "kind", KINDS, "outreach"), "live", phone, text(body, "name", NAME_CHARS_MAX),
            number(body, "throughput_per_s", 1, RATE_MAX, 80), number(body, "unanswered_max", 1, UNANSWERED_MAX, 5),
        )  # fmt: skip
        return AddSender(sender)

    def app(self, body: Body, business: Business) -> AddApp:
        """An app: `name`; its secret is made here."""
        app_id = _node(body, 5, 20) or self.clock.new_node_id(NodeSort.APP)
        return AddApp(
            App(
                app_id, business.business_id, text(body, "name", NAME_CHARS_MAX), self.clock.new_secret(SECRET_CHARS),
                truth(body, "proof_required"),
            )
        )  # fmt: skip

    def token(self, body: Body, app: App, business: Business) -> tuple[AddToken, str]:
        """A token of a new system user: `name`, `scopes`, and for how many `days` (for ever if left out)."""
        token = f"EAA{self.clock.new_secret(TOKEN_CHARS)}"
        name = text(body, "name", NAME_CHARS_MAX)
        user = SystemUser(self.clock.new_node_id(NodeSort.PERSON), business.business_id, name)
        made = NewToken(
            _hash(token), "system_user", name, app.app_id, business.business_id, user.user_id, _scopes(body),
            self._end(body),
        )  # fmt: skip
        return AddToken(made, user), token

    def operator_token(self, body: Body, person: UUID | None) -> tuple[AddToken, str]:
        """A token of the operator: `name`, and for how many `days`; of a `person` of theirs, if it is to speak for one."""
        token = f"OP{self.clock.new_secret(TOKEN_CHARS)}"
        return AddToken(
            NewToken(
                _hash(token), "operator", text(body, "name", NAME_CHARS_MAX), expires_at=self._end(body), staff_id=person
            )
        ), token  # fmt: skip

    def code(self, body: Body, app: App, business: Business) -> tuple[AddCode, str]:
        """A code that the app may exchange for a token of the company within ten minutes, once."""
        code = self.clock.new_secret(TOKEN_CHARS)
        made = NewCode(
            _hash(code), app.app_id, business.business_id, _scopes(body), self.clock.now() + CODE_LIFE
        )  # fmt: skip
        return AddCode(made), code

    def staff(self, body: Body, business: Business | None, password_hash: str) -> AddStaff:
        """Somebody on the staff: `login`, `name`, `role`; only the operator's own may be operators."""
        role = choice(body, "role", ROLES, "agent" if business is not None else "operator")
        if (role == "operator") != (business is None):
            raise Refusal(errors.bad_value("role", "must be operator without a company, and something else with one"))
        login = text(body, "login", LOGIN_CHARS_MAX).strip().lower()
        owner = business.business_id if business is not None else None
        return AddStaff(
            NewStaff(
                self.clock.new_id(), owner, login, text(body, "name", NAME_CHARS_MAX), role,
                password_hash=password_hash,
            )
        )  # fmt: skip

    def person(self, body: Body) -> tuple[AddPerson, str]:
        """Somebody with the number `wa_id` and a `name`, and the token of a device that speaks for them."""
        number_ = wa_id(body, "wa_id")
        market = _market(number_)
        slot = slot_of_key(number_)
        recipient_id = derive_id(slot, "person", number_)
        token = f"d{slot:03x}{self.clock.new_secret()}"
        person = NewRecipient(
            recipient_id, number_, user_code(market, recipient_id), text(body, "name", NAME_CHARS_MAX),
            choice(body, "locale", LOCALES, "de"), market,
        )  # fmt: skip
        return AddPerson(person, _hash(token), text(body, "label", LABEL_CHARS_MAX, "registered")), token

    def _end(self, body: Body) -> datetime | None:
        if body.get("days") is None:
            return None
        return self.clock.now() + timedelta(days=number(body, "days", 1, DAYS_MAX, 1))


def revocation(mark: str, business: Business | None) -> RevokeToken:
    """The end of a token, by the mark that lists show."""
    try:
        raw = bytes.fromhex(mark)
    except ValueError:
        raw = b""
    if len(raw) != MARK_BYTES:
        raise Refusal(
            errors.bad_value("token", f"must be the {MARK_BYTES * 2} hex digits that the list of tokens shows")
        )
    return RevokeToken(raw, business.business_id if business is not None else None)


def password(body: Body) -> str:
    """A password that may be kept."""
    given = text(body, "password", PASSWORD_CHARS_MAX)
    if len(given) < PASSWORD_CHARS_MIN:
        raise Refusal(errors.bad_value("password", f"must have at least {PASSWORD_CHARS_MIN} characters"))
    return given


def taken(field: str) -> Refusal:
    """What to say when a value is another's, or a price list is not there."""
    return Refusal(errors.bad_value(field, _NOT_TAKEN.get(field, "is taken")))


def text(body: Body, name: str, chars_max: int, otherwise: str | None = None) -> str:
    """A text of one character or more, unless there is another value for when it is left out."""
    given = body.get(name)
    if given is None and otherwise is not None:
        return otherwise
    if given is None:
        raise Refusal(errors.missing(name))
    if not isinstance(given, str) or not given.strip() or len(given) > chars_max or not given.isprintable():
        raise Refusal(errors.bad_value(name, f"must be a printable text of 1 to {chars_max} characters"))
    return given


def choice(body: Body, name: str, choices: Sequence[str], otherwise: str) -> str:
    """One of some words."""
    given = body.get(name)
    if given is None:
        return otherwise
    if not isinstance(given, str) or given not in choices:
        raise Refusal(errors.bad_value(name, f"must be one of {', '.join(choices)}"))
    return given


def number(body: Body, name: str, low: int, high: int, otherwise: int) -> int:
    """A whole number within bounds."""
    given = body.get(name)
    if given is None:
        return otherwise
    if not isinstance(given, int) or isinstance(given, bool) or not low <= given <= high:
        raise Refusal(errors.bad_value(name, f"must be a whole number from {low} to {high}"))
    return given


def truth(body: Body, name: str) -> bool:
    """True or false; false when it is left out."""
    given = body.get(name, False)
    if not isinstance(given, bool):
        raise Refusal(errors.bad_value(name, "must be true or false"))
    return given


def wa_id(body: Body, name: str) -> str:
    """A telephone number: 5 to 15 digits without a plus; one with a plus is taken, too."""
    given = body.get(name)
    digits = given.removeprefix("+") if isinstance(given, str) else ""
    if WA_ID.fullmatch(digits) is None:
        raise Refusal(errors.bad_value(name, "must be a telephone number with its country code, 5 to 15 digits"))
    return digits


def _node(body: Body, low: int, high: int) -> str | None:
    """An id that clients know already, for companies that come from elsewhere."""
    given = body.get("id")
    if given is None:
        return None
    if not isinstance(given, str) or not given.isascii() or not given.isdigit() or not low <= len(given) <= high:
        raise Refusal(errors.bad_value("id", f"must be {low} to {high} digits, or be left out"))
    return given


def _currency(body: Body) -> str:
    given = body.get("currency", "EUR")
    if not isinstance(given, str) or len(given) != 3 or not (given.isascii() and given.isalpha() and given.isupper()):
        raise Refusal(errors.bad_value("currency", "must be three capital letters, such as EUR"))
    return given


def _zone(body: Body) -> str:
    given = text(body, "time_zone", ZONE_CHARS_MAX, "Europe/Berlin")
    if zone_named(given) is None:
        raise Refusal(errors.bad_value("time_zone", "must be a time zone such as Europe/Berlin"))
    return given


def _scopes(body: Body) -> tuple[str, ...]:
    given = body.get("scopes")
    if given is None:
        return SCOPES
    if not isinstance(given, list) or not all(isinstance(one, str) and one in SCOPES for one in given):
        raise Refusal(errors.bad_value("scopes", f"must be a list of some of {', '.join(SCOPES)}"))
    return tuple(dict.fromkeys(given))


def _market(digits: str) -> str:
    """The country of a number, which decides prices; `ZZ` when it belongs to none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(f"+{digits}")) or "ZZ"
    except phonenumbers.NumberParseException:
        return "ZZ"


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
