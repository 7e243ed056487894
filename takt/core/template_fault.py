"""What a company is told when nothing can be done to a template as it is: limits, names, statuses.

Codes: Cloud API reference, "Template management".
"""

from datetime import datetime
from typing import Final

from takt.core.template_text import Fault

LIMIT: Final = 2388019
NAME_RESTS: Final = 2388023
DOUBLE: Final = 2388024


def limit_reached(count: int, most: int) -> Fault:
    """The company has as many templates as it may."""
    return Fault(
        "name", f"cannot be added: there are {count} templates of at most {most}; delete some first", LIMIT,
        "Message template limit exceeded",
    )  # fmt: skip


def too_fast(most: int) -> Fault:
    """The company made as many templates in an hour as it may."""
    return Fault(
        "name",
        f"cannot be added now: at most {most} templates may be created in an hour",
        2446079,
        "Too many creations",
    )


def name_rests(until: datetime | None) -> Fault:
    """A deleted template keeps its name for a while."""
    when = f" until {until:%Y-%m-%dT%H:%M:%SZ}" if until is not None else " while it is being deleted"
    return Fault("name", f"belongs to a deleted template{when}: choose another one", NAME_RESTS, "Name is not free yet")


def name_taken(language: str) -> Fault:
    """There is this name in this language."""
    return Fault(
        "name", f"exists in the language {language} already: edit that one", DOUBLE, "Content in this language exists"
    )


def double_of(name: str) -> Fault:
    """Another template says the same."""
    return Fault(
        "components",
        f"say the same as the template '{name}': body and footer must differ",
        DOUBLE,
        "Duplicate template",
    )


def wrong_status(status: str, act: str) -> Fault:
    """The status does not allow it."""
    return Fault("id", f"is a template with status {status}, which cannot be {act}", None, "Status does not allow it")


def edit_later(until: datetime) -> Fault:
    """An approved template was edited often enough."""
    return Fault(
        "components", f"can be edited again from {until:%Y-%m-%dT%H:%M:%SZ}: once in 24 hours, ten times in 30 days",
        None, "Too many edits",
    )  # fmt: skip


def category_fixed() -> Fault:
    """Approved templates keep their category."""
    return Fault("category", "of an approved template cannot be edited", None, "Category cannot be edited")


def too_late(until: datetime) -> Fault:
    """The time to object is over."""
    return Fault("id", f"could be objected to until {until:%Y-%m-%dT%H:%M:%SZ}", None, "Too late to object")
