"""How senders show themselves and what is set for them: profile, automation, settings, commerce, key."""

from typing import Any, Final

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from takt.actions.presence import SetPresence
from takt.core.ids import slot_of
from takt.core.number import Profile
from takt.store.reference import Sender
from takt.web.cloud.calls import Call, Offer
from takt.web.cloud.numbers import SUCCESS, NumberLanes
from takt.web.http import origin
from takt.web.resolver import MediaResolver
from takt.wire import errors, nodes, numbers
from takt.wire.errors import Refusal

KEY_CHARS_MAX: Final = 4096
KEY_BITS: Final = 2048
PICTURE: Final = "profile_picture_handle"
PICTURE_TYPES: Final = ("image/jpeg", "image/png")
COMMERCE: Final = ("is_cart_enabled", "is_catalog_visible")

_VERIFIED: Final = ("APPROVED", "The operator has verified this company.")
_UNVERIFIED: Final = ("NOT_STARTED", "The operator has not verified this company.")


class PresenceDesk:
    """Answers about profiles and settings, and writes them."""

    def __init__(self, lanes: NumberLanes, resolver: MediaResolver) -> None:
        self._lanes = lanes
        self._resolver = resolver

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "whatsapp_business_profile": {"GET": self.profile, "POST": self.set_profile},
                "conversational_automation": {"POST": self.set_automation},
                "settings": {"GET": self.settings, "POST": self.set_settings},
                "whatsapp_commerce_settings": {"GET": self.commerce, "POST": self.set_commerce},
                "whatsapp_business_encryption": {"GET": self.key, "POST": self.set_key},
                "official_business_account": {"GET": self.official, "POST": self.ask_official},
                "business_compliance_info": {"GET": self.compliance, "POST": self.set_compliance},
            }
        )

    async def profile(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/whatsapp_business_profile`."""
        sender = call.read_sender()
        chosen = nodes.parse_selection(call.parameters.text("fields"), nodes.PROFILE)
        shown = {**_profile(sender.number.profile), "profile_picture_url": _picture_url(call, sender)}
        return {"data": [{**nodes.pick(shown, chosen), "messaging_product": "whatsapp"}]}

    async def set_profile(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/whatsapp_business_profile`: the fields that are given."""
        sender = call.used_sender()
        _check_product(call)
        changes = numbers.parse_profile(call.parameters.values)
        picture = await self._picture(sender, numbers.parse_picture(call.parameters.values))
        await self._set(sender, SetPresence(sender.sender_id, profile=_json(changes), picture=picture))
        return SUCCESS

    async def _picture(self, sender: Sender, handle: str | None) -> str | None:
        """The medium behind the handle of an upload."""
        if handle is None:
            return None
        found = await self._resolver.of_handle(PICTURE, handle, sender.business)
        if isinstance(found, errors.WireError):
            raise Refusal(found)
        if found.mime_type not in PICTURE_TYPES:
            raise Refusal(errors.invalid_parameter(PICTURE, f"must be of {' or '.join(PICTURE_TYPES)}"))
        return found.media_id

    async def set_automation(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/conversational_automation`."""
        sender = call.used_sender()
        automation = numbers.parse_automation(call.parameters.values, sender.number.automation)
        await self._set(sender, SetPresence(sender.sender_id, automation=_json(automation)))
        return SUCCESS

    async def settings(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/settings`."""
        sender = call.read_sender()
        chosen = nodes.parse_fields(call.parameters.text("fields"), nodes.SETTINGS)
        shown = {
            "calling": {"status": "DISABLED"},
            "user_identity_change": {"enable_identity_key_check": False},
            "payload_encryption": {"status": "DISABLED"},
            "storage_configuration": {"status": "DEFAULT"},
            **msgspec.json.decode(sender.number.settings),
        }
        return nodes.select(shown, chosen)

    async def set_settings(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/settings`: the blocks that are given."""
        sender = call.used_sender()
        await self._set(
            sender, SetPresence(sender.sender_id, settings=_json(numbers.parse_settings(call.parameters.values)))
        )
        return SUCCESS

    async def commerce(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/whatsapp_commerce_settings`: the cart is on and the catalogue hidden, unless set otherwise."""
        sender = call.read_sender()
        chosen = nodes.parse_fields(call.parameters.text("fields"), nodes.COMMERCE)
        kept = msgspec.json.decode(sender.number.settings)
        shown = {"is_cart_enabled": True, "is_catalog_visible": False, "id": sender.sender_id}
        shown.update((name, kept[name]) for name in COMMERCE if name in kept)
        return {"data": [nodes.select(shown, chosen)]}

    async def set_commerce(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/whatsapp_commerce_settings`."""
        sender = call.used_sender()
        given = call.parameters
        changes = {
            name: numbers.parse_switch(name, given.get(name)) for name in COMMERCE if given.get(name) is not None
        }
        if not changes:
            raise Refusal(errors.invalid_parameter(" or ".join(COMMERCE), "is required"))
        await self._set(sender, SetPresence(sender.sender_id, settings=_json(changes)))
        return SUCCESS

    async def key(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/whatsapp_business_encryption`."""
        key = call.read_sender().number.business_key
        if key is None:
            return {"data": []}
        return {"data": [{"business_public_key": key, "business_public_key_signature_status": "VALID"}]}

    async def set_key(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/whatsapp_business_encryption`: the key that answers of forms are encrypted to."""
        sender = call.used_sender()
        key = call.required("business_public_key").strip()
        _check_key(key)
        await self._set(sender, SetPresence(sender.sender_id, business_key=f"{key}\n"))
        return SUCCESS

    async def official(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/official_business_account`: whether the operator verified the company."""
        sender = call.read_sender()
        status, message = _VERIFIED if sender.business.verified else _UNVERIFIED
        return {"oba_status": status, "status_message": message, "id": sender.sender_id}

    async def ask_official(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/official_business_account`: companies are verified by the operator alone."""
        call.used_sender()
        raise Refusal(_not_here("official_business_account", "companies are verified by the operator: ask there"))

    async def compliance(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/business_compliance_info`: what the company told the operator about itself."""
        sender = call.read_sender()
        business = sender.business
        told = {"messaging_product": "whatsapp", "entity_name": business.imprint or business.name}
        return {"data": [{"whatsapp_business_account_id": business.waba_id, **told}]}

    async def set_compliance(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/business_compliance_info`: the imprint is kept by the operator."""
        call.used_sender()
        raise Refusal(
            _not_here("business_compliance_info", "the imprint of a company is kept by the operator: ask there")
        )

    async def _set(self, sender: Sender, command: SetPresence) -> None:
        await self._lanes.presence.submit(slot_of(sender.business.contract_id), command)


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "about": profile.about or None,
        "address": profile.address or None,
        "description": profile.description or None,
        "email": profile.email or None,
        "websites": list(profile.websites) or None,
        "vertical": profile.vertical,
    }


def _picture_url(call: Call, sender: Sender) -> str | None:
    """Where anybody can see the picture."""
    media_id = sender.number.picture_media_id
    return f"{origin(call.scope)}/device/v1/media/{media_id}" if media_id is not None else None


def _check_product(call: Call) -> None:
    if call.parameters.text("messaging_product") not in (None, "whatsapp"):
        raise Refusal(errors.invalid_parameter("messaging_product", "must be whatsapp"))


def _check_key(key: str) -> None:
    right = f"must be a public RSA key of {KEY_BITS} bits in PEM form"
    if len(key) > KEY_CHARS_MAX or not key.isascii():
        raise Refusal(errors.invalid_parameter("business_public_key", right))
    try:
        found = load_pem_public_key(key.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal(errors.invalid_parameter("business_public_key", right)) from None
    if not isinstance(found, RSAPublicKey) or found.key_size != KEY_BITS:
        raise Refusal(errors.invalid_parameter("business_public_key", right))


def _not_here(name: str, way: str) -> errors.WireError:
    return errors.WireError(
        10, "(#10) Application does not have permission for this action", f"{name}: {way}", http=403
    )


def _json(changes: Any) -> str:
    return msgspec.json.encode(changes).decode()
