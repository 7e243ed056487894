"""When what was refused could go out: the fourth answer of every refusal, for every reason, in words."""

from collections.abc import Mapping
from typing import Final

from takt.core.denial import Denied, Text
from takt.core.repeating import Retry

_ON_ANSWER: Final = Text("As soon as the person writes again.", "Sobald die Person wieder schreibt.")
_BY_REASON: Final[Mapping[str, Text]] = {
    "window_closed": _ON_ANSWER,
    "support_not_invited": _ON_ANSWER,
    "chat_deleted": _ON_ANSWER,
    "support_silenced": _ON_ANSWER,
    "template_paused": Text("When the pause ends or the operator releases the template.",
                            "Wenn die Pause endet oder der Betreiber die Vorlage freigibt."),
    "flow_throttled": Text("Within the hour, or once its endpoint answers again.",
                           "Binnen einer Stunde, oder sobald sein Endpunkt wieder antwortet."),
    "expired": Text("At once, as a new message.", "Sofort, als neue Nachricht."),
}  # fmt: skip
_BY_RETRY: Final[Mapping[Retry, Text]] = {
    Retry.LATER: Text("Later; no time can be named, for it depends on others.",
                      "Später; ein Zeitpunkt lässt sich nicht nennen, denn es hängt von anderen ab."),
    Retry.AFTER_CHANGE: Text("As soon as that is changed; waiting alone does not help.",
                             "Sobald das geändert ist; Warten allein hilft nicht."),
    Retry.NEVER: Text("Not by waiting, nor by sending again.", "Weder durch Warten noch durch erneutes Senden."),
}  # fmt: skip


def forecast(denied: Denied) -> Text:
    """When the message could go out: an instant in UTC where there is one, else what it takes."""
    at = denied.next_at
    if at is not None:
        return Text(f"Possible from {at:%Y-%m-%dT%H:%M:%SZ}.", f"Möglich ab {at:%d.%m.%Y, %H:%M} Uhr UTC.")
    return _BY_REASON.get(denied.reason.name) or _BY_RETRY[denied.reason.retry]
