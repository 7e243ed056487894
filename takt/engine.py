"""The engine of one process: the pool, the lanes with their actions, and the loops. No door, no settings.

A loop that fails is logged and started again after a pause; none of them holds anything that is not in the database.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

import structlog

from takt import calendars
from takt.actions import (
    access,
    acknowledge,
    ask_consent,
    booking,
    business_block,
    chat,
    claim,
    collecting,
    consent,
    contract,
    count_calls,
    endpoint,
    flow,
    grant,
    issue,
    legal,
    media,
    number,
    opinion,
    paying,
    person,
    pilot,
    policy_change,
    presence,
    publish,
    purpose,
    receipt,
    receive,
    register,
    replay,
    review,
    shadow,
    sign_in,
    standing,
    statement,
    template,
    vetting,
)
from takt.actions.acknowledge import Acknowledge, Acknowledged
from takt.actions.ask_consent import AskConsent
from takt.actions.bring_consent import Bring, BringConsent
from takt.actions.business_block import BlockPerson
from takt.actions.chat import Chat
from takt.actions.claim import Claim, Claimed
from takt.actions.consent import Consent
from takt.actions.count_calls import CountCalls
from takt.actions.erase import Erase, Erased, ErasePerson
from takt.actions.examine import Examine, Examined
from takt.actions.expire import Expire
from takt.actions.glancing import Glance
from takt.actions.number import Numbers
from takt.actions.opinion import Opine
from takt.actions.outgoing import Answer
from takt.actions.pilot import SetMember, SetStage
from takt.actions.play import Play, TakePlays
from takt.actions.previewing import PAIRS
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.receive import Receive, Write
from takt.actions.register import AddPerson
from takt.actions.release import Release
from takt.actions.replay import Replay
from takt.actions.send import Send
from takt.actions.spending import SetPlan, Spending
from takt.actions.template import Templates
from takt.actions.text_reading import TextReader
from takt.clock import CLOCK, Clock
from takt.core.address import Permission
from takt.core.ids import NodeSort
from takt.core.message import SendMessage
from takt.core.quiet_hours import HOLIDAY
from takt.core.value import value
from takt.intake import Intake
from takt.lanes import Lanes
from takt.provider import Provider
from takt.providers.fake import NAME, FakeProvider
from takt.store.pool import Pool, close_pool, open_pool
from takt.store.reference import Reference
from takt.store.site import PARTS, Site
from takt.vaults import InDatabase, Room, open_vault
from takt.wakes import Wakes
from takt.web.resolver import MediaResolver
from takt.workers.advancer import Advancer
from takt.workers.appraiser import Appraiser, Deciders
from takt.workers.bridge import Bridge
from takt.workers.closer import Closer
from takt.workers.desk import Projector
from takt.workers.erasures import Erasures
from takt.workers.hook_sweep import HookSweep
from takt.workers.hooks import Hooks
from takt.workers.inquirer import Inquirer
from takt.workers.issuer import Issuer
from takt.workers.lapser import Lapser
from takt.workers.learner import Learner
from takt.workers.media_sweep import MediaSweep
from takt.workers.notary import Notary
from takt.workers.outbound import Outbound
from takt.workers.press import Press
from takt.workers.previewer import Previewer
from takt.workers.reader import Hand, Reader
from takt.workers.releaser import Releaser
from takt.workers.reviewer import Reviewer
from takt.workers.steward import Hands, Steward
from takt.workers.sweep import Sweeper
from takt.workers.treasurer import Treasurer

POOL_CONNECTIONS_MAX: Final = 16
SENDS_ABREAST: Final = 2
RESTART_PAUSE_S: Final = 1.0
REFERENCE_AGE_S: Final = 0.5
DEMO_PAIRS: Final = 5
"""Worlds in which a change of the policy is tried in the demo: nobody there should wait for a minute."""

Run = Callable[[], Coroutine[Any, Any, None]]

_LOG = structlog.get_logger(__name__)


@value
class AllLanes:
    """One lane a part for everything that can happen."""

    send: Lanes[SendMessage, Answer]
    examine: Lanes[SendMessage, Examined]
    claim: Lanes[Claim, Claimed]
    acknowledge: Lanes[Acknowledge, Acknowledged | None]
    sessions: Lanes[sign_in.Command, None]
    payments: Lanes[paying.Command, paying.Answer]
    statements: Lanes[statement.Command, statement.Answer]
    collecting: Lanes[collecting.Command, collecting.Answer]
    bookings: Lanes[booking.Do, booking.Answer]
    plans: Lanes[SetPlan, bool]
    grants: Lanes[grant.VoidGrant, bool]
    contracts: Lanes[contract.Command, contract.Answer]
    stages: Lanes[SetStage, None]
    members: Lanes[SetMember, bool]
    receive: Lanes[Write, receive.Answer]
    receipts: Lanes[Receipt, receipt.Answer]
    plays: Lanes[Play, bool]
    opinions: Lanes[Opine, bool]
    consent: Lanes[consent.Command, consent.Answer]
    chat: Lanes[chat.Command, chat.Answer]
    person: Lanes[person.Command, None]
    replays: Lanes[Replay, int]
    endpoint: Lanes[endpoint.Command, None]
    templates: Lanes[template.Command, review.Answer]
    media: Lanes[media.Command, bool]
    flows: Lanes[flow.Command, flow.Answer]
    numbers: Lanes[number.Command, number.Answer]
    presence: Lanes[presence.Command, presence.Answer]
    business_blocks: Lanes[BlockPerson, business_block.Outcome]
    access: Lanes[access.Command, bool]
    policies: Lanes[policy_change.Command, policy_change.Answer]
    register: Lanes[register.Command, str | None]
    rates: Lanes[publish.Publish, publish.Answer]
    shadows: Lanes[shadow.SetShadow, None]
    people: Lanes[AddPerson, UUID]
    calls: Lanes[CountCalls, int]
    standings: Lanes[standing.Command, standing.Answer]
    purposes: Lanes[purpose.Command, purpose.Answer]
    asks: Lanes[ask_consent.Command, ask_consent.Result]
    brings: Lanes[Bring, str]
    erasing: Lanes[Erase, Erased | None]
    vetting: Lanes[vetting.Command, bool]
    issue: Lanes[issue.Issue | issue.Credit, issue.Answer]
    legal: Lanes[legal.Command, int]

    def runs(self) -> dict[str, Run]:
        """The loops of the lanes, by name."""
        return {f"lane {one.name}": getattr(self, one.name).run for one in fields(self)}


@value
class Engine:
    """What doors are built on. `providers` are the ways to pay beside the bank: in the demo, one that pretends."""

    site: Site
    reference: Reference
    wakes: Wakes
    clock: Clock
    outbound: Outbound
    lanes: AllLanes
    intake: Intake
    resolver: MediaResolver
    origin: str
    texts: TextReader
    press: Press
    providers: Mapping[str, Provider]


@value
class Plan:
    """How to build an engine: the database, the number of parts, where media lie, whether webhooks may go to private networks or to this very machine, and how others reach us.

    In the `demo` the automatic check of templates decides alone while nobody is signed in at the console.
    """

    database_url: str
    parts: int
    private: bool
    loopback: bool
    demo: bool = False
    room: Room = InDatabase()
    origin: str = "http://127.0.0.1:8080"


@asynccontextmanager
async def running(plan: Plan, *, doors: bool) -> AsyncIterator[Engine]:
    """Build the engine and run its loops for the length of the block; `doors` also runs the lanes that doors need."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(plan.database_url, name="takt", connections_max=POOL_CONNECTIONS_MAX)
        stack.push_async_callback(close_pool, pool)
        outbound = Outbound(Permission(private=plan.private, loopback=plan.loopback), CLOCK)
        stack.push_async_callback(outbound.aclose)
        engine = await _build(plan, pool, outbound, await stack.enter_async_context(Press()))
        stack.callback(engine.intake.vault.close)
        loops = _loops(plan, engine, pool)
        if doors:
            loops |= engine.lanes.runs()
        tasks = [asyncio.create_task(_keep(name, run), name=name) for name, run in loops.items()]
        tasks.append(asyncio.create_task(_warm(engine), name="calendars"))
        stack.push_async_callback(_stop, tasks)
        yield engine


