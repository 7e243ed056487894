"""Recompute everything that Takt charged, from its export alone: `python verify.py FOLDER [--prove MESSAGE]`.

Standard library only, nothing of Takt. Every fault is one sentence; status 1 when there is any. README.md says what is
recomputed. Amounts are whole millionths of the currency's unit; documents are in its smallest coin.
"""

import argparse
import base64
import json
import re
import sys
from array import array
from bisect import bisect_left
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
FAULTS_SHOWN = 100
SHELVES = 256
"""Among how many lists the names that were met are spread, so that each can be looked through by itself."""
NO_CENTS = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
}  # fmt: skip
THREE_PLACES = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
PAID_BY_ANOTHER, ABSORBED = "conversation", "absorbed"
FEE_KINDS = {"fee", "true_up"}
KINDS = ("advance", "statement", "invoice", "credit_note")
BILLED = " partner"
"""How the note of an entry ends by which a partner bills its client: behind the month."""
HOME = "DE"
RATES = {
    "AT": 2000, "BE": 2100, "BG": 2000, "CY": 1900, "CZ": 2100, "DE": 1900, "DK": 2500, "EE": 2400, "ES": 2100,
    "FI": 2550, "FR": 2000, "GR": 2400, "HR": 2500, "HU": 2700, "IE": 2300, "IT": 2200, "LT": 2100, "LU": 1700,
    "LV": 2100, "MT": 1800, "NL": 2100, "PL": 2300, "PT": 2300, "RO": 2100, "SE": 2500, "SI": 2200, "SK": 2300,
}  # fmt: skip
LIFE = timedelta(days=40)
"""How long before its delivery a charged message can have been accepted: 30 days to be tried, 3 of grace, a week to spare."""
MOMENT = timedelta(minutes=1)
"""How long a message that is under way may still not know of a version that was published just now."""
Due = tuple[str, str]
"""A commitment: its month, and the wholesale card that asks for it."""
Days = tuple[date, date, Row]
"""Days on end, and the version of a card that is valid on them."""
MOMENT_OF = 16**20
"""What the digits behind the moment of an id are: its first twelve are milliseconds."""
OF_CLIENTS = ("created_at", "time_zone", "card", "cards", "senders")
"""What is told of a partner's clients: what its fees rest on."""
ALIKE = ("sender", "template", "region", "window", "form", "late", "delivered_at", "currency")
"""What both legs of a message say alike."""
CHECKED = (
    "hash chain (28), cards and their time (16, 17), prices and places in counts (10, 11), one charge a message (6, 14),"
    " both legs of what a partner sells (12, 13), what was absorbed, grants never below zero (18), what is undone is"
    " undone once, usage on documents (20, 25), fees, commitments, carried months, what clients owe their partners,"
    " lines, taxes, totals (21), advances on final invoices, tax in euro, credit notes (24), numbers (22), books of documents"
)
NOT_ALONE = (
    "batches of others between its own, holes in the numbers of documents, and the other leg of what a partner sells"
)
UNSEEN = (
    "holds, limits and leases (3, 4, 5, 19), who a message went to and so who pays for a conversation (15),"
    " receipts (8, 9), bytes of PDF and UBL (23), the newest numbers of a series"
)


class Unreadable(Exception):
    """What is wrong with a file of the export, and where."""


BROKEN = (
    Unreadable,
    OSError,
    KeyError,
    TypeError,
    ValueError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    ZeroDivisionError,
    LookupError,
)


def main() -> None:
    """Verify a folder, or prove one message in it; one sentence for what is no export."""
    try:
        run()
    except BROKEN as fault:
        said = str(fault) if isinstance(fault, Unreadable | OSError) else f"{type(fault).__name__}: {fault}"
        sys.exit(f"this is no whole export: {said}")


def run() -> None:
    """What was asked for."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--prove", metavar="MESSAGE", help="a message id, wamid.… or 32 hexadecimal digits")
    asked = words.parse_args()
    if asked.prove is not None:
        sys.exit(0 if prove(asked.folder, message_of(asked.prove)) else 1)
    faults = verify(asked.folder)
    if (only := only_of(asked.folder)) is not None:
        print(f"of contract {only} alone, so that {NOT_ALONE} cannot be seen")
    print(f"checked: {CHECKED}")
    print(f"cannot be seen from an export: {UNSEEN}")
    for fault in faults[:FAULTS_SHOWN]:
        print(fault)
    if len(faults) > FAULTS_SHOWN:
        print(f"and {len(faults) - FAULTS_SHOWN} faults more")
    print(f"{len(faults)} faults" if faults else "everything is as it must be")
    sys.exit(1 if faults else 0)


def verify(folder: Path) -> list[str]:
    """All that is wrong with an export."""
    cards, listed = whole(folder / "cards.json"), whole(folder / "contracts.json")
    contracts = {one["contract"]: one for one in listed}
    only = only_of(folder)
    faults = list(card_faults(cards["cards"]))
    if only is not None and set(contracts) != {only}:
        faults.append("contracts.json: is of other companies than company.json says")
    prices, books, grants = Prices(cards), Books(contracts), Accounts()
    legs = Legs(prices, contracts)
    chains: dict[int, tuple[int, str]] = {}
    for at, batch in each_line(folder / "batches.jsonl"):
        with place(f"batches.jsonl, line {at}"):
            faults += batch_faults(batch, chains.get(batch["part"], (0, "00" * 32)), only)
            chains[batch["part"]] = batch["number"], batch["hash"]
            faults += move_faults(batch, contracts)
            for row in batch["usage"]:
                faults += prices.faults(row, contracts, batch["booked_at"])
                faults += legs.faults(row, batch["booked_at"]) if only is None else []
                books.use(row, batch["booked_at"])
            for entry in batch["entries"]:
                books.enter(entry)
                faults += grants.faults(entry)
            books.settle()
    again = (batch for _, batch in each_line(folder / "batches.jsonl"))
    faults += [*legs.alone(), *prices.hole_faults(), *books.faults(again)]
    papers = Papers()
    for at, one in each_line(folder / "documents.jsonl"):
        with place(f"documents.jsonl, line {at}"):
            faults += [*document_faults(one), *tax_faults(one), *euro_faults(one, cards["exchange_rates"])]
            papers.add(one)
            if only not in {None, one["contract"]}:
                faults.append(f"document {one['number']}: is of another company")
    with place("contracts.json"):
        faults += client_faults(listed) if only is None else ()
        for about in listed:
            faults += month_faults(about, cards["cards"], books, papers)
    return [*faults, *papers.faults(whole_series=only is None), *papers.book_faults(books.documents)]


def only_of(folder: Path) -> str | None:
    """The contract that an export is for alone; None where it is of all."""
    file = folder / "company.json"
    return str(whole(file)["contract"]) if file.exists() else None


@contextmanager
def place(where: str) -> Iterator[None]:
    """Say where something is that cannot be understood."""
    try:
        yield
    except Unreadable:
        raise
    except BROKEN as fault:
        raise Unreadable(f"{where}: {type(fault).__name__}: {fault}") from None


def whole(file: Path) -> Any:
    """A file of JSON."""
    with place(file.name):
        return json.loads(file.read_text("utf-8"))


def each_line(file: Path) -> Iterator[tuple[int, Row]]:
    """The lines of a file, each a document of JSON, with their numbers."""
    with file.open(encoding="utf-8") as lines:
        for at, line in enumerate(lines, 1):
            with place(f"{file.name}, line {at}"):
                one = json.loads(line)
                if not isinstance(one, dict):
                    raise Unreadable(f"{file.name}, line {at}: must be an object")
            yield at, one


# ---------------------------------------------------------------- hashes


def leaf(values: Sequence[object]) -> bytes:
    """The hash of a row: its values, each followed by U+001F."""
    return sha256(b"\x00" + "".join(f"{one}\x1f" for one in values).encode()).digest()


def usage_leaf(row: Row) -> bytes:
    """The hash of a row of usage."""
    return leaf(
        (
            f"{int(row['message'], 16):x}", row["leg"], int(row["refund"]), row["contract"], row["sender"], row["category"],
            row["market"], row["card"], row["version"], row["rule"], row["tier"], row["ordinal"], row["unit_price_micros"],
            row["amount_micros"], row["forgone_micros"], row["currency"], row["reason"], row["template"], int(row["late"]),
            row["delivered_at"], row["region"], row["window"], row["form"],
        )
    )  # fmt: skip


def entry_leaf(entry: Row) -> bytes:
    """The hash of an entry of the journal."""
    return leaf(
        (
            entry["contract"], f"{int(entry['entry'], 16):x}", entry["leg"], entry["kind"], entry["debit"], entry["credit"],
            entry["amount_micros"], entry["currency"], entry["event_at"], entry["undoes"], entry["note"],
        )
    )  # fmt: skip


def levels(leaves: Sequence[bytes]) -> Iterator[list[bytes]]:
    """A tree of hashes from its leaves to its root; one that is alone goes up as it is."""
    level = list(leaves)
    while True:
        yield level
        if len(level) <= 1:
            return
        level = [
            sha256(b"\x01" + level[at] + level[at + 1]).digest() if at + 1 < len(level) else level[at]
            for at in range(0, len(level), 2)
        ]


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves."""
    return list(levels(leaves))[-1][0] if leaves else sha256(b"").digest()


