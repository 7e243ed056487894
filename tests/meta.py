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

import yaml

from tools import compatibility

FILE = Path(__file__).parent / "data" / "cloud-api" / "meta-business-messaging-api_v23.0.yaml"
METHODS = ("get", "post", "delete")
DEMO_TEMPLATE = "400493023125002"
NOWHERE = "990000000000001"


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
    here = {row.name for row in endpoints() if row.level != "not"}
    return [one for one in operations() if one in here]


def endpoints() -> list[compatibility.Row]:
    """Every path and method of that table."""
    return [row for inside in compatibility.rows(compatibility.PROJECT, "endpoints").values() for row in inside]


def ids(env: Mapping[str, str]) -> dict[str, str]:
    """The demo world's own, for those parameters of paths that it has something for."""
    return {
        "Application-ID": env["TAKT_APP_ID"],
        "Phone-Number-ID": env["TAKT_SENDER_OUTREACH"],
        "TEMPLATE_ID": DEMO_TEMPLATE,
        "WABA-ID": env["TAKT_WABA_ID"],
    }


def concrete(path: str, known: Mapping[str, str]) -> str:
    """A path with ids in it; where none is known, one that nobody has."""
    return re.sub(r"\{([^}]+)\}", lambda found: known.get(found[1], NOWHERE), path)


def short(path: str) -> str:
    """A path without its version."""
    return path.removeprefix("/{Version}")


def pinned(operations: Iterable[str], known: Mapping[str, str], version: str, *, bodies: bool) -> dict[str, Any]:
    """The description of some operations, with ids in the place of the parameters of their paths.

    With `bodies` it also says what may be sent: as examples, for it is stricter than the real service.
    """
    whole, wanted = described(), set(operations)
    paths: dict[str, Any] = {}
    for path, methods in whole["paths"].items():
        kept = {m: _freed(one, bodies=bodies) for m, one in methods.items() if f"{m.upper()} {short(path)}" in wanted}
        if kept:
            paths.setdefault(f"/{version}{concrete(short(path), known)}", {}).update(kept)
    shared = {name: one for name, one in whole["components"].items() if name == "schemas"}
    return {"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": shared}


def _freed(operation: Mapping[str, Any], *, bodies: bool) -> dict[str, Any]:
    """An operation without what real clients and a server of another house leave out: headers, and ids in the path."""
    queried = [one for one in operation.get("parameters", []) if one.get("in") == "query"]
    responses = {
        status: {"description": "", "content": one.get("content", {})} for status, one in operation["responses"].items()
    }
    kept = {key: operation[key] for key in ("operationId", *["requestBody"] * bodies) if key in operation}
    return {**kept, "parameters": queried, "responses": responses}
