"""Figures that are counted for a company: over a stretch of time, in its steps."""

from datetime import datetime

from takt.core.value import value


@value
class Stretch:
    """From `start` up to but not including `end`, in steps of HALF_HOUR, DAY or MONTH of UTC."""

    start: datetime
    end: datetime
    step: str


@value
class Tally:
    """Messages of one step, sender, market, category and kind of price; `cost_micros` is what was captured for them.

    `conversations` counts each person once a day. `kind` is empty where nothing was priced, `tier` where no steps are.
    """

    at: datetime
    sender_id: str
    market: str
    category: str
    kind: str
    by_template: bool
    tier: str
    sent: int
    delivered: int
    read: int
    conversations: int
    cost_micros: int


@value
class TemplateTally:
    """Messages of one step and template; read counts within seven days of the sending."""

    at: datetime
    template_id: str
    sent: int
    delivered: int
    read: int
    cost_micros: int


@value
class Clicks:
    """How often a quick reply of a template was pressed, in messages of one step."""

    at: datetime
    template_id: str
    button: str
    count: int
