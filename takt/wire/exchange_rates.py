"""Average rates of months: as the file that an operator has (CSV), and as JSON."""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any, Final

from takt.core.currency import plain_price
from takt.core.exchange import EURO, MICROS, Rate
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant
from takt.wire.months import parse_month

COLUMNS: Final = ("month", "currency", "per_euro")
RATES_MAX: Final = 10_000
SOURCE_CHARS_MAX: Final = 200
WHY_CHARS_MAX: Final = 500
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_PER_EURO: Final = re.compile(r"\d{1,9}([.,]\d{1,6})?", re.ASCII)


def parse_csv(file: bytes) -> list[Mapping[str, str]]:
    """The rows of a file with the columns month, currency and per_euro, between commas or semicolons. Raises Refusal."""
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(errors.bad_value("file", "must be UTF-8")) from None
    rows = csv.DictReader(StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",", strict=True)
    try:
        found = list(rows)
    except csv.Error as fault:
        raise Refusal(errors.bad_value("file", f"must be CSV: {fault}")) from None
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise Refusal(errors.bad_value("file", f"must begin with the columns {', '.join(COLUMNS)}"))
    return [{str(name): str(given) for name, given in row.items()} for row in found]


def parse_rates(body: Mapping[str, Any]) -> list[Rate]:
    """`rates`, each with month, currency and per_euro, and the `source` of all. Raises Refusal."""
    source, given = _words(body, "source", "where the rates are from", SOURCE_CHARS_MAX), body.get("rates")
    if not isinstance(given, list) or not 1 <= len(given) <= RATES_MAX:
        raise Refusal(errors.bad_value("rates", f"must be a list of 1 to {RATES_MAX} rates"))
    found = [_rate(one, f"rates[{place}].", source) for place, one in enumerate(given)]
    if len({(one.currency, one.month) for one in found}) != len(found):
        raise Refusal(errors.bad_value("rates", "must have each month of a currency once"))
    return found


def _rate(given: object, place: str, source: str) -> Rate:
    month, currency, per_euro = (given.get(name) if isinstance(given, Mapping) else None for name in COLUMNS)
    parsed = parse_month(month) if isinstance(month, str) else None
    if parsed is None:
        raise Refusal(errors.bad_value(f"{place}month", "must be a month such as 2026-11"))
    if not isinstance(currency, str) or _CURRENCY.fullmatch(currency) is None or currency == EURO:
        raise Refusal(errors.bad_value(f"{place}currency", "must be three capital letters, and not EUR"))
    if not isinstance(per_euro, str) or _PER_EURO.fullmatch(per_euro) is None:
        raise Refusal(errors.bad_value(f"{place}per_euro", "must be a decimal number as text, of at most six places"))
    micros = int(Decimal(per_euro.replace(",", ".")) * MICROS)
    if micros == 0:
        raise Refusal(errors.bad_value(f"{place}per_euro", "must be above 0"))
    return Rate(currency, parsed, micros, source)


def check_known(rates: Sequence[Rate], known: Mapping[tuple[str, date], Rate]) -> None:
    """Nothing that is known may be told otherwise now. Raises Refusal."""
    for place, one in enumerate(rates):
        old = known.get((one.currency, one.month))
        if old is not None and old.per_euro_micros != one.per_euro_micros:
            told = f"must be {plain_price(old.per_euro_micros)}: that is the rate of {one.month:%Y-%m}; another one is a correction"
            raise Refusal(errors.bad_value(f"rates[{place}].per_euro", told))


def parse_correction(body: Mapping[str, Any]) -> tuple[Rate, str]:
    """The right rate of a month with its `source`, and `why` it is another. Raises Refusal."""
    why = _words(body, "why", "why the rate is another", WHY_CHARS_MAX)
    return _rate(body, "", _words(body, "source", "where the rate is from", SOURCE_CHARS_MAX)), why


def _words(body: Mapping[str, Any], field: str, what: str, chars_max: int) -> str:
    given = body.get(field)
    if not isinstance(given, str) or not 1 <= len(given.strip()) <= chars_max:
        raise Refusal(errors.bad_value(field, f"must say {what}, in 1 to {chars_max} characters"))
    return given.strip()


def render(one: Any, *, holds: bool, issued: Sequence[str]) -> dict[str, Any]:
    """A rate as it was told; `issued` names the documents that were issued by it, if it holds no longer."""
    rate = one.rate
    return {
        "month": f"{rate.month:%Y-%m}", "currency": rate.currency, "per_euro": plain_price(rate.per_euro_micros),
        "source": rate.source, "version": one.version, "holds": holds, "set_by": one.who, "set_at": instant(one.at),
        "why": one.why, "issued": [*issued],
    }  # fmt: skip