def digest(batch: Row) -> bytes:
    """The hash of a batch: when it was booked, and the roots over its entries and its usage."""
    entries = sorted(batch["entries"], key=lambda one: (int(one["contract"], 16), int(one["entry"], 16), one["leg"]))
    entered, used = [entry_leaf(one) for one in entries], [usage_leaf(one) for one in in_order(batch["usage"])]
    if "beside" in batch:
        roots = root_beside(entered, batch["beside"]["entries"]) + root_beside(used, batch["beside"]["usage"])
    else:
        roots = root(entered) + root(used)
    return sha256(b"\x02" + batch["booked_at"].encode() + roots).digest()


def root_beside(leaves: Sequence[bytes], beside: Row) -> bytes:
    """The root over leaves of which only some are known: those of one company, at their places among all."""
    width, hashes = beside["of"], iter([bytes.fromhex(one) for one in beside["hashes"]])
    if len(leaves) != len(beside["places"]):
        return b""
    level: dict[int, bytes] = dict(zip(beside["places"], leaves, strict=True))
    if not level:
        return next(hashes, root([]))
    while width > 1:
        for at in sorted({one ^ 1 for one in level} - level.keys()):
            if at < width:
                level[at] = next(hashes, b"")
        level = {
            at // 2: sha256(b"\x01" + one + level[at + 1]).digest() if at + 1 < width else one
            for at, one in level.items()
            if at % 2 == 0
        }
        width = (width + 1) // 2
    return level.get(0, b"")


def in_order(usage: Sequence[Row]) -> list[Row]:
    """The order of rows of usage in their batch."""
    return sorted(usage, key=lambda one: (int(one["message"], 16), one["leg"], one["refund"]))


def batch_faults(batch: Row, before: tuple[int, str], only: str | None) -> Iterator[str]:
    """What is wrong with a batch and its place in the chain; what is for one company has rows of no other, and gaps."""
    where = f"batch {batch['number']} of part {batch['part']}"
    if digest(batch).hex() != batch["digest"]:
        yield f"{where}: its rows are not those that it was made of"
    if only is None and "beside" in batch:
        yield f"{where}: leaves rows out"
    if only is not None and any(one["contract"] != only for one in (*batch["entries"], *batch["usage"])):
        yield f"{where}: has rows of another company"
    if batch["number"] <= before[0] or (only is None and batch["number"] != before[0] + 1):
        yield f"{where}: follows batch {before[0]}, so that some are missing"
    elif batch["number"] == before[0] + 1 and batch["previous"] != before[1]:
        yield f"{where}: does not follow the one before it"
    if sha256(bytes.fromhex(batch["previous"]) + bytes.fromhex(batch["digest"])).hexdigest() != batch["hash"]:
        yield f"{where}: its hash is not its own"


def card_faults(cards: Sequence[Row]) -> Iterator[str]:
    """What is wrong with the chains of rate cards."""
    last: dict[str, str] = {}
    for one in cards:
        name = f"rate card {one['card']} version {one['version']}"
        yield from time_faults(name, one)
        if one["previous"] is not None:
            if one["previous"] != last.get(one["card"], ""):
                yield f"{name}: does not follow the version before it"
            if sha256(bytes.fromhex(one["previous"]) + one["body"].encode()).hexdigest() != one["sha256"]:
                yield f"{name}: is not as it was published"
        last[one["card"]] = one["sha256"]


def time_faults(name: str, one: Row) -> Iterator[str]:
    """What is wrong with the time of a version: it is what its document says, and none but the first begins in the past."""
    told, published = json.loads(one["body"]).get("valid"), one["published_at"]
    if told is not None:
        for field, at in (("from", one["valid_from"]), ("to", one["valid_to"])):
            right = datetime.fromisoformat(told[field]).replace(tzinfo=ZoneInfo(told["tz"])) if field in told else None
            if right != (datetime.fromisoformat(at) if at else None):
                yield f"{name}: is valid {field} {at}, and its document says {told.get(field)} {told['tz']}"
    if published and one["version"] > 1 and one["valid_from"] < published:
        yield f"{name}: begins at {one['valid_from']}, before it was published at {published}"


# ---------------------------------------------------------------- prices


class Prices:
    """Rows of usage priced anew by the documents of their cards; the places of each count are remembered."""

    def __init__(self, cards: Row) -> None:
        self._published = {(one["card"], one["version"]): one["published_at"] for one in cards["cards"]}
        self._spans = spans(cards["cards"])
        self._cards = {(one["card"], one["version"]): json.loads(one["body"]) for one in cards["cards"]}
        self._regions = {
            name: ({country: market for market, some in table["markets"].items() for country in some}, table["other"])
            for name, table in cards["market_tables"].items()
        }
        self._places: defaultdict[tuple[str, str, str], Places] = defaultdict(Places)

    def faults(self, row: Row, contracts: Mapping[str, Row], booked_at: str) -> list[str]:
        """What is wrong with a row, its partner's leg aside. One that gives money back gives back what entries say."""
        if row["refund"] or row["leg"] != 0:
            return []
        about = contracts[row["contract"]]
        if row["card"] != about["card"] and all(row["card"] != one["card"] for one in about["cards"]):
            return [f"message {row['message']}: is priced by {row['card']}, by which its company never paid"]
        return self.priced(row, contracts, booked_at)

    def priced(self, row: Row, contracts: Mapping[str, Row], booked_at: str) -> list[str]:
        """What is wrong with the price of a row by the card that it names."""
        where = f"message {row['message']}"
        card = self._cards.get((row["card"], row["version"]))
        if card is None:
            return [f"{where}: there is no rate card {row['card']} version {row['version']}"]
        if not 0 <= row["rule"] < len(card["rules"]):
            return [f"{where}: rate card {row['card']} version {row['version']} has no rule {row['rule']}"]
        rule = card["rules"][row["rule"]]
        found = [f"{where}: {says}" for says in self._time_faults(card, row, booked_at)]
        if row["region"] and self._rule_of(card, row) != row["rule"]:
            found.append(f"{where}: rule {self._rule_of(card, row)} prices it, not rule {row['rule']}")
        asked, due = row["amount_micros"] + row["forgone_micros"], self._due(card, rule, row, contracts)
        if due is not None and asked not in due:
            wanted = " or ".join(map(str, sorted(due))) or "what another step says"
            found.append(f"{where}: costs {wanted} by its rule, not {asked}")
        if row["amount_micros"] != row["unit_price_micros"]:
            found.append(f"{where}: {row['amount_micros']} was charged at a price of {row['unit_price_micros']}")
        if row["reason"] == ABSORBED and (row["amount_micros"] or row["ordinal"] or not row["late"]):
            found.append(f"{where}: is absorbed, and was charged, counted or in time")
        return found

    def sold(self, row: Row) -> list[Row]:
        """What cards say of a partner by which a message may have been accepted: its own version, or one that prices at delivery."""
        last = datetime.fromisoformat(row["delivered_at"])
        pinned = [
            self._cards[one]
            for one in self._spans
            if one[0] == row["card"] and self._cards[one].get("price_pin") == "delivery"
            if row["reason"] != ABSORBED and self._counted(one, last - LIFE, last)
        ]
        return [one.get("reseller", {}) for one in (self._cards.get((row["card"], row["version"]), {}), *pinned)]

    def _time_faults(self, card: Row, row: Row, booked_at: str) -> Iterator[str]:
        """A version prices what was accepted while it counted; one that prices at delivery what was delivered then."""
        key, last = (row["card"], row["version"]), datetime.fromisoformat(row["delivered_at"])
        if self._published[key] and booked_at < self._published[key]:
            yield f"was booked at {booked_at}, before rate card {key[0]} version {key[1]} was published"
        since = last - (MOMENT if card.get("price_pin") == "delivery" else LIFE)
        if not self._counted(key, None if row["reason"] == ABSORBED else since, last):
            yield f"rate card {key[0]} version {key[1]} did not count when it was accepted, delivered at {row['delivered_at']}"

    def _counted(self, key: tuple[str, int], since: datetime | None, until: datetime) -> bool:
        """Whether a version was the newest that was valid at some instant."""
        return any(
            begun <= until and (over is None or since is None or over > since)
            for begun, over in self._spans.get(key, ())
        )

    def _rule_of(self, card: Row, row: Row) -> int:
        """The first rule whose conditions all hold."""
        facts = {
            "category": "marketing" if row["category"] == "marketing_lite" else row["category"],
            "market": self._market(card, row["region"]), "window": row["window"], "form": row["form"], "unit": "message",
            "bid": False,
        }  # fmt: skip
        for at, rule in enumerate(card["rules"]):
            if all(facts[name] in _listed(wanted) for name, wanted in rule.get("when", {}).items()):
                return at
        return -1

    def _market(self, card: Row, region: str) -> str:
        if "market_table" not in card:
            return region
        regions, other = self._regions[card["market_table"]]
        return str(regions.get(region, other))

    def _due(self, card: Row, rule: Row, row: Row, contracts: Mapping[str, Row]) -> set[int] | None:
        """What a rule may ask for a message. One that was absorbed is in no count: its step is the one that it names."""
        if row["reason"] == PAID_BY_ANOTHER:
            return {0}
        priced = rule.get("conversation", rule)
        riding = {0} if "conversation" in rule and row["reason"] == ABSORBED else set()
        if "price" in priced:
            return {int(priced["price"])} | riding
        if "tiers" not in priced:
            return None
        counter = priced["tiers"]["counter"]
        steps = steps_of(card, counter, priced["tiers"]["steps"])
        if row["reason"] == ABSORBED:
            return {price for _, price, name in steps if name == row["tier"]} | riding
        self._remember(card, counter, row, contracts)
        _, price, name = [one for one in steps if one[0] < max(row["ordinal"], 1)][-1]
        return {price} if name == row["tier"] else set()

    def _remember(self, card: Row, counter: str, row: Row, contracts: Mapping[str, Row]) -> None:
        settings = card["counters"][counter]
        key = f"{counter}/{row['market']}" if settings.get("by") == "market" else counter
        if settings.get("scope", "contract") == "sender":
            key += f":{row['sender']}"
        zone = contracts[row["contract"]]["time_zone"]
        self._places[row["contract"], key, f"{month_of(row, zone):%Y-%m}"].add(row["ordinal"])

    def hole_faults(self) -> Iterator[str]:
        """Counts whose places are not 1, 2, 3 and so on."""
        for key, places in self._places.items():
            if not places.whole:
                yield f"contract {key[0]}: the places of {key[1]} in {key[2]} have a hole or a repeat"


