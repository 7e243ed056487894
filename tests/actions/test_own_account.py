"""One account of the operator: what documents show is what statements, orders and GiroCodes know, whichever way it was named."""

from datetime import datetime, timedelta

from takt.actions.collecting import Collecting, SetAccount
from takt.actions.legal import SetOperator, parties_of, set_legal
from takt.core.party import Account
from takt.store import mandates, parties
from takt.store.mandates import OwnAccount
from takt.store.pool import transaction
from tests.actions.test_issue import set_up
from tests.documents import SELLER
from tests.world import NOW, World

OTHER = OwnAccount("DE02120300000000202051", "Hafenpost Inkasso", "BYLADEM1001", "")


async def shown(world: World) -> tuple[OwnAccount | None, Account, str]:
    async with world.site.everywhere.acquire() as conn:
        seller, _ = await parties_of(conn, world.payer)
        return await mandates.own_account(conn), seller.account, seller.creditor_id


async def name(world: World, account: OwnAccount, at: datetime = NOW + timedelta(hours=1)) -> None:
    async with transaction(world.site.everywhere) as conn:
        await Collecting(world.site)(conn, 0, [SetAccount(account, "olga")], at, again=False)


async def test_legal_data_names_the_account_and_the_account_changes_legal_data(world: World) -> None:
    await name(world, OTHER, NOW - timedelta(hours=1))
    await set_up(world)
    own, account, creditor = await shown(world)
    assert own == OwnAccount("DE89370400440532013000", SELLER["name"], "COBADEFFXXX", SELLER["creditor_id"])
    assert (account.iban, account.bank, creditor) == (own.iban, "Musterbank Hamburg", SELLER["creditor_id"])
    await name(world, OTHER)
    own, account, creditor = await shown(world)
    assert own == OTHER
    assert (account, creditor) == (Account(OTHER.iban, OTHER.bic, "", OTHER.holder), "")
    await name(world, OTHER)
    async with world.site.everywhere.acquire() as conn:
        kept = await parties.find_operator(conn)
        known = await mandates.own_ibans(conn)
    assert kept is not None
    assert (kept.version, kept.set_by) == (2, "olga"), "the same account is no new version"
    assert known == {OTHER.iban, "DE89370400440532013000"}, "statements of the one before are still taken"


async def test_the_same_account_under_another_holder_keeps_its_bank(world: World) -> None:
    await set_up(world)
    await name(world, OwnAccount("DE89370400440532013000", "Hafenpost", "COBADEFFXXX", SELLER["creditor_id"]))
    _, account, _ = await shown(world)
    assert (account.holder, account.bank) == ("Hafenpost", "Musterbank Hamburg")
    async with transaction(world.site.everywhere) as conn:
        done = await set_legal(conn, 0, [SetOperator(dict(SELLER), "test")], NOW + timedelta(hours=2), again=False)
    assert done.answers == [3]
    own, account, _ = await shown(world)
    assert own is not None
    assert (own.holder, account.holder) == (SELLER["name"], "")
