"""Media at the inbox: what agents upload as a sender, and what a person sent to their company."""

import httpx

from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.core.media import INBOX_LIFE, Found
from takt.store import chunks, media
from takt.store.media import NewMedium, Owner, Use
from takt.store.pool import transaction
from tests import samples
from tests.inbox import WRITE, Inbox
from tests.world import NOW


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"] == code
    return str(answer.json()["error"]["message"])


async def test_an_agent_uploads_as_a_sender(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    sender = inbox.world.support.sender_id
    answer = await ines.post(f"/media?sender={sender}&filename=a.pdf", content=samples.PDF, headers=WRITE)
    assert answer.status_code == 200, answer.text
    name = answer.json()["id"]
    assert (answer.json()["kind"], answer.json()["mime_type"]) == ("document", "application/pdf")
    rows = await inbox.world.rows(
        "SELECT business_id, sender_id, filename FROM media WHERE part = any($1)", inbox.world.site.parts
    )
    assert rows == [(inbox.world.business.business_id, sender, "a.pdf")]
    shown = await ines.get(f"/media/{name}")
    assert (shown.content, shown.headers["content-disposition"][:10]) == (samples.PDF, "attachment")
    async with inbox.browser("rita") as rita:
        refused(await rita.get(f"/media/{name}"), 404, "unknown_media")
        refused(await rita.post(f"/media?sender={sender}", content=samples.PDF, headers=WRITE), 404, "unknown_sender")
    async with inbox.browser() as nobody:
        refused(await nobody.get(f"/media/{name}"), 401, "signed_out")


async def test_what_does_not_fit_is_told(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    path = f"/media?sender={inbox.world.support.sender_id}"
    large = samples.webp() + b"x" * 102_400
    assert "102400" in refused(await ines.post(path, content=large, headers=WRITE), 413, "too_large")
    wrong = {**WRITE, "Content-Type": "image/png"}
    assert "image/jpeg" in refused(await ines.post(path, content=samples.JPEG, headers=wrong), 400, "invalid")
    refused(await ines.post(path, content=samples.JPEG), 403, "header_missing")
    refused(await ines.post("/media", content=samples.JPEG, headers=WRITE), 404, "unknown_sender")
    refused(await ines.get("/media/1"), 404, "unknown_media")
    assert await inbox.world.count("media") == 0


async def test_agents_see_what_a_person_sent_them(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    name = f"6{slot_of(person.recipient_id):04}0000000001"
    async with transaction(inbox.world.site.pool(person.part)) as conn:
        new = NewMedium(name, Owner(recipient_id=person.recipient_id), "key")
        await media.add(conn, person.part, new, NOW, NOW + INBOX_LIFE)
        await chunks.put(conn, person.part, name, 0, samples.PNG)
        await media.set_whole(conn, person.part, name, Found("image/png"), len(samples.PNG), b"x" * 32, None)
    refused(await ines.get(f"/media/{name}"), 404, "unknown_media")
    async with transaction(inbox.world.site.pool(person.part)) as conn:
        use = Use(person.recipient_id, name, CLOCK.new_id(), inbox.world.business.business_id)
        await media.note_uses(conn, person.part, [use], NOW, NOW + INBOX_LIFE)
    assert (await ines.get(f"/media/{name}")).content == samples.PNG
    async with inbox.browser("rita") as rita:
        refused(await rita.get(f"/media/{name}"), 404, "unknown_media")
