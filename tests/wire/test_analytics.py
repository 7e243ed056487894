"""Questions about figures: whatever is asked, the answer is a question with its bounds kept, or a refusal by name."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.figures import Tally
from takt.wire import analytics, fields
from takt.wire.analytics import Question
from takt.wire.errors import Refusal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = datetime(2026, 11, 1, tzinfo=UTC)
PHONES = {"1": "493023125001", "2": "493023125002"}


def ask(text: str) -> Question:
    (field,) = fields.parse(text)
    return analytics.parse(field.name, lambda name: field.methods.get(name, ()), NOW)


def tally(**changed: object) -> Tally:
    values = {
        "at": DAY, "sender_id": "1", "market": "DE", "category": "utility", "kind": "regular", "by_template": True, "tier": "",
        "sent": 3, "delivered": 2, "read": 1, "conversations": 2, "cost_micros": 100_000, **changed,
    }  # fmt: skip
    return Tally(**values)  # type: ignore[arg-type]


words = st.lists(
    st.one_of(st.text(max_size=12), st.integers().map(str), st.sampled_from(["DAY", "DAILY", "COST"])), max_size=4
)


@given(
    st.sampled_from([*analytics.NAMES, *analytics.TEMPLATE_NAMES]),
    st.dictionaries(
        st.sampled_from(
            [
                "start",
                "end",
                "granularity",
                "phone_numbers",
                "country_codes",
                "metric_types",
                "dimensions",
                "product_types",
            ]
        ),
        words,
    ),
)
def test_any_words_give_a_sound_question_or_a_refusal_that_names_it(
    name: str, given_words: dict[str, list[str]]
) -> None:
    refusal: Refusal | None = None
    try:
        question = analytics.parse(name, lambda method: given_words.get(method, ()), NOW)
    except Refusal as fault:
        refusal = fault
    else:
        assert NOW - timedelta(days=367) < question.start < question.end
    assert refusal is None or (refusal.error.code == 100 and name in refusal.error.details)


@given(
    st.one_of(
        st.none(), st.text(), st.integers(), st.lists(st.one_of(st.text(), st.integers(), st.none())), st.booleans()
    )
)
def test_any_parameter_gives_words_or_a_refusal(given_value: object) -> None:
    try:
        found = analytics.parse_words("ids", given_value)
    except Refusal:
        return
    assert all(found)


@pytest.mark.parametrize("text", ["[1,2]", "(1, 2)", '["1","2"]', "1,2", "[ 1 ,\n2 ]"])
def test_lists_in_every_spelling(text: str) -> None:
    assert analytics.parse_words("ids", text) == ["1", "2"]


def test_half_hours_days_and_months_end_where_the_next_begins() -> None:
    for granularity, at, seconds in (
        ("HALF_HOUR", DAY, 1800),
        ("DAY", DAY, 86400),
        ("MONTH", DAY, 30 * 86400),
        ("MONTH", datetime(2026, 2, 1, tzinfo=UTC), 28 * 86400),
        ("MONTH", datetime(2026, 12, 1, tzinfo=UTC), 31 * 86400),
    ):
        question = ask(
            f"analytics.start({int(DAY.timestamp())}).end({int(NOW.timestamp())}).granularity({granularity})"
        )
        shown = analytics.span(question, at)
        assert shown["end"] - shown["start"] == seconds


def test_without_dimensions_everything_is_one_sum_and_free_messages_have_no_tier() -> None:
    at = f".start({int(DAY.timestamp())}).end({int(NOW.timestamp())}).granularity(DAILY)"
    tallies = [tally(), tally(sender_id="2", market="AT"), tally(kind="free_customer_service", cost_micros=0)]
    (one,) = analytics.render(ask(f"pricing_analytics{at}"), tallies, PHONES)["data"][0]["data_points"]
    assert (one["volume"], one["cost"]) == (6, 0.2)
    free, paid = analytics.render(
        ask(f"pricing_analytics{at}.dimensions([PRICING_TYPE,TIER])"), tallies, PHONES
    )["data"][0]["data_points"]  # fmt: skip
    assert {one["pricing_type"]: one.get("tier") for one in (free, paid)} == {
        "REGULAR": "0:MAX", "FREE_CUSTOMER_SERVICE": None,
    }  # fmt: skip
    talks = analytics.render(
        ask(f"conversation_analytics{at}.dimensions([PHONE]).conversation_types([REGULAR])"), tallies, PHONES
    )["data"][0]["data_points"]  # fmt: skip
    assert [(one["phone_number"], one["conversation"]) for one in talks] == [("493023125001", 2), ("493023125002", 2)]