class Places:
    """The places of a count, of which only those are kept that came before their turn."""

    def __init__(self) -> None:
        self._last = 0
        self._early: set[int] = set()
        self._twice = False

    def add(self, one: int) -> None:
        """The next one."""
        self._twice = self._twice or one <= self._last or one in self._early
        self._early.add(one)
        while self._last + 1 in self._early:
            self._last += 1
            self._early.remove(self._last)

    @property
    def whole(self) -> bool:
        """Whether they are 1, 2, 3 and so on."""
        return not self._twice and not self._early


def steps_of(card: Row, counter: str, steps: Sequence[Sequence[int]]) -> list[tuple[int, int, str]]:
    """The steps of a count: after how many units each begins, its price, and its places as messages name them.

    Units that a fee includes come first and free; a step that costs nothing has no name, nor is it one on the way.
    """
    free = sum(
        fee["includes"]["units"]
        for fee in card.get("recurring", [])
        if fee.get("includes", {}).get("counter") == counter
    )
    told = [*([(0, 0)] if free else []), *((first + free, price) for first, price in steps)]
    found, paid = [], False
    for at, (first, price) in enumerate(told):
        last = told[at + 1][0] if at + 1 < len(told) else "MAX"
        found.append((first, price, f"{first + 1 if paid else 0}:{last}" if price else ""))
        paid = paid or price > 0
    return found


