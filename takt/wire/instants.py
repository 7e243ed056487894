"""Instants as every API of Takt writes them."""

from datetime import UTC, datetime
from typing import overload


@overload
def instant(at: datetime) -> str: ...
@overload
def instant(at: None) -> None: ...
def instant(at: datetime | None) -> str | None:
    """An instant in whole seconds of UTC, such as 2026-11-01T08:00:00Z; None stays None."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
