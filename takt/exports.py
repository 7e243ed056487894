"""Usage of a company's month as a file, made as it is read: CSV, or Parquet for whoever counts in columns.

Never more than a few thousand rows are held at a time, however long the month.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from takt.calendars import zone_named
from takt.core.roll_up import GRACE, cut_off, preceding
from takt.store import used
from takt.store.reference import Business
from takt.store.site import Site
from takt.store.used import Place
from takt.wire import usage_file
from takt.wire.usage_file import COLUMNS, Value

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS: Final = 50_000
"""Rows of a row group of Parquet: its columns are held until it is full."""


class Format(StrEnum):
    """What the file is."""

    CSV = "csv"
    PARQUET = "parquet"


MEDIA_TYPES: Final = {Format.CSV: "text/csv; charset=utf-8", Format.PARQUET: "application/vnd.apache.parquet"}


async def usage(site: Site, business: Business, month: date, form: Format) -> AsyncIterator[bytes]:
    """The file, piece by piece; part by part in the order of deliveries. The month is that of the company's clocks."""
    rows = _rows(site, business, month)
    async for piece in _csv(rows) if form is Format.CSV else _parquet(rows):
        yield piece


async def _rows(site: Site, business: Business, month: date) -> AsyncIterator[list[tuple[Value, ...]]]:
    tz = zone_named(business.time_zone) or UTC
    since, until = cut_off(preceding(month), tz) - GRACE, cut_off(month, tz) - GRACE
    for part in site.parts:
        async for page in _pages(site, part, business.contract_id, since, until):
            yield page


async def _pages(
    site: Site, part: int, contract_id: UUID, since: datetime, until: datetime
) -> AsyncIterator[list[tuple[Value, ...]]]:
    after: Place | None = (since, *used.FIRST)
    while after is not None:
        async with site.pool(part).acquire() as conn:
            page = await used.page(conn, part, contract_id, until, after)
        yield [usage_file.values(one.usage, one.booked_at, one.batch) for one in page]
        after = page[-1].place if len(page) == used.READ_MAX else None


async def _csv(rows: AsyncIterator[list[tuple[Value, ...]]]) -> AsyncIterator[bytes]:
    yield usage_file.head()
    async for page in rows:
        yield usage_file.lines(page)


async def _parquet(rows: AsyncIterator[list[tuple[Value, ...]]]) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(_ParquetFile)
    held: list[tuple[Value, ...]] = []
    async for page in rows:
        held += page
        if len(held) >= GROUP_ROWS:
            yield await asyncio.to_thread(file.group, held)
            held = []
    yield await asyncio.to_thread(file.group, held) if held else b""
    yield await asyncio.to_thread(file.end)


class _ParquetFile:
    """A Parquet file that grows in memory group by group, and hands out what it has become."""

    def __init__(self) -> None:
        import pyarrow as pa  # noqa: PLC0415 - large, and nobody but this needs it
        from pyarrow import parquet  # noqa: PLC0415 - the same

        self._arrow = pa
        self._schema = pa.schema([(name, _type(pa, kind)) for name, kind in COLUMNS])
        self._written = _Pieces()
        sink = pa.PythonFile(self._written, mode="w")
        self._writer = parquet.ParquetWriter(sink, self._schema, compression="zstd")

    def group(self, rows: Sequence[tuple[Value, ...]]) -> bytes:
        columns = [list(column) for column in zip(*rows, strict=True)]
        self._writer.write_table(self._arrow.table(columns, schema=self._schema))
        return self._written.taken()

    def end(self) -> bytes:
        self._writer.close()
        return self._written.taken()


class _Pieces:
    """Looks like a file and keeps what was written until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self._length += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """What was written can still be taken."""

    def taken(self) -> bytes:
        found = b"".join(self._pieces)
        self._pieces = []
        return found


def _type(arrow: Any, kind: type) -> "pa.DataType":
    if kind is datetime:
        return arrow.timestamp("us", tz="UTC")
    return {str: arrow.string(), int: arrow.int64(), bool: arrow.bool_()}[kind]