def spans(cards: Sequence[Row]) -> dict[tuple[str, int], list[tuple[datetime, datetime | None]]]:
    """When each version was the newest that was valid: from an instant up to another, several times for a season."""
    found: defaultdict[tuple[str, int], list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for name in {one["card"] for one in cards}:
        mine = [one for one in cards if one["card"] == name]
        borders = sorted({at for one in mine for at in (one["valid_from"], one["valid_to"]) if at})
        for at, border in enumerate(borders):
            valid = [
                one for one in mine if one["valid_from"] <= border and (not one["valid_to"] or border < one["valid_to"])
            ]
            over = datetime.fromisoformat(borders[at + 1]) if at + 1 < len(borders) else None
            if valid:
                found[name, valid[-1]["version"]].append((datetime.fromisoformat(border), over))
    return dict(found)


def _listed(wanted: object) -> Sequence[object]:
    return wanted if isinstance(wanted, list) else [wanted]


def month_of(row: Row, zone: str) -> date:
    """The first day of the month of a delivery, on the clocks of the contract."""
    return datetime.fromisoformat(row["delivered_at"]).astimezone(ZoneInfo(zone)).date().replace(day=1)


# ---------------------------------------------------------------- partners


class Legs:
    """Both legs of each message that a partner sells: what its company pays, and what the partner pays; both or neither.

    What one leg says waits for the other, which may lie in the chain of another part.
    """

    def __init__(self, prices: Prices, contracts: Mapping[str, Row]) -> None:
        self._prices = prices
        self._contracts = contracts
        self._waiting: dict[tuple[str, bool], tuple[Row, str]] = {}

    def faults(self, row: Row, booked_at: str) -> list[str]:
        """What is wrong with a row, its other leg and what they say of each other."""
        if row["leg"] == 0 and sellers_of(self._contracts[row["contract"]], row) == {None}:
            return []
        key = (row["message"], row["refund"])
        other, at = self._waiting.pop(key, (row, booked_at))
        if other["leg"] == row["leg"]:
            self._waiting[key] = row, booked_at
            return []
        first, second = (row, other) if row["leg"] == 0 else (other, row)
        where = f"message {row['message']}"
        found = [f"{where}: {says}" for says in self._apart(first, second)]
        if at != booked_at:
            found.append(f"{where}: one leg was booked at {at}, the other at {booked_at}")
        if row["refund"]:
            return found
        return [*found, *self._priced(first, second, booked_at)]

    def alone(self) -> Iterator[str]:
        """Legs without another: only what costs nothing at all has no share of a partner."""
        for (message, refund), (row, _) in self._waiting.items():
            back = " was given back," if refund else ""
            if row["leg"] != 0:
                yield f"message {message}: the leg of its partner{back} is there, and that of no client of it"
            elif None not in sellers_of(self._contracts[row["contract"]], row) and self._owed(row):
                yield f"message {message}: the leg of its company{back} is there, and that of its partner is missing"

    def _owed(self, row: Row) -> bool:
        """Whether the partner has a leg for sure: it has a card of its own, or what it pays of its client's price is not nothing."""
        price = abs(row["forgone_micros"] if row["reason"] == ABSORBED else row["amount_micros"])
        return all(
            "wholesale" in one or price > price * one.get("share_basis_points", 0) // 10_000
            for one in self._prices.sold(row)
        )

    def _apart(self, first: Row, second: Row) -> Iterator[str]:
        sellers = sellers_of(self._contracts[first["contract"]], first)
        if second["contract"] not in sellers:
            told = " or ".join(sorted(str(one) for one in sellers))
            yield f"its second leg is booked to {second['contract']}, and its partner is {told}"
        for name in ALIKE:
            if first[name] != second[name]:
                yield f"its legs do not agree on {name}: {first[name]} and {second[name]}"

    def _priced(self, first: Row, second: Row, booked_at: str) -> Iterator[str]:
        """A partner pays by the card that its client's names, or the price less its share; never more where that is kept."""
        where, sold = f"message {first['message']}", self._prices.sold(first)
        if any(one.get("wholesale") == second["card"] for one in sold):
            yield from self._prices.priced(second, self._contracts, booked_at)
            kept = all(one.get("margin", "kept") == "kept" for one in sold)
            if kept and first["reason"] != PAID_BY_ANOTHER and first["amount_micros"] < second["amount_micros"]:
                yield f"{where}: costs its partner {second['amount_micros']}, and its client {first['amount_micros']}"
            return
        if all("wholesale" in one for one in sold):
            yield f"{where}: its partner pays by {sold[0]['wholesale']}, not by {second['card']}"
            return
        for name in ("card", "version", "rule", "tier", "reason"):
            if first[name] != second[name]:
                yield f"{where}: its legs do not agree on {name}: {first[name]} and {second[name]}"
        for name in ("amount_micros", "forgone_micros"):
            if name == "forgone_micros" and first["reason"] != ABSORBED:
                right = {0}
            else:
                right = {first[name] - first[name] * one.get("share_basis_points", 0) // 10_000 for one in sold}
            if second[name] not in right:
                yield f"{where}: its partner owes {' or '.join(map(str, sorted(right)))} ({name}), not {second[name]}"


# ---------------------------------------------------------------- money


def move_faults(batch: Row, contracts: Mapping[str, Row]) -> Iterator[str]:
    """Entries of messages beside what they used: late or in time, and earned by whoever sells to the company."""
    used = {(row["contract"], row["message"], row["refund"]): row for row in batch["usage"]}
    for entry in batch["entries"]:
        where, refund = f"entry {entry['entry']}", entry["kind"] == "refund"
        row = used.get((entry["contract"], entry["undoes"] if refund else entry["entry"], refund))
        if row is None or entry["kind"] not in {"capture", "late", "refund"}:
            continue
        if not refund and (entry["kind"] == "late") != row["late"]:
            yield f"{where}: is {entry['kind']}, and its message was delivered {'late' if row['late'] else 'in time'}"
        sellers = sellers_of(contracts[row["contract"]], row) if row["leg"] == 0 else {None}
        right = {f"revenue:{row['category']}" if one is None else "partner" for one in sellers}
        paid, earned = (entry["credit"], entry["debit"]) if refund else (entry["debit"], entry["credit"])
        if earned not in right or not (paid == "spend" or paid.startswith("grant:")):
            yield f"{where}: moves from {paid} to {earned}, and should to {' or '.join(sorted(right))}"


class Books:
    """What was used and what moved, summed up until the end, when both must agree with each other and with documents."""

    def __init__(self, contracts: Mapping[str, Row]) -> None:
        self._contracts = contracts
        self._used: defaultdict[str, Counter[tuple[str, int, int, int]]] = defaultdict(Counter)
        self._borders = {
            name: sorted({at for month in one["months"] for at in (month["cut_off"], month["frozen_at"])})
            for name, one in contracts.items()
        }
        self._costs: Counter[tuple[str, str]] = Counter()
        self._captured: Counter[tuple[str, str]] = Counter()
        self._apart: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._seen = Met()
        self._entered = Met()
        self._wrong: list[str] = []
        self._charged: Counter[tuple[str, str]] = Counter()
        self._granted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._undone: defaultdict[tuple[str, str, int], list[int]] = defaultdict(list)
        self._billed: Counter[tuple[str, str]] = Counter()
        self.documents: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)

    def use(self, row: Row, booked_at: str) -> None:
        """A row of usage: what it is on a document, and what its message costs."""
        contract = self._contracts[row["contract"]]
        units = -1 if row["refund"] else 1
        if row["unit_price_micros"] > 0:
            booked = bisect_left(self._borders[row["contract"]], booked_at)
            line = self._line(row, contract["time_zone"])
            self._used[row["contract"]][line, row["unit_price_micros"], booked, units] += 1
        self._costs[row["contract"], row["message"]] += row["amount_micros"]
        self._seen.add(use_of(row), row["amount_micros"])

    def enter(self, entry: Row) -> None:
        """An entry of the journal: what it does to its message, and to fees."""
        if entry["amount_micros"] <= 0 or entry["debit"] == entry["credit"]:
            self._wrong.append(f"entry {entry['entry']}: moves nothing")
        if entry["kind"] in {"capture", "late"}:
            self._captured[entry["contract"], entry["entry"]] += entry["amount_micros"]
        elif entry["kind"] == "refund" and entry["undoes"]:
            self._captured[entry["contract"], entry["undoes"]] -= entry["amount_micros"]
        elif entry["kind"] in FEE_KINDS:
            sign = -1 if entry["credit"] == "spend" else 1
            self._charged[entry["contract"], entry["note"][:7]] += entry["amount_micros"] * sign
        elif entry["kind"] == "adjustment" and entry["note"][7:] == BILLED:
            sign = 1 if (entry["debit"], entry["credit"]) == ("partner", "spend") else -1
            self._billed[entry["contract"], entry["note"][:7]] += entry["amount_micros"] * sign
        elif entry["kind"] in {"invoice", "credit_note", "rounding"}:
            self.documents[entry["entry"]][entry["debit"], entry["credit"]] += entry["amount_micros"]
        if entry["kind"] in {"capture", "refund"} and "grant:" in entry["debit"] + entry["credit"]:
            zone = ZoneInfo(self._contracts[entry["contract"]]["time_zone"])
            month = day_of(entry["event_at"], zone).replace(day=1).isoformat()
            self._granted[entry["contract"]][month] += entry["amount_micros"] * (
                1 if entry["kind"] == "capture" else -1
            )
        self._entered.add(move_of(entry), entry["amount_micros"])
        if entry["undoes"]:
            self._undone[entry["contract"], entry["undoes"], entry["leg"]].append(entry["amount_micros"])

    def settle(self) -> None:
        """A batch is over. What its messages used was taken in it, too; only what was not is kept."""
        if self._costs != self._captured:
            for key in self._costs.keys() | self._captured.keys():
                if self._costs[key] != self._captured[key]:
                    self._apart[key][0] += self._costs[key]
                    self._apart[key][1] += self._captured[key]
        self._costs.clear()
        self._captured.clear()

    def faults(self, batches: Iterable[Row]) -> Iterator[str]:
        """Messages that cost something else than was taken for them, and what is there or is undone more than once."""
        yield from self._wrong
        for key, (used, taken) in self._apart.items():
            if used != taken:
                yield f"message {key[1]}: used {used}, and {taken} was taken for it"
        yield from self._undone_faults()
        used_twice, entered_twice = self._seen.twice(), self._entered.twice()
        if used_twice or entered_twice:
            yield from repeats(batches, used_twice, entered_twice)

    def _undone_faults(self) -> Iterator[str]:
        """Something is taken back once, and by as much as it moved."""
        moved = self._entered.amounts(self._undone)
        for undone, (first, *more) in self._undone.items():
            for _ in more:
                yield f"entry {undone[1]}: was undone twice"
            if moved.get(undone) != first:
                yield f"entry {undone[1]}: undone is {first}, which is not what it moved"

    def used(self, contract: str, month: Row) -> dict[tuple[str, int], tuple[int, int]]:
        """The least and the most units of each line that the close of a month knew of."""
        borders = self._borders[contract]
        sure, known = bisect_left(borders, month["cut_off"]), bisect_left(borders, month["frozen_at"])
        found: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
        for (line, price, booked, units), times in self._used[contract].items():
            if booked <= known and line.rpartition("/")[2] <= month["month"]:
                span = found[line, price]
                span[0] += units * times if booked <= sure or units < 0 else 0
                span[1] += units * times if booked <= sure or units > 0 else 0
        return {key: (low, high) for key, (low, high) in found.items()}

    def granted(self, contract: str, month: str) -> int:
        """What grants paid up to the end of a month, less what they got back."""
        return sum(micros for at, micros in self._granted[contract].items() if at <= month)

    def charged(self, contract: str, month: str) -> int:
        """What the journal has of fees and commitments for a month; what is for none of the months is there, too."""
        return self._charged[contract, month[:7]]

    def billed_by_partner(self, contract: str, month: str) -> int:
        """What of a month the journal says that a partner bills its client itself."""
        return self._billed[contract, month[:7]]

    def _line(self, row: Row, zone: str) -> str:
        named = f"{row['card']}@{row['version']}/{row['rule']}/{row['category']}/{row['market']}/{row['tier']}"
        return f"usage/{named}//{month_of(row, zone)}"


def use_of(row: Row) -> tuple[str, str, int]:
    """What names a row of usage."""
    return row["contract"], row["message"], 2 * row["leg"] + row["refund"]


def move_of(entry: Row) -> tuple[str, str, int]:
    """What names a move of the journal."""
    return entry["contract"], entry["entry"], entry["leg"]


def repeats(batches: Iterable[Row], used: set[int], entered: set[int]) -> Iterator[str]:
    """What is there more than once, exactly: those alone are remembered whose hash came more than once."""
    seen: set[tuple[str, tuple[str, str, int]]] = set()
    for batch in batches:
        told = [(use_of(row), used, f"message {row['message']}: was used twice") for row in batch["usage"]]
        told += [(move_of(one), entered, f"entry {one['entry']}: is there twice") for one in batch["entries"]]
        for key, doubtful, says in told:
            if hash(key) in doubtful:
                if (says, key) in seen:
                    yield says
                seen.add((says, key))


class Met:
    """Names that were met with an amount to each, in sixteen bytes, so that millions need no more room than that."""

    def __init__(self) -> None:
        self._hashes = [array("q") for _ in range(SHELVES)]
        self._amounts = [array("q") for _ in range(SHELVES)]

    def add(self, name: tuple[str, str, int], amount: int) -> None:
        """The next one."""
        hashed = hash(name)
        self._hashes[hashed % SHELVES].append(hashed)
        self._amounts[hashed % SHELVES].append(amount)

    def twice(self) -> set[int]:
        """The hashes that came more than once: hardly ever of two names."""
        return {
            one
            for shelf in self._hashes
            if len(set(shelf)) < len(shelf)
            for one, times in Counter(shelf).items()
            if times > 1
        }

    def amounts(self, names: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str, int], int]:
        """The amounts of some names, as far as they were met."""
        shelves: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
        for name in names:
            shelves[hash(name) % SHELVES].append(name)
        found: dict[tuple[str, str, int], int] = {}
        for shelf, some in shelves.items():
            known = dict(zip(self._hashes[shelf], self._amounts[shelf], strict=True))
            found |= {name: known[hash(name)] for name in some if hash(name) in known}
        return found


