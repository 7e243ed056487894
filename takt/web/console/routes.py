"""The addresses of the console API: what people of the operator see and decide.

The same as `/takt/v1/reviews`, `/names` and `/codes` with an operator's token, for somebody with a session.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from takt.core.proposal import Actor
from takt.store.views import Session, Staff
from takt.web.decisions import Decisions
from takt.web.numbers import NumberQueue
from takt.web.policies import PolicyDesk
from takt.web.reviews import ReviewQueue
from takt.web.staff import address
from takt.web.staff.address import Address, nowhere
from takt.web.staff.answers import Refusal, as_here, json_answer, read_object
from takt.web.staff.session import Sessions
from takt.web.standings import StandingDesk
from takt.web.suspicions import SuspicionQueue
from takt.wire.instants import instant


class ConsoleDoor:
    """The console API, ready to be mounted."""

    def __init__(
        self,
        sessions: Sessions,
        reviews: ReviewQueue,
        numbers: NumberQueue,
        policies: PolicyDesk,
        decisions: Decisions,
        suspicions: SuspicionQueue,
        standings: StandingDesk,
    ) -> None:
        self._sessions = sessions
        self._reviews = reviews
        self._numbers = numbers
        self._policies = policies
        self._decisions = decisions
        self._suspicions = suspicions
        self._standings = standings

    def routes(self) -> list[Mount]:
        """One mount below `/console/api`."""
        sessions = self._sessions

        signed = partial(address.signed, sessions, as_here)

        return [
            Mount("/console/api", routes=[
                Route("/demo-people", Address(sessions, open_={"GET": sessions.list_demo_people})),
                Route("/sign-in", Address(sessions, open_={"POST": self._sign_in})),
                Route("/sign-out", Address(sessions, open_={"POST": sessions.sign_out})),
                signed("/me", GET=self._me, PUT=self._set_me),
                signed("/waiting", GET=self._waiting),
                signed("/companies", GET=self._companies),
                signed("/reviews", GET=self._queue),
                signed("/reviews/{template}", GET=self._review, POST=self._judge),
                signed("/names", GET=self._names),
                signed("/names/{sender}", POST=self._name),
                signed("/codes", GET=self._codes),
                signed("/standings", GET=self._companies_standing),
                signed("/standings/{waba}", GET=self._standing),
                signed("/standings/{waba}/measures", POST=self._take_measure),
                signed("/standings/{waba}/domains", POST=self._add_domains),
                signed("/standings/{waba}/domains/{domain}", DELETE=self._drop_domain),
                signed("/measures/{measure}", POST=self._decide_measure),
                signed("/decisions", GET=self._decision),
                signed("/decisions/refused", GET=self._refused),
                signed("/suspicions", GET=self._found),
                signed("/suspicions/{message}", POST=self._decide),
                signed("/senders/{sender}/watch", PUT=self._watch),
                signed("/policy", GET=self._policy),
                signed("/policy/check", POST=self._check_policy),
                signed("/policy/proposals", POST=self._propose),
                signed("/policy/proposals/{proposal}", GET=self._proposal, PUT=self._propose),
                signed("/policy/proposals/{proposal}/{act}", POST=self._act_on_proposal),
                nowhere(sessions),
            ]),
        ]  # fmt: skip

    async def _sign_in(self, request: Request) -> Response:
        staff, token = await self._sessions.sign_in(request)
        answer = json_answer(_who(staff, staff.locale))
        self._sessions.remember(answer, request, token)
        return answer

    async def _me(self, _request: Request, session: Session) -> Response:
        return json_answer(_who(session, session.locale))

    async def _set_me(self, request: Request, session: Session) -> Response:
        return json_answer(_who(session, await self._sessions.set_locale(request, session)))

    async def _waiting(self, _request: Request, _session: Session) -> Response:
        names, codes = await self._numbers.names(), await self._numbers.codes()
        return json_answer(
            {
                "reviews": await self._reviews.waiting(),
                "names": len(names),
                "codes": len(codes),
                "suspicions": await self._suspicions.waiting(),
                "policy": await self._policies.waiting(),
                "standings": len(await self._standings.queue()),
            }
        )

    async def _companies(self, _request: Request, _session: Session) -> Response:
        return json_answer({"data": self._reviews.companies()})

    async def _queue(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._reviews.page(request.query_params))

    async def _review(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._reviews.shown(await self._reviews.find(request.path_params["template"])))

    async def _judge(self, request: Request, _session: Session) -> Response:
        template, body = await self._reviews.find(request.path_params["template"]), await read_object(request)
        if body.get("submitted_at") not in (None, instant(template.submitted_at)):
            raise Refusal(409, "changed", "The company has changed the template since. Look at it again.")
        return json_answer(await self._reviews.judge(template, body))

    async def _names(self, _request: Request, _session: Session) -> Response:
        return json_answer({"data": await self._numbers.names()})

    async def _name(self, request: Request, _session: Session) -> Response:
        body = await read_object(request)
        if "name" in body and body["name"] not in [
            one["name"] for one in await self._numbers.names() if one["sender"] == request.path_params["sender"]
        ]:
            raise Refusal(409, "changed", "This name waits no more. Look at the list again.")
        await self._numbers.decide(request.path_params["sender"], body)
        return json_answer({"success": True})

    async def _codes(self, _request: Request, _session: Session) -> Response:
        return json_answer({"data": await self._numbers.codes()})

    async def _companies_standing(self, _request: Request, _session: Session) -> Response:
        return json_answer({"data": await self._standings.companies(), "measures": await self._standings.queue()})

    async def _standing(self, request: Request, _session: Session) -> Response:
        business = self._standings.named(request.path_params["waba"])
        return json_answer(
            {**await self._standings.of(business), "domains": await self._suspicions.domains.of(business)}
        )

    async def _add_domains(self, request: Request, _session: Session) -> Response:
        business = self._standings.named(request.path_params["waba"])
        return json_answer({"domains": await self._suspicions.domains.add(business, await read_object(request))})

    async def _drop_domain(self, request: Request, _session: Session) -> Response:
        business = self._standings.named(request.path_params["waba"])
        await self._suspicions.domains.drop(business, request.path_params["domain"])
        return json_answer({"success": True})

    async def _take_measure(self, request: Request, session: Session) -> Response:
        business = self._standings.named(request.path_params["waba"])
        return json_answer(await self._standings.take(business, await read_object(request), session.name))

    async def _decide_measure(self, request: Request, session: Session) -> Response:
        body = await read_object(request)
        return json_answer(await self._standings.decide(request.path_params["measure"], body, session.name))

    async def _decision(self, request: Request, session: Session) -> Response:
        return json_answer(await self._decisions.find(request.query_params.get("of", ""), session.locale))

    async def _refused(self, request: Request, session: Session) -> Response:
        return json_answer(await self._decisions.refused(request.query_params, session.locale))

    async def _found(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._suspicions.page(request.query_params))

    async def _decide(self, request: Request, session: Session) -> Response:
        named, body = request.path_params["message"], await read_object(request)
        return json_answer(await self._suspicions.decide(named, body, session.name))

    async def _watch(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._suspicions.set_watch(request.path_params["sender"], await read_object(request)))

    async def _policy(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._policies.overview())

    async def _check_policy(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._policies.check(await read_object(request)))

    async def _propose(self, request: Request, session: Session) -> Response:
        body, named = await read_object(request), request.path_params.get("proposal")
        return json_answer(await self._policies.propose(body, actor_of(session), named, session.locale))

    async def _proposal(self, request: Request, session: Session) -> Response:
        named = request.path_params["proposal"]
        return json_answer(await self._policies.one(named, actor_of(session), session.locale))

    async def _act_on_proposal(self, request: Request, session: Session) -> Response:
        desk, named, actor = self._policies, request.path_params["proposal"], actor_of(session)
        body = await read_object(request)
        match request.path_params["act"]:
            case "preview":
                return json_answer(await desk.ask_preview(named, actor, session.locale))
            case "sign":
                return json_answer(await desk.sign(named, body, actor, session.locale))
            case "apply":
                return json_answer(await desk.apply(named, body, actor, session.locale))
            case "withdraw":
                return json_answer(await desk.withdraw(named, body, actor, session.locale))
            case _:
                raise Refusal(404, "unknown_address", "There is nothing at this address.")


def actor_of(session: Session) -> Actor:
    """Who acts at the console: a person."""
    return Actor(session.name, session.staff_id)


def _who(person: Session | Staff, locale: str) -> Mapping[str, Any]:
    return {"name": person.name, "role": person.role, "locale": locale}