async def _warm(engine: Engine) -> None:
    """Load the calendars of holidays beside everything else, if the policy asks for holidays at all."""
    hours = engine.reference.current.tact(engine.clock.now()).quiet_hours
    if any(HOLIDAY in one.quiet_days for one in (hours.default, *hours.countries.values())):
        await asyncio.to_thread(calendars.warm)


async def _build(plan: Plan, pool: Pool, outbound: Outbound, press: Press) -> Engine:
    site = Site(PARTS[plan.parts], pool)
    reference, wakes, clock, texts = Reference(), Wakes(), CLOCK, TextReader()
    async with pool.acquire() as conn:
        await reference.fresh(conn)
    glance = Glance(texts)
    send = Send(reference, clock.new_id, plan.parts, glance)
    lanes = AllLanes(
        send=Lanes(send, site, wakes, clock.now, abreast=SENDS_ABREAST),
        examine=Lanes(Examine(reference, plan.parts, glance), site, wakes, clock.now),
        claim=Lanes(claim.claim, site, wakes, clock.now),
        acknowledge=Lanes(acknowledge.acknowledge, site, wakes, clock.now),
        sessions=Lanes(sign_in.keep_sessions, site, wakes, clock.now),
        payments=Lanes(paying.Paying(reference, clock.new_id), site, wakes, clock.now),
        statements=Lanes(statement.Statements(site, reference, clock.new_id), site, wakes, clock.now),
        collecting=Lanes(collecting.Collecting(site), site, wakes, clock.now),
        bookings=Lanes(booking.BookByHand(site.parts), site, wakes, clock.now),
        plans=Lanes(Spending(reference, clock.new_id, site.parts), site, wakes, clock.now),
        grants=Lanes(grant.void, site, wakes, clock.now),
        contracts=Lanes(contract.change_contracts, site, wakes, clock.now),
        stages=Lanes(pilot.Stages(reference, clock.new_id), site, wakes, clock.now),
        members=Lanes(pilot.set_members, site, wakes, clock.now),
        receive=Lanes(Receive(reference, clock.new_id, plan.origin), site, wakes, clock.now),
        receipts=Lanes(TakeReceipts(reference, clock.new_id), site, wakes, clock.now),
        plays=Lanes(TakePlays(reference, clock.new_id), site, wakes, clock.now),
        opinions=Lanes(opinion.take_opinions, site, wakes, clock.now),
        consent=Lanes(Consent(reference, clock.new_id), site, wakes, clock.now),
        chat=Lanes(Chat(reference), site, wakes, clock.now),
        person=Lanes(person.set_up, site, wakes, clock.now),
        replays=Lanes(replay.replay, site, wakes, clock.now),
        endpoint=Lanes(endpoint.set_endpoints, site, wakes, clock.now),
        templates=Lanes(_templates(reference, texts), site, wakes, clock.now),
        media=Lanes(media.look_after, site, wakes, clock.now),
        flows=Lanes(flow.Flows(reference, clock.new_id), site, wakes, clock.now),
        numbers=Lanes(Numbers(reference, site.parts, clock.new_id), site, wakes, clock.now),
        presence=Lanes(presence.set_presence, site, wakes, clock.now),
        business_blocks=Lanes(business_block.block_people, site, wakes, clock.now),
        access=Lanes(access.let_in, site, wakes, clock.now),
        policies=Lanes(policy_change.PolicyChanges(reference), site, wakes, clock.now),
        register=Lanes(register.Register(site.parts), site, wakes, clock.now),
        rates=Lanes(publish.publish_all, site, wakes, clock.now),
        shadows=Lanes(shadow.set_shadows, site, wakes, clock.now),
        people=Lanes(register.add_people, site, wakes, clock.now),
        calls=Lanes(count_calls.count_calls, site, wakes, clock.now),
        standings=Lanes(standing.Standings(reference, clock.new_id), site, wakes, clock.now),
        purposes=Lanes(purpose.set_purposes, site, wakes, clock.now),
        asks=Lanes(AskConsent(reference, clock.new_id, plan.parts), site, wakes, clock.now),
        brings=Lanes(BringConsent(reference, clock.new_id), site, wakes, clock.now),
        erasing=Lanes(ErasePerson(reference, clock.new_id), site, wakes, clock.now),
        vetting=Lanes(vetting.Vetting(reference, clock.new_id), site, wakes, clock.now),
        issue=Lanes(issue.IssueDocuments(press.print), site, wakes, clock.now),
        legal=Lanes(legal.set_legal, site, wakes, clock.now),
    )
    intake = Intake(site, lanes.media, open_vault(plan.room, site, clock), clock)
    resolver = MediaResolver(site, intake, outbound, clock)
    ways = {NAME: FakeProvider(str(clock.new_id()))} if plan.demo else {}
    return Engine(site, reference, wakes, clock, outbound, lanes, intake, resolver, plan.origin, texts, press, ways)