class Accounts:
    """Grants, each on an account of its own: given once, and never used beyond what is on it."""

    def __init__(self) -> None:
        self._on: Counter[tuple[str, str]] = Counter()
        self._given: set[tuple[str, str]] = set()

    def faults(self, entry: Row) -> Iterator[str]:
        """What an entry does to grants that it must not."""
        given = (entry["contract"], entry["credit"])
        if entry["kind"] == "grant":
            if given in self._given:
                yield f"entry {entry['entry']}: {given[1]} is given twice"
            self._given.add(given)
        self._on[given] += entry["amount_micros"]
        taken = (entry["contract"], entry["debit"])
        self._on[taken] -= entry["amount_micros"]
        if taken[1].startswith("grant:") and self._on[taken] < 0:
            yield f"entry {entry['entry']}: more is taken from {taken[1]} than is on it"


# ---------------------------------------------------------------- months


def month_faults(about: Row, cards: Sequence[Row], books: "Books", papers: "Papers") -> Iterator[str]:
    """What is wrong with the closed months of a contract: every line of each is worked out anew."""
    billed: Counter[tuple[str, int]] = Counter()
    asked: Counter[Due] = Counter()
    taken_off = 0
    due: dict[Due, tuple[int, Sequence[str]]] = {}
    before: str | None = None
    for month in about["months"]:
        where = f"contract {about['contract']} in {month['month'][:7]}"
        if before is not None and after(date.fromisoformat(before)).isoformat() != month["month"]:
            yield f"{where}: follows {before[:7]}, so that a month is missing"
        before = month["month"]
        told = Counter((one["key"], one["unit_price_micros"], one["until"]) for one in month["lines"])
        lines = {(one["key"], one["unit_price_micros"]): one["quantity"] for one in month["lines"]}
        if max(told.values(), default=0) > 1:
            yield f"{where}: a line is there twice"
        yield from line_faults(where, lines, billed, books.used(about["contract"], month))
        right, least = terms_of(about, month, cards)
        yield from fee_faults(where, lines, right)
        due |= {(month["month"], card): one for card, one in least.items()}
        yield from commitment_faults(where, lines, due, billed, asked)
        taken_off -= sum(quantity * key[1] for key, quantity in lines.items() if key[0].startswith("grant/"))
        if taken_off != books.granted(about["contract"], month["month"]):
            yield f"{where}: grants paid {books.granted(about['contract'], month['month'])} so far, and {taken_off} is taken off"
        beside = sum(
            quantity * key[1] for key, quantity in lines.items() if not key[0].startswith(("usage/", "grant/"))
        )
        if beside != books.charged(about["contract"], month["month"]):
            yield f"{where}: {beside} of fees and commitments on its lines, {books.charged(about['contract'], month['month'])} in the journal"
        owed = sum(quantity * key[1] for key, quantity in lines.items()) if sold_on(about, month) else 0
        if owed != books.billed_by_partner(about["contract"], month["month"]):
            told_of = books.billed_by_partner(about["contract"], month["month"])
            yield f"{where}: its partner bills {owed}, and {told_of} of it is in the journal"
        yield from papers.month_faults(where, month, about)


def sold_on(about: Row, month: Row) -> bool:
    """Whether a partner bills the company for what it used: that of who paid ahead then is paid already."""
    return partner_in(about, month["month"]) is not None and month["mode"] == "postpaid"


def line_faults(
    where: str, lines: Mapping[tuple[str, int], int], billed: Counter[tuple[str, int]],
    used: Mapping[tuple[str, int], tuple[int, int]],
) -> Iterator[str]:  # fmt: skip
    """Units on all documents up to this month beside the units used by then; `billed` goes on."""
    for key, quantity in lines.items():
        if key[0].startswith("usage/"):
            billed[key] += quantity
            if key not in used:
                yield f"{where}: nobody used {key[0]} at {key[1]}"
    for key, (low, high) in sorted(used.items()):
        if not low <= billed[key] <= high:
            known = low if low == high else (low, high)
            yield f"{where}: {billed[key]} units of {key[0]} at {key[1]} on documents so far, {known} used"


def fee_faults(where: str, lines: Mapping[tuple[str, int], int], right: Counter[tuple[str, int]]) -> Iterator[str]:
    """Fees on the lines of a month beside those that its days ask for."""
    found = Counter({key: quantity for key, quantity in lines.items() if key[0].startswith("fee/")})
    for key in sorted(right.keys() | found.keys()):
        if right[key] != found[key]:
            yield f"{where}: {key[0]} at {key[1]} is due {right[key]} times, and on its lines {found[key]} times"


def commitment_faults(
    where: str, lines: Mapping[tuple[str, int], int], due: Mapping[Due, tuple[int, Sequence[str]]],
    billed: Mapping[tuple[str, int], int], asked: Counter[Due],
) -> Iterator[str]:  # fmt: skip
    """Commitments: what each month so far still asks for by each card, less what documents had of it."""
    told: Counter[Due] = Counter()
    for (key, price), quantity in lines.items():
        if key.startswith("commitment/"):
            told[key.rpartition("/")[2], card_of(key)] += quantity * price
    for one in sorted(due.keys() | told.keys()):
        month, card = one
        amount, eligible = due.get(one, (0, ()))
        spent = sum(
            units * price
            for (key, price), units in billed.items()
            if key.rpartition("/")[2] == month
            and (not eligible or key.split("/")[3] in eligible)
            and (card_of(key) == card if card else (month, card_of(key)) not in due)
        )
        more = max(0, amount - spent) - asked[one]
        if told[one] != more:
            by = f" by {card}" if card else ""
            yield f"{where}: the commitment of {month[:7]}{by} asks for {more}, not {told[one]}"
        asked[one] += told[one]


def card_of(key: str) -> str:
    """The rate card that a line names; the commitment of a contract's own card names none."""
    return key.split("/")[1].partition("@")[0]


def terms_of(
    about: Row, month: Row, cards: Sequence[Row]
) -> tuple[Counter[tuple[str, int]], dict[str, tuple[int, Sequence[str]]]]:
    """The fees of a month, by line and amount, and what it must come to: by the versions that were valid on its days.

    A partner owes those of its clients' wholesale cards, too, each by its name; what it pays by itself asks for them already.
    """
    first, zone = date.fromisoformat(month["month"]), ZoneInfo(about["time_zone"])
    own = days_by_card(about, first, cards)
    found: Counter[tuple[str, int]] = Counter()
    asked = {"": least_of(own, first)}
    for run in fee_runs(own):
        for at in about["senders"] if run[0]["per"] == "sender" else [about["created_at"]]:
            add_fee(found, run, first, max(run[1], day_of(at, zone)))
    for card, (days, of_senders) in bought(about, first, cards).items():
        if all(one[2]["card"] != card for one in own):
            whole = versions_on(card, days, cards, zone)
            asked[card] = least_of(whole, first)
            for run in fee_runs(whole):
                if run[0]["per"] == "contract":
                    add_fee(found, run, first, run[1])
        for some in of_senders:
            for run in fee_runs(versions_on(card, some, cards, zone)):
                if run[0]["per"] == "sender":
                    add_fee(found, run, first, run[1])
    return found, {card: one for card, one in asked.items() if one is not None}


