"""Why somebody got a message, told to that person: on what basis, in whole sentences, and what each rule said.

It rests on the facts kept with the message and on the rules themselves, so it cannot say other than what was decided.
Numbers that are the company's own affair (prices, balances, speed) are not shown.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from takt.core import policy
from takt.core.consent import Act
from takt.core.denial import Text
from takt.core.facts import Facts
from takt.core.policy import Finding
from takt.core.value import value
from takt.core.window import WINDOW, is_open
from takt.wire.disclosure import render_disclosure
from takt.wire.instants import instant

_CATEGORIES: Final[Mapping[str, Text]] = {
    "service": Text("an answer in the conversation", "eine Antwort im Gespräch"),
    "utility": Text("a notification about something you have with them", "eine Nachricht zu einem Vorgang mit dir"),
    "authentication": Text("a security code", "ein Sicherheitscode"),
    "marketing": Text("advertising", "Werbung"),
}

_PASSED: Final[Mapping[str, Text]] = {
    "sender_live": Text("The company is admitted and its sender is live.",
                        "Die Firma ist zugelassen und ihr Absender freigeschaltet."),
    "pilot_scope": Text("The company is in its pilot, and you take part in it.",
                        "Die Firma ist in der Pilotphase, und du nimmst daran teil."),
    "recipient_known": Text("You are on this messenger.", "Du bist bei diesem Messenger."),
    "not_blocked": Text("You had not blocked this sender.", "Du hattest diesen Absender nicht blockiert."),
    "sender_kind": Text("A sender of this kind was allowed to write to you at that moment.",
                        "Ein Absender dieser Art durfte dir in diesem Moment schreiben."),
    "window_or_template": Text("You had written within 24 hours, or the text is an approved template.",
                               "Du hattest in den letzten 24 Stunden geschrieben, oder der Text ist eine geprüfte Vorlage."),
    "template_parameters": Text("The text fits the template that was approved.",
                                "Der Text passt zur Vorlage, die geprüft wurde."),
    "marketing_consent": Text("You had allowed this company to send you advertising.",
                              "Du hattest dieser Firma Werbung erlaubt."),
    "number_registered": Text("The company's number is registered.", "Die Nummer der Firma ist registriert."),
    "not_blocked_by_company": Text("The company had not blocked you.", "Die Firma hatte dich nicht blockiert."),
    "flow": Text("The form in it is one that the company published.",
                 "Das Formular darin hat die Firma veröffentlicht."),
    "marketing_path": Text("It is advertising and came by the way for advertising.",
                           "Es ist Werbung und kam auf dem Weg für Werbung."),
    "identity": Text("You are the person whom the company meant.", "Du bist die Person, die die Firma meinte."),
    "media": Text("Its pictures and files are what they say they are.",
                  "Ihre Bilder und Dateien sind, was sie zu sein angeben."),
    "reaction": Text("It belongs to a message of this chat.", "Sie gehört zu einer Nachricht dieses Chats."),
    "not_muted": Text("You had not muted this chat.", "Du hattest diesen Chat nicht stummgeschaltet."),
    "category": Text("The text is of the kind that it says it is.", "Der Text ist von der Art, als die er ausgegeben ist."),
    "filter": Text("Nothing that its sender said lately stood against it.",
                   "Nichts, was ihr Absender zuletzt schrieb, sprach dagegen."),
    "quiet_hours": Text("It was not a quiet time for you.", "Für dich war gerade keine Ruhezeit."),
    "caps": Text("You had not had more advertising than anybody may get.",
                 "Du hattest nicht mehr Werbung erhalten, als jemand bekommen darf."),
    "held_out": Text("You are not among the few who get no advertising this year.",
                     "Du gehörst nicht zu den wenigen, die dieses Jahr keine Werbung erhalten."),
    "pressure": Text("So little had come of late that this was worth your attention, as far as that can be estimated.",
                     "Zuletzt kam so wenig, dass diese Nachricht deine Aufmerksamkeit wert war, soweit sich das "
                     "schätzen lässt."),
    "owner_stop": Text("You had not stopped advertising of another company of the same owner.",
                       "Du hattest keine Werbung eines anderen Unternehmens desselben Eigentümers abgestellt."),
    "owner_block": Text("You had not blocked another number of the company or of its owner.",
                        "Du hattest keine andere Nummer der Firma oder ihres Eigentümers blockiert."),
    "measure": Text("The company was not restricted in what it may send.",
                    "Die Firma war nicht darin eingeschränkt, was sie senden darf."),
    "reach": Text("The company had not written to more people first than it may.",
                  "Die Firma hatte nicht mehr Menschen zuerst geschrieben, als sie darf."),
    "pacing": Text("The text is new, and may go out to so many people already.",
                   "Der Text ist neu und darf schon an so viele gehen."),
    "pair_rate": Text("The company was not writing to you too fast.", "Die Firma schrieb dir nicht zu schnell."),
    "throughput": Text("The sender kept to its speed limit.", "Der Absender hielt seine Höchstgeschwindigkeit ein."),
    "money": Text("The company can pay for the message.", "Die Firma kann die Nachricht bezahlen."),
    "budget": Text("The company's own budget covers the message.", "Das eigene Budget der Firma deckt die Nachricht."),
    "partner": Text("The partner of the company can pay for the message.",
                    "Der Partner der Firma kann die Nachricht bezahlen."),
}  # fmt: skip
_NOT_NEEDED: Final = Text("Not needed for this message.", "Für diese Nachricht nicht nötig.")
_UNKNOWN: Final = Text("This rule was kept.", "Diese Regel wurde eingehalten.")

_SOURCES: Final[Mapping[str, Text]] = {
    "messenger": Text("in this app", "in dieser App"),
    "keyword": Text("by a message", "per Nachricht"),
    "sentence": Text("by a message", "per Nachricht"),
    "double_opt_in": Text("asked by the company and confirmed by you", "von der Firma angefragt und von dir bestätigt"),
    "import": Text("from a list that the company brought", "aus einer Liste, die die Firma mitbrachte"),
    "customer": Text("as an existing customer", "als Bestandskunde"),
    "erasure": Text("by erasing your data", "durch das Löschen deiner Daten"),
    "demo": Text("set up with the demo", "mit der Demo eingerichtet"),
}

_ASKED: Final = Text("by a question of this messenger", "über eine Frage dieses Messengers")


@value
class Case:
    """A message that somebody got: who sent it, for what, when, on which facts; the proof of consent if it needed one."""

    sender: str
    business: str
    category: str
    at: datetime
    facts: Facts
    record: str | None


def render_why(case: Case, locale: str) -> dict[str, Any]:
    """Basis, sentences, rules and what can be stopped; texts in the locale."""
    return {
        "category": case.category,
        "basis": _basis(case, locale),
        "sentences": [sentence.in_locale(locale) for sentence in _sentences(case)],
        "rules": [_rule(finding, locale) for finding in policy.examine(case.facts, case.at)],
        "stop": {"purpose": case.facts.purpose} if case.category == "marketing" else None,
        **render_disclosure(case.business, case.category, case.facts, locale),
    }


def source_text(source: str, locale: str, act: Act = Act.GRANT) -> str:
    """By which way something was said, as people say it; a way we do not know is named as it is.

    Only a yes was confirmed: a question that nobody answered yet, and a no to it, came by the same way.
    """
    known = _ASKED if source == "double_opt_in" and act is not Act.GRANT else _SOURCES.get(source)
    return source if known is None else known.in_locale(locale)


def _basis(case: Case, locale: str) -> dict[str, Any]:
    facts = case.facts
    if case.category == "marketing":
        return {
            "kind": "customer" if facts.consent_act == "except" else "consent",
            "purpose": facts.purpose,
            "at": instant(facts.consent_at),
            "record": case.record,
            "source": source_text(facts.consent_source, locale),
        }
    if is_open(facts.window_until, case.at):
        assert facts.window_until is not None
        return {"kind": "window", "at": instant(facts.window_until - WINDOW), "record": None, "source": None}
    return {"kind": "transaction", "at": instant(case.at), "record": None, "source": None}


def _sentences(case: Case) -> list[Text]:
    kind = _CATEGORIES[case.category]
    who = case.sender if case.sender == case.business else f"{case.sender} ({case.business})"
    first = Text(f"{who} sent you this: {kind.en}.", f"{who} hat dir das geschickt: {kind.de}.")
    return [first, _reason(case), _way_out(case)]


def _reason(case: Case) -> Text:
    facts = case.facts
    if case.category == "marketing":
        assert facts.consent_at is not None
        if facts.consent_act == "except":
            return _customer(case)
        way = _SOURCES.get(facts.consent_source, Text(facts.consent_source, facts.consent_source))
        return Text(
            f"You allowed advertising from {case.business} on {facts.consent_at:%d %B %Y} ({way.en}).",
            f"Du hast {case.business} am {facts.consent_at:%d.%m.%Y} Werbung erlaubt ({way.de}).",
        )
    if is_open(facts.window_until, case.at):
        return Text(
            "You had written to them within the 24 hours before; so long a company may answer.",
            "Du hattest in den 24 Stunden davor geschrieben; so lange darf eine Firma antworten.",
        )
    return Text(
        "It is an approved template about something you have with this company; advertising is not allowed in it.",
        "Es ist eine geprüfte Vorlage zu einem Vorgang, den du mit dieser Firma hast; Werbung darf darin nicht stehen.",
    )


def _customer(case: Case) -> Text:
    """The exception is never called consent, and each use says that one may object."""
    at = case.facts.consent_at
    return Text(
        f"{case.business} got your number with a sale (on record since {at:%d %B %Y}) and may tell you of similar goods of its"
        " own. You did not have to agree, and you may object at any time, free of charge.",
        f"{case.business} hat deine Nummer bei einem Kauf erhalten (vermerkt am {at:%d.%m.%Y}) und darf dir ähnliche eigene"
        " Waren anbieten. Du musstest nicht zustimmen und kannst jederzeit kostenlos widersprechen.",
    )


def _way_out(case: Case) -> Text:
    if case.category == "marketing":
        return Text(
            "You can stop advertising from this company at any time, here or by answering STOP.",
            "Du kannst Werbung dieser Firma jederzeit abstellen, hier oder mit der Antwort STOPP.",
        )
    return Text(
        "If you do not want it, you can block the sender or delete the chat.",
        "Wenn du das nicht möchtest, kannst du den Absender blockieren oder den Chat löschen.",
    )


def _rule(finding: Finding, locale: str) -> dict[str, str]:
    if finding.reason is not None:
        text = finding.reason.text
    elif finding.verdict == "not_needed":
        text = _NOT_NEEDED
    else:
        text = _PASSED.get(finding.rule, _UNKNOWN)
    return {"rule": finding.rule, "verdict": finding.verdict, "text": text.in_locale(locale)}
