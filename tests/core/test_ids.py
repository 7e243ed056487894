"""Identifiers carry the slot of their owner, come in order, and survive the wire."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.ids import (
    SLOTS,
    TAIL_BITS,
    WA_ID,
    WAMID_CHARS_MAX,
    derive_id,
    make_id,
    parse_user_code,
    parse_wamid,
    slot_of,
    slot_of_key,
    user_code,
    wamid,
)

SLOT = st.integers(0, SLOTS - 1)
MS = st.integers(0, (1 << 48) - 1)
TAIL = st.integers(0, (1 << TAIL_BITS) - 1)


@given(MS, SLOT, TAIL)
def test_an_id_is_a_uuidv7_that_carries_time_slot_and_tail(ms: int, slot: int, tail: int) -> None:
    """Everything put into an id can be read from it, and any UUID library takes it for what it is."""
    made = make_id(ms, slot, tail)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert slot_of(made) == slot
    assert made.int >> 80 == ms
    assert made.int & ((1 << TAIL_BITS) - 1) == tail


@given(st.tuples(MS, TAIL), st.tuples(MS, TAIL), SLOT)
def test_ids_of_a_slot_sort_by_time_then_tail(one: tuple[int, int], two: tuple[int, int], slot: int) -> None:
    """Events of one message are read in the order of their ids, so order must follow time."""
    first, second = make_id(one[0], slot, one[1]), make_id(two[0], slot, two[1])
    assert (first < second) == (one < two)


@pytest.mark.parametrize(("slot", "tail"), [(-1, 0), (SLOTS, 0), (0, -1), (0, 1 << TAIL_BITS)])
def test_an_id_has_room_for_twelve_bits_of_slot_and_62_of_tail(slot: int, tail: int) -> None:
    """A slot or tail that does not fit is a fault, not another id."""
    with pytest.raises(AssertionError):
        make_id(0, slot, tail)


@pytest.mark.parametrize(("key", "slot"), [("491713920001", 451), ("491713920002", 3582), ("", 3643)])
def test_the_slot_of_a_key_never_changes(key: str, slot: int) -> None:
    """Where a person's rows lie follows from these numbers: a change would lose everybody."""
    assert slot_of_key(key) == slot


@given(st.text())
def test_every_key_has_a_slot(key: str) -> None:
    """Whatever names something, some part owns it."""
    assert 0 <= slot_of_key(key) < SLOTS


@given(SLOT, st.lists(st.text(), min_size=1))
def test_a_derived_id_is_the_same_for_the_same_names(slot: int, names: list[str]) -> None:
    """A repeated request meets its own id, in its slot, and the id says that it is no UUIDv7."""
    derived = derive_id(slot, *names)
    assert derived == derive_id(slot, *names)
    assert (derived.version, derived.variant, slot_of(derived)) == (8, RFC_4122, slot)


def test_derived_ids_differ_when_names_do() -> None:
    """Where one name ends and the next begins matters, too."""
    assert len({derive_id(7, "a", "b"), derive_id(7, "ab"), derive_id(7, "a", "b", ""), derive_id(8, "a", "b")}) == 4


@given(st.uuids())
def test_a_wamid_leads_back_to_its_id_and_fits_into_a_path(identifier: UUID) -> None:
    """The wire form goes there and back, and holds no character that a URL's path would have to escape."""
    text = wamid(identifier)
    assert parse_wamid(text) == identifier
    assert set(text.removeprefix("wamid.")) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=")


@given(
    st.text()
    | st.text(alphabet="ABC012+/-_=").map("wamid.".__add__)
    | st.tuples(st.uuids().map(wamid), st.text(alphabet="A= \n-/", max_size=3)).map("".join)
)
def test_a_text_is_one_of_our_ids_in_one_spelling_only(text: str) -> None:
    """Nothing makes the parser fail, and what it accepts is what we would have written."""
    identifier = parse_wamid(text)
    assert identifier is None or wamid(identifier) == text


VALID = wamid(UUID(int=1 << 127))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wamid.",
        VALID.removeprefix("wamid."),
        VALID.upper(),
        VALID + "=",
        VALID + "==",
        VALID + "\n",
        VALID[:-4],
        VALID + "AAAA",
        "wamid." + "A" * 24,
        "wamid." + "ä" * 24,
        "wamid.HBgLNDkxNTEwMDAwMDAwFQIAERgSQUJDREVGR0hJSktMTU5PUAA=",
        "wamid." + "A" * WAMID_CHARS_MAX,
    ],
)
def test_what_is_not_one_of_our_ids_is_none(text: str) -> None:
    """Ids of other platforms, cut, padded or shouted ones all mean: no message of ours."""
    assert parse_wamid(text) is None


@pytest.mark.parametrize(
    ("text", "fits"),
    [("49151", True), ("491713920001234", True), ("4915", False), ("4917139200012345", False), ("0491713920001", False),
     ("+491713920001", False), ("٤٩١٧١٣٩٢", False), ("491713920001\n", False)],
)  # fmt: skip
def test_a_wa_id_is_5_to_15_digits_that_begin_with_a_country_code(text: str, *, fits: bool) -> None:
    """Digits of other scripts and trunk zeros are no telephone numbers here."""
    assert (WA_ID.fullmatch(text) is not None) == fits


@given(st.uuids())
def test_a_user_code_leads_back_to_its_person(person: UUID) -> None:
    """Companies may write to the `user_id` of a webhook."""
    assert parse_user_code(user_code("DE", person)) == person


@pytest.mark.parametrize("text", ["", "DE.", "DE", "de.1", "DE.x", "DE.1 ", f"DE.{1 << 128}", "DE.٣", "DEU.1"])
def test_what_is_no_user_code_leads_nowhere(text: str) -> None:
    """No part is asked for a person that cannot be."""
    assert parse_user_code(text) is None
