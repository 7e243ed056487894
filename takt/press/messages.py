"""What the press is asked and what it answers, and how that goes over a pipe: a length of four bytes, then MessagePack."""

from typing import Final

import msgspec

from takt.core.invoice import Invoice
from takt.core.printed import Printed, Report

LENGTH_BYTES: Final = 4
FRAME_BYTES_MAX: Final = 67_108_864


class Print(msgspec.Struct, frozen=True, tag=True):
    """The wish for a document to be made and proved."""

    invoice: Invoice


class Judge(msgspec.Struct, frozen=True, tag=True):
    """The wish for XML to be proved, each by what its root says it is."""

    documents: tuple[bytes, ...]


class Done(msgspec.Struct, frozen=True, tag=True):
    """A document as it was made."""

    printed: Printed


class Judged(msgspec.Struct, frozen=True, tag=True):
    """The reports on XML, in the order asked."""

    reports: tuple[Report, ...]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The press could not do it; the text says why."""

    says: str


Question = Print | Judge
Answer = Done | Judged | Failed
_QUESTION: Final[msgspec.msgpack.Decoder[Question]] = msgspec.msgpack.Decoder(Question)
_ANSWER: Final[msgspec.msgpack.Decoder[Answer]] = msgspec.msgpack.Decoder(Answer)


def frame(message: Question | Answer) -> bytes:
    """A message as it goes over the pipe."""
    body = msgspec.msgpack.encode(message)
    assert len(body) <= FRAME_BYTES_MAX, "a message is of bounded size"
    return len(body).to_bytes(LENGTH_BYTES) + body


def question(body: bytes) -> Question:
    """What the press was asked."""
    return _QUESTION.decode(body)


def answer(body: bytes) -> Answer:
    """What the press answered."""
    return _ANSWER.decode(body)
