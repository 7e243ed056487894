"""The body of a webhook: events, each the fixed text of one element of `changes`, put together by concatenation.

Nothing is decoded or encoded here, so an event reaches its endpoint byte for byte as it was written, in every retry.
Shape: Cloud API reference, "Envelope"; `time` stands in entries of fields other than `messages` only.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from takt.core.value import value

MESSAGES = "messages"


@value
class Told:
    """One event: whose it is, in which webhook field, its ASCII text, and when it came about."""

    waba_id: str
    field: str
    body: str
    created_at: datetime


def render(events: Iterable[Told]) -> bytes:
    """The body for these events, in their order; neighbours of one company share an entry."""
    entries = (_entry(list(run)) for _, run in groupby(events, key=lambda one: (one.waba_id, one.field == MESSAGES)))
    return f'{{"object":"whatsapp_business_account","entry":[{",".join(entries)}]}}'.encode("ascii")


def _entry(run: list[Told]) -> str:
    time = "" if run[0].field == MESSAGES else f'"time":{int(run[0].created_at.timestamp())},'
    changes = ",".join(one.body for one in run)
    return f'{{"id":{json.dumps(run[0].waba_id)},{time}"changes":[{changes}]}}'
