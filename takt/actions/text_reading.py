"""Reading what companies send: what the model in use says, where links lead, and who else sends the same.

It finds; what follows is decided elsewhere: by the review of templates, and by the reader of messages (`workers/reader`).
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.template_check import Finding
from takt.core.value import value
from takt.filter.campaigns import ALIKE, likeness, sketch
from takt.filter.links import Link, strange
from takt.filter.model import Model, Score
from takt.filter.model_file import unpack
from takt.filter.normal import normalise
from takt.filter.reasons import beyond, top_words
from takt.filter.shipped import shipped
from takt.store import link_domains, models, sketches
from takt.store.pool import Conn
from takt.store.reference import Snapshot
from takt.store.sketches import Sighting

FAMILIAR: Final = 0.3  # share of words that the model must know to have a say
COMPANIES_LEAST: Final = 2  # others with the same text
LOOSE: Final = "0.05"  # the false-alarm rate that will do where something else speaks against a text, too

_WORD: Final = re.compile(r"[^\W\d_]{2,}")


@value
class Said:
    """A text of a company: whose it is, where it stood, and what it says."""

    business_id: UUID
    seen_in: str
    text: str


@value
class Read:
    """What was found about a text. `category` is marketing if it is surely advertising, `likely` if it may be."""

    score: Score
    findings: tuple[Finding, ...]
    is_fraud: bool
    category: str = ""
    likely: str = ""


class TextReader:
    """Reads with the newest model; one that was loaded is kept until there is a newer one."""

    def __init__(self) -> None:
        self._version = -1
        self._model: Model | None = None

    async def model(self, conn: Conn) -> Model:
        """The model in use."""
        version = await models.newest(conn)
        if self._model is None or version != self._version:
            written = await models.body(conn, version) if version else b""
            self._model = await asyncio.to_thread(unpack, written) if written else await asyncio.to_thread(shipped)
            self._version = version
        return self._model

    async def read(self, conn: Conn, said: Said, snapshot: Snapshot, now: datetime, rate: str) -> Read:
        """Read one text. `rate` is the share of honest texts that may be taken for fraud."""
        model = await self.model(conn)
        score = model.score([said.text])[0]
        heard = familiar(model, said.text)
        foreign = strange(said.text, frozenset(await link_domains.of_business(conn, said.business_id)))
        others = (
            await _others(conn, said, model, snapshot, now) if foreign or beyond(model, score, "fraud", LOOSE) else []
        )
        doubtful = (
            heard and beyond(model, score, "fraud", LOOSE) and (len(others) >= COMPANIES_LEAST or _hidden(foreign))
        )
        is_fraud = doubtful or (heard and beyond(model, score, "fraud", rate))
        findings = [
            *([_fraud(model, said.text)] if is_fraud else []),
            *([_links(foreign)] if foreign else []),
            *([_campaign(others)] if len(others) >= COMPANIES_LEAST else []),
        ]
        sure, likely = (heard and beyond(model, score, "advertising", one) for one in ("0.001", "0.01"))
        return Read(score, tuple(findings), is_fraud, "marketing" if sure else "", "marketing" if likely else "")

    async def advertising(self, conn: Conn, text: str) -> tuple[str, ...]:
        """The words of a text that say most of it that it advertises."""
        return top_words(await self.model(conn), text, "advertising")


def familiar(model: Model, text: str) -> bool:
    """Whether the model knows enough of the words to have a say; a language that it has not learned is none of its business."""
    words = _WORD.findall(normalise(text, model.vocabulary).text)
    return sum(word in model.vocabulary for word in words) >= FAMILIAR * len(words)


async def _others(conn: Conn, said: Said, model: Model, snapshot: Snapshot, now: datetime) -> list[str]:
    """Where companies of other owners had the same text today or yesterday; this one is kept for them."""
    made = sketch(said.text, model.vocabulary)
    if made is None:
        return []
    mine = Sighting(
        said.business_id, hashlib.blake2b(made.numbers, digest_size=16).digest(), made.numbers, made.bands, said.seen_in
    )
    await sketches.note(conn, mine, now)
    owner = snapshot.businesses[said.business_id].owner
    found: dict[UUID, str] = {}
    for one in await sketches.candidates(conn, mine, now):
        business = snapshot.businesses.get(one.business_id)
        if business is not None and business.owner != owner and likeness(one.numbers, made.numbers) >= ALIKE:
            found.setdefault(business.owner, business.name)
    return sorted(found.values())


def _hidden(foreign: Sequence[Link]) -> bool:
    return any(link.shortened or link.domain.replace(".", "").isdigit() for link in foreign)


def _fraud(model: Model, text: str) -> Finding:
    words = ", ".join(top_words(model, text, "fraud"))
    return Finding(
        "reads_like_fraud", "doubt", words, "SCAM",
        "Say plainly who writes and why; ask for no payment, secret or haste.",
    )  # fmt: skip


def _links(foreign: Sequence[Link]) -> Finding:
    return Finding(
        "unknown_domain", "note", ", ".join(link.domain for link in foreign), "NONE",
        "Register the domains that your links lead to.",
    )  # fmt: skip


def _campaign(others: Sequence[str]) -> Finding:
    return Finding(
        "same_text_elsewhere", "doubt", ", ".join(others[:5]), "SCAM",
        "Other companies send the same text; write your own.",
    )  # fmt: skip
