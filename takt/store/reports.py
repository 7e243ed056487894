"""Complaints of people about senders: for the operator's eyes, not for the company's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class Report:
    """One complaint, with the person's own words in `note`."""

    report_id: UUID
    recipient_id: UUID
    sender_id: str
    reason: str
    note: str
    at: datetime


async def add(conn: Conn, part: int, reports: Sequence[Report]) -> None:
    """Write complaints; one that is there already stays as it is."""
    await conn.execute(
        "INSERT INTO report (part, report_id, recipient_id, sender_id, reason, note, at)"
        " SELECT r.part, u.report_id, u.recipient_id, u.sender_id, u.reason, u.note, u.at"
        " FROM recipient r JOIN unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])"
        " u(report_id, recipient_id, sender_id, reason, note, at) ON r.recipient_id = u.recipient_id"
        " WHERE r.part = $1 ON CONFLICT (part, report_id) DO NOTHING",
        part, [one.report_id for one in reports], [one.recipient_id for one in reports],
        [one.sender_id for one in reports], [one.reason for one in reports], [one.note for one in reports],
        [one.at for one in reports],
    )  # fmt: skip
