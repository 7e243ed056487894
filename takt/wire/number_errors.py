"""What the Cloud API says when something with a number is refused (Cloud API reference, "Registration", "Usernames")."""

from typing import Final

from takt.core.number import Fault, Refused
from takt.wire.errors import WireError

# Code, subcode, title, details.
_SAID: Final[dict[Fault, tuple[int, int | None, str, str]]] = {
    Fault.GONE: (100, 33, "Unsupported request", "the number does not exist"),
    Fault.PHONE_TAKEN: (
        100, 2388012, "Phone number already in an account",
        "phone_number belongs to a sender of this installation already",
    ),
    Fault.NUMBERS_FULL: (100, None, "Too many phone numbers", "the account has as many phone numbers as it may have"),
    Fault.RESTRICTED: (
        368, None, "Temporarily blocked for policies violations",
        "a measure holds against the account: until its end no numbers can be added",
    ),
    Fault.LOCKED: (131031, None, "Account locked", "the account is locked: object by the own API if this is wrong"),
    Fault.VERIFIED_ALREADY: (
        136024, 2388091, "Request code error", "the number is verified already: go on with /register",
    ),
    Fault.CODES_TOO_MANY: (136024, None, "Request code error", "too many codes were asked for this number"),
    Fault.CODE_WRONG: (136025, None, "Verify code error", "code is not the one that was sent"),
    Fault.CODE_MISSING: (136025, 2388093, "Verify code error", "no valid code is there: ask for one by /request_code"),
    Fault.CODE_GUESSES_TOO_MANY: (136025, None, "Verify code error", "too many wrong codes were tried"),
    Fault.NOT_VERIFIED: (
        133006, None, "Phone number re-verification needed",
        "the number must be verified before it is registered: /request_code, then /verify_code",
    ),
    Fault.REGISTRATIONS_TOO_MANY: (
        133016, None, "Rate limit exceeded", "the number was registered or deregistered 10 times within 72 hours",
    ),
    Fault.PIN_WRONG: (133005, None, "Two step verification PIN Mismatch", "pin is not the one of this number"),
    Fault.PIN_GUESSES_TOO_MANY: (
        133008, None, "Too Many two step verification PIN Guesses", "too many wrong PINs were tried",
    ),
    Fault.NAMES_TOO_MANY: (100, None, "Too many changes of the name", "new_display_name was sent 10 times in 30 days"),
    Fault.NO_NAME_WISHED: (100, None, "No name in review", "no name of this number waits for a decision"),
    Fault.USERNAME_TAKEN: (147001, None, "Username not available", "username belongs to somebody else"),
    Fault.USERNAME_OWN: (
        147005, None, "Username is used by another of your numbers",
        "username is that of another of your numbers: send transfer_action force_transfer to take it over",
    ),
    Fault.LINKS_FULL: (100, None, "Too many QR codes", "the number has as many QR codes as it may have: delete one"),
}  # fmt: skip

_FORBIDDEN: Final = (Fault.RESTRICTED, Fault.LOCKED)


def of(refused: Refused) -> WireError:
    """A no as an answer; when it may be another one is said in words, and as `Retry-After`."""
    code, subcode, title, details = _SAID[refused.fault]
    if refused.next_at is not None:
        details = f"{details}; it can be tried again from {refused.next_at:%Y-%m-%dT%H:%M:%SZ} on"
    http = 403 if refused.fault in _FORBIDDEN else 400
    return WireError(code, f"(#{code}) {title}", details, http, subcode=subcode, next_at=refused.next_at)
