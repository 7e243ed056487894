"""Why something a person wants is not done: a closed list, each with the field it is about and what to say."""

from typing import Final

from takt.core.denial import Text
from takt.core.value import value


@value
class Refusal:
    """A no to a person. `code` is a word for programs, `http` its status, `field` what in the request it is about."""

    code: str
    http: int
    field: str | None
    text: Text


SENDER_UNKNOWN: Final = Refusal(
    "unknown_sender", 404, "to",
    Text("There is no company under this number.", "Unter dieser Nummer gibt es keine Firma."),
)  # fmt: skip
SENDER_CLOSED: Final = Refusal(
    "not_available", 409, "to",
    Text("This company cannot be written to at the moment.", "Dieser Firma kann man zurzeit nicht schreiben."),
)  # fmt: skip
SENDER_BLOCKED: Final = Refusal(
    "blocked", 409, "to",
    Text("You blocked this company. Unblock it before you write to it.",
         "Du hast diese Firma blockiert. Hebe das auf, bevor du ihr schreibst."),
)  # fmt: skip
CONTEXT_UNKNOWN: Final = Refusal(
    "unknown_message", 400, "context",
    Text("The message you answer is not in this chat.", "Die Nachricht, auf die du antwortest, ist nicht in diesem Chat."),
)  # fmt: skip
REACTION_UNKNOWN: Final = Refusal(
    "unknown_message", 400, "reaction.message_id",
    Text("The message you react to is not in this chat.", "Die Nachricht, auf die du reagierst, ist nicht in diesem Chat."),
)  # fmt: skip
BUTTON_UNKNOWN: Final = Refusal(
    "unknown_button", 400, "button",
    Text("The message offers no such answer.", "Die Nachricht bietet keine solche Antwort an."),
)  # fmt: skip
THREAD_UNKNOWN: Final = Refusal(
    "unknown_thread", 404, "sender",
    Text("There is no chat with this company.", "Es gibt keinen Chat mit dieser Firma."),
)  # fmt: skip
PURPOSE_UNKNOWN: Final = Refusal(
    "unknown_purpose", 400, "purpose",
    Text("This company does not write for that purpose.", "Diese Firma schreibt nicht zu diesem Zweck."),
)  # fmt: skip
REQUEST_UNKNOWN: Final = Refusal(
    "unknown_request", 404, "request",
    Text("There is no such request to you.", "Eine solche Anfrage an dich gibt es nicht."),
)  # fmt: skip
REQUEST_CLOSED: Final = Refusal(
    "request_closed", 409, "request",
    Text("This request was answered or has lapsed.", "Diese Anfrage ist beantwortet oder abgelaufen."),
)  # fmt: skip
REQUEST_CHANGED: Final = Refusal(
    "request_changed", 409, "version",
    Text("The company changed the wording. Please read it again.",
         "Die Firma hat den Wortlaut geändert. Bitte lies ihn noch einmal."),
)  # fmt: skip
PERSON_UNKNOWN: Final = Refusal(
    "signed_out", 401, None,
    Text("Please sign in again.", "Bitte melde dich neu an."),
)  # fmt: skip
