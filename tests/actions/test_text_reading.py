"""What is found about texts of companies: by the model in use, by links, and by who else sends the same."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from takt.actions.text_reading import Read, Said, TextReader, familiar
from takt.filter.corpus import corpus
from takt.filter.model_file import pack
from takt.filter.shipped import shipped
from takt.filter.training import train
from takt.store import link_domains, models
from takt.store.pool import Conn
from takt.store.reference import Snapshot
from tests.world import World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RATE = "0.005"
SCAM = "Your parcel 4711 is held at the depot because a fee of {} is unpaid. Pay by card within a day: http://{}/pay"
FINE = "Your parcel 4711 left our warehouse and will be with you on Thursday before noon."


@pytest.fixture
async def snapshot(world: World) -> Snapshot:
    """The world with two companies more, each with a sender of its own behind it."""
    async with world.site.everywhere.acquire() as conn:
        for number in (1, 2):
            await conn.execute(
                "INSERT INTO business (business_id, waba_id, name, stage, verified, about, imprint, locale, contract_id, contract_part,"
                " card, created_at) SELECT $1, $2, $3, stage, verified, about, imprint, locale, contract_id, contract_part, card, created_at"
                " FROM business LIMIT 1",
                UUID(int=number), f"90000000000{number}", f"Firm {number}",
            )  # fmt: skip
        await conn.execute("UPDATE reference_stamp SET version = version + 1")
        return await world.reference.fresh(conn)


async def one(conn: Conn, reader: TextReader, said: Said, snapshot: Snapshot, now: datetime) -> Read:
    (read,) = await reader.read(conn, [said], snapshot, now, RATE)
    return read


def others(snapshot: Snapshot) -> UUID:
    return next(one for one in snapshot.businesses if one.int > 2)


async def test_fraud_is_found_with_its_words_and_service_is_let_be(world: World, snapshot: Snapshot) -> None:
    reader, mine = TextReader(), others(snapshot)
    async with world.site.everywhere.acquire() as conn:
        scam = await one(conn, reader, Said(mine, "x", SCAM.format("1.99", "pay.example.test")), snapshot, NOW)
        fine = await one(conn, reader, Said(mine, "x", FINE), snapshot, NOW)
    assert scam.is_fraud
    assert [one.rule for one in scam.findings] == ["reads_like_fraud", "unknown_domain"]
    assert "unpaid" in scam.findings[0].evidence
    assert scam.findings[1].evidence == "example.test"
    assert (fine.is_fraud, fine.findings, fine.likely) == (False, (), "")


@pytest.mark.parametrize("text", ["https://nordwind.example", "Ines\nhttps://nordwind.example/herbst/jacke", "4711 🎁"])
def test_a_link_alone_is_nothing_that_the_model_can_judge(text: str) -> None:
    assert not familiar(shipped(), text)
    assert familiar(shipped(), f"{FINE} {text}")


async def test_a_registered_domain_is_no_finding(world: World, snapshot: Snapshot) -> None:
    mine = others(snapshot)
    said = Said(mine, "x", f"{FINE} https://track.shop.example.org/1")
    async with world.site.everywhere.acquire() as conn:
        before = await one(conn, TextReader(), said, snapshot, NOW)
        assert await link_domains.add(conn, mine, ["example.org"], NOW)
        after = await one(conn, TextReader(), said, snapshot, NOW)
        assert await link_domains.of_business(conn, mine) == ["example.org"]
        assert await link_domains.drop(conn, mine, "example.org")
        assert not await link_domains.drop(conn, mine, "example.org")
    assert [one.rule for one in before.findings] == ["unknown_domain"]
    assert after.findings == ()


async def test_the_same_text_from_three_owners_is_a_campaign(world: World, snapshot: Snapshot) -> None:
    reader, found = TextReader(), []
    texts = [(others(snapshot), "1.99", "a.test"), (UUID(int=1), "2.49", "b.test"), (UUID(int=2), "3.10", "c.test")]
    async with world.site.everywhere.acquire() as conn:
        for business_id, fee, host in texts:
            found.append(await one(conn, reader, Said(business_id, "x", SCAM.format(fee, host)), snapshot, NOW))
        again = Said(texts[0][0], "x", SCAM.format("9.99", "d.test"))
        later = await one(conn, reader, again, snapshot, NOW + timedelta(days=3))
    assert [any(one.rule == "same_text_elsewhere" for one in read.findings) for read in found] == [False, False, True]
    assert not any(one.rule == "same_text_elsewhere" for one in later.findings)


async def test_a_language_that_was_not_learned_is_none_of_its_business(world: World, snapshot: Snapshot) -> None:
    text = "Su cuenta ha sido bloqueada, confirme su contraseña ahora mismo para evitar el cierre definitivo"
    async with world.site.everywhere.acquire() as conn:
        read = await one(conn, TextReader(), Said(others(snapshot), "x", text), snapshot, NOW)
    assert (read.is_fraud, read.likely) == (False, "")


async def test_a_model_of_the_operator_s_own_takes_the_place_of_ours(world: World, snapshot: Snapshot) -> None:
    written = [one for one in corpus() if one.language == "en" and one.label != "fraud"][::3]
    own = pack(train([one.text for one in written], [one.label for one in written]))
    reader = TextReader()
    async with world.site.everywhere.acquire() as conn:
        assert (await reader.model(conn)).labels == ("service", "advertising", "fraud")
        assert await models.add(conn, own, "Olga", NOW) == 1
        assert (await reader.model(conn)).labels == ("service", "advertising")
        assert await models.add(conn, b"", "Olga", NOW) == 2
        assert (await reader.model(conn)).labels == ("service", "advertising", "fraud")
        assert [(one.version, one.size > 0) for one in await models.list_rows(conn, 9)] == [(2, False), (1, True)]
