"""Whatever bytes come to the Cloud API's door or to the webhook API, the answer is the error envelope or a success."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import quote_from_bytes, urlsplit

import httpx
import msgspec
import pytest

from tests.cloud import APP_ID, APP_TOKEN, FOREIGN, TOKEN, Cloud, open_cloud
from tests.serving import served
from tests.world import World

REQUESTS = 600
SENDER, WABA = "100493023125001", "200493023125"
ODD_TEXTS = (
    "", "0", "-1", "1e9", "NaN", "null", "true", "\x00", "💩", "a" * 5000, "' OR '1'='1", "../..", "%", "[", "{", "}",
    "id,name", "id{", "analytics.start(1).end(2).granularity(DAY)", "call_analytics.start(1795000000).end(1795100000).granularity(DAILY)", "DAILY", "client_credentials", "fb_exchange_token", "\r\nX-Evil: 1", "9" * 5000, "wamid.", "whatsapp_business_account", "messages", "http://[",
    "http://127.0.0.1:1/", "https://169.254.169.254/", TOKEN, APP_TOKEN, "WyJhIl0=", "²", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
NAMES = (
    "fields", "limit", "after", "before", "summary", "name", "status", "category", "language", "content", "object",
    "callback_url", "verify_token", "access_token", "input_token", "grant_type", "client_id", "client_secret", "code",
    "override_callback_uri", "endpoint", "state", "since", "\x00", "quality_score", "pin", "new_display_name", "cc",
    "phone_number", "verified_name", "username", "transfer_action", "code_method", "about", "email", "websites",
    "vertical", "prompts", "commands", "enable_welcome_message", "command_name", "command_description", "calling",
    "storage_configuration", "user_identity_change", "is_cart_enabled", "business_public_key", "prefilled_message",
    "generate_qr_image", "block_users", "user", "user_id", "tasks", "is_enabled_for_insights", "profile_picture_handle",
    "webhook_configuration", "appsecret_proof", "fb_exchange_token", "start", "end", "granularity", "template_ids",
    "is_enabled_for_insights", "message_id", "status_filter", "override_callback_uri", "endpoint", "state", "since", "\x00", "quality_score",
    "override_callback_uri", "endpoint", "state", "since", "\x00", "quality_score",
    "hsm_id", "hsm_ids", "template_ids", "start", "end", "page_number", "source_waba_id", "languages", "components",
    "library_template_name", "degrees_of_freedom_spec", "search", "reason",
)  # fmt: skip
PATHS = (
    f"/v24.0/{SENDER}", f"/{WABA}", f"/{WABA}/phone_numbers", f"/v1.0/{WABA}/message_templates",
    f"/{WABA}/subscribed_apps", f"/{APP_ID}", f"/{APP_ID}/subscriptions", "/app", "/debug_token",
    f"/{SENDER}/request_code", f"/{SENDER}/verify_code", f"/{SENDER}/register", f"/{SENDER}/username",
    f"/{SENDER}/username_suggestions", f"/{SENDER}/whatsapp_business_profile", f"/{SENDER}/conversational_automation",
    f"/{SENDER}/settings", f"/{SENDER}/whatsapp_commerce_settings", f"/{SENDER}/whatsapp_business_encryption",
    f"/{SENDER}/message_qrdls", f"/{SENDER}/message_qrdls/x", f"/{SENDER}/block_users", f"/{WABA}/assigned_users",
    "/700493023125", "/700493023125/owned_whatsapp_business_accounts", f"/takt/v1/numbers/{SENDER}/name",
    f"/{WABA}/template_analytics", f"/{WABA}/template_group_analytics", f"/{SENDER}/message_history", "/me",
    "/me/permissions", "/history:0123456789abcdef0123456789abcdef/events", f"/{SENDER}/events",
    "/oauth/access_token", "/400493023125001", "/takt/v1/webhooks/events", "/takt/v1/webhooks/attempts",
    f"/{WABA}/message_templates/archive", f"/{WABA}/upsert_message_templates", f"/{WABA}/migrate_message_templates",
    f"/{WABA}/message_template_previews", "/message_template_library", "/400493023125001/unpause",
    "/400493023125001/compare", "/takt/v1/templates/400493023125001/appeal", "/takt/v1/reviews",
    "/takt/v1/webhooks/replay", "/takt/v1/webhooks/endpoints", "/takt/v1/webhooks/events/x/replay", "/",
)  # fmt: skip
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain", "")


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


def odd_value(chance: random.Random, depth: int = 0) -> object:
    match chance.randrange(8 if depth < 3 else 5):
        case 0 | 1 | 2:
            return chance.choice(ODD_TEXTS)
        case 3:
            return chance.choice((0, -1, 2**63, 2**64 - 1, -(2**63), 0.5, 1e308))
        case 4:
            return chance.choice((None, True, False))
        case 5:
            return [odd_value(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return {chance.choice(NAMES): odd_value(chance, depth + 1) for _ in range(chance.randrange(4))}


def odd_query(chance: random.Random) -> str:
    pairs = []
    for _ in range(chance.randrange(4)):
        raw = chance.randbytes(chance.randrange(20)) if chance.randrange(3) == 0 else chance.choice(ODD_TEXTS).encode()
        pairs.append(f"{quote_from_bytes(chance.choice(NAMES).encode())}={quote_from_bytes(raw)}")
    return chance.choice(("&".join(pairs), "&".join(pairs), "%", "=&=&;", "&" * 500))


def odd_body(chance: random.Random) -> bytes:
    fields = {chance.choice(NAMES): odd_value(chance) for _ in range(chance.randrange(6))}
    body = msgspec.json.encode(fields)
    match chance.randrange(8):
        case 0:
            return body[: chance.randrange(len(body) + 1)]
        case 1:
            return chance.randbytes(chance.randrange(60))
        case 2:
            return chance.choice(
                (b"[" * 20_000, b'{"a":' * 20_000, b"[]", b"7", b"null", b'{"fields":"\\ud800"}', b"--b\r\n" * 300)
            )
        case 3:
            part = b'--b\r\ncontent-disposition: form-data; name="fields"\r\n\r\n'
            return part + chance.randbytes(20) + b"\r\n--b--\r\n"
        case _:
            return body


def check(answer: httpx.Response, sent: object) -> None:
    assert answer.status_code < 500, (answer.status_code, sent, answer.text)
    for inside in ("Traceback", "asyncpg", ".py", "SELECT"):
        assert inside not in answer.text, (inside, sent)
    if answer.status_code >= 400 and answer.status_code != 405:
        error = answer.json()["error"]
        assert isinstance(error["code"], int)
        assert error["message"]
        assert error["fbtrace_id"]


async def test_odd_requests_get_the_envelope(cloud: Cloud) -> None:
    chance = random.Random(20261122)
    for _ in range(REQUESTS):
        path = (
            chance.choice(PATHS)
            if chance.randrange(5)
            else "/" + quote_from_bytes(chance.randbytes(chance.randrange(12)))
        )
        sent = (chance.choice(("GET", "GET", "POST", "DELETE", "PUT", "PATCH")), f"{path}?{odd_query(chance)}")
        body, kind = odd_body(chance), chance.choice(KINDS)
        token = chance.choice((TOKEN, APP_TOKEN, FOREIGN, TOKEN, None))
        content = b"" if sent[0] == "GET" else body
        answer = await cloud.call(*sent, token, content=content, headers={"Content-Type": kind})
        check(answer, (*sent, token, kind, body[:200]))
    assert (await cloud.get(f"/{SENDER}")).status_code == 200


async def test_odd_bytes_on_the_socket_get_an_answer_or_none(cloud: Cloud) -> None:
    chance = random.Random(20261123)
    heads = (
        b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /100493023125001 HTTP/1.1\r\nHost: \xff%s\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        b"POST /300493023125/subscriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n%s\r\n\r\nabcde",
        b"GET /200493023125/message_templates?%s HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    async with served(cloud.app) as url, httpx.AsyncClient(base_url=url) as client:
        place = urlsplit(url)
        for _ in range(60):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(chance.choice(heads) % chance.randbytes(chance.randrange(40)))
            answer = b""
            with suppress(OSError):  # a server may hang up on nonsense
                writer.write_eof()
                async with asyncio.timeout(5):
                    answer = await reader.read()
            writer.close()
            assert answer == b"" or int(answer.split(b" ")[1]) < 500
        assert (await client.get(f"/{SENDER}", headers={"Authorization": f"Bearer {TOKEN}"})).status_code == 200
