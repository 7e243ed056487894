"""Recompute everything that Takt charged, from its export alone: `python verify.py FOLDER [--prove MESSAGE]`.

Standard library only, nothing of Takt. Every fault is one sentence; status 1 when there is any. README.md says what is
recomputed. Amounts are whole millionths of the currency's unit; documents are in its smallest coin.
"""

import argparse
import base64
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
FAULTS_SHOWN = 100
NO_CENTS = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
}  # fmt: skip
THREE_PLACES = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
PAID_BY_ANOTHER = "conversation"


def main() -> None:
    """Verify a folder, or prove one message in it."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--prove", metavar="MESSAGE", help="a message id, wamid.… or 32 hexadecimal digits")
    asked = words.parse_args()
    if asked.prove is not None:
        sys.exit(0 if prove(asked.folder, message_of(asked.prove)) else 1)
    faults = verify(asked.folder)
    for fault in faults[:FAULTS_SHOWN]:
        print(fault)
    if len(faults) > FAULTS_SHOWN:
        print(f"and {len(faults) - FAULTS_SHOWN} faults more")
    print(f"{len(faults)} faults" if faults else "everything is as it must be")
    sys.exit(1 if faults else 0)


def verify(folder: Path) -> list[str]:
    """All that is wrong with an export."""
    cards = json.loads((folder / "cards.json").read_text("utf-8"))
    contracts = {one["contract"]: one for one in json.loads((folder / "contracts.json").read_text("utf-8"))}
    documents = json.loads((folder / "documents.json").read_text("utf-8"))
    faults = list(card_faults(cards["cards"]))
    prices, books = Prices(cards), Books(contracts)
    chains: dict[int, tuple[int, str]] = {}
    with (folder / "batches.jsonl").open(encoding="utf-8") as lines:
        for batch in map(json.loads, lines):
            faults += batch_faults(batch, chains.get(batch["part"], (0, "00" * 32)))
            chains[batch["part"]] = batch["number"], batch["hash"]
            for row in batch["usage"]:
                faults += prices.faults(row, contracts)
                books.use(row, batch["booked_at"])
            for entry in batch["entries"]:
                books.enter(entry)
    faults += prices.hole_faults()
    faults += books.faults()
    for one in documents:
        faults += document_faults(one)
    return faults + books.document_faults(documents)


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
    used = root([usage_leaf(one) for one in in_order(batch["usage"])])
    return sha256(b"\x02" + batch["booked_at"].encode() + root([entry_leaf(one) for one in entries]) + used).digest()


def in_order(usage: Sequence[Row]) -> list[Row]:
    """The order of rows of usage in their batch."""
    return sorted(usage, key=lambda one: (int(one["message"], 16), one["leg"], one["refund"]))


def batch_faults(batch: Row, before: tuple[int, str]) -> Iterator[str]:
    """What is wrong with a batch and its place in the chain."""
    where = f"batch {batch['number']} of part {batch['part']}"
    if digest(batch).hex() != batch["digest"]:
        yield f"{where}: its rows are not those that it was made of"
    if batch["number"] != before[0] + 1:
        yield f"{where}: follows batch {before[0]}, so that some are missing"
    elif batch["previous"] != before[1]:
        yield f"{where}: does not follow the one before it"
    if sha256(bytes.fromhex(batch["previous"]) + bytes.fromhex(batch["digest"])).hexdigest() != batch["hash"]:
        yield f"{where}: its hash is not its own"


def card_faults(cards: Sequence[Row]) -> Iterator[str]:
    """What is wrong with the chains of rate cards."""
    last: dict[str, str] = {}
    for one in cards:
        name = f"rate card {one['card']} version {one['version']}"
        if one["previous"] is not None:
            if one["previous"] != last.get(one["card"], ""):
                yield f"{name}: does not follow the version before it"
            if sha256(bytes.fromhex(one["previous"]) + one["body"].encode()).hexdigest() != one["sha256"]:
                yield f"{name}: is not as it was published"
        last[one["card"]] = one["sha256"]


# ---------------------------------------------------------------- prices


class Prices:
    """Rows of usage priced anew by the documents of their cards; the places of each count are remembered."""

    def __init__(self, cards: Row) -> None:
        self._cards = {(one["card"], one["version"]): json.loads(one["body"]) for one in cards["cards"]}
        self._regions = {
            name: ({country: market for market, some in table["markets"].items() for country in some}, table["other"])
            for name, table in cards["market_tables"].items()
        }
        self._places: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._late: set[tuple[str, str, str]] = set()

    def faults(self, row: Row, contracts: Mapping[str, Row]) -> list[str]:
        """What is wrong with the price of a row. One that gives money back has what it gives back checked elsewhere."""
        if row["refund"] or row["leg"] != 0:
            return []
        where = f"message {row['message']}"
        card = self._cards.get((row["card"], row["version"]))
        if card is None:
            return [f"{where}: there is no rate card {row['card']} version {row['version']}"]
        rule = card["rules"][row["rule"]]
        found = []
        if row["region"] and self._rule_of(card, row) != row["rule"]:
            found.append(f"{where}: rule {self._rule_of(card, row)} prices it, not rule {row['rule']}")
        due = self._due(card, rule, row, contracts)
        if due is not None and row["amount_micros"] + row["forgone_micros"] != due:
            found.append(f"{where}: costs {due} by its rule, not {row['amount_micros'] + row['forgone_micros']}")
        if row["amount_micros"] != row["unit_price_micros"]:
            found.append(f"{where}: {row['amount_micros']} was charged at a price of {row['unit_price_micros']}")
        return found

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

    def _due(self, card: Row, rule: Row, row: Row, contracts: Mapping[str, Row]) -> int | None:
        """What a rule asks for a message; None where that rests on a bid."""
        if row["reason"] == PAID_BY_ANOTHER:
            return 0
        priced = rule.get("conversation", rule)
        if "price" in priced:
            return int(priced["price"])
        if "tiers" not in priced:
            return None
        counter = priced["tiers"]["counter"]
        self._remember(card, counter, row, contracts)
        free = sum(
            fee["includes"]["units"]
            for fee in card.get("recurring", [])
            if fee.get("includes", {}).get("counter") == counter
        )
        place = row["ordinal"] - 1 - free
        return 0 if place < 0 else int([price for first, price in priced["tiers"]["steps"] if first <= place][-1])

    def _remember(self, card: Row, counter: str, row: Row, contracts: Mapping[str, Row]) -> None:
        settings = card["counters"][counter]
        key = f"{counter}/{row['market']}" if settings.get("by") == "market" else counter
        if settings.get("scope", "contract") == "sender":
            key += f":{row['sender']}"
        zone = contracts[row["contract"]]["time_zone"]
        self._places[row["contract"], key, f"{month_of(row, zone):%Y-%m}"].append(row["ordinal"])
        if row["late"]:
            self._late.add((row["contract"], key, f"{month_of(row, zone):%Y-%m}"))

    def hole_faults(self) -> Iterator[str]:
        """Counts whose places are not 1, 2, 3 …; a late receipt may stand in the month of its delivery."""
        for key, places in self._places.items():
            if key not in self._late and sorted(places) != list(range(1, len(places) + 1)):
                yield f"contract {key[0]}: the places of {key[1]} in {key[2]} have a hole or a repeat"


def _listed(wanted: object) -> Sequence[object]:
    return wanted if isinstance(wanted, list) else [wanted]


def month_of(row: Row, zone: str) -> date:
    """The first day of the month of a delivery, on the clocks of the contract."""
    return datetime.fromisoformat(row["delivered_at"]).astimezone(ZoneInfo(zone)).date().replace(day=1)


# ---------------------------------------------------------------- money


class Books:
    """What was used and what moved, summed up until the end, when both must agree with each other and with documents."""

    def __init__(self, contracts: Mapping[str, Row]) -> None:
        self._contracts = contracts
        self._used: Counter[tuple[str, str, int]] = Counter()
        self._in_time: Counter[tuple[str, str, int]] = Counter()
        self._costs: Counter[tuple[str, str]] = Counter()
        self._captured: Counter[tuple[str, str]] = Counter()
        self._seen: set[tuple[str, str, int]] = set()
        self._twice: list[str] = []
        self._charged: Counter[str] = Counter()

    def use(self, row: Row, booked_at: str) -> None:
        """A row of usage: what it is on a document, and what its message costs."""
        contract = self._contracts[row["contract"]]
        units = -1 if row["refund"] else 1
        key = (row["contract"], self._line(row, contract["time_zone"]), row["unit_price_micros"])
        self._used[key] += units
        last = max((one["cut_off"] for one in contract["months"] if one["state"] == "issued"), default="")
        if booked_at <= last:
            self._in_time[key] += units
        self._costs[row["contract"], row["message"]] += row["amount_micros"]
        place = (row["contract"], row["message"], 2 * row["leg"] + row["refund"])
        if place in self._seen:
            self._twice.append(f"message {row['message']}: was used twice")
        self._seen.add(place)

    def enter(self, entry: Row) -> None:
        """An entry of the journal: what it does to its message, and to fees."""
        if entry["amount_micros"] <= 0 or entry["debit"] == entry["credit"]:
            self._twice.append(f"entry {entry['entry']}: moves nothing")
        if entry["kind"] in {"capture", "late"}:
            self._captured[entry["contract"], entry["entry"]] += entry["amount_micros"]
        elif entry["kind"] == "refund" and entry["undoes"]:
            self._captured[entry["contract"], entry["undoes"]] -= entry["amount_micros"]
        elif entry["kind"] in {"fee", "true_up"}:
            self._charged[entry["contract"]] += entry["amount_micros"] * (-1 if entry["credit"] == "spend" else 1)

    def faults(self) -> Iterator[str]:
        """Messages that cost something else than was taken for them."""
        yield from self._twice
        for key in self._costs.keys() | self._captured.keys():
            if self._costs[key] != self._captured[key]:
                yield f"message {key[1]}: used {self._costs[key]}, and {self._captured[key]} was taken for it"

    def document_faults(self, documents: Sequence[Row]) -> list[str]:
        """Contracts whose documents do not have what was used; a month without its document is left out."""
        lines: Counter[tuple[str, str, int]] = Counter()
        others: Counter[str] = Counter()
        for one in documents:
            if one["kind"] in {"invoice", "statement"}:
                for line in one["lines"]:
                    if line["key"].startswith("usage/"):
                        lines[one["contract"], line["key"], line["unit_price_micros"]] += line["quantity"]
                    else:
                        others[one["contract"]] += line["quantity"] * line["unit_price_micros"]
        found = []
        for contract, about in self._contracts.items():
            if any(month["state"] == "frozen" for month in about["months"]):
                continue
            keys = {key for key in lines.keys() | self._in_time.keys() if key[0] == contract and key[2] > 0}
            closed = {month["month"] for month in about["months"]}
            for key in sorted(keys):
                least = self._in_time[key] if key[1].rpartition("/")[2] in closed else 0
                if not min(least, self._used[key]) <= lines[key] <= max(least, self._used[key]):
                    found.append(
                        f"contract {contract}: {lines[key]} units of {key[1]} on documents, {self._used[key]} used"
                    )
            if closed and others[contract] != self._charged[contract]:
                found.append(
                    f"contract {contract}: fees and minimum spend of {others[contract]} on documents,"
                    f" {self._charged[contract]} in the journal"
                )
        return found

    def _line(self, row: Row, zone: str) -> str:
        return "/".join(
            (
                "usage", f"{row['card']}@{row['version']}", str(row["rule"]), row["category"], row["market"], row["tier"],
                "", f"{month_of(row, zone)}",
            )
        )  # fmt: skip


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
        if abs(half_up(sub["taxable"] * rate, 10_000) - sub["tax"]) > slack:
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
    with (folder / "batches.jsonl").open(encoding="utf-8") as lines:
        for batch in map(json.loads, lines):
            newest[batch["part"]] = f"{batch['number']} {batch['hash']}"
            if any(row["message"] == message for row in batch["usage"]):
                found = batch
    if found is None:
        print("nothing was booked for this message")
        return False
    rows = in_order(found["usage"])
    at = next(place for place, row in enumerate(rows) if row["message"] == message)
    print(f"row    {usage_leaf(rows[at]).hex()}")
    for level in levels([usage_leaf(row) for row in rows]):
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
