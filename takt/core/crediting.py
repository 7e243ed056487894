"""Credit notes: what gives an issued document back, wholly or in part, so that all of them together give back what was charged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from takt.core.currency import exponent, part, to_micros
from takt.core.exchange import converted_back
from takt.core.invoice import Invoice, Kind, Line, Reference, Subtotal, break_down, line_net
from takt.core.tax import Vat


class NothingToCredit(ValueError):
    """A credit note was asked for that takes back nothing, or more than was charged; the text says what."""


def credit(original: Invoice, before: Iterable[Invoice] = (), quantities: Mapping[int, int] | None = None) -> Invoice:
    """A credit note over an issued document: over all that is left of it, or over some of each line (counted from 1).

    `before` are the credit notes that it has already. Rounding is taken on what is credited up to now, less what was
    credited before. So all credit notes together give back exactly what was charged, for each VAT category. What a final
    invoice asked for goes back first; beyond that the advances on it are put back, the last one first. If they are taxed
    otherwise than the service, both go back in proportion to the service (`_shares`).
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
    service = sum(line.net for line in lines)
    lines += _put_back(original, earlier, service)
    note = replace(
        original, kind=Kind.CREDIT_NOTE, number="", issued_on=None, paid=0, due_days=0,
        lines=lines, breakdown=_even(original, earlier, service, _tax_back(original, earlier, lines)), note="", debit=None,
        corrects=Reference(original.number, original.issued_on, original.kind),
    )  # fmt: skip
    whole = all(left[place] == wanted.get(place, 0) for place in left)
    return converted_back(note, original, earlier, whole=whole)


def _line_back(original: Invoice, place: int, gone: int, some: int) -> Line:
    line = original.lines[place - 1]
    upto = line_net(gone + some, line.unit_price_micros, original.currency)
    return replace(line, quantity=some, of=place, net=upto - line_net(gone, line.unit_price_micros, original.currency))


def _put_back(original: Invoice, earlier: tuple[Invoice, ...], net: int) -> tuple[Line, ...]:
    """The advances that a credit note over so much service puts back."""
    before = _credited(earlier)
    wanted, past = _beyond(original, before + net), _beyond(original, before)
    found: list[Line] = []
    for place, line in reversed([*enumerate(original.lines, 1)]):
        if line.advance is None:
            continue
        group = line.vat if _mixed(original) else None
        back = sum(one.net for note in earlier for one in note.advances if one.of == place)
        some = min(wanted[group] - past[group], back - line.net)
        if some > 0:
            past[group] += some
            found.append(replace(line, unit_price_micros=to_micros(some, original.currency), net=-some, of=place))
    return tuple(found)


def _beyond(original: Invoice, credited: int) -> dict[Vat | None, int]:
    """How much of its advances is put back once so much of the service was credited: what is beyond what was asked for.

    By their tax, if that is not the service's; else of all of them.
    """
    return _shares(original, credited) if _mixed(original) else {None: max(0, credited - original.totals.net)}


def _shares(original: Invoice, credited: int) -> dict[Vat | None, int]:
    """The same in proportion to the service, for each rate.

    By any order of advances of several rates some note would ask for tax instead of giving back: EN 16931 and § 14 (5) UStG
    name none. In proportion, every note has the rates of the original, and what that asked for in the same measure. Each
    share grows with the service, and all of them end with it.
    """
    service = sum(line.net for line in original.services)
    part_of = min(max(credited, 0), service)
    wanted, sums = part_of - original.totals.net * part_of // service, Counter[Vat]()
    for line in original.advances:
        sums[line.vat] -= line.net
    whole, found = sums.total(), dict[Vat | None, int]()
    for vat, net in sums.items():
        found[vat] = wanted * net // whole
        wanted, whole = wanted - found[vat], whole - net
    return found


def _mixed(original: Invoice) -> bool:
    """Whether advances are taken off that are taxed otherwise than the service."""
    return len({line.vat for line in original.lines}) > 1


def _credited(notes: Iterable[Invoice]) -> int:
    """The net of the service that credit notes gave back."""
    return sum(line.net for note in notes for line in note.services)


def _even(
    original: Invoice, earlier: tuple[Invoice, ...], net: int, subtotals: tuple[Subtotal, ...]
) -> tuple[Subtotal, ...]:
    """The tax so that the sums of all notes over several rates go with the service, too: cents that rounding of each rate moves.

    A currency without coins below its unit moves none: of a rate's tax EN 16931 leaves less than a unit (BR-CO-17).
    """
    if not _mixed(original) or exponent(original.currency) == 0:
        return subtotals
    service, asked, now = sum(line.net for line in original.services), original.totals.gross, _credited(earlier) + net
    told = sum(note.totals.gross for note in earlier)
    wanted = max(0, asked * min(now, service) // service - told)
    cents = wanted - sum(one.taxable + one.tax for one in subtotals)
    bears = _bears(original, earlier, subtotals)
    return tuple(replace(one, tax=one.tax + cents) if one.vat == bears else one for one in subtotals)


def _bears(original: Invoice, earlier: tuple[Invoice, ...], subtotals: tuple[Subtotal, ...]) -> Vat | None:
    """The rate that bears these cents: the service's, which every note has; if that is nothing, the largest that is not complete."""
    own = next(line.vat for line in original.services)
    if own.rate_basis_points:
        return own
    past, whole = Counter[Vat](), {one.vat: one.taxable for one in original.breakdown}
    for one in (one for note in earlier for one in note.breakdown):
        past[one.vat] += one.taxable
    taxed = [one for one in subtotals if one.vat.rate_basis_points and past[one.vat] + one.taxable != whole[one.vat]]
    return max(taxed, key=lambda one: abs(one.taxable)).vat if taxed else None


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
