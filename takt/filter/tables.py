"""Texts out of files: one a line, or a column of a CSV file, each with the place where it stood."""

import codecs
import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Final

from takt.core.value import value
from takt.filter.labels import LABELS

FILE_BYTES_MAX: Final = 1024 * 1024 * 1024
FIELD_CHARS_MAX: Final = 64 * 1024 * 1024
COLUMNS_SHOWN_MAX: Final = 20
DELIMITERS: Final = ",;\t|"

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CUT_OFF: Final = "unexpected end of data"


class TableFault(Exception):
    """A file that cannot be read as texts; the sentence names line and column."""


@value
class Row:
    """A row of a CSV file: the line on which it begins, counted from 1, and its fields."""

    line: int
    fields: list[str]


def decoded(written: bytes) -> str:
    """The text of a file: by its mark, else UTF-8, else Windows-1252, in which every byte means something."""
    for mark, encoding in _MARKS:
        if written.startswith(mark):
            return written[len(mark) :].decode(encoding, "replace")
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return written.decode("cp1252", "replace")


def lines(written: bytes) -> list[str]:
    """One text a line; empty lines are texts, too. What ends the last line begins no other."""
    text = decoded(written).replace("\r\n", "\n")
    found = text.split("\n" if "\n" in text else "\r")
    if found[-1] == "":
        found.pop()
    return found


def column(written: bytes, name: str) -> list[str]:
    """The texts of one column.

    Raises:
        TableFault: no such column, a row without it, or quotes that do not close.
    """
    rows = _rows(written, name)
    place = _place(next(rows, Row(1, [])), name)
    return [_field(row, place, name) for row in rows]


def labelled(written: bytes, text: str, label: str) -> tuple[list[str], list[str]]:
    """The texts of one column, and their labels of another, each one of LABELS in any case.

    Raises:
        TableFault: as `column`, or a label that is none.
    """
    rows = _rows(written, text)
    head = next(rows, Row(1, []))
    text_place, label_place = _place(head, text), _place(head, label)
    texts: list[str] = []
    labels: list[str] = []
    for row in rows:
        given = _field(row, label_place, label).strip().lower()
        if given not in LABELS:
            wanted = ", ".join(LABELS)
            raise TableFault(f"line {row.line}, column {label}: {given[:40]!r} is none of {wanted}")
        texts.append(_field(row, text_place, text))
        labels.append(given)
    return texts, labels


def _rows(written: bytes, wanted: str) -> Iterator[Row]:
    """The rows that are not blank; commas part them, unless the first line has the column by another sign."""
    if len(written) > FILE_BYTES_MAX:
        raise TableFault(f"a file has at most {FILE_BYTES_MAX} bytes")
    text = decoded(written)
    delimiter = next((one for one in DELIMITERS if _heads(text, one, wanted)), ",")
    strict = _well_quoted(text, delimiter)
    return _read(text, delimiter, strict=strict)


def _heads(text: str, delimiter: str, wanted: str) -> bool:
    """Whether the first line, parted by this sign, has this column."""
    with closing(_read(text, delimiter, strict=False)) as rows:
        try:
            head = next(rows, Row(1, []))
        except TableFault:
            return False
    return wanted.strip().lower() in [name.strip().lower() for name in head.fields]


def _well_quoted(text: str, delimiter: str) -> bool:
    """Whether quotes stand only where the format has them; those that never close are a fault in any case."""
    try:
        for _ in _read(text, delimiter, strict=True):
            pass
    except TableFault as fault:
        if _CUT_OFF in str(fault):
            raise TableFault(f"{str(fault).partition(':')[0]}: a quote is opened here and never closed") from None
        return False
    return True


def _read(text: str, delimiter: str, *, strict: bool) -> Generator[Row]:
    before = csv.field_size_limit(FIELD_CHARS_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield Row(line, fields)
            line = reader.line_num + 1
    except csv.Error as fault:
        raise TableFault(f"line {line}: {fault}") from None
    finally:
        csv.field_size_limit(before)


def _place(head: Row, name: str) -> int:
    """Where a column stands: by its name, in any case if only one is meant."""
    names = [one.strip() for one in head.fields]
    alike = [at for at, one in enumerate(names) if one == name] or [
        at for at, one in enumerate(names) if one.lower() == name.strip().lower()
    ]
    if len(alike) > 1:
        raise TableFault(f"line {head.line}: there are {len(alike)} columns {name!r}")
    if not alike:
        shown = ", ".join(names[:COLUMNS_SHOWN_MAX]) or "none"
        raise TableFault(f"line {head.line}: there is no column {name!r}; there are {shown}")
    return alike[0]


def _field(row: Row, place: int, name: str) -> str:
    if place >= len(row.fields):
        raise TableFault(
            f"line {row.line}, column {name}: the row has {len(row.fields)} fields, this would be number {place + 1}"
        )
    return row.fields[place]