def add_fee(found: Counter[tuple[str, int]], run: Sequence[Any], month: date, since: date) -> None:
    """The line of a fee for its days of a month."""
    fee, _, ends, named = run
    micros = share_of(fee["price"], month, since, ends, whole_month=fee.get("prorate") == "none")
    if micros > 0:
        found[f"fee/{named}/-1/fee///{fee['id']}/{since}", micros] += 1


def days_by_card(about: Row, first: date, cards: Sequence[Row]) -> list[Days]:
    """The days of a month by the version that a company paid by."""
    zone = ZoneInfo(about["time_zone"])
    turns = [one["card"] for one in about["cards"] if date.fromisoformat(one["month"]) <= first]
    day = max(first, day_of(about["created_at"], zone))
    return versions_on(turns[-1] if turns else about["card"], days_between(day, after(first)), cards, zone)


def days_between(day: date, end: date) -> set[date]:
    """Each day from one up to but not including another."""
    return {day + timedelta(days=at) for at in range((end - day).days)}


def versions_on(card: str, days: Iterable[date], cards: Sequence[Row], zone: ZoneInfo) -> list[Days]:
    """Some days by the version of a card, days on end together."""
    found: list[Days] = []
    one: Row = {}
    until = date.min
    for day in sorted(days):
        if day >= until:
            one, until = version_on(card, day, cards, zone)
        if found and (found[-1][1], found[-1][2]) == (day, one):
            found[-1] = (found[-1][0], day + timedelta(days=1), one)
        else:
            found.append((day, day + timedelta(days=1), one))
    return found


def bought(about: Row, first: date, cards: Sequence[Row]) -> dict[str, tuple[set[date], list[set[date]]]]:
    """By which wholesale cards a partner buys: the days on which a client is sold by each, and those of each client's sender."""
    found: dict[str, tuple[set[date], list[set[date]]]] = {}
    for client in about["clients"]:
        zone, sold = ZoneInfo(client["time_zone"]), defaultdict[str, set[date]](set)
        begins_at = datetime.combine(first, time(), zone)
        turns = [one["own"] for one in client["sold"] if datetime.fromisoformat(one["from"]) <= begins_at]
        if not (turns[-1] if turns else client["first"]):
            continue
        for begins, ends, one in days_by_card(client, first, cards):
            named = json.loads(one["body"]).get("reseller", {}).get("wholesale")
            if named is not None:
                sold[named] |= days_between(begins, ends)
        for named, days in sold.items():
            whole, of_senders = found.setdefault(named, (set(), []))
            whole |= days
            of_senders += [{day for day in days if day >= day_of(at, zone)} for at in client["senders"]]
    return found


def fee_runs(spans: Sequence[Days]) -> list[list[Any]]:
    """Fees with the days on end on which they stay as they are; one for a whole month is one whatever its days."""
    runs: list[list[Any]] = []
    for day, until, one in spans:
        for fee in json.loads(one["body"]).get("recurring", []):
            whole_month = fee.get("prorate", "day") == "none"
            for run in runs:
                if (whole_month and run[0]["id"] == fee["id"] and run[0].get("prorate") == "none") or (
                    run[0] == fee and run[2] == day
                ):
                    run[2] = until
                    break
            else:
                runs.append([fee, day, until, f"{one['card']}@{one['version']}"])
    return runs


def least_of(spans: Sequence[Days], month: date) -> tuple[int, Sequence[str]] | None:
    """What some days of a month must come to, by the version that is the first on them; and by what it is filled."""
    asked = json.loads(spans[0][2]["body"]).get("commitment") if spans else None
    if asked is None:
        return None
    eligible = asked.get("eligible", [])
    least = sum(share_of(asked["amount"], month, begins, ends) for begins, ends, _ in spans)
    return (least, [eligible] if isinstance(eligible, str) else eligible) if least else None


def sellers_of(about: Row, row: Row) -> set[str | None]:
    """Who may have sold a message to its company: whoever did at some moment between its id and its delivery."""
    if not about["partners"]:
        return {about["partner"]}
    made = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(row["message"], 16) // MOMENT_OF)
    since, until = made - MOMENT, datetime.fromisoformat(row["delivered_at"])
    between = [datetime.fromisoformat(one["from"]) for one in about["partners"]]
    return {partner_at(about, at) for at in (since, *(at for at in between if since < at <= until))}


def partner_at(about: Row, at: datetime) -> str | None:
    """Who sells to a company at a moment; nobody but the operator: None."""
    turns = [one["partner"] for one in about["partners"] if datetime.fromisoformat(one["from"]) <= at]
    found: str | None = turns[-1] if turns else about["partner"]
    return found


def partner_in(about: Row, month: str) -> str | None:
    """Who sells to a company in a month, and bills it: moves are with the first moment of one."""
    return partner_at(about, datetime.combine(date.fromisoformat(month), time(), ZoneInfo(about["time_zone"])))


def told_to(about: Row, partner: str) -> list[Any]:
    """What is told a partner of a client of its own: what its fees rest on, and when it was its client."""
    sold = [{"from": one["from"], "own": one["partner"] == partner} for one in about["partners"]]
    return [*(about[name] for name in OF_CLIENTS), about["partner"] == partner, sold]


def client_faults(listed: Sequence[Row]) -> Iterator[str]:
    """Whether what a partner's fees rest on is what its clients say of themselves."""
    for about in listed:
        name = about["contract"]
        own = [one for one in listed if name in {one["partner"], *(each["partner"] for each in one["partners"])}]
        told = sorted(
            json.dumps([*(one[field] for field in OF_CLIENTS), one["first"], one["sold"]]) for one in about["clients"]
        )
        if told != sorted(json.dumps(told_to(one, name)) for one in own):
            yield f"contract {name}: {len(told)} clients are told of it, and they are not the {len(own)} who name it"


def share_of(micros: int, month: date, begins: date, ends: date, *, whole_month: bool = False) -> int:
    """What the days of a month from one up to another cost of a price for all of it."""
    days = monthrange(month.year, month.month)[1]
    low, high = max((begins - month).days, 0), min((ends - month).days, days)
    if high <= low:
        return 0
    return micros if whole_month else micros * high // days - micros * low // days


def version_on(card: str, day: date, cards: Sequence[Row], zone: ZoneInfo) -> tuple[Row, date]:
    """The version that counts on a day, and the day on which another one begins to; the first counts before its time, too."""
    mine = [one for one in cards if one["card"] == card]
    if not mine:
        raise Unreadable(f"there is no rate card {card}")
    borders = sorted({at for one in mine for at in (one["valid_from"], one["valid_to"]) if at})
    found, last = mine[0], date.max
    begun = False
    for at in borders:
        valid = [one for one in mine if one["valid_from"] <= at and (one["valid_to"] is None or at < one["valid_to"])]
        if not valid:
            continue
        if first_day(at, zone) <= day or not begun:
            found, begun = valid[-1], True
        if first_day(at, zone) > day:
            last = min(last, first_day(at, zone))
    return found, last


def first_day(at: str, zone: ZoneInfo) -> date:
    """The first day that begins with or after an instant."""
    local = datetime.fromisoformat(at).astimezone(zone)
    return local.date() + timedelta(days=local.time() > time())


def day_of(at: str, zone: ZoneInfo) -> date:
    """The day of an instant on some clocks."""
    return datetime.fromisoformat(at).astimezone(zone).date()


