"""When advertising may arrive, and what else a person wants quiet of: the facts of quiet hours and caps."""

from collections.abc import MutableMapping
from datetime import datetime

from takt import calendars
from takt.core import caps, quiet_time
from takt.core.facts import Facts
from takt.core.quiet_hours import Hours
from takt.core.quiet_time import OwnQuiet, Quiet
from takt.core.tact import TactPolicy
from takt.store.facts import ThreadState
from takt.store.recipients import LockedRecipient

Clocks = MutableMapping[tuple[object, ...], Quiet]
"""What was found of clocks at one instant. Most of a batch have the same clock, so it is read once for all of them."""


def add_facts(
    found: Facts, person: LockedRecipient, thread: ThreadState, tact: TactPolicy, clocks: Clocks, now: datetime
) -> None:
    """Those of quiet hours and caps: for advertising, and where a person wants quiet of everything but codes."""
    own = person.own_quiet
    if found.category == "marketing":
        heard = caps.heard(tact.caps, person.marketing_at, thread.marketing_at, now)
        found.heard, found.caps, found.heard_until = heard.counts, heard.caps, heard.until
        hours = tact.quiet_hours.of(person.market)
    elif own is not None and own.for_all and found.category != "authentication":
        hours = quiet_time.ALL_DAY
    else:
        return
    if hours == quiet_time.ALL_DAY and own is None:
        return
    quiet = _quiet(hours, own, person, clocks, now)
    found.quiet, found.quiet_figure, found.quiet_until = quiet.now, quiet.figure, quiet.until
    found.quiet_room_s = int(quiet.span.total_seconds())


def _quiet(hours: Hours, own: OwnQuiet | None, person: LockedRecipient, clocks: Clocks, now: datetime) -> Quiet:
    place = calendars.place_of(person.wa_id, person.market, person.time_zone, now)
    key = (hours, own, place)
    if key not in clocks:
        clocks[key] = quiet_time.look(hours, own, place, now)
    return clocks[key]
