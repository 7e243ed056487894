"""The facts of one message: all that the rules of the policy look at, kept with it so that they can be looked at again."""

from dataclasses import dataclass
from datetime import datetime

from takt.core.caps import Four
from takt.core.weighed import Weighed


@dataclass(slots=True)
class Facts:
    """Everything the rules look at, as it was when the message came in. Amounts in micro-units, instants in UTC.

    `partner_covers` is None where no partner pays anything. Nothing changes one. It is not frozen because one is made for every message, and freezing so many fields takes longer
    than all the rules together.
    """

    sender_status: str
    sender_kind: str
    business_stage: str
    unanswered_max: int
    throughput_per_s: int
    parts: int
    recipient_known: bool
    pilot_member: bool = False
    blocked_at: datetime | None = None
    ever_wrote: bool = False
    window_until: datetime | None = None
    deleted_at: datetime | None = None
    unanswered: int = 0
    is_template: bool = False
    template_status: str | None = None
    mismatch: str | None = None
    mismatch_details: str = ""
    category: str = "service"
    marketing: bool | None = None
    consent_at: datetime | None = None
    consent_source: str = ""
    pair_tat: datetime | None = None
    pace_tat: datetime | None = None
    price_micros: int = 0
    available_micros: int = 0
    currency: str = ""
    by_marketing_path: bool = False
    has_media: bool = False
    media_fault: str = ""
    reacts: bool = False
    reaction_fault: str = ""
    identity_fits: bool | None = None
    registered: bool = True
    blocked_by_company: bool = False
    muted: bool = False
    has_flow: bool = False
    flow_fault: str = ""
    flow_sent_last_h: int | None = None
    detected: str = ""
    quiet: bool = False
    quiet_figure: str = ""
    quiet_until: datetime | None = None
    quiet_room_s: int = 0
    heard: Four | None = None
    caps: Four | None = None
    heard_until: datetime | None = None
    tact_version: int = 0
    purpose: str = "marketing"
    consent_act: str = "grant"
    consent_ended_at: datetime | None = None
    reach: int = 0
    reach_max: int | None = None
    reach_new: bool = False
    reach_cut: bool = False
    reach_until: datetime | None = None
    pacing_room: int | None = None
    pacing_sent: int = 0
    pacing_next_at: datetime | None = None
    owner_stopped_at: datetime | None = None
    owner_blocked_at: datetime | None = None
    measure: str = ""
    measure_until: datetime | None = None
    pressure_mode: str = ""
    pressure_passed: bool = True
    pressure_figure: str = ""
    pressure_next_at: datetime | None = None
    held_out: bool = False
    watch: str = ""
    cleared: bool = False
    budget_left_micros: int | None = None
    budget_until: datetime | None = None
    partner_covers: bool | None = None
    pressure_weighed: Weighed | None = None
