"""A form in two screens for tests, the same with an endpoint behind it, and messages that open one."""

import json
from copy import deepcopy
from functools import cache
from typing import Any, Final
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from takt.clock import CLOCK
from takt.core.ids import slot_of, wamid
from takt.store.site import PARTS, part_of

FITTING: Final[dict[str, Any]] = {
    "version": "7.3",
    "screens": [
        {
            "id": "WHEN",
            "title": "Wann",
            "data": {"name": {"type": "string", "__example__": "Mara"}},
            "layout": {
                "type": "SingleColumnLayout",
                "children": [
                    {"type": "TextHeading", "text": "Guten Tag, ${data.name}"},
                    {
                        "type": "Form",
                        "name": "form",
                        "children": [
                            {
                                "type": "RadioButtonsGroup", "name": "time", "label": "Uhrzeit", "required": True,
                                "data-source": [{"id": "10", "title": "10 Uhr"}, {"id": "15", "title": "15 Uhr"}],
                            },
                            {"type": "DatePicker", "name": "day", "label": "Tag", "required": True, "min-date": "2026-01-01"},
                            {
                                "type": "Footer", "label": "Weiter",
                                "on-click-action": {
                                    "name": "navigate", "next": {"type": "screen", "name": "MORE"},
                                    "payload": {"time": "${form.time}"},
                                },
                            },
                        ],
                    },
                ],
            },
        },
        {
            "id": "MORE",
            "title": "Noch etwas",
            "terminal": True,
            "data": {"time": {"type": "string", "__example__": "10"}},
            "layout": {
                "type": "SingleColumnLayout",
                "children": [
                    {"type": "TextBody", "text": "Um ${data.time} Uhr"},
                    {"type": "TextArea", "name": "remarks", "label": "Anmerkungen", "max-length": 200},
                    {"type": "OptIn", "name": "agreed", "label": "Ich komme bestimmt", "required": True},
                    {
                        "type": "Footer", "label": "Absenden",
                        "on-click-action": {
                            "name": "complete",
                            "payload": {
                                "time": "${data.time}", "day": "${screen.WHEN.form.day}", "remarks": "${form.remarks}",
                                "agreed": "${form.agreed}", "kind": "fitting",
                            },
                        },
                    },
                ],
            },
        },
    ],
}  # fmt: skip
RIGHT: Final = {
    "flow_token": "t-1", "time": "10", "day": "2026-12-01", "remarks": "", "agreed": True, "kind": "fitting",
}  # fmt: skip


def fitting() -> dict[str, Any]:
    """A copy that may be changed."""
    return deepcopy(FITTING)


def with_endpoint() -> dict[str, Any]:
    """The same form, whose first screen is sent to an endpoint."""
    flow = fitting()
    flow |= {"data_api_version": "3.0", "routing_model": {"WHEN": ["MORE"], "MORE": []}}
    footer = flow["screens"][0]["layout"]["children"][1]["children"][2]
    footer["on-click-action"] = {"name": "data_exchange", "payload": {"time": "${form.time}"}}
    flow["screens"][1]["layout"]["children"][3]["on-click-action"] = {"name": "data_exchange"}
    return flow


@cache
def key_pair() -> tuple[str, str]:
    """A private and a public key as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


async def put_message(db: str, parts: int, sender_id: str, wa_id: str, button: dict[str, Any]) -> str:
    """Put a message with a flow button into a person's inbox, as a send would; its id on the wire."""
    conn = await asyncpg.connect(db)
    try:
        row = await conn.fetchrow("SELECT part, recipient_id FROM recipient WHERE wa_id = $1", wa_id)
        assert row is not None
        message_id: UUID = CLOCK.new_id(slot_of(row["recipient_id"]))
        assert part_of(PARTS[parts], slot_of(message_id)) == row["part"]
        content = {"kind": "flow", "body": "Wann passt es?", "buttons": [{"kind": "flow", "text": "Termin", **button}]}
        business = await conn.fetchval("SELECT business_id FROM sender WHERE sender_id = $1", sender_id)
        cursor = await conn.fetchval(
            "UPDATE recipient SET cursor = cursor + 1 WHERE part = $1 AND recipient_id = $2 RETURNING cursor", *row
        )
        await conn.execute(
            "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type,"
            " content, category, status, accepted_at) VALUES ($1, $2, $3, $4, $5, $6, false, $7, 'interactive', $8,"
            " 'service', 'accepted', $9)",
            row["part"], message_id, row["recipient_id"], wa_id, sender_id, business, cursor, json.dumps(content),
            CLOCK.now(),
        )  # fmt: skip
    finally:
        await conn.close()
    return wamid(message_id)
