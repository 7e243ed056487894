"""Where the command line works on policies: the desk that the doors have, and previews computed right here."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from takt.actions.policy_change import PolicyChanges, note_preview
from takt.actions.previewing import gather
from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.core.proposal import Actor
from takt.core.value import value
from takt.installation import Installation
from takt.rehearsal.job import Came, decode_outcome, encode
from takt.store import proposals
from takt.store.pool import transaction
from takt.store.proposals import NewPreview
from takt.store.reference import Reference
from takt.store.site import Site
from takt.web.policies import PolicyDesk
from takt.wire import policies as wire

LEASE: Final = timedelta(hours=2)


@value
class PolicyBench:
    """The desk, and what a preview is computed from."""

    site: Site
    reference: Reference
    desk: PolicyDesk

    async def preview(self, document: Mapping[str, Any], seeds: int) -> dict[str, Any]:
        """What a whole policy would do; nothing is written."""
        came = await self._compute(document, seeds)
        return {"within": came.within, "result": wire.render_result(came.result, "en")}

    async def propose_and_apply(
        self, document: Mapping[str, Any], note: str, actor: Actor, seeds: int
    ) -> dict[str, Any]:
        """Propose, preview, and apply if the preview allows that."""
        shown = await self.desk.propose({"policy": document, "note": note}, actor)
        named = shown["proposal"]
        await self._preview_now(UUID(named), shown["policy"], shown["base"], actor, seeds)
        shown = await self.desk.one(named, actor)
        if shown["can"]["apply"] is not None:
            return shown
        return await self.desk.apply(named, {"document": shown["document"]}, actor)

    async def sign_and_apply(self, named: str, note: str, actor: Actor) -> dict[str, Any]:
        """Sign what is proposed now, and apply it, unless a program wrote it and another person has to sign, too."""
        seen = {"document": (await self.desk.one(named, actor))["document"]}
        shown = await self.desk.sign(named, {**seen, "note": note}, actor)
        return shown if shown["can"]["apply"] is not None else await self.desk.apply(named, seen, actor)

    async def _preview_now(
        self, proposal_id: UUID, document: Mapping[str, Any], base: int, actor: Actor, seeds: int
    ) -> None:
        """Make the preview here, instead of the one that waits for a server."""
        preview_id, now = CLOCK.new_id(slot_of(proposal_id)), CLOCK.now()
        asked = NewPreview(preview_id, proposal_id, document, base, actor.name)
        async with transaction(self.site.everywhere) as conn:
            await proposals.take_back(conn, proposal_id, now)
            await proposals.begin(conn, asked, now + LEASE, now)
        came = await self._compute(document, seeds)
        async with transaction(self.site.everywhere) as conn:
            made = await proposals.newest_preview(conn, proposal_id)
            assert made is not None
            assert made.preview_id == preview_id
            await note_preview(conn, made, came.result, CLOCK.now(), within=came.within)

    async def _compute(self, document: Mapping[str, Any], seeds: int) -> Came:
        from takt.rehearsal.rehearse import rehearse  # noqa: PLC0415 - loads arrays, which the other commands do without

        job = await gather(self.site, self.reference, document, CLOCK.now(), seeds=seeds)
        return decode_outcome(encode(rehearse(job)))


def bench_of(installation: Installation) -> PolicyBench:
    """The bench in an installation."""
    site, reference = installation.site, installation.reference
    lane = installation.lane(PolicyChanges(reference))
    return PolicyBench(site, reference, PolicyDesk(site, reference, lane, CLOCK))
