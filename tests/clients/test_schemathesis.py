"""Schemathesis asks a running Takt by the examples of Meta's own description, and holds the answers against it.

What it is asked to do is what tests/compatibility/endpoints.toml says is there; that table has the reason of what is not.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests import meta
from tests.databases import Variant
from tests.live import Live, takt

RUN_S_MAX = 60
CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance"

CAPITALS: Final = "the service itself says it in capitals, and pywa reads it so"
# What is wrong with our answers: (method and path, the first line of its words) and why it stays so.
KNOWN: Final = {
    ("GET /{WABA-ID}/phone_numbers", '"CONNECTED" is not one of "PENDING", "LINKED" or 5 other candidates'):
        "a number that works is CONNECTED, as the same file has it for the number itself",
    ("GET /{WABA-ID}/phone_numbers", '"UNKNOWN" is not one of "GREEN", "YELLOW" or 2 other candidates'):
        "what has no rating yet is UNKNOWN in the service's other pages and in pywa",
    ("GET /{Phone-Number-ID}/message_qrdls/{QR-Code-ID}", '"code" is a required property'):
        "the service itself answers with a list of one, and pywa reads it so",
    ("GET /{Media-ID}", '211 is not of type "string"'): "the service itself sends a number, and pywa promises one",
    ("GET /{WhatsApp-Business-Account-ID}/assigned_users", '"name" is a required property'):
        "who is assigned is known here by an id alone",
    ("GET /{Phone-Number-ID}/settings", '"DEFAULT" is not one of "default" or "in_country_storage_enabled"'): CAPITALS,
    ("GET /{Phone-Number-ID}/settings", '"DISABLED" is not one of "enabled" or "disabled"'): CAPITALS,
    ("GET /{Phone-Number-ID}/settings", '"call_icon_visibility" is a required property'):
        "there are no calls, and so nothing to be seen of them",
}  # fmt: skip

# Operations that the file has no example for, since nothing can be said with them: Prism judges most of these answers.
NO_EXAMPLE: Final = {
    "DELETE /{Flow-ID}",
    "DELETE /{Phone-Number-ID}/message_qrdls/{QR-Code-ID}",
    "DELETE /{WABA-ID}/subscribed_apps",
    "POST /{Flow-ID}/deprecate",
    "POST /{Flow-ID}/publish",
    "POST /{Phone-Number-ID}/deregister",
}


VERIFIED: Final = "the demo's number is verified already"
# Operations whose examples are all refused, and why that is right.
REFUSED: Final = {
    "DELETE /{WABA-ID}/message_templates": "the example's id of a template is a blank",
    "GET /{Phone-Number-ID}/message_history": "the example's ids of messages are none",
    "POST /{Flow-ID}/assets": "the example's file is made up of any bytes",
    "POST /{Phone-Number-ID}/request_code": VERIFIED,
    "POST /{Phone-Number-ID}/settings": "the examples switch on calls and storage elsewhere",
    "POST /{Phone-Number-ID}/verify_code": VERIFIED,
    "POST /{Phone-Number-ID}/marketing_messages": "the examples' templates are none of the demo's for marketing",
    "POST /{Phone-Number-ID}/whatsapp_business_encryption": "the example's key is cut short",
    "POST /{TEMPLATE_ID}": "the examples give an approved template another category",
    "POST /{WABA-ID}": "the examples rename the company, which is the operator's",
    "POST /{WABA-ID}/flows": "the example's flow to clone is a blank",
    "POST /{WABA-ID}/migrate_flows": "the example's account to take from is a blank",
}


def words(env: dict[str, str], message_id: str) -> dict[str, str]:
    """What the demo world has for the blanks in the examples."""
    return {
        "{{Recipient-Phone-Number}}": env["TAKT_USER_MARA"],
        "{{Recipient-WA-Phone-Number}}": env["TAKT_USER_MARA"],
        "19505550005": env["TAKT_USER_MARA"],
        "+16505551234": env["TAKT_USER_MARA"],
        "<PHONE_NUMBER_ID>": env["TAKT_SENDER_OUTREACH"],
        "<MSGID_OF_PREV_MSG>": message_id,
        "wamid.gBGGSFcCNEOPAgkO_KJ55r4w_ww": message_id,
        "<TEMPLATE_NAME>": "hello_world",
        "TEMPLATE_NAME": "hello_world",
    }


async def test_answers_to_the_examples_are_as_described(db: str, variant: Variant, tmp_path: Path) -> None:
    async with takt(db, variant.parts, tmp_path) as live:
        await live.write("mara", "Hallo")
        said = (await live.as_user("mara", "GET", "/inbox"))["messages"][-1]["id"]
        known = await meta.furnished(live.url, live.env)
        names = meta.Names(known)
        scenarios = [
            one["ScenarioFinished"]["recorder"]
            for one in await run(live, known, words(live.env, said), tmp_path)
            if "ScenarioFinished" in one
        ]
    asked = {names.find(*one["label"].split(" ", 1)): one for one in scenarios if one.get("interactions")}
    found = {(call, line) for call, one in asked.items() for line in faults(one)}
    assert sorted(found - KNOWN.keys()) == []
    assert sorted(KNOWN.keys() - found) == [], "known, but no longer so"
    assert set(asked) | NO_EXAMPLE == set(meta.meant())
    untaken = {call for call, one in asked.items() if not any(taken(one))}
    assert sorted(untaken - REFUSED.keys()) == [], "no example was accepted"
    assert sorted(REFUSED.keys() - untaken) == [], "refused, but no longer so"


async def run(live: Live, known: dict[str, str], filling: dict[str, str], folder: Path) -> list[dict[str, Any]]:
    """What Schemathesis tells of its run, event by event."""
    text = json.dumps(meta.pinned(meta.meant(), known, "v24.0", bodies=True))
    for blank, word in filling.items():
        text = text.replace(blank, word)
    description, report = folder / "meta.json", folder / "report.ndjson"
    description.write_text(text)
    command: list[str | Path] = [
        Path(sys.prefix) / "bin" / "schemathesis", "run", description, "--url", live.url, "--phases", "examples",
        "-c", CHECKS, "-H", f"Authorization: Bearer {live.env['TAKT_TOKEN']}", "--continue-on-failure",
        "--report-ndjson-path", report,
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=PIPE, stderr=STDOUT)
    async with asyncio.timeout(RUN_S_MAX):
        told, _ = await process.communicate()
    assert report.exists(), told.decode()
    return [json.loads(line) for line in report.read_text().splitlines()]


def faults(recorder: dict[str, Any]) -> Iterator[str]:
    for check in (check for checks in recorder["checks"].values() for check in checks):
        if check["status"] != "success":
            failure = check["failure_info"]["failure"]
            yield (failure["message"] or failure["title"]).partition("\n")[0]


def taken(recorder: dict[str, Any]) -> list[bool]:
    return [one["response"]["status_code"] < 300 for one in recorder["interactions"].values()]
