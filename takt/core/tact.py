"""The policy document: all that the operator may set about who hears what, and when, as one value with sections.

Each section is a value in a module of its own with `parse` (strict, from the document) and `render` (whole, back into
one). To add a section, write such a module, and name it once in `TactPolicy` and once in `_SECTIONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Final

from takt.core import caps, filtering, pacing, pausing, quiet_hours, reach, reputation, support, waiting
from takt.core.admission import settings as admission
from takt.core.admission.settings import Admission
from takt.core.caps import Caps
from takt.core.document import Fields
from takt.core.filtering import Filtering
from takt.core.pacing import Pacing
from takt.core.pausing import Pausing
from takt.core.quiet_hours import QuietHours
from takt.core.reach import Growth
from takt.core.reputation import Standards
from takt.core.support import Support
from takt.core.value import value
from takt.core.waiting import Waiting


@value
class TactPolicy:
    """One version of the policy; version 0 is what holds before the operator wrote any."""

    version: int = 0
    quiet_hours: QuietHours = field(default_factory=QuietHours)
    caps: Caps = field(default_factory=Caps)
    support: Support = field(default_factory=Support)
    waiting: Waiting = field(default_factory=Waiting)
    pausing: Pausing = field(default_factory=Pausing)
    reputation: Standards = field(default_factory=Standards)
    admission: Admission = field(default_factory=Admission)
    pacing: Pacing = field(default_factory=Pacing)
    reach: Growth = field(default_factory=Growth)
    filter: Filtering = field(default_factory=Filtering)


_Parse = Callable[[Fields], Any]
_Render = Callable[[Any], dict[str, Any]]
_SECTIONS: Final[Mapping[str, tuple[_Parse, _Render]]] = {
    "quiet_hours": (quiet_hours.parse, quiet_hours.render),
    "caps": (caps.parse, caps.render),
    "support": (support.parse, support.render),
    "waiting": (waiting.parse, waiting.render),
    "pausing": (pausing.parse, pausing.render),
    "reputation": (reputation.parse, reputation.render),
    "admission": (admission.parse, admission.render),
    "pacing": (pacing.parse, pacing.render),
    "reach": (reach.parse, reach.render),
    "filter": (filtering.parse, filtering.render),
}


def parse_policy(body: object, version: int = 0) -> TactPolicy:
    """The policy in a decoded JSON document; what it leaves out has its usual value.

    Raises takt.core.document.UnsoundError, which names the field and what would be right.
    """
    fields = Fields.of(body)
    fields.end(*_SECTIONS)
    sections = {name: parse(fields.section(name)) for name, (parse, _) in _SECTIONS.items()}
    return TactPolicy(version, **sections)


def render_policy(policy: TactPolicy) -> dict[str, Any]:
    """The policy as a whole document, with nothing left out; parsing it gives the same policy."""
    return {name: render(getattr(policy, name)) for name, (_, render) in _SECTIONS.items()}
