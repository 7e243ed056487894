"""Advances on a final invoice: which advance invoices are taken off a month, the oldest first, and how much of each.

§ 14 (5) UStG: an invoice over what was paid ahead takes off what was received and the tax in it. Each is a line with a
negative quantity that names its advance invoice, so that the breakdown has the tax that is left, and none is told twice
(docs/decisions/0039). The wallet is net, so what is counted is net. Amounts are whole smallest coins.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from takt.core.currency import part, to_micros
from takt.core.invoice import ADVANCE_KEY, Frame, Line, Reference, vat_between
from takt.core.invoice_texts import less
from takt.core.tax import Vat, VatCategory
from takt.core.value import value


@value
class Advance:
    """An advance invoice with what of its net no document took off: below 0 when it went back after that."""

    document: Reference
    vat: Vat
    left: int


def remaining(advances: Sequence[Advance], stated: int) -> list[Advance]:
    """What is left, oldest first, once statements used up `stated`, and what went back was made good by others."""
    gone = max(0, stated) + sum(max(0, -one.left) for one in advances)
    found: list[Advance] = []
    for one in sorted(advances, key=lambda one: (one.document.issued_on, one.document.number)):
        used = min(gone, max(0, one.left))
        gone -= used
        if one.left - used > 0:
            found.append(replace(one, left=one.left - used))
    return found


def taken_off(frame: Frame, lines: Sequence[Line], advances: Iterable[Advance]) -> tuple[Line, ...]:
    """The lines that take these advances off: at most the net of the lines, and never so much that less than nothing is due.

    What is outside the scope of VAT stands on a document by itself (BR-O-11), so advances of another kind stay there.
    """
    sums: dict[Vat, int] = {}
    for line in lines:
        sums[line.vat] = sums.get(line.vat, 0) + line.net
    wanted, own, found = sum(sums.values()), vat_between(frame.seller, frame.buyer), list[Line]()
    for one in advances:
        if (one.vat.category is VatCategory.OUTSIDE) != (own.category is VatCategory.OUTSIDE):
            continue
        net = _affordable(sums, one.vat, min(one.left, wanted))
        if net > 0:
            wanted -= net
            sums[one.vat] = sums.get(one.vat, 0) - net
            found.append(_line(frame, one, net))
    return tuple(found)


def _affordable(sums: dict[Vat, int], vat: Vat, most: int) -> int:
    """As much of an advance as leaves something due, or nothing; of one with a higher rate that may be less than its net."""

    def missing(net: int) -> int:
        return -_gross({**sums, vat: sums.get(vat, 0) - net})

    return max(bisect_right(range(most + 1), 0, key=missing) - 1, 0)


def _gross(sums: dict[Vat, int]) -> int:
    return sum(net + part(net, vat.rate_basis_points) for vat, net in sums.items())


def _line(frame: Frame, one: Advance, net: int) -> Line:
    text = less(one.document, frame.buyer.language)
    price = to_micros(net, frame.currency)
    return Line(
        text, -1, price, -net, one.vat, frame.period, key=f"{ADVANCE_KEY}/{one.document.number}", advance=one.document
    )