def after(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


# ---------------------------------------------------------------- documents


class Papers:
    """All documents: what each has to do with a month, with another one, with the books and with its series."""

    def __init__(self) -> None:
        self._all: dict[str, Row] = {}
        self._twice: list[str] = []

    def add(self, one: Row) -> None:
        """The next document; its XML is not kept."""
        if one["document"] in self._all:
            self._twice.append(f"document {one['number']}: is there twice")
        self._all[one["document"]] = {name: told for name, told in one.items() if name != "cii"}

    def month_faults(self, where: str, month: Row, about: Row) -> Iterator[str]:
        """Whether the document of a month has its lines, behind those of months that were carried into it."""
        months = about["months"]
        if month["state"] != "issued":
            if month["document"] is not None:
                yield f"{where}: has a document before it was issued"
            return
        one = self._all.get(month["document"])
        if one is None:
            yield f"{where}: its document is missing"
            return
        if partner_in(about, month["month"]) is not None and one["kind"] != "statement":
            yield f"document {one['number']}: is an {one['kind']} to the client of a partner, who bills it"
        if one["kind"] == "invoice":
            yield from self._carry_faults(where, month, about)
        lines = [each for other in months if other["document"] == month["document"] for each in other["lines"]]
        wanted = [(each["key"], each["quantity"], each["unit_price_micros"]) for each in lines]
        own = [each for each in one["lines"] if not each["advance"]]
        found = [(each["key"], each["quantity"], each["unit_price_micros"]) for each in own]
        for at, (right, told) in enumerate(zip(wanted, found, strict=False), 1):
            if right != told:
                yield f"document {one['number']}: line {at} is {told[1]} of {told[0]} at {told[2]}, not {right[1]} of {right[0]} at {right[2]}"
        if len(wanted) != len(found):
            yield f"document {one['number']}: has {len(found)} lines, and its month {len(wanted)}"

    def _carry_faults(self, where: str, month: Row, about: Row) -> Iterator[str]:
        """Months that gave back more than they asked for are carried into the next that outweighs them, and no others."""
        if any(one["document"] == month["document"] for one in about["months"] if one["month"] > month["month"]):
            return
        coin = 10 ** (6 - places_of(about["currency"]))
        waiting: list[str] = []
        net = 0
        for other in about["months"]:
            if other["month"] < month["month"] and (
                other["state"] in {"frozen", "carried"} or other["document"] == month["document"]
            ):
                waiting.append(other["month"])
                net += sum(half_up(one["quantity"] * one["unit_price_micros"], coin) for one in other["lines"])
                if net >= 0:
                    waiting, net = [], 0
        carried = [one["month"] for one in about["months"] if one["document"] == month["document"]][:-1]
        if carried != waiting:
            told, right = (", ".join(some) or "nothing" for some in (carried, waiting))
            yield f"{where}: its document carries {told}, and should {right}"

    def faults(self, *, whole_series: bool) -> Iterator[str]:
        """Numbers that are missing, days that go back, credit notes that give back something else than was charged."""
        yield from self._twice
        series: defaultdict[str, list[Row]] = defaultdict(list)
        for one in sorted(self._all.values(), key=lambda one: str(one["number"])):
            series[one["number"].rpartition("-")[0]].append(one)
        for name, some in series.items():
            for place_, one in enumerate(some, 1):
                if whole_series and int(one["number"].rpartition("-")[2]) != place_:
                    yield f"document {one['number']}: the numbers of {name} have a hole or a repeat before it"
                    break
            for one, later in pairwise(some):
                if later["issued_on"] < one["issued_on"]:
                    yield f"document {later['number']}: is of a day before that of {one['number']}"
        gone: Counter[tuple[str, int]] = Counter()
        for one in sorted(self._all.values(), key=lambda one: str(one["number"])):
            if one["kind"] == "credit_note":
                yield from self._credit_faults(one, gone)
        ahead: defaultdict[str, Ahead] = defaultdict(Ahead)
        for one in sorted(
            self._all.values(), key=lambda one: (one["issued_at"], KINDS.index(one["kind"]), one["number"])
        ):
            yield from ahead[one["contract"]].faults(one, self._all.get(one["corrects"]))

    def _credit_faults(self, note: Row, gone: Counter[tuple[str, int]]) -> Iterator[str]:
        original = self._all.get(note["corrects"])
        if original is None or original["contract"] != note["contract"]:
            yield f"document {note['number']}: corrects none that is there"
            return
        coin = 10 ** (6 - places_of(note["currency"]))
        for at, line in enumerate(note["lines"], 1):
            if not 1 <= line["of"] <= len(original["lines"]):
                yield f"document {note['number']}: line {at} takes back none of {original['number']}"
                continue
            if line["advance"]:
                continue
            of, key = original["lines"][line["of"] - 1], (original["document"], line["of"])
            past, gone[key] = gone[key], gone[key] + line["quantity"]
            price = of["unit_price_micros"]
            right = half_up(gone[key] * price, coin) - half_up(past * price, coin)
            if (line["unit_price_micros"], line["net"]) != (price, right):
                yield f"document {note['number']}: line {at} gives back {line['net']}, and should {right}"
            if abs(gone[key]) > abs(of["quantity"]):
                yield f"document {note['number']}: line {at} gives back more than {original['number']} asked for"

    def book_faults(self, booked: Mapping[str, Counter[tuple[str, str]]]) -> Iterator[str]:
        """Documents whose entries are not what they say, and entries of documents that are not there."""
        for document in sorted(booked.keys() - self._all.keys()):
            yield f"entry {document}: is of a document that is not there"
        for document, one in self._all.items():
            right = +self._moves(one)
            if right != booked.get(document, Counter()):
                yield f"document {one['number']}: is not booked as it says"

    def _moves(self, one: Row) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        coin = 10 ** (6 - places_of(one["currency"]))

        def move(debit: str, credit: str, micros: int) -> None:
            found[(debit, credit) if micros > 0 else (credit, debit)] += abs(micros)

        corrected = self._all.get(one["corrects"]) if one["corrects"] else None
        if one["kind"] == "invoice":
            move("receivable", "spend", one["net"] * coin)
            for sub in one["breakdown"]:
                move("receivable", f"tax:{sub['rate_basis_points']}", sub["tax"] * coin)
            exact = sum(line["quantity"] * line["unit_price_micros"] for line in one["lines"])
            move("spend", "rounding", sum(line["net"] for line in one["lines"]) * coin - exact)
        elif one["kind"] == "credit_note" and (corrected is None or corrected["kind"] != "advance"):
            move("adjustment", "receivable", one["net"] * coin)
            move("adjustment", "spend", sum(-line["net"] for line in one["lines"] if line["advance"]) * coin)
            for sub in one["breakdown"]:
                move(f"tax:{sub['rate_basis_points']}", "receivable", sub["tax"] * coin)
        return found


class Ahead:
    """What a contract paid ahead: advance invoices, and what documents took off them, in the order of their issue."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}
        self._of: dict[str, Row] = {}
        self._stated = 0
        self._given: defaultdict[str, list[Row]] = defaultdict(list)

    def faults(self, one: Row, corrected: Row | None) -> Iterator[str]:
        """The next document: what it takes off advances, or puts back, beside what it should."""
        if one["kind"] == "advance":
            self._left[one["number"]], self._of[one["number"]] = one["net"], one
        elif one["kind"] == "statement":
            self._stated += one["net"]
        elif corrected is not None and corrected["kind"] == "advance" and corrected["number"] in self._left:
            self._left[corrected["number"]] -= one["net"]
        told = [(line["advance"], -line["net"]) for line in one["lines"] if line["advance"]]
        if corrected is not None:
            right = self._put_back(one, corrected)
            self._given[corrected["document"]].append(one)
        else:
            right = self._taken_off(one) if told else []
        if told != right:
            yield f"document {one['number']}: has {told} of advances, and should {right}"
        for number, net in told:
            if number in self._left:
                self._left[number] += net if corrected is not None else -net

    def _taken_off(self, one: Row) -> list[tuple[str, int]]:
        """The oldest first, as far as the service goes and something is due, or nothing."""
        own, sums = vat_of(one), Counter[tuple[str, int]]()
        for line in one["lines"]:
            if not line["advance"]:
                sums[line["vat"], line["rate_basis_points"]] += line["net"]
        wanted, found = sum(sums.values()), list[tuple[str, int]]()
        gone = max(0, self._stated) - sum(min(0, left) for left in self._left.values())
        for number in sorted(self._left, key=lambda number: (self._of[number]["issued_on"], number)):
            used = min(gone, max(0, self._left[number]))
            gone, net = gone - used, min(max(0, self._left[number]) - used, wanted)
            vat = self._of[number]["breakdown"][0]
            key = (vat["vat"], vat["rate_basis_points"])
            if (key[0] == "O") != (own[0] == "O"):
                continue
            while net > 0 and (under := due(sums, key, net)) < 0:
                net -= max(1, -under * 10_000 // (10_000 + key[1]))
            if net > 0:
                wanted, sums[key] = wanted - net, sums[key] - net
                found.append((number, net))
        return found

    def _put_back(self, note: Row, original: Row) -> list[tuple[str, int]]:
        """What is beyond the net that was asked for, the last advance first; over several rates in proportion to the service."""
        earlier = self._given[original["document"]]
        before = sum(line["net"] for each in earlier for line in each["lines"] if not line["advance"])
        now = before + sum(line["net"] for line in note["lines"] if not line["advance"])
        room = shares(original, now)
        for key, net in shares(original, before).items():
            room[key] -= net
        found: list[tuple[str, int]] = []
        for at in range(len(original["lines"]), 0, -1):
            line = original["lines"][at - 1]
            if not line["advance"]:
                continue
            back = -sum(each["net"] for one in earlier for each in one["lines"] if each["of"] == at and each["advance"])
            key = (line["vat"], line["rate_basis_points"])
            net = min(room[key if key in room else ANY_RATE], -line["net"] - back)
            if net > 0:
                room[key if key in room else ANY_RATE] -= net
                found.append((line["advance"], net))
        return found


ANY_RATE: Final = ("", 0)


def shares(original: Row, credited: int) -> dict[tuple[str, int], int]:
    """How much of the advances on a document is put back, by rate, once so much of its service was given back."""
    advances = [line for line in original["lines"] if line["advance"]]
    if len({(line["vat"], line["rate_basis_points"]) for line in original["lines"]}) == 1:
        return {ANY_RATE: max(0, credited - original["net"])}
    service = sum(line["net"] for line in original["lines"] if not line["advance"])
    credited = min(max(credited, 0), service)
    wanted, left = credited - original["net"] * credited // service, -sum(line["net"] for line in advances)
    sums: dict[tuple[str, int], int] = {}
    for line in advances:
        key = (line["vat"], line["rate_basis_points"])
        sums[key] = sums.get(key, 0) - line["net"]
    found: dict[tuple[str, int], int] = {}
    for key, net in sums.items():
        found[key] = wanted * net // left
        wanted, left = wanted - found[key], left - net
    return found


def due(sums: Mapping[tuple[str, int], int], key: tuple[str, int], less: int) -> int:
    """What lines of these sums come to with their taxes, once an advance is off them."""
    left = {**sums, key: sums.get(key, 0) - less}
    return sum(net + half_up(net * rate, 10_000) for (_, rate), net in left.items())


def tax_faults(one: Row) -> Iterator[str]:
    """Whether the lines of a document are taxed as its parties are; an advance has the tax that it was paid with."""
    if one["kind"] in {"advance", "credit_note"}:
        return
    right = vat_of(one)
    for at, line in enumerate(one["lines"], 1):
        if (line["vat"], line["rate_basis_points"]) != right and not line["advance"]:
            yield f"document {one['number']}: line {at} is taxed {line['vat']} {line['rate_basis_points']}, not {right[0]} {right[1]}"


def euro_faults(one: Row, rates: Mapping[str, list[tuple[int, str]]]) -> Iterator[str]:
    """Whether tax in another currency is told in euro: by the rate of each month of the service, and in the XML.

    A rate may have been corrected: a document has one that was told before it was issued, and the newest that was told before
    its day; a credit note has what it gives back.
    """
    told = one["exchange"]
    taxed = any(sub["vat"] == "S" for sub in one["breakdown"])
    if one["kind"] == "statement" or one["currency"] == "EUR" or not taxed:
        if told:
            yield f"document {one['number']}: tells tax in euro that it need not"
        return
    months = {line["from"][:7] for line in one["lines"] if not line["advance"]}
    if not months <= {each["month"] for each in told} or sum(each["tax"] for each in told) != one["tax"]:
        yield f"document {one['number']}: tells {sum(each['tax'] for each in told)} of its tax in euro, not {one['tax']}"
    for each in told:
        told_of = rates.get(f"{one['currency']} {each['month']}", [])
        ends = [later[1] for later in told_of[1:]] + ["9999"] * bool(told_of)
        held = [
            rate for (rate, _), until in zip(told_of, ends, strict=True)
            if one["kind"] == "credit_note" or until[:10] >= one["issued_at"][:10]
        ]  # fmt: skip
        if each["per_euro_micros"] not in held:
            yield f"document {one['number']}: the rate of {each['month']} is {held}, not {each['per_euro_micros']}"
        right = half_up(each["tax"] * 100 * 10**6, 10 ** places_of(one["currency"]) * each["per_euro_micros"])
        if abs(right - each["euro"]) > (one["kind"] == "credit_note"):
            yield f"document {one['number']}: {each['tax']} of tax is {right} in euro, not {each['euro']}"
    found = re.findall(r"<[\w:]*TaxTotalAmount currencyID=.EUR.>([^<]*)<", one["cii"])
    if one["cii"] and [cents(amount) for amount in found] != [sum(each["euro"] for each in told)]:
        yield f"document {one['number']}: its XML tells another tax in euro"


def cents(amount: str) -> int:
    """A decimal number in hundredths."""
    whole, _, rest = amount.removeprefix("-").partition(".")
    return int(f"{whole}{rest.ljust(2, '0')[:2]}") * (-1 if amount.startswith("-") else 1)


def vat_of(one: Row) -> tuple[str, int]:
    """The category and rate that the parties of a document make."""
    seller, buyer = one["seller"], one["buyer"]
    rates, country = RATES | seller["rates"], buyer["country"]
    if country not in RATES:
        return str(seller["outside"]), 0
    if country != HOME and buyer["with_vat_id"]:
        return "AE", 0
    if seller["small"]:
        return "E", 0
    return "S", rates[country] if seller["union_rates"] else rates[HOME]


def document_faults(one: Row) -> Iterator[str]:
    """What is wrong with the arithmetic of a document, and whether its XML says the same."""
    coin = 10 ** (6 - places_of(one["currency"]))
    slack = 1 if one["kind"] == "credit_note" else 0
    sums: Counter[tuple[str, int]] = Counter()
    for at, line in enumerate(one["lines"], 1):
        right = half_up(line["quantity"] * line["unit_price_micros"], coin)
        if abs(right - line["net"]) > slack:
            yield f"document {one['number']}: line {at} comes to {right}, not {line['net']}"
        sums[line["vat"], line["rate_basis_points"]] += line["net"]
    told = {(sub["vat"], sub["rate_basis_points"]): sub for sub in one["breakdown"]}
    if {key: sub["taxable"] for key, sub in told.items()} != dict(sums):
        yield f"document {one['number']}: its taxes are not on its lines"
    for (_, rate), sub in told.items():
        rounded = slack * (1 + len(told) if len(told) > 1 else 1)
        if abs(half_up(sub["taxable"] * rate, 10_000) - sub["tax"]) > rounded:
            yield f"document {one['number']}: {rate / 100:g} % of {sub['taxable']} is not {sub['tax']}"
    net, tax = sum(line["net"] for line in one["lines"]), sum(sub["tax"] for sub in told.values())
    if (one["net"], one["tax"], one["gross"]) != (net, tax, net + tax):
        yield f"document {one['number']}: its totals are not those of its lines and taxes"
    if one["cii"] and grand_total(one["cii"], places_of(one["currency"])) != one["gross"]:
        yield f"document {one['number']}: its XML says another total"


def grand_total(cii: str, places: int) -> int:
    """The total of a document as its XML has it, in smallest coins."""
    found = re.findall(r"<[\w:]*GrandTotalAmount[^>]*>([^<]*)<", cii)
    whole, _, rest = str(found[-1]).partition(".")
    return int(f"{whole}{rest.ljust(places, '0')[:places]}")


def half_up(dividend: int, divisor: int) -> int:
    """The nearest whole number; halves go away from zero."""
    size = (2 * abs(dividend) + divisor) // (2 * divisor)
    return size if dividend >= 0 else -size


def places_of(currency: str) -> int:
    """The decimal places of a currency."""
    return 0 if currency in NO_CENTS else 3 if currency in THREE_PLACES else 2


# ---------------------------------------------------------------- one message


def message_of(named: str) -> str:
    """The 32 digits of a message id."""
    if not named.startswith("wamid."):
        return named.lower()
    return base64.b64decode(named.removeprefix("wamid."))[4:].decode()


def prove(folder: Path, message: str) -> bool:
    """Print the way from a message's row to the hash of its batch and of the newest batch; whether it was found."""
    newest: dict[int, str] = {}
    found: Row | None = None
    for _, batch in each_line(folder / "batches.jsonl"):
        newest[batch["part"]] = f"{batch['number']} {batch['hash']}"
        if any(row["message"] == message for row in batch["usage"]):
            found = batch
    if found is None:
        print("nothing was booked for this message")
        return False
    rows = in_order(found["usage"])
    at = next(place for place, row in enumerate(rows) if row["message"] == message)
    print(f"row    {usage_leaf(rows[at]).hex()}")
    for level in levels([usage_leaf(row) for row in rows]) if "beside" not in found else ():
        if at ^ 1 < len(level):
            print(f"  {'left ' if at % 2 else 'right'} {level[at ^ 1].hex()}")
        at //= 2
    print(
        f"batch  {found['digest']} ({'as its rows say' if digest(found).hex() == found['digest'] else 'NOT as its rows say'})"
    )
    print(f"chain  part {found['part']}, batch {found['number']}: {found['hash']}")
    print(f"newest batch {newest[found['part']]}")
    return digest(found).hex() == str(found["digest"])


if __name__ == "__main__":
    main()
