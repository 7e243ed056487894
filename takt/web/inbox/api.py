"""What company people do at the inbox: read threads, answer, see the price beforehand, and why something was refused.

Everything here belongs to the business of the session. A thread, sender or message of another business is answered
exactly as one that does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from takt.actions.acknowledge import Acknowledge, Acknowledged, may_type, typing_signal
from takt.actions.examine import Examined
from takt.actions.outcome import desk_topic
from takt.actions.send import Answer, Refused
from takt.clock import Clock
from takt.core.ids import derive_id, parse_wamid, slot_of, wamid
from takt.core.message import Content, SendMessage, TextContent
from takt.lanes import Lanes
from takt.store import explanations, views
from takt.store.reference import Business, Reference, Sender, Snapshot
from takt.store.site import Site
from takt.store.views import Card, Session
from takt.wakes import Wakes
from takt.web.inbox import render, templates
from takt.web.inbox.answers import (
    NUMBER_MAX,
    Refusal,
    bad,
    json_answer,
    nothing,
    number_of,
    query_number,
    query_text,
    read_object,
    text_of,
)
from takt.web.inbox.events import Desk, EventStream, Listener, StreamCount
from takt.wire import cloud
