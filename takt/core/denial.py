"""Why Takt says no: a closed list of reasons, each of which knows its own consequences.

A reason carries the Cloud API code that existing clients understand, whether it is answered at once or reported
later in a `failed` status (reference: Cloud API error codes and the stage at which each is enforced), whether a
repeat can help, and what to tell people in English and German.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from takt.core.repeating import Retry
from takt.core.value import value


@value
class Text:
    """One text in the languages Takt speaks."""

    en: str
    de: str

    def in_locale(self, locale: str) -> str:
        """The German text for a German locale, the English one for every other."""
        return self.de if locale.startswith("de") else self.en


@value
class Reason:
    """A cause of refusal. `sync` reasons are answered at once with `http`, others come as a `failed` status."""

    name: str
    code: int
    title: str
    sync: bool
    http: int
    retry: Retry
    text: Text
    remedy: Text


@value
class Denied:
    """A no: the rule that said it, the reason, the number behind it and when it could be different (UTC).

    `waits_for` names what a message may wait for until `next_at`, should its time allow; "" when waiting does not help.
    """

    rule: str
    reason: Reason
    figure: str
    next_at: datetime | None = None
    waits_for: str = ""


SENDER_NOT_LIVE: Final = Reason(
    "sender_not_live", 131031, "Account has been locked", sync=True, http=403, retry=Retry.AFTER_CHANGE,
    text=Text("This sender is not live.", "Dieser Absender ist nicht freigeschaltet."),
    remedy=Text("Ask the operator to activate the sender.", "Bitten Sie den Betreiber, den Absender freizuschalten."),
)  # fmt: skip
OUTSIDE_PILOT: Final = Reason(
    "outside_pilot", 131030, "Recipient phone number not in allowed list", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The business is in its pilot and this person is not a pilot member.",
              "Das Unternehmen ist in der Pilotphase und diese Person gehört nicht zum Pilotkreis."),
    remedy=Text("Write to pilot members only, or ask the operator to go live.",
                "Schreiben Sie nur Mitgliedern des Pilotkreises oder bitten Sie den Betreiber um Freischaltung."),
)  # fmt: skip
RECIPIENT_UNKNOWN: Final = Reason(
    "recipient_unknown", 131026, "Message undeliverable", sync=False, http=400, retry=Retry.NEVER,
    text=Text("Nobody on this messenger has this number.", "Unter dieser Nummer ist niemand bei diesem Messenger."),
    remedy=Text("Check the number or reach the person another way.",
                "Prüfen Sie die Nummer oder wählen Sie einen anderen Weg."),
)  # fmt: skip
BLOCKED_BY_USER: Final = Reason(
    "blocked_by_user", 131026, "Message undeliverable", sync=False, http=400, retry=Retry.NEVER,
    text=Text("The person does not accept messages from this sender.",
              "Die Person nimmt von diesem Absender keine Nachrichten an."),
    remedy=Text("Do not write again; only the person can change this.",
                "Schreiben Sie nicht erneut; nur die Person selbst kann das ändern."),
)  # fmt: skip
OWNER_BLOCKED: Final = replace(BLOCKED_BY_USER, name="owner_blocked")
"""To the company it is a block like any other: it does not learn that another number was meant."""
SUPPORT_NOT_INVITED: Final = Reason(
    "support_not_invited", 131047, "Re-engagement message", sync=False, http=400, retry=Retry.LATER,
    text=Text("A support sender may write only within 24 hours after the person wrote.",
              "Ein Support-Absender darf nur innerhalb von 24 Stunden schreiben, nachdem die Person geschrieben hat."),
    remedy=Text("Wait until the person writes again, or use an outreach sender with an approved template.",
                "Warten Sie, bis die Person wieder schreibt, oder nutzen Sie einen Outreach-Absender mit Vorlage."),
)  # fmt: skip
CHAT_DELETED: Final = Reason(
    "chat_deleted", 131047, "Re-engagement message", sync=False, http=400, retry=Retry.LATER,
    text=Text("The person deleted this chat, which ends the right to write.",
              "Die Person hat diesen Chat gelöscht; damit endet das Recht zu schreiben."),
    remedy=Text("Wait until the person writes again.", "Warten Sie, bis die Person wieder schreibt."),
)  # fmt: skip
SUPPORT_SILENCED: Final = Reason(
    "support_silenced", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.LATER,
    text=Text("Too many messages in a row went unanswered.", "Zu viele Nachrichten in Folge blieben ohne Antwort."),
    remedy=Text("Wait for an answer; the count starts again with it.",
                "Warten Sie auf eine Antwort; danach beginnt die Zählung von vorn."),
)  # fmt: skip
WINDOW_CLOSED: Final = Reason(
    "window_closed", 131047, "Re-engagement message", sync=False, http=400, retry=Retry.LATER,
    text=Text("More than 24 hours have passed since the person last wrote.",
              "Seit der letzten Nachricht der Person sind mehr als 24 Stunden vergangen."),
    remedy=Text("Send an approved template instead.", "Senden Sie stattdessen eine freigegebene Vorlage."),
)  # fmt: skip
TEMPLATE_MISSING: Final = Reason(
    "template_missing", 132001, "Template name does not exist in the translation", sync=True, http=404,
    retry=Retry.AFTER_CHANGE, text=Text("There is no approved template of this name and language.",
              "Es gibt keine freigegebene Vorlage mit diesem Namen in dieser Sprache."),
    remedy=Text("Check name and language against the template list.",
                "Vergleichen Sie Name und Sprache mit der Vorlagenliste."),
)  # fmt: skip
TEMPLATE_PAUSED: Final = Reason(
    "template_paused", 132015, "Template is paused", sync=True, http=400, retry=Retry.LATER,
    text=Text("The template is paused because of its quality.", "Die Vorlage ist wegen ihrer Qualität angehalten."),
    remedy=Text("Improve the template or wait until it is released.",
                "Verbessern Sie die Vorlage oder warten Sie auf die Freigabe."),
)  # fmt: skip
TEMPLATE_DISABLED: Final = Reason(
    "template_disabled", 132016, "Template is disabled", sync=True, http=400, retry=Retry.NEVER,
    text=Text("The template is disabled.", "Die Vorlage ist gesperrt."),
    remedy=Text("Create a new template with other content.", "Legen Sie eine neue Vorlage mit anderem Inhalt an."),
)  # fmt: skip
PARAMETER_COUNT: Final = Reason(
    "parameter_count", 132000, "Number of parameters does not match the expected number of params", sync=True,
    http=400, retry=Retry.AFTER_CHANGE, text=Text("The number of parameters differs from the template.",
              "Die Zahl der Parameter weicht von der Vorlage ab."),
    remedy=Text("Give each variable of the template exactly one parameter.",
                "Geben Sie für jede Variable der Vorlage genau einen Parameter an."),
)  # fmt: skip
PARAMETER_FORMAT: Final = Reason(
    "parameter_format", 132012, "Parameter format does not match format in the created template", sync=True,
    http=400, retry=Retry.AFTER_CHANGE, text=Text("A parameter has another kind or name than the template says.",
              "Ein Parameter hat eine andere Art oder einen anderen Namen als in der Vorlage."),
    remedy=Text("Send the kind and name of parameter that the template lists.",
                "Senden Sie Art und Namen der Parameter wie in der Vorlage."),
)  # fmt: skip
TEXT_TOO_LONG: Final = Reason(
    "text_too_long", 132005, "Translated text too long", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The filled-in template is too long.", "Die ausgefüllte Vorlage ist zu lang."),
    remedy=Text("Shorten the parameters.", "Kürzen Sie die Parameter."),
)  # fmt: skip
PARAMETER_VALUE: Final = Reason(
    "parameter_value", 132008, "Parameter value is not valid", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("A parameter has a value that the template cannot take.",
              "Ein Parameter hat einen Wert, den die Vorlage nicht annimmt."),
    remedy=Text("Send a value of the form that the details name.",
                "Senden Sie einen Wert in der Form, die in den Einzelheiten steht."),
)  # fmt: skip
TEXT_FORMAT: Final = Reason(
    "text_format", 132007, "Template format character policy violated", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("A parameter has line breaks, tabs or many spaces in a row.",
              "Ein Parameter enthält Zeilenumbrüche, Tabulatoren oder viele Leerzeichen hintereinander."),
    remedy=Text("Put the line breaks into the template and send plain words.",
                "Setzen Sie Zeilenumbrüche in die Vorlage und senden Sie einfache Wörter."),
)  # fmt: skip
MARKETING_ONLY: Final = Reason(
    "marketing_only", 134100, "Only marketing messages are supported", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("This path takes marketing templates alone.", "Auf diesem Weg gehen nur Werbevorlagen hinaus."),
    remedy=Text("Send other templates by /messages.", "Senden Sie andere Vorlagen über /messages."),
)  # fmt: skip
MEDIUM_UNUSABLE: Final = Reason(
    "medium_unusable", 131053, "Media upload error", sync=False, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("A medium of the message could not be fetched, or is not what the message says.",
              "Ein Medium der Nachricht war nicht abrufbar oder ist nicht das, was die Nachricht angibt."),
    remedy=Text("Check address, type and size of the medium, or upload it first.",
                "Prüfen Sie Adresse, Typ und Größe des Mediums oder laden Sie es vorher hoch."),
)  # fmt: skip
REACTION_TARGET: Final = Reason(
    "reaction_target", 131009, "Parameter value is not valid", sync=False, http=400, retry=Retry.NEVER,
    text=Text("The message to react to is not in this chat, older than 30 days, or itself a reaction.",
              "Die Nachricht, auf die reagiert wird, ist nicht in diesem Chat, älter als 30 Tage oder selbst eine Reaktion."),
    remedy=Text("React to a message of this chat from the last 30 days.",
                "Reagieren Sie auf eine Nachricht dieses Chats aus den letzten 30 Tagen."),
)  # fmt: skip
IDENTITY_CHANGED: Final = Reason(
    "identity_changed", 137000, "Identity key mismatch", sync=False, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The person is not the one whom the given hash belongs to.",
              "Die Person ist nicht die, zu der der angegebene Hash gehört."),
    remedy=Text("Make sure whom you are writing to, and take the hash of the newest webhook.",
                "Vergewissern Sie sich, wem Sie schreiben, und nehmen Sie den Hash aus dem neuesten Webhook."),
)  # fmt: skip
NUMBER_UNREGISTERED: Final = Reason(
    "number_unregistered", 133010, "Phone number not registered", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The number of this sender is not registered.", "Die Nummer dieses Absenders ist nicht registriert."),
    remedy=Text("Verify the number and register it with a PIN.",
                "Bestätigen Sie die Nummer und registrieren Sie sie mit einer PIN."),
)  # fmt: skip
BLOCKED_BY_COMPANY: Final = Reason(
    "blocked_by_company", 131026, "Message undeliverable", sync=False, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The company itself blocked this person.", "Das Unternehmen selbst hat diese Person blockiert."),
    remedy=Text("Take the person off your block list first.", "Nehmen Sie die Person zuerst von Ihrer Sperrliste."),
)  # fmt: skip
FLOW_UNKNOWN: Final = Reason(
    "flow_unknown", 131009, "Parameter value is not valid", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The flow is none of this company, or is not published.",
              "Das Formular gehört nicht zu diesem Unternehmen oder ist nicht veröffentlicht."),
    remedy=Text("Publish the flow, or send it with the mode draft.",
                "Veröffentlichen Sie das Formular oder senden Sie es im Modus draft."),
)  # fmt: skip
FLOW_BLOCKED: Final = Reason(
    "flow_blocked", 132068, "Flow is blocked", sync=True, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The flow is blocked because its endpoint fails.",
              "Das Formular ist gesperrt, weil sein Endpunkt nicht richtig antwortet."),
    remedy=Text("Mend the endpoint and publish the flow again.",
                "Bringen Sie den Endpunkt in Ordnung und veröffentlichen Sie das Formular erneut."),
)  # fmt: skip
FLOW_THROTTLED: Final = Reason(
    "flow_throttled", 132069, "Flow is throttled", sync=True, http=400, retry=Retry.LATER,
    text=Text("The flow may go out ten times an hour while its endpoint fails.",
              "Das Formular darf zehnmal in der Stunde hinausgehen, solange sein Endpunkt oft versagt."),
    remedy=Text("Mend the endpoint, or send fewer.", "Bringen Sie den Endpunkt in Ordnung oder senden Sie weniger."),
)  # fmt: skip
MARKETING_NOT_GRANTED: Final = Reason(
    "marketing_not_granted", 131050, "User has not opted in to marketing messages", sync=False, http=400,
    retry=Retry.AFTER_CHANGE, text=Text("The person never allowed this company to send marketing.",
              "Die Person hat diesem Unternehmen nie Werbung erlaubt."),
    remedy=Text("Ask for the opt-in first, for instance in an open service chat.",
                "Holen Sie zuerst die Einwilligung ein, zum Beispiel im offenen Service-Chat."),
)  # fmt: skip
MARKETING_STOPPED: Final = Reason(
    "marketing_stopped", 131050, "User has stopped receiving marketing messages from you", sync=False, http=400,
    retry=Retry.NEVER, text=Text("The person stopped or declined marketing from this company.",
              "Die Person hat die Werbung dieses Unternehmens abbestellt oder abgelehnt."),
    remedy=Text("Do not send marketing to this person; only the person can resume it.",
                "Senden Sie dieser Person keine Werbung; nur sie selbst kann sie wieder erlauben."),
)  # fmt: skip
CHAT_MUTED: Final = Reason(
    "chat_muted", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.LATER, text=Text("The person wants no advertising in this chat at present.",
              "Die Person möchte in diesem Chat zurzeit keine Werbung."),
    remedy=Text("Send what the person asked for; advertising may come again when they want it.",
                "Senden Sie, worum die Person gebeten hat; Werbung erst, wenn sie sie wieder möchte."),
)  # fmt: skip
CATEGORY_MISMATCH: Final = Reason(
    "category_mismatch", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.AFTER_CHANGE, text=Text("The text is of another category than its template says.",
              "Der Text gehört zu einer anderen Kategorie, als seine Vorlage angibt."),
    remedy=Text("Submit the template in the category that its text is of.",
                "Reichen Sie die Vorlage in der Kategorie ein, zu der ihr Text gehört."),
)  # fmt: skip
IN_REVIEW: Final = Reason(
    "in_review", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.LATER,
    text=Text("This message is read before it goes out: something in it stands out, or in what its sender said lately.",
              "Diese Nachricht wird vor dem Versand gelesen: An ihr oder an früheren des Absenders fiel etwas auf."),
    remedy=Text("Nothing, if it waits; else send it again later. The operator says what was found.",
                "Nichts, wenn sie wartet; sonst senden Sie später erneut. Was auffiel, sagt der Betreiber."),
)  # fmt: skip
READ_AS_FRAUD: Final = Reason(
    "read_as_fraud", 131048, "Spam rate limit hit", sync=False, http=400, retry=Retry.NEVER,
    text=Text("A person has looked at this message and taken it for fraud.",
              "Ein Mensch hat diese Nachricht angesehen und hält sie für Betrug."),
    remedy=Text("Write to the operator if that is a mistake.", "Schreiben Sie dem Betreiber, wenn das ein Irrtum ist."),
)  # fmt: skip
SENDER_FROZEN: Final = Reason(
    "sender_frozen", 131031, "Account has been locked", sync=True, http=403, retry=Retry.AFTER_CHANGE,
    text=Text("This sender sends nothing for now: several of its messages read like fraud.",
              "Dieser Absender sendet vorerst nichts: Mehrere seiner Nachrichten lesen sich wie Betrug."),
    remedy=Text("Appeal; a person decides.", "Widersprechen Sie; ein Mensch entscheidet."),
)  # fmt: skip
QUIET_HOURS: Final = Reason(
    "quiet_hours", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.LATER,
    text=Text("It is a quiet time for the person.", "Bei der Person ist Ruhezeit."),
    remedy=Text("Nothing, if it waits; else send it in the hours allowed, or with a longer time to live, so that it can wait.",
                "Nichts, wenn sie wartet; sonst senden Sie zu den erlaubten Zeiten oder mit längerer Lebensdauer, "
                "damit sie warten kann."),
)  # fmt: skip
CAP_OF_PERSON: Final = Reason(
    "cap_of_person", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.LATER,
    text=Text("The person has had as much advertising from all companies as anybody may get.",
              "Die Person hat von allen Unternehmen zusammen so viel Werbung erhalten, wie jemand höchstens bekommen darf."),
    remedy=Text("Send it later; until then answers and notifications still arrive.",
                "Senden Sie später; Antworten und Benachrichtigungen kommen bis dahin an."),
)  # fmt: skip
CAP_OF_SENDER: Final = Reason(
    "cap_of_sender", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.LATER,
    text=Text("The person has had as much advertising from this sender as one may send.",
              "Die Person hat von diesem Absender so viel Werbung erhalten, wie einer höchstens senden darf."),
    remedy=Text("Send less often to one person.", "Senden Sie einer Person seltener."),
)  # fmt: skip
PRESSURE: Final = Reason(
    "pressure", 131049, "This message was not delivered to maintain healthy ecosystem engagement",
    sync=False, http=400, retry=Retry.LATER,
    text=Text("At present the message would cost more of the person's patience than it is worth.",
              "Zurzeit würde die Nachricht mehr von der Geduld der Person kosten, als sie wert ist."),
    remedy=Text("Let it wait, or send it at the time named, less often, or to people who use your messages.",
                "Lassen Sie sie warten, oder senden Sie zur genannten Zeit, seltener oder an Menschen, die das nutzen."),
)  # fmt: skip
HELD_OUT: Final = Reason(
    "held_out", 130472, "User's number is part of an experiment", sync=False, http=400, retry=Retry.NEVER,
    text=Text("The person is one of the few who get no advertising this year, so that its effect can be judged.",
              "Die Person gehört zu den wenigen, die dieses Jahr zum Vergleich keine Werbung erhalten."),
    remedy=Text("Nothing; all else still arrives.", "Nichts; alles andere kommt weiterhin an."),
)  # fmt: skip
OWNER_STOPPED: Final = Reason(
    "owner_stopped", 131050, "User has stopped marketing messages", sync=False, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The person stopped advertising of another company of the same owner.",
              "Die Person hat Werbung eines anderen Unternehmens desselben Eigentümers abgestellt."),
    remedy=Text("Write again only when the person allows this company anew.",
                "Schreiben Sie erst wieder, wenn die Person es diesem Unternehmen neu erlaubt."),
)  # fmt: skip
RESTRICTED: Final = Reason(
    "restricted", 368, "Temporarily blocked for policies violations", sync=True, http=403, retry=Retry.LATER,
    text=Text("The company may not send this for now, because too many people objected to its messages.",
              "Das Unternehmen darf das vorerst nicht senden, weil zu viele Menschen seine Nachrichten ablehnten."),
    remedy=Text("Wait until the restriction ends, or object to it.",
                "Warten Sie, bis die Einschränkung endet, oder widersprechen Sie ihr."),
)  # fmt: skip
LOCKED: Final = Reason(
    "locked", 131031, "Account has been locked", sync=True, http=403, retry=Retry.AFTER_CHANGE,
    text=Text("The company is locked, because too many people objected to its messages.",
              "Das Unternehmen ist gesperrt, weil zu viele Menschen seine Nachrichten ablehnten."),
    remedy=Text("Object to it; a person decides.", "Widersprechen Sie; ein Mensch entscheidet."),
)  # fmt: skip
REACH_LIMIT: Final = Reason(
    "reach_limit", 131048, "Spam rate limit hit", sync=False, http=400, retry=Retry.LATER,
    text=Text("The company has written to as many people first as it may within 24 hours.",
              "Das Unternehmen hat so vielen Menschen zuerst geschrieben, wie es in 24 Stunden darf."),
    remedy=Text("Wait until the first of them counts no more; the limit grows with use and good quality.",
                "Warten Sie, bis die ersten davon nicht mehr zählen; die Grenze wächst mit Nutzung und guter Qualität."),
)  # fmt: skip
REACH_CUT: Final = Reason(
    "reach_cut", 131064, "Limit reached due to template classification", sync=False, http=400, retry=Retry.LATER,
    text=Text("The company's limit is cut, because templates were filed under the wrong category.",
              "Die Grenze des Unternehmens ist gesenkt, weil Vorlagen falsch eingeordnet waren."),
    remedy=Text("File templates under the right category; the limit comes back by itself.",
                "Ordnen Sie Vorlagen richtig ein; die Grenze kommt von selbst zurück."),
)  # fmt: skip
PACED: Final = Reason(
    "paced", 132015, "Template is paused", sync=False, http=400, retry=Retry.LATER,
    text=Text("The template is new: it went to some people first, and the message could not wait for what they say.",
              "Die Vorlage ist neu: Sie ging erst an einige, und die Nachricht konnte deren Urteil nicht abwarten."),
    remedy=Text("Send it with a longer time to live, or later.", "Senden Sie sie mit längerer Lebensdauer oder später."),
)  # fmt: skip
CONSENT_EXPIRED: Final = Reason(
    "consent_expired", 131050, "User has not opted in to marketing messages", sync=False, http=400,
    retry=Retry.AFTER_CHANGE,
    text=Text("The person's consent is over: it was given for a time, or not used for 24 months.",
              "Die Einwilligung der Person ist abgelaufen: Sie war befristet oder wurde 24 Monate lang nicht genutzt."),
    remedy=Text("Ask the person again; until then do not send marketing.",
                "Fragen Sie die Person erneut; senden Sie bis dahin keine Werbung."),
)  # fmt: skip
PAIR_RATE: Final = Reason(
    "pair_rate", 131056, "(Business Account, Consumer Account) pair rate limit hit", sync=True, http=400,
    retry=Retry.LATER,
    text=Text("Too many messages to this person in a short time.",
              "Zu viele Nachrichten in kurzer Zeit an diese Person."),
    remedy=Text("Slow down: one message in six seconds lasts, bursts are borrowed from the future.",
                "Senden Sie langsamer: dauerhaft geht eine Nachricht in sechs Sekunden."),
)  # fmt: skip
THROUGHPUT: Final = Reason(
    "throughput", 130429, "Rate limit hit", sync=True, http=400, retry=Retry.LATER,
    text=Text("The sender exceeds its messages per second.",
              "Der Absender überschreitet seine Nachrichten pro Sekunde."),
    remedy=Text("Slow down and repeat the send.", "Senden Sie langsamer und wiederholen Sie die Sendung."),
)  # fmt: skip
FUNDS: Final = Reason(
    "insufficient_funds", 131042, "Business eligibility payment issue", sync=False, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The wallet does not cover the price of this message.",
              "Das Guthaben deckt den Preis dieser Nachricht nicht."),
    remedy=Text("Top up the wallet.", "Laden Sie das Guthaben auf."),
)  # fmt: skip
BUDGET: Final = Reason(
    "budget_spent", 131042, "Business eligibility payment issue", sync=False, http=400, retry=Retry.LATER,
    text=Text("The company's budget for this month does not cover the price of this message.",
              "Das Monatsbudget des Unternehmens deckt den Preis dieser Nachricht nicht."),
    remedy=Text("Raise the budget, take away its hard stop, or wait for the next month.",
                "Erhöhen Sie das Budget, nehmen Sie den harten Stopp heraus oder warten Sie auf den nächsten Monat."),
)  # fmt: skip
PARTNER_FUNDS: Final = Reason(
    "partner_funds", 131042, "Business eligibility payment issue", sync=False, http=400, retry=Retry.AFTER_CHANGE,
    text=Text("The company's partner cannot pay for it.", "Der Partner des Unternehmens kann sie nicht bezahlen."),
    remedy=Text("Ask your partner.", "Wenden Sie sich an Ihren Partner."),
)  # fmt: skip
EXPIRED: Final = Reason(
    "expired", 131026, "Message undeliverable", sync=False, http=400, retry=Retry.LATER,
    text=Text("The message was not delivered within its time to live.",
              "Die Nachricht wurde innerhalb ihrer Lebensdauer nicht zugestellt."),
    remedy=Text("Send again when it still matters.", "Senden Sie erneut, wenn es noch von Belang ist."),
)  # fmt: skip

REASONS: Final[dict[str, Reason]] = {
    reason.name: reason
    for reason in (
        SENDER_NOT_LIVE, OUTSIDE_PILOT, RECIPIENT_UNKNOWN, BLOCKED_BY_USER, SUPPORT_NOT_INVITED, CHAT_DELETED,
        SUPPORT_SILENCED, WINDOW_CLOSED, TEMPLATE_MISSING, TEMPLATE_PAUSED, TEMPLATE_DISABLED, PARAMETER_COUNT,
        PARAMETER_FORMAT, TEXT_TOO_LONG, MARKETING_NOT_GRANTED, MARKETING_STOPPED, CONSENT_EXPIRED, PAIR_RATE, THROUGHPUT, FUNDS,
        BUDGET, PARTNER_FUNDS, EXPIRED, PARAMETER_VALUE, TEXT_FORMAT, MARKETING_ONLY, MEDIUM_UNUSABLE, REACTION_TARGET, IDENTITY_CHANGED,
        NUMBER_UNREGISTERED, BLOCKED_BY_COMPANY, FLOW_UNKNOWN, FLOW_BLOCKED, FLOW_THROTTLED,
        CHAT_MUTED, CATEGORY_MISMATCH, QUIET_HOURS, CAP_OF_PERSON, CAP_OF_SENDER, PRESSURE, HELD_OUT, REACH_LIMIT, REACH_CUT,
        PACED, RESTRICTED, LOCKED, OWNER_STOPPED, OWNER_BLOCKED, IN_REVIEW, READ_AS_FRAUD, SENDER_FROZEN,
    )
}  # fmt: skip
