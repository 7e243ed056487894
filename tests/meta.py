"""Meta's own description of the Cloud API, with the ids of a demo world in the place of its path parameters.

Many of its paths look alike (`/{Version}/{WABA-ID}`, `/{Version}/{Phone-Number-ID}`): only with an id in it does a path say
which answer belongs to it. Of the requests it asks more than the real service does, so it is used to judge answers.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests import samples
from tools import compatibility

FILE = Path(__file__).parent / "data" / "cloud-api" / "meta-business-messaging-api_v23.0.yaml"
METHODS = ("get", "post", "delete")
DEMO_TEMPLATE = "400493023125002"
NOWHERE = "990000000000001"
CURSORS = ("after", "before")


@cache
def described() -> Any:
    """The description as it is."""
    # Through JSON and back, so that dates are texts again.
    return json.loads(json.dumps(yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader), default=str))


def operations() -> list[str]:
    """Every operation that a client calls, such as `GET /{WABA-ID}/phone_numbers`."""
    return [
        f"{method.upper()} {short(path)}"
        for path, methods in described()["paths"].items()
        for method in methods
        if method in METHODS and path.startswith("/{Version}/")
    ]


def meant() -> list[str]:
    """Those of the operations that work here, in full or in part, as tests/compatibility/endpoints.toml has it."""
    here = {row.name for row in endpoints() if row.level != "not"} - {"GET /{Media-URL}"}  # an address, and no path
    return [one for one in operations() if one in here]


def endpoints() -> list[compatibility.Row]:
    """Every path and method of that table."""
    return [row for inside in compatibility.rows(compatibility.PROJECT, "endpoints").values() for row in inside]


def ids(env: Mapping[str, str]) -> dict[str, str]:
    """The demo world's own, for those parameters of paths that it has something for."""
    return {
        "Application-ID": env["TAKT_APP_ID"],
        "Business-ID": f"7{env['TAKT_WABA_ID'][1:]}",
        "Phone-Number-ID": env["TAKT_SENDER_OUTREACH"],
        "TEMPLATE_ID": DEMO_TEMPLATE,
        "WABA-ID": env["TAKT_WABA_ID"],
        "WhatsApp-Business-Account-ID": env["TAKT_WABA_ID"],
    }


async def furnished(url: str, env: Mapping[str, str]) -> dict[str, str]:
    """The same, and what the demo world has none of: a medium, an upload under way, a link, a history, a draft of a flow."""
    known, version = ids(env), "v24.0"
    app = {"Authorization": f"Bearer {env['TAKT_APP_ID']}|{env['TAKT_APP_SECRET']}"}
    async with httpx.AsyncClient(
        base_url=f"{url}/{version}/", headers={"Authorization": f"Bearer {env['TAKT_TOKEN']}"}
    ) as company:

        async def made(path: str, **request: Any) -> Any:
            answer = await company.post(path, **request)
            assert answer.is_success, answer.text
            return answer.json()

        sender, person = known["Phone-Number-ID"], {"messaging_product": "whatsapp", "to": env["TAKT_USER_MARA"]}
        file = {"file": ("a.jpg", samples.JPEG, "image/jpeg")}
        medium = await made(f"{sender}/media", data={"messaging_product": "whatsapp"}, files=file)
        address = (await company.get(medium["id"])).json()["url"]
        size = {"file_name": "a.pdf", "file_length": "9", "file_type": "application/pdf"}
        upload = await made(f"{known['Application-ID']}/uploads", params=size, headers=app)
        link = await made(f"{sender}/message_qrdls", json={"prefilled_message": "Moin", "generate_qr_image": "SVG"})
        hello = {"name": "hello_world", "language": {"code": "en_US"}}
        sent = await made(f"{sender}/messages", json={**person, "type": "template", "template": hello})
        message_id = sent["messages"][0]["id"]
        history = (await company.get(f"{sender}/message_history", params={"message_id": message_id})).json()
        flow = await made(f"{known['WABA-ID']}/flows", json={"name": "Entwurf", "categories": ["OTHER"]})
    return {
        **known,
        "Flow-ID": flow["id"],
        "Media-ID": medium["id"],
        "Media-URL": address.removeprefix(f"{url}/"),
        "Message-History-ID": history["data"][0]["id"],
        "QR-Code-ID": link["code"],
        "Upload-ID": upload["id"],
    }


class Names:
    """Which operation a call at a path with ids in it belongs to."""

    def __init__(self, known: Mapping[str, str], version: str = "v24.0") -> None:
        self._version = version
        self._names: dict[str, str] = {}
        for one in operations():
            method, path = one.split(" ")
            self._names.setdefault(f"{method} /{concrete(path, known).lstrip('/')}", one)

    def find(self, method: str, path: str) -> str:
        """Its name in the description, or method and path as they are."""
        call = f"{method} /{path.removeprefix(f'/{self._version}').lstrip('/')}"
        return self._names.get(call, call)


def concrete(path: str, known: Mapping[str, str]) -> str:
    """A path with ids in it; where none is known, one that nobody has."""
    return re.sub(r"\{([^}]+)\}", lambda found: known.get(found[1], NOWHERE), path)


def short(path: str) -> str:
    """A path without its version."""
    return path.removeprefix("/{Version}")


def pinned(operations: Iterable[str], known: Mapping[str, str], version: str, *, bodies: bool) -> dict[str, Any]:
    """The description of some operations, with ids in the place of the parameters of their paths.

    With `bodies` it also says what may be sent: as examples, for it is stricter than the real service. What is read
    without anything to say gets a word that nobody looks at, for without one there is no example.
    """
    whole, wanted = described(), set(operations)
    paths: dict[str, Any] = {}
    for path, methods in whole["paths"].items():
        kept = {
            m: _freed(m, one, bodies=bodies) for m, one in methods.items() if f"{m.upper()} {short(path)}" in wanted
        }
        if kept:
            paths.setdefault(f"/{version}{concrete(short(path), known)}", {}).update(kept)
    shared = {name: one for name, one in whole["components"].items() if name == "schemas"}
    return {"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": shared}


def _freed(method: str, operation: Mapping[str, Any], *, bodies: bool) -> dict[str, Any]:
    """An operation without what is of no use here: headers, ids in the path, and cursors of somebody else's pages."""
    queried = [
        one for one in operation.get("parameters", []) if one.get("in") == "query" and one["name"] not in CURSORS
    ]
    if bodies and method == "get" and not any("example" in one for one in queried):
        queried.append({"name": "pretty", "in": "query", "schema": {"type": "string"}, "example": "1"})
    responses = {
        status: {"description": "", "content": one.get("content", {})} for status, one in operation["responses"].items()
    }
    kept = {key: operation[key] for key in ("operationId", *["requestBody"] * bodies) if key in operation}
    return {**kept, "parameters": queried, "responses": responses}
