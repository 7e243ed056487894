"""A comparison of policies as tables for people."""

from typing import Any, Final

from rich.console import Console
from rich.table import Table

from takt.twin.comparing import GAP_REVENUE

WIDTH_LEAST: Final = 150


def show(found: dict[str, Any]) -> None:
    """Print a comparison (`comparing.compare`)."""
    _table(
        f"World {found['world']}, {found['users']:,} people, seeds {found['seeds']}",
        ["policy", "revenue", "last 4 weeks", "per user-week", "blocks per 1,000", "harm", "wanted arrives",
         "unwanted", "reachable"],
        [
            [f"{one['policy']}{', ' + one['variant'] if one['family'] in {'tact', 'oracle'} else ''}",
             f"{one['revenue']:,.0f}", f"{one['revenue_last']:,.0f}", f"{one['per_user_week']:.2f}",
             f"{one['blocks_per_1000']:.1f}", f"{one['harm']:.1f}", f"{one['wanted_delivered']:.2f}",
             f"{one['unwanted_share']:.2f}", f"{one['reachable']:.0%}"]
            for one in found["policies"]
        ],
    )  # fmt: skip
    families = list(found["equal_revenue"][0]["harm"])
    _table(
        "Harm at equal revenue",
        ["revenue", *families, "tact : static", "tact : by reading", "gap closed"],
        [
            [f"{one['revenue']:,.0f}", *(_number(one["harm"][family]) for family in families),
             *(_share(change) for change in one["tact_against"].values()), _share(one["gap_closed"])]
            for one in found["equal_revenue"]
        ],
    )  # fmt: skip
    _table(
        "Revenue at equal harm",
        ["harm", *families, "tact : static", "tact : by reading"],
        [
            [f"{one['harm']:g}", *(_number(one["revenue"][family], 0) for family in families),
             *(_share(change) for change in one["tact_against"].values())]
            for one in found["equal_harm"]
        ],
    )  # fmt: skip
    _table(
        f"What arrives at revenue {GAP_REVENUE:,.0f}",
        ["policy", "wanted arrives", "unwanted", "harm"],
        [
            [f"{one['family']} {one['variant']}", f"{one['wanted_delivered']:.2f}", f"{one['unwanted_share']:.2f}",
             f"{one['harm']:.1f}"]
            for at in found["equal_revenue"] if at["revenue"] == GAP_REVENUE for one in at["wanted"]
        ],
    )  # fmt: skip
    _budgets(found["budget"])


def show_budget(found: dict[str, Any]) -> None:
    """Print how budgets were kept (`keeping.compare`)."""
    Console().print(f"World {found['world']}, {found['users']:,} people, seeds {found['seeds']}")
    _budgets(found["budget"])


def _budgets(kept: list[dict[str, Any]]) -> None:
    _table(
        "A budget of harm, kept by the shadow price: harm over the budget after 4 weeks",
        ["budget", "counted", "mean", "most of 4 weeks", "least of 4 weeks", "most of a week", "revenue"],
        [
            [f"{one['budget']:g}", counted, f"{held['mean']:.2f}", f"{held['most_of_four_weeks']:.2f}",
             f"{held['least_of_four_weeks']:.2f}", f"{held['most_of_a_week']:.2f}", f"{one['revenue']:,}"]
            for one in kept for counted, held in (("as it happened", one["happened"]), ("as expected", one["expected"]))
        ],
    )  # fmt: skip


def _table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    shown = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        shown.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        shown.add_row(*row)
    Console(highlight=False, width=max(WIDTH_LEAST, Console().width)).print(shown)


def _number(number: float | None, digits: int = 1) -> str:
    return "-" if number is None else f"{number:,.{digits}f}"


def _share(number: float | None) -> str:
    return "-" if number is None else f"{number:+.0%}"
