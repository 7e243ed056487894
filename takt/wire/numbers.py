"""What companies say about their numbers, read with all its limits: profile, automation, settings, names.

Cloud API reference, "Business profile", "Conversational components", "Settings". What is wrong is raised as a Refusal
that names the field.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import phonenumbers

from takt.core.number import PIN, Automation, Command
from takt.wire import errors, nodes
from takt.wire.errors import Refusal, WireError

ABOUT_CHARS_MAX: Final = 139
ADDRESS_CHARS_MAX: Final = 256
DESCRIPTION_CHARS_MAX: Final = 512
EMAIL_CHARS_MAX: Final = 128
WEBSITES_MAX: Final = 2
WEBSITE_CHARS_MAX: Final = 256
HANDLE_CHARS_MAX: Final = 4096
PROMPTS_MAX: Final = 4
PROMPT_CHARS_MAX: Final = 80
COMMANDS_MAX: Final = 30
COMMAND_CHARS_MAX: Final = 32
HINT_CHARS_MAX: Final = 256
DISPLAY_NAME_CHARS_MAX: Final = 75
PHONE_DIGITS_MAX: Final = 15

VERTICALS: Final = frozenset({
    "UNDEFINED", "OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT",
    "HOTEL", "HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "NOT_A_BIZ", "ALCOHOL",
    "ONLINE_GAMBLING", "PHYSICAL_GAMBLING", "OTC_DRUGS", "MATRIMONY_SERVICE",
})  # fmt: skip

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_WEBSITE: Final = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_COMMAND: Final = re.compile(r"[^\s/]+")
_SWITCHES: Final = {"true": True, "1": True, "false": False, "0": False}


def parse_profile(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a profile that change, by their names in `core.number.Profile`."""
    changes: dict[str, Any] = {}
    bounds = (
        ("about", 1, ABOUT_CHARS_MAX),
        ("address", 0, ADDRESS_CHARS_MAX),
        ("description", 0, DESCRIPTION_CHARS_MAX),
    )
    for name, least, most in bounds:
        if given.get(name) is not None:
            changes[name] = _text(name, given[name], most, least)
    if given.get("email") is not None:
        changes["email"] = _text("email", given["email"], EMAIL_CHARS_MAX)
        if changes["email"] and _EMAIL.fullmatch(changes["email"]) is None:
            raise _wrong("email", "must be an email address")
    if given.get("websites") is not None:
        changes["websites"] = _websites(given["websites"])
    if given.get("vertical") is not None:
        changes["vertical"] = _choice("vertical", given["vertical"] or "UNDEFINED", VERTICALS)
    return changes


def parse_picture(given: Mapping[str, Any]) -> str | None:
    """The handle of an uploaded picture, if one is given."""
    if given.get("profile_picture_handle") is None:
        return None
    return _text("profile_picture_handle", given["profile_picture_handle"], HANDLE_CHARS_MAX)


def parse_automation(given: Mapping[str, Any], known: Automation) -> Automation:
    """What a chat offers from now on; what is not given stays as it is known."""
    prompts, commands, welcome = known.prompts, known.commands, known.welcome
    if given.get("prompts") is not None:
        prompts = tuple(
            _plain(f"prompts[{place}]", one, PROMPT_CHARS_MAX)
            for place, one in enumerate(_list("prompts", given["prompts"], PROMPTS_MAX))
        )
    if given.get("commands") is not None:
        listed = _list("commands", given["commands"], COMMANDS_MAX)
        commands = tuple(_command(f"commands[{place}]", one) for place, one in enumerate(listed))
        if len({one.name for one in commands}) < len(commands):
            raise _wrong("commands", "must not have a command_name twice")
    if given.get("enable_welcome_message") is not None:
        welcome = parse_switch("enable_welcome_message", given["enable_welcome_message"])
    return Automation(prompts, commands, welcome)


