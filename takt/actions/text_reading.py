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
from takt.filter.features import ADDRESS
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
_WAY_OUT: Final = re.compile(rf"{ADDRESS.pattern}|\d[\d\s()/.-]{{6,}}\d")


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

    @property
    def loaded(self) -> Model | None:
        """The model as it was last asked for; None before that."""
        return self._model

    async def model(self, conn: Conn) -> Model:
        """The model in use."""
        version = await models.newest(conn)
        if self._model is None or version != self._version:
            written = await models.body(conn, version) if version else b""
            self._model = await asyncio.to_thread(unpack, written) if written else await asyncio.to_thread(shipped)
            self._version = version
        return self._model

    async def read(self, conn: Conn, said: Sequence[Said], snapshot: Snapshot, now: datetime, rate: str) -> list[Read]:
        """Read texts, in their order. `rate` is the share of honest texts that may be taken for fraud."""
        model = await self.model(conn)
        texts = list(dict.fromkeys(one.text for one in said))
        scored = await asyncio.to_thread(model.score, texts)
        scores = dict(zip(texts, scored, strict=True))
        domains = {
            business_id: frozenset(await link_domains.of_business(conn, business_id))
            for business_id in {one.business_id for one in said}
        }
        found: dict[Said, Read] = {}
        for one in said:
            if one not in found:
                look = _Look(model, one, scores[one.text], strange(one.text, domains[one.business_id]))
                found[one] = _judged(look, await _others(conn, look, snapshot, now), rate)
        return [found[one] for one in said]

    async def advertising(self, conn: Conn, text: str) -> tuple[str, ...]:
        """The words of a text that say most of it that it advertises."""
        return top_words(await self.model(conn), text, "advertising")


def familiar(model: Model, text: str) -> bool:
    """Whether the model knows enough of the words to have a say; a language that it has not learned is none of its business.

    Words within links do not count: a link alone says nothing that a model of words could weigh.
    """
    words = _WORD.findall(ADDRESS.sub(" ", normalise(text, model.vocabulary).text))
    known = sum(word in model.vocabulary for word in words)
    return known > 0 and known >= FAMILIAR * len(words)


def worth_reading(model: Model, text: str, score: Score, rate: str) -> bool:
    """Whether a message should be read before it goes out: like fraud, or with a taste of it and a link or long number."""
    if not beyond(model, score, "fraud", LOOSE) or not familiar(model, text):
        return False
    return beyond(model, score, "fraud", rate) or _WAY_OUT.search(text.lower()) is not None


@value
class _Look:
    """A text with its score and the links that lead to no registered domain."""

    model: Model
    said: Said
    score: Score
    foreign: list[Link]

    def beyond(self, label: str, rate: str) -> bool:
        """Whether the model takes the text for this, and knows enough of its words to have a say."""
        return beyond(self.model, self.score, label, rate) and familiar(self.model, self.said.text)


def _judged(look: _Look, others: Sequence[str], rate: str) -> Read:
    """What follows from a score, links, and others with the same text."""
    many = len(others) >= COMPANIES_LEAST
    is_fraud = look.beyond("fraud", rate) or ((many or _hidden(look.foreign)) and look.beyond("fraud", LOOSE))
    findings = (
        *((_fraud(look.model, look.said.text),) if is_fraud else ()),
        *((_links(look.foreign),) if look.foreign else ()),
        *((_campaign(others),) if many else ()),
    )
    sure, likely = ("marketing" if look.beyond("advertising", one) else "" for one in ("0.001", "0.01"))
    return Read(look.score, findings, is_fraud, sure, likely)


async def _others(conn: Conn, look: _Look, snapshot: Snapshot, now: datetime) -> list[str]:
    """Which companies of other owners had the same text today or yesterday; this one is kept for them.

    Only texts with strange links, or with a taste of fraud, are looked at: "your order has arrived" is everybody's.
    """
    said = look.said
    if not look.foreign and not beyond(look.model, look.score, "fraud", LOOSE):
        return []
    made = sketch(said.text, look.model.vocabulary)
    if made is None:
        return []
    digest = hashlib.blake2b(made.numbers, digest_size=16).digest()
    mine = Sighting(said.business_id, digest, made.numbers, made.bands, said.seen_in)
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
