"""Credit notes: what gives an issued document back, wholly or in part, so that all of them together give back what was charged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from takt.core.currency import part, to_micros
from takt.core.exchange import converted_back
from takt.core.invoice import Invoice, Kind, Line, Reference, Subtotal, break_down, line_net


class NothingToCredit(ValueError):
    """A credit note was asked for that takes back nothing, or more than was charged; the text says what."""


def credit(original: Invoice, before: Iterable[Invoice] = (), quantities: Mapping[int, int] | None = None) -> Invoice:
    """A credit note over an issued document: over all that is left of it, or over some of each line (counted from 1).

    `before` are the credit notes that it has already. Rounding is taken on what is credited up to now, less what was
    credited before. So all credit notes together give back exactly what was charged, for each VAT category. What a final
    invoice asked for goes back first; beyond that the advances on it are put back, the last one first.
    """
    assert original.issued_on is not None, "a draft is changed, not credited"
    earlier = tuple(before)
    gone = Counter[int]()
    for line in (line for note in earlier for line in note.lines):
        gone[line.of] += line.quantity
    left = {place: line.quantity - gone[place] for place, line in enumerate(original.lines, 1) if line.advance is None}
    wanted = {place: some for place, some in (left if quantities is None else quantities).items() if some}
    for place, some in wanted.items():
        if place not in left or not (0 < some <= left[place] or left[place] <= some < 0):
            raise NothingToCredit(f"line {place}: {left.get(place, 0)} can be credited, not {some}")
    if not wanted:
        raise NothingToCredit("nothing is left to credit")
    lines = tuple(_line_back(original, place, gone[place], some) for place, some in sorted(wanted.items()))
    lines += _put_back(original, earlier, sum(line.net for line in lines))
    note = replace(
        original, kind=Kind.CREDIT_NOTE, number="", issued_on=None, paid=0, due_days=0,
        lines=lines, breakdown=_tax_back(original, earlier, lines), note="", debit=None,
        corrects=Reference(original.number, original.issued_on, original.kind),
    )  # fmt: skip
    whole = all(left[place] == wanted.get(place, 0) for place in left)
    return converted_back(note, original, earlier, whole=whole)


def _line_back(original: Invoice, place: int, gone: int, some: int) -> Line:
    line = original.lines[place - 1]
    upto = line_net(gone + some, line.unit_price_micros, original.currency)
    return replace(line, quantity=some, of=place, net=upto - line_net(gone, line.unit_price_micros, original.currency))


def _put_back(original: Invoice, earlier: tuple[Invoice, ...], net: int) -> tuple[Line, ...]:
    """The advances that a credit note over so much service puts back: what is beyond the net that was asked for."""
    before = sum(line.net for note in earlier for line in note.services)
    asked = original.totals.net
    beyond = max(0, before + net - asked) - max(0, before - asked)
    found: list[Line] = []
    for place, line in reversed([*enumerate(original.lines, 1)]):
        back = sum(one.net for note in earlier for one in note.advances if one.of == place)
        some = min(beyond, back - line.net)
        if line.advance is not None and some > 0:
            beyond -= some
            found.append(replace(line, unit_price_micros=to_micros(some, original.currency), net=-some, of=place))
    return tuple(found)


def _tax_back(original: Invoice, earlier: tuple[Invoice, ...], lines: tuple[Line, ...]) -> tuple[Subtotal, ...]:
    """The tax that goes back: of what is credited by now, less what went back before; with the last, all that was charged."""
    charged = {one.vat: one for one in original.breakdown}
    found = []
    for subtotal in break_down(lines):
        past = [old for note in earlier for old in note.breakdown if old.vat == subtotal.vat]
        upto, whole = sum(old.taxable for old in past) + subtotal.taxable, charged[subtotal.vat]
        tax = whole.tax if upto == whole.taxable else part(upto, subtotal.vat.rate_basis_points)
        found.append(Subtotal(subtotal.vat, subtotal.taxable, tax - sum(old.tax for old in past)))
    return tuple(found)
