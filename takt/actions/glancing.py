"""A glance at what companies send, on its way: what may be fraud waits until the reader has read it.

A glance costs a third of a millisecond, so a process takes a limited number each second; what it does not get to goes out, and is
read after that (`workers/reader`). Of templates only values with links are worth one: their own words were reviewed.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import msgspec

from takt.actions.ruling import Prepared
from takt.actions.text_reading import TextReader, worth_reading
from takt.core.content import ReactionContent, TemplateContent, TextContent
from takt.core.filtering import SUSPECT
from takt.filter.features import ADDRESS
from takt.filter.model import Model
from takt.wire import shown
from takt.wire.words import words_of

GLANCES_S_MAX: Final = 100
GLANCES_KEPT_MAX: Final = 20_000

Look = Callable[[Sequence[Prepared], datetime, str], list[Prepared]]


class Glance:
    """Marks what the reader is to read first. It remembers what it saw of each text, by a digest."""

    def __init__(self, texts: TextReader) -> None:
        self._texts = texts
        self._model: Model | None = None
        self._seen: dict[bytes, bool] = {}
        self._second, self._left = 0, 0

    def __call__(self, prepared: Sequence[Prepared], now: datetime, rate: str) -> list[Prepared]:
        """The same commands in their order. `rate` is the share of honest texts that may be taken for fraud."""
        model = self._texts.loaded
        if model is None:
            return list(prepared)
        if model is not self._model or len(self._seen) > GLANCES_KEPT_MAX:
            self._model = model
            self._seen.clear()
        texts = [_text(one) for one in prepared]
        digests = [_digest(text) if text else b"" for text in texts]
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest and digest not in self._seen}
        self._look(model, dict(list(new.items())[: self._allowed(now)]), rate)
        return [
            replace(one, read_as=SUSPECT) if self._seen.get(digest) else one
            for digest, one in zip(digests, prepared, strict=True)
        ]

    def _look(self, model: Model, texts: dict[bytes, str], rate: str) -> None:
        self._left -= len(texts)
        scores = model.score(list(texts.values()))
        for (digest, text), score in zip(texts.items(), scores, strict=True):
            self._seen[digest] = worth_reading(model, text, score, rate)

    def _allowed(self, now: datetime) -> int:
        """How many texts may be looked at now."""
        second = int(now.timestamp())
        if second != self._second:
            self._second, self._left = second, GLANCES_S_MAX
        return self._left


def no_glance(prepared: Sequence[Prepared], _now: datetime, _rate: str) -> list[Prepared]:
    """Nothing is looked at on its way."""
    return list(prepared)


def _text(prepared: Prepared) -> str:
    """The words of a message that are worth a glance."""
    content, command = prepared.shown, prepared.command
    if content is None or isinstance(content, ReactionContent):
        return ""
    if isinstance(content, TextContent):
        return content.body
    if isinstance(command.content, TemplateContent) and not _linked(command.content, prepared.category):
        return ""
    return words_of(msgspec.json.decode(shown.keep(content, command.files).json))


def _linked(content: TemplateContent, category: str) -> bool:
    """Whether a value of a template holds a link; codes are read by nobody."""
    values = (one.value for component in content.components for one in component.parameters)
    return category != "authentication" and any(
        isinstance(value, str) and ADDRESS.search(value.lower()) is not None for value in values
    )


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
