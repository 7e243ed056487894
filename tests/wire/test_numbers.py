"""What companies say about their numbers: any JSON is read within its limits or refused by the name of its field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.number import Automation
from takt.wire import numbers
from takt.wire.errors import Refusal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([
    "about", "address", "description", "email", "websites", "vertical", "profile_picture_handle", "prompts", "commands",
    "enable_welcome_message", "calling", "user_identity_change", "storage_configuration", "payload_encryption",
])  # fmt: skip


@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_any_json_is_read_or_refused(given_: dict[str, Any]) -> None:
    for read in (
        numbers.parse_profile,
        numbers.parse_settings,
        lambda one: numbers.parse_automation(one, Automation()),
    ):
        try:
            read(given_)
        except Refusal as refused:
            assert refused.error.details  # noqa: PT017 - a refusal is as good as an answer, if it says why


@pytest.mark.parametrize(
    ("cc", "phone", "digits"),
    [
        ("49", "30 555-0001", "49305550001"),
        ("+49", "030 5550001", "49305550001"),
        ("49", "+49 30 5550001", "49305550001"),
        ("1", "(415) 555.0100", "14155550100"),
        ("49", "493023125001", "493023125001"),
        ("49", "1713920001", "491713920001"),
        ("44", "442079460123", "442079460123"),
    ],
)
def test_numbers_with_their_country_beside_them_or_within(cc: str, phone: str, digits: str) -> None:
    assert numbers.parse_phone(cc, phone) == digits


@pytest.mark.parametrize("text", ["👋", "❤️", "☂", "1⃣", "🇩🇪"])
def test_emoji_are_known(text: str) -> None:
    with pytest.raises(Refusal):
        numbers.parse_automation({"prompts": [f"a{text}"]}, Automation())


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_number_or_refused(cc: str, phone: str) -> None:
    try:
        digits = numbers.parse_phone(cc, phone)
    except Refusal:
        return
    assert digits.isascii()
    assert digits.isdigit()
    assert 7 <= len(digits) <= 15