def parse_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The blocks of settings that change. What Takt does not do cannot be switched on, and is said to be so."""
    changes: dict[str, Any] = {}
    if given.get("calling") is not None:
        _check_calling(_object("calling", given["calling"]))
    if given.get("user_identity_change") is not None:
        block = _object("user_identity_change", given["user_identity_change"])
        switch = parse_switch("user_identity_change.enable_identity_key_check", block.get("enable_identity_key_check"))
        changes["user_identity_change"] = {"enable_identity_key_check": switch}
    if given.get("storage_configuration") is not None:
        block = _object("storage_configuration", given["storage_configuration"])
        if block.get("status") != "DEFAULT":
            raise _wrong("storage_configuration.status", "must be DEFAULT: messages are stored by this installation")
        changes["storage_configuration"] = {"status": "DEFAULT"}
    if given.get("payload_encryption") is not None:
        block = _object("payload_encryption", given["payload_encryption"])
        if block.get("status") != "DISABLED":
            raise _wrong("payload_encryption.status", "must be DISABLED: payloads are not encrypted beyond TLS here")
        changes["payload_encryption"] = {"status": "DISABLED"}
    return changes


def parse_switch(name: str, given: object) -> bool:
    """A truth value, which may come as a word or a digit."""
    if isinstance(given, bool):
        return given
    found = _SWITCHES.get(str(given).lower()) if isinstance(given, str | int) else None
    if found is None:
        raise _wrong(name, "must be true or false")
    return found


def parse_pin(given: str | None) -> str:
    """Six digits."""
    if given is None or not given.isascii() or PIN.fullmatch(given) is None:
        raise _wrong("pin", "must be 6 digits")
    return given


def parse_display_name(name: str, given: str | None) -> str:
    """A name of 2 to 75 printable characters."""
    shown = (given or "").strip()
    if not 2 <= len(shown) <= DISPLAY_NAME_CHARS_MAX or not shown.isprintable():
        raise _wrong(name, f"must have 2 to {DISPLAY_NAME_CHARS_MAX} printable characters")
    return shown


def parse_phone(cc: str | None, phone: str | None) -> str:
    """The digits of a number whose country calling code comes beside it, or within it, too."""
    code, rest = (re.sub(r"[\s().+-]", "", one or "") for one in (cc, phone))
    if not (code.isascii() and code.isdigit() and 1 <= len(code) <= 3):
        raise _wrong("cc", "must be a country calling code such as 49")
    if not (rest.isascii() and rest.isdigit()):
        raise _wrong("phone_number", "must be digits")
    international = (phone or "").strip().startswith("+")
    if international and not rest.startswith(code):
        raise _wrong("phone_number", "must have the country code cc when it begins with +")
    beside = code + rest.lstrip("0")
    within = rest if rest.startswith(code) else beside
    # Programs write the number with its country code or without: what only one reading makes a number is meant so.
    is_within = international or (_is_number(within) and not _is_number(beside))
    digits = within if is_within else beside
    if not 7 <= len(digits) <= PHONE_DIGITS_MAX:
        raise _wrong("phone_number", f"must make 7 to {PHONE_DIGITS_MAX} digits with its country code")
    return digits


def _is_number(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def _check_calling(block: Mapping[str, Any]) -> None:
    if block.get("status") not in (None, "DISABLED"):
        raise Refusal(
            WireError(
                138013, "(#138013) Business calling is not available",
                "calling.status must be DISABLED: calls are not offered here",
            )
        )  # fmt: skip
    other = next((name for name in block if name != "status" and block[name] is not None), None)
    if other is not None:
        raise Refusal(
            WireError(
                138000, "(#138000) Calling not enabled", "calling takes status alone: calls are not offered here",
                http=401,
            )
        )  # fmt: skip


def _websites(given: object) -> list[str]:
    found = [one for one in nodes.parse_list("websites", given) if one]
    if len(found) > WEBSITES_MAX:
        raise _wrong("websites", f"must have at most {WEBSITES_MAX} addresses")
    for one in found:
        if len(one) > WEBSITE_CHARS_MAX or not one.isprintable() or _WEBSITE.fullmatch(one) is None:
            raise _wrong("websites", f"must be addresses of at most {WEBSITE_CHARS_MAX} characters with http(s)://")
    return found


def _command(name: str, given: object) -> Command:
    block = _object(name, given)
    word = _plain(f"{name}.command_name", block.get("command_name"), COMMAND_CHARS_MAX)
    if _COMMAND.fullmatch(word) is None:
        raise _wrong(f"{name}.command_name", "must be one word without a slash")
    return Command(word, _plain(f"{name}.command_description", block.get("command_description"), HINT_CHARS_MAX))


def _plain(name: str, given: object, most: int) -> str:
    text = _text(name, given, most, 1)
    if any(_is_emoji(c) for c in text):
        raise _wrong(name, "must have no emoji")
    return text


def _is_emoji(char: str) -> bool:
    return unicodedata.category(char) == "So" or char in "\ufe0f\u20e3" or 0x1F000 <= ord(char) <= 0x1FAFF


def _text(name: str, given: object, most: int, least: int = 0) -> str:
    if not isinstance(given, str):
        raise _wrong(name, "must be text")
    text = given.strip()
    if len(text) > most:
        raise Refusal(errors.too_long(name, len(text), most))
    if len(text) < least:
        raise _wrong(name, f"must have at least {least} character")
    if "\x00" in text or any(unicodedata.category(c) == "Cs" for c in text):
        raise _wrong(name, "must be storable text")
    return text


def _choice(name: str, given: object, choices: frozenset[str]) -> str:
    word = given.upper() if isinstance(given, str) else ""
    if word not in choices:
        raise _wrong(name, f"must be one of {', '.join(sorted(choices))}")
    return word


def _list(name: str, given: object, most: int) -> list[Any]:
    decoded = nodes.decode_json(given) if isinstance(given, str) else given
    if not isinstance(decoded, list) or len(decoded) > most:
        raise _wrong(name, f"must be a list of at most {most}")
    return decoded


def _object(name: str, given: object) -> dict[str, Any]:
    decoded = nodes.decode_json(given) if isinstance(given, str) else given
    if not isinstance(decoded, dict):
        raise _wrong(name, "must be an object")
    return decoded


def _wrong(name: str, requirement: str) -> Refusal:
    return Refusal(errors.invalid_parameter(name, requirement))
