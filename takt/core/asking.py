"""When a company may ask a person for consent: once, and again only after a long rest."""

from datetime import datetime, timedelta
from typing import Final

from takt.core.consent import Act, State, permits
from takt.core.purpose import ALL
from takt.core.value import value

REQUEST_LIFE: Final = timedelta(days=30)
"""So long a request waits for its answer."""
REST: Final = timedelta(days=180)
"""So long a company leaves a person in peace who declined or did not answer, or whose consent ended."""
DAY: Final = timedelta(days=1)
OPEN_REQUESTS_MAX: Final = 3
ASKED_PER_DAY_MAX: Final = 1000


@value
class Asked:
    """What there was before: the last request, how many requests the person has open, how many the company made today."""

    state: str = ""
    asked_at: datetime | None = None
    open_requests: int = 0
    today: int = 0


@value
class Answer:
    """What became of a wish to ask: `asked`, `waiting`, `granted`, `stopped`, `resting` (until `next_at`) or `limited`."""

    word: str
    next_at: datetime | None = None


def may_ask(company: State, everybody: State, purpose: str, asked: Asked, day_max: int, now: datetime) -> Answer:
    """Whether a company asks now. `company`, `everybody`: standings with it, and with all companies at once."""
    if _granted(company, purpose, now):
        return Answer("granted")
    if _refused(company, purpose) or _refused(everybody, ALL):
        return Answer("stopped")
    if asked.asked_at is not None:
        if asked.state == "open" and now < asked.asked_at + REQUEST_LIFE:
            return Answer("waiting", asked.asked_at + REQUEST_LIFE)
        if now < asked.asked_at + REST:
            return Answer("resting", asked.asked_at + REST)
    if asked.open_requests >= OPEN_REQUESTS_MAX or asked.today >= day_max:
        return Answer("limited", now + DAY)
    return Answer("asked")


def _granted(state: State, purpose: str, now: datetime) -> bool:
    """Whether the person themselves allows it; what only the company said may be asked to be confirmed."""
    said = state.get(purpose)
    return said is not None and said.act is Act.GRANT and permits(state, purpose, now) == said.record_id


def _refused(state: State, purpose: str) -> bool:
    """Whether the person stopped it. A request that was declined only rests."""
    said = state.get(purpose)
    if said is not None:
        return said.act in (Act.STOP, Act.ERASE)
    everything = state.get(ALL)
    return everything is not None and not everything.granted
