"""The chain of the ledger: whatever was changed, added or taken out is named; one message is proved on its own."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from takt import ledger_proof
from takt.clock import CLOCK
from takt.core import chain
from takt.core.entries import BANK, SPEND, Entry, EntryKind
from takt.store import journal
from takt.store.pool import transaction
from takt.store.site import Site
from tests.pricing import deliver, sent
from tests.world import NOW, World, make_world, template_to

LATER = NOW + timedelta(days=2)


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


async def lived(world: World) -> list[UUID]:
    """Five paid messages to two people, delivered; a batch each person."""
    found = []
    for place, part in enumerate((world.site.parts[0], world.site.parts[-1])):
        person = await world.add_person(world.numbers(part, place + 1)[place])
        found += await sent(world, *(template_to(world, person.wa_id) for _ in range(2 + place)))
        await deliver(world, person)
    return found


async def faults(world: World) -> tuple[str, ...]:
    return (await ledger_proof.verify(world.site, LATER)).faults


async def tamper(world: World, table: str, statement: str, *values: Any) -> None:
    """Do what only the owner of the tables can, after giving himself the right back."""
    await world.execute(f"GRANT UPDATE, DELETE ON {table} TO CURRENT_USER")
    await world.execute(statement, *values)


async def test_what_was_written_is_whole(world: World) -> None:
    await lived(world)
    found = await ledger_proof.verify(world.site, LATER)
    assert found == ledger_proof.Verified(3, 6, 5, 0, ())


async def test_one_flipped_value_is_located(world: World) -> None:
    """Invariant 28: of all rows the one that was changed is named, whatever was changed in it."""
    ids = await lived(world)
    for column, other in (("amount_micros", "amount_micros + 1"), ("credit", "'revenue:marketing'"), ("note", "'x'")):
        await tamper(
            world,
            "journal",
            f"CREATE TABLE kept AS SELECT {column} FROM journal WHERE entry_id = $1".replace("$1", f"'{ids[1]}'"),
        )
        await tamper(world, "journal", f"UPDATE journal SET {column} = {other} WHERE entry_id = $1", ids[1])
        (fault,) = await faults(world)
        assert fault.startswith(f"entry {ids[1]} leg 0 of contract {world.payer[1]} in batch ")
        assert fault.endswith("was changed")
        await world.execute(f"UPDATE journal SET {column} = (SELECT {column} FROM kept) WHERE entry_id = $1", ids[1])
        await world.execute("DROP TABLE kept")
    assert await faults(world) == ()
    await tamper(world, "usage", "UPDATE usage SET market = 'FR' WHERE message_id = $1", ids[3])
    assert [one.split(" in ")[0] for one in await faults(world)] == [f"usage of message {ids[3]}"]


async def test_a_row_whose_seal_was_mended_spoils_its_batch(world: World) -> None:
    ids = await lived(world)
    await tamper(world, "usage", "UPDATE usage SET amount_micros = 1, seal = 2 WHERE message_id = $1", ids[0])
    assert (await faults(world))[0].startswith(f"usage of message {ids[0]}")
    [(seal,)] = await world.rows("SELECT seal FROM usage WHERE message_id = $1", ids[1])
    await tamper(world, "usage", "UPDATE usage SET seal = $2 WHERE message_id = $1", ids[0], seal)
    assert await faults(world) != ()


@pytest.mark.parametrize(
    ("table", "statement", "says"),
    [
        ("journal", "DELETE FROM journal WHERE kind = 'capture' AND entry_id = $1", "entries and"),
        ("usage", "DELETE FROM usage WHERE message_id = $1", "rows of usage, not"),
        ("usage", "UPDATE usage SET batch = message_id WHERE message_id = $1", "rows of usage, not"),
        ("batch", "DELETE FROM batch WHERE number = 2 AND $1::uuid IS NOT NULL", "batches 2 to 2 of part"),
        ("batch", "DELETE FROM batch WHERE number = 3 AND $1::uuid IS NOT NULL", "ends with batch 2, and should with batch 3"),
        ("batch", "UPDATE batch SET hash = digest WHERE number = 2 AND $1::uuid IS NOT NULL", "the hash of batch 2"),
        ("batch", "UPDATE batch SET digest = hash WHERE number = 3 AND $1::uuid IS NOT NULL", "the rows of batch 3"),
    ],
)  # fmt: skip
async def test_what_was_taken_out_or_rewritten_is_named(world: World, table: str, statement: str, says: str) -> None:
    ids = await lived(world)
    await tamper(world, table, statement, ids[0])
    found = await faults(world)
    assert any(says in one for one in found), found


async def test_what_was_added_is_found(world: World) -> None:
    await lived(world)
    for batch in (None, CLOCK.new_id()):
        await world.execute(
            "INSERT INTO journal (part, contract_id, entry_id, kind, debit, credit, amount_micros, currency, booked_at,"
            " event_at, batch) VALUES ($1, $2, $3, 'top_up', 'bank', 'spend', 5, 'EUR', $4, $4, $5)",
            *world.payer, CLOCK.new_id(), NOW, batch,
        )  # fmt: skip
    assert await faults(world) == ("there are 8 entries and 5 rows of usage, but batches of 6 and 5",)


async def test_each_day_gets_its_root(world: World) -> None:
    await lived(world)
    part, next_day = world.payer[0], NOW + timedelta(days=1)
    early = NOW.replace(hour=0, minute=9) + timedelta(days=1)
    assert await ledger_proof.make_roots(world.site, part, early) is None, "something may be under way"
    first = await ledger_proof.make_roots(world.site, part, early + timedelta(minutes=1))
    assert first is not None
    assert (first.day, first.first_number, first.last_number) == (NOW.date(), 1, 3)
    digests = [row[0] for row in await world.rows("SELECT digest FROM batch ORDER BY number")]
    assert first.root == chain.root(digests)
    assert await ledger_proof.make_roots(world.site, part, next_day) is None
    async with transaction(world.site.pool(part)) as conn:
        entry = Entry(world.payer, CLOCK.new_id(), EntryKind.TOP_UP, BANK, SPEND, 5, "EUR", next_day)
        await journal.book(conn, [entry], next_day)
    second = await ledger_proof.make_roots(world.site, part, next_day + timedelta(days=1))
    assert second is not None
    assert (second.day, second.first_number, second.last_number) == (next_day.date(), 4, 4)
    assert (await ledger_proof.verify(world.site, LATER)).roots == 2
    await tamper(world, "day_root", "UPDATE day_root SET root = sha256(root) WHERE first_number = 4")
    assert await faults(world) == (f"the root of {next_day.date()} in part {part} is not that of its batches",)


async def test_one_message_is_proved_by_hashes_alone(world: World) -> None:
    ids = await lived(world)
    proofs: dict[UUID, dict[str, Any]] = {}
    for day_is_over in (False, True):
        if day_is_over:
            await ledger_proof.make_roots(world.site, world.payer[0], LATER)
        for one in ids:
            proof = await ledger_proof.prove(world.site, one, world.site.part_of((one.int >> 64) & 0xFFF))
            assert proof is not None
            assert (proof["day"] is not None) == day_is_over
            proofs[one] = proof
    assert len({proof["leaf"] for proof in proofs.values()}) == 5
    for proof in proofs.values():
        assert climb(proof) == proof["day_root"]
    assert await ledger_proof.prove(world.site, CLOCK.new_id(), world.site.parts[0]) is None


def climb(proof: dict[str, Any]) -> str:
    """What somebody outside does with a proof: SHA-256 and nothing else."""

    def up(one: bytes, steps: list[dict[str, str]]) -> bytes:
        for step in steps:
            beside = bytes.fromhex(step["hash"])
            one = sha256(b"\x01" + (beside + one if step["side"] == "left" else one + beside)).digest()
        return one

    used = up(bytes.fromhex(proof["leaf"]), proof["path"])
    digest = sha256(b"\x02" + proof["booked_at"].encode() + bytes.fromhex(proof["entries_root"]) + used).digest()
    assert digest.hex() == proof["digest"]
    return up(digest, proof["day_path"]).hex()
