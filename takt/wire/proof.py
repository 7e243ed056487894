"""Proof of consent: everything on record between a person and a company, as JSON and as one page to print."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.core.consent import PROOF_LIFE, Act, ConsentRecord, Link, Standing, fold, number_hash, permits
from takt.core.denial import Text
from takt.core.value import value
from takt.wire.instants import instant

ACTS: Final[Mapping[str, Text]] = {
    "grant": Text("allowed", "erlaubt"),
    "stop": Text("stopped", "abgestellt"),
    "request": Text("asked by the company", "von der Firma angefragt"),
    "decline": Text("declined", "abgelehnt"),
    "import": Text(
        "brought from a list (not confirmed by the person)", "aus einer Liste (von der Person nicht bestätigt)"
    ),
    "except": Text("existing customer (no consent)", "Bestandskunde (keine Einwilligung)"),
    "erase": Text("data erased", "Daten gelöscht"),
}
EXCEPTION_NOTICE: Final = Text(
    "You get this as a customer of {name}. You may object at any time, at no cost.",
    "Du bekommst das als Kundin oder Kunde von {name}. Du kannst jederzeit widersprechen, ohne Kosten.",
)
"""What stands beneath every message that rests on the exception for existing customers (UWG §7(3) no. 4)."""
LABELS: Final[Mapping[str, Text]] = {
    "title": Text("Proof of consent", "Nachweis der Einwilligung"),
    "company": Text("Company", "Unternehmen"),
    "person": Text("Person", "Person"),
    "pseudonym": Text("pseudonym", "Pseudonym"),
    "erased": Text("number erased", "Rufnummer gelöscht"),
    "made": Text("Made on", "Erstellt am"),
    "chain": Text("Chain of hashes", "Hash-Kette"),
    "whole": Text("unbroken, of {count} in all", "lückenlos, {count} insgesamt"),
    "broken": Text("BROKEN at record {number} ({record})", "GEBROCHEN bei Eintrag {number} ({record})"),
    "standing": Text("What holds now", "Was jetzt gilt"),
    "records": Text("Records", "Einträge"),
    "none": Text("Nothing is on record.", "Es liegt nichts vor."),
    "all": Text("everything", "alles"),
    "yes": Text("may send", "darf senden"),
    "no": Text("may not send", "darf nicht senden"),
    "used": Text("used {count} times, last on {at}", "{count}-mal genutzt, zuletzt am {at}"),
    "unused": Text("not used", "nicht genutzt"),
    "shown": Text("Shown beneath every message", "Stand unter jeder Nachricht"),
    "kept": Text("Kept at least until", "Aufbewahrt mindestens bis"),
}

TERMS: Final[Mapping[str, Text]] = {
    "channel": Text("channel", "Weg"),
    "method": Text("method", "Art"),
    "place": Text("place on the screen", "Stelle auf dem Bildschirm"),
    "zone": Text("time zone", "Zeitzone"),
    "device": Text("device (hash)", "Gerät (Hash)"),
    "number": Text("number (hash)", "Rufnummer (Hash)"),
    "company": Text("company", "Unternehmen"),
    "legal_name": Text("legal name shown", "gezeigter rechtlicher Name"),
    "purpose": Text("purpose", "Zweck"),
    "version": Text("version of the wording", "Fassung des Wortlauts"),
    "language": Text("language", "Sprache"),
    "wording": Text("wording", "Wortlaut"),
    "evidence": Text("evidence", "Beleg"),
    "evidence_sha256": Text("evidence file (hash)", "Belegdatei (Hash)"),
    "age_check": Text("age check", "Altersprüfung"),
    "confirmation": Text("confirmation", "Bestätigung"),
    "request": Text("request", "Anfrage"),
    "asked_at": Text("asked at", "gefragt am"),
    "answered_at": Text("answered at", "beantwortet am"),
    "import": Text("list", "Liste"),
    "source": Text("source", "Herkunft"),
    "granted_on": Text("allowed on", "erlaubt am"),
    "vouched_by": Text("vouched for by", "verbürgt von"),
    "vouched": Text("vouched for", "verbürgt"),
    "exception": Text("facts of the exception", "Tatsachen der Ausnahme"),
    "sold": Text("sale", "Verkauf"),
    "sold_on": Text("sold on", "verkauft am"),
    "goods": Text("own similar goods", "eigene ähnliche Waren"),
    "no_objection": Text("no objection", "kein Widerspruch"),
    "notice_at_collection": Text("notice when the number was taken", "Hinweis bei der Erhebung"),
    "notice_in_every_use": Text("notice in every use", "Hinweis bei jeder Verwendung"),
}
"""How the terms of a record are called on the page; names not among them stand as they are."""


@value
class Use:
    """How a consent was used."""

    count: int
    last_at: datetime


@value
class Proof:
    """What a proof is made of: `links` between these two alone; whether the person's whole chain holds.

    `numbers` are the person's numbers with their salts, none once they are erased.
    """

    company: str
    recipient_id: UUID
    numbers: Sequence[tuple[str, str]]
    links: Sequence[Link]
    whole: int
    broken: ConsentRecord | None
    uses: Mapping[UUID, Use]
    at: datetime


def render_proof(proof: Proof, locale: str) -> dict[str, Any]:
    """The proof as JSON: the chain, what holds now, and each record with its terms, evidence, use and hash."""
    state = fold(one for one, _, _ in proof.links)
    return {
        "company": proof.company,
        "person": {"pseudonym": str(proof.recipient_id), "numbers": [wa_id for wa_id, _ in proof.numbers]},
        "made_at": instant(proof.at),
        "chain": {
            "records": proof.whole,
            "whole": proof.broken is None,
            "first_broken": None if proof.broken is None else str(proof.broken.record_id),
        },
        "standings": [_standing(name, said, state, proof) for name, said in sorted(state.items())],
        "records": [render_record(link, proof.uses, proof.numbers, locale) for link in proof.links],
    }


def render_record(
    link: Link, uses: Mapping[UUID, Use], numbers: Iterable[tuple[str, str]], locale: str
) -> dict[str, Any]:
    """One record with what is known of its use."""
    record, previous, this = link
    use = uses.get(record.record_id)
    terms = msgspec.json.decode(record.terms) if record.terms else {}
    hidden = terms.get("number")
    number = next((wa_id for wa_id, salt in numbers if number_hash(wa_id, salt) == hidden), None)
    kept = max(record.at, use.last_at if use is not None else record.at) + PROOF_LIFE
    return {
        "id": str(record.record_id),
        "place_in_chain": record.number,
        "act": record.kind,
        "says": ACTS[record.kind].in_locale(locale),
        "purpose": record.purpose,
        "at": instant(record.at),
        "method": record.source,
        "number_at_that_time": number,
        "terms": terms,
        "notice": _notice(record, terms, locale),
        "evidence": msgspec.json.decode(record.evidence),
        "valid_until": instant(record.valid_until),
        "uses": 0 if use is None else use.count,
        "last_use": None if use is None else instant(use.last_at),
        "keep_until": instant(kept),
        "previous_hash": previous.hex(),
        "hash": this.hex(),
    }


def _notice(record: ConsentRecord, terms: Mapping[str, Any], locale: str) -> str | None:
    """What each message that rests on this record showed beneath it, if it had to show anything."""
    if record.kind is not Act.EXCEPT:
        return None
    return EXCEPTION_NOTICE.in_locale(locale).format(name=terms.get("company", ""))


def _standing(name: str, said: Standing, state: Mapping[str, Standing], proof: Proof) -> dict[str, Any]:
    use = proof.uses.get(said.record_id)
    answer = permits(state, name, proof.at, None if use is None else use.last_at)
    allowed = isinstance(answer, UUID)
    return {
        "purpose": name,
        "may_send": allowed,
        "basis": said.act if allowed else None,
        "reason": None if isinstance(answer, UUID) else answer.name,
        "since": instant(said.at),
        "record": str(said.record_id),
    }


def render_page(proof: Proof, locale: str) -> str:
    """The proof as a page of its own, without scripts or anything from outside, ready to print."""
    shown = render_proof(proof, locale)

    def label(name: str, **values: object) -> str:
        return escape(LABELS[name].in_locale(locale).format(**values))

    numbers = ", ".join(f"+{number}" for number in shown["person"]["numbers"]) or LABELS["erased"].in_locale(locale)
    chain = (
        label("whole", count=proof.whole)
        if proof.broken is None
        else label("broken", number=proof.broken.number, record=proof.broken.record_id)
    )
    facts = (
        (label("company"), escape(proof.company)),
        (label("person"), f"{escape(numbers)} ({label('pseudonym')} <code>{proof.recipient_id}</code>)"),
        (label("made"), escape(shown["made_at"])),
        (label("chain"), chain),
    )
    names = {"*": LABELS["all"].in_locale(locale)}
    names |= {one["purpose"]: one["terms"]["purpose"] for one in shown["records"] if "purpose" in one["terms"]}
    standings = "".join(
        f"<li><strong>{escape(names.get(one['purpose'], one['purpose']))}</strong>: {label('yes' if one['may_send'] else 'no')}"
        f" · {escape(one['since'])}</li>"
        for one in shown["standings"]
    )
    records = "".join(_record_row(one, names, label, locale) for one in shown["records"])
    empty = "" if records else f"<p>{label('none')}</p>"
    rows = "".join(f"<dt>{name}</dt><dd>{said}</dd>" for name, said in facts)
    return (
        f'<!doctype html><html lang="{escape(locale)}"><head><meta charset="utf-8"><title>{label("title")}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{label('title')}</h1><dl>{rows}</dl>"
        f"<h2>{label('standing')}</h2><ul>{standings}</ul><h2>{label('records')}</h2>{empty}{records}</main></body></html>"
    )


def _record_row(one: Mapping[str, Any], names: Mapping[str, str], label: Any, locale: str) -> str:
    used = label("used", count=one["uses"], at=one["last_use"]) if one["uses"] else label("unused")
    terms = {**one["terms"], "evidence": one["evidence"]}
    shown = f"<p>{label('shown')}: “{escape(one['notice'])}”</p>" if one["notice"] else ""
    details = "".join(
        f"<dt>{escape(_term(name, locale))}</dt><dd>{escape(_plain(said, locale))}</dd>" for name, said in terms.items()
    )
    purpose = names.get(one["purpose"], one["purpose"])
    return (
        f"<article><h3>{one['place_in_chain']}. {escape(purpose)}: {escape(one['says'])}</h3>"
        f"<p><time>{escape(one['at'])}</time> · {escape(one['method'])} · {used} · {label('kept')}"
        f" {escape(one['keep_until'])}</p>{shown}<dl>{details}</dl><p class=hash>{one['previous_hash']}<br>→ {one['hash']}</p></article>"
    )


def _term(name: str, locale: str) -> str:
    known = TERMS.get(name)
    return name if known is None else known.in_locale(locale)


def _plain(said: object, locale: str) -> str:
    if isinstance(said, Mapping):
        return "; ".join(f"{_term(str(name), locale)}: {_plain(one, locale)}" for name, one in said.items())
    return said if isinstance(said, str) else msgspec.json.encode(said).decode()


_STYLE: Final = (
    "body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:48rem;padding:0 1rem;color:#111;background:#fff}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:1.5rem}h3{font-size:1rem;margin:0}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}"
    "article{border-top:1px solid #bbb;padding:.75rem 0;break-inside:avoid}.hash{font:11px monospace;overflow-wrap:anywhere}"
)
