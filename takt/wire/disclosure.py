"""What a person is told of every message of a company: on whose behalf, who paid, what counted, how to change it.

The Digital Services Act, Article 26, asks for it of advertising; here it is told of all messages. Only facts about this person and this company are told; of others nothing but a count.
"""

from typing import Any, Final

from takt.core.denial import Text
from takt.core.facts import Facts
from takt.core.window import WINDOW


def render_disclosure(business: str, category: str, facts: Facts, locale: str) -> dict[str, Any]:
    """The four parts; texts in the locale. A control's `kind` says what it does: stop, quiet, block or delete."""
    return {
        "behalf": _behalf(business).in_locale(locale),
        "paid": _paid(business, facts).in_locale(locale),
        "counted": [one.in_locale(locale) for one in _counted(category, facts)],
        "controls": [{"kind": kind, "text": text.in_locale(locale)} for kind, text in _controls(business, category)],
    }


def _behalf(business: str) -> Text:
    return Text(f"It was sent on behalf of {business}.", f"Sie wurde im Auftrag von {business} gesendet.")


def _paid(business: str, facts: Facts) -> Text:
    if facts.price_micros > 0:
        return Text(f"{business} pays for it when it arrives.", f"{business} bezahlt dafür, wenn sie ankommt.")
    return Text("Nobody pays for it.", "Niemand bezahlt dafür.")


def _counted(category: str, facts: Facts) -> list[Text]:
    """What the decision looked at, of what the person can see or change."""
    found = [_contact(facts)]
    if facts.unanswered:
        found.append(
            Text(
                f"Messages in a row that you had not answered before it: {facts.unanswered}.",
                f"Nachrichten in Folge, auf die du davor nicht geantwortet hattest: {facts.unanswered}.",
            )
        )
    if category == "marketing":
        found += _heard(facts)
    if facts.quiet_figure:
        found.append(
            Text(
                "It was no quiet time for you, by the hours of your country and your own.",
                "Es war keine Ruhezeit für dich, weder nach den Stunden deines Landes noch nach deinen eigenen.",
            )
        )
    return found


def _contact(facts: Facts) -> Text:
    if facts.window_until is not None:
        at = facts.window_until - WINDOW
        return Text(f"You last wrote to them on {at:%d %B %Y}.", f"Du hast ihnen zuletzt am {at:%d.%m.%Y} geschrieben.")
    if facts.ever_wrote:
        return Text("You have written to them before.", "Du hast ihnen schon einmal geschrieben.")
    return Text("You have never written to them.", "Du hast ihnen noch nie geschrieben.")


def _heard(facts: Facts) -> list[Text]:
    """How much advertising had come before, and how much may: of all together, and of this sender."""
    if facts.heard is None or facts.caps is None:
        return []
    (all_day, all_week, own_day, own_week), (cap_day, cap_week, of_day, of_week) = facts.heard, facts.caps
    return [
        Text(
            f"Advertising of this sender that had reached you: {own_day} in 24 hours (at most {of_day}), {own_week} in 7"
            f" days (at most {of_week}).",
            f"Werbung dieses Absenders, die dich davor erreicht hatte: {own_day} in 24 Stunden (höchstens {of_day}),"
            f" {own_week} in 7 Tagen (höchstens {of_week}).",
        ),
        Text(
            f"Advertising of all companies that had reached you: {all_day} in 24 hours (at most {cap_day}), {all_week} in"
            f" 7 days (at most {cap_week}).",
            f"Werbung aller Firmen, die dich davor erreicht hatte: {all_day} in 24 Stunden (höchstens {cap_day}),"
            f" {all_week} in 7 Tagen (höchstens {cap_week}).",
        ),
    ]


def _controls(business: str, category: str) -> list[tuple[str, Text]]:
    stop = Text(f"Stop advertising of {business}: here, or by answering STOP.",
                f"Werbung von {business} abstellen: hier, oder mit der Antwort STOPP.")  # fmt: skip
    block = Text(
        "Block the sender: then nothing of it arrives.", "Den Absender blockieren: Dann kommt nichts mehr von ihm an."
    )
    delete = Text(
        "Delete the chat: that ends its right to write.", "Den Chat löschen: Damit endet sein Recht zu schreiben."
    )
    always = [("block", block), ("delete", delete)]
    if category == "authentication":
        return always
    quiet = ("quiet", _QUIET if category == "marketing" else _QUIET_FOR_ALL)
    return [("stop", stop), quiet, *always] if category == "marketing" else [quiet, *always]


_QUIET: Final = Text(
    "Set a quiet time of your own: advertising that comes meanwhile waits until it is over.",
    "Eine eigene Ruhezeit setzen: Werbung, die währenddessen kommt, wartet, bis sie vorbei ist.",
)
_QUIET_FOR_ALL: Final = Text(
    "Set a quiet time of your own, of everything: then messages like this one wait, too.",
    "Eine eigene Ruhezeit für alles setzen: Dann warten auch Nachrichten wie diese.",
)
