"""Why a form cannot be opened or go on, for the person who fills it in."""

from typing import Final

from takt.core.denial import Text
from takt.core.refusal import Refusal

FLOW_UNKNOWN: Final = Refusal(
    "unknown_flow", 404, "message",
    Text("This message has no form that could be opened.", "Zu dieser Nachricht gibt es kein Formular."),
)  # fmt: skip
FLOW_CLOSED: Final = Refusal(
    "flow_closed", 409, "message",
    Text("This form is no longer available.", "Dieses Formular gibt es nicht mehr."),
)  # fmt: skip
FLOW_BUSY: Final = Refusal(
    "busy", 429, None,
    Text("The form is still waiting for an answer.", "Das Formular wartet noch auf eine Antwort."),
)  # fmt: skip
FLOW_EXPIRED: Final = Refusal(
    "flow_expired", 409, "message",
    Text("This form has expired. Ask the company for a new one.",
         "Dieses Formular ist abgelaufen. Bitte die Firma um ein neues."),
)  # fmt: skip
FLOW_SILENT: Final = Refusal(
    "flow_unanswered", 502, None,
    Text("The company's form does not answer. Please try again later.",
         "Das Formular der Firma antwortet nicht. Bitte versuch es später noch einmal."),
)  # fmt: skip