def _loops(plan: Plan, engine: Engine, pool: Pool) -> dict[str, Run]:
    return {
        "bridge": Bridge(plan.database_url, engine.wakes, str(engine.clock.new_id())).run,
        "reference": lambda: _keep_fresh(engine.reference, pool),
        "desk": Projector(engine.site, engine.reference, engine.wakes, engine.clock.now).run,
        "media sweep": MediaSweep(engine.site, engine.intake.vault, engine.clock).run,
        "hook sweep": HookSweep(engine.site, engine.reference, engine.clock).run,
        "hooks": Hooks(engine.site, engine.reference, engine.outbound, engine.wakes, engine.clock).run,
        "previewer": Previewer(
            engine.site, engine.reference, engine.wakes, engine.clock, pairs=DEMO_PAIRS if plan.demo else PAIRS
        ).run,
        "reviewer": Reviewer(
            engine.site,
            engine.reference,
            _templates(engine.reference, engine.texts),
            engine.wakes,
            engine.clock,
            alone=plan.demo,
        ).run,
        "reader": Reader(
            engine.site,
            engine.reference,
            engine.texts,
            Hand(_templates(engine.reference, engine.texts), engine.wakes),
            engine.clock,
        ).run,
        "appraiser": (appraiser := _appraiser(engine)).run,
        "steward": Steward(
            engine.site,
            engine.reference,
            appraiser,
            Hands(
                _templates(engine.reference, engine.texts), standing.Standings(engine.reference, engine.clock.new_id)
            ),
            engine.wakes,
            engine.clock,
        ).run,
        "releaser": Releaser(
            engine.site,
            engine.reference,
            Release(engine.reference, engine.clock.new_id, plan.parts),
            engine.wakes,
            engine.clock.now,
        ).run,
        "notary": Notary(engine.site, engine.clock).run,
        "lapser": Lapser(engine.site, engine.reference, engine.clock).run,
        "learner": Learner(engine.site, engine.reference, engine.clock).run,
        "closer": Closer(engine.site, engine.reference, engine.clock).run,
        "treasurer": Treasurer(
            engine.site, Spending(engine.reference, engine.clock.new_id, engine.site.parts), engine.wakes, engine.clock
        ).run,
        "inquirer": Inquirer(engine.site, engine.reference, engine.providers, engine.wakes, engine.clock).run,
        "issuer": Issuer(engine.site, engine.press, engine.clock).run,
        "advancer": Advancer(engine.site, engine.press.print, engine.clock).run,
        "erasures": Erasures(engine.site, engine.reference, engine.wakes, engine.clock).run,
        "sweep": Sweeper(
            engine.site, Expire(engine.reference, engine.clock.new_id), engine.wakes, engine.clock.now
        ).run,
    }


def _appraiser(engine: Engine) -> Appraiser:
    numbers = Numbers(engine.reference, engine.site.parts, engine.clock.new_id)
    deciders = Deciders(_templates(engine.reference, engine.texts), numbers)
    return Appraiser(engine.site, engine.reference, deciders, engine.wakes, engine.clock)


def _templates(reference: Reference, texts: TextReader) -> Templates:
    return Templates(reference, CLOCK.new_id, lambda slot: CLOCK.new_node_id(NodeSort.TEMPLATE, slot), texts)


async def _keep_fresh(reference: Reference, pool: Pool) -> None:
    """Doors look senders up without asking the database; they are never more than half a second behind."""
    while True:
        async with pool.acquire() as conn:
            await reference.fresh(conn)
        await asyncio.sleep(REFERENCE_AGE_S)


async def _keep(name: str, run: Run) -> None:
    while True:
        try:
            await run()
        except Exception as fault:  # noqa: BLE001 - whatever it is, the loop must go on when the cause has passed
            _LOG.error("loop_failed", loop=name, exc_info=fault)
        await asyncio.sleep(RESTART_PAUSE_S)


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
