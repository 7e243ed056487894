"""No variable of a template that nobody reviewed takes free words."""

import pytest

from takt.core.content import Filled, Parameter, TemplateComponent, TemplateContent
from takt.core.denial import PARAMETER_VALUE
from takt.core.library_values import value_fault
from takt.core.template import CardPlan, Template, fill
from takt.core.template_library import LIBRARY
from takt.core.variables import Mismatch


def filled(kind: str, value: str) -> Filled | Mismatch:
    """A template of the library with one variable of this kind, filled in."""
    plan = CardPlan(None, "", "Wert: {{1}}.", None, ())
    template = Template("1", "b", "n", "de", "utility", "APPROVED", named=False, ttl_s=60, plan=plan, kinds=(kind,))
    body = TemplateComponent("body", (Parameter("text", value),))
    return fill(template, TemplateContent("n", "de", (body,)))


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("AMOUNT", ["12.50 EUR", "€12", "1,200.00", "12,50 €"], ["buy now", "12 EUR today"]),
        ("DATE", ["12 May 2027", "12.05.2027", "10:30", "2027-05-12"], ["as soon as you have paid, dear friend, come"]),
        ("PHONE NUMBER", ["+49 30 23125001", "(040) 123-456"], ["call us", "12"]),
        ("EMAIL", ["ada@nordwind.example"], ["ada", "a b@c.d"]),
        ("NUMBER", ["4711", "DE-00340434", "#12"], ["four and more", "x" * 41]),
        ("TEXT", ["Mara"], ["x" * 61]),
        ("ADDRESS", ["Am Sandtorkai 1, 20457 Hamburg"], ["x" * 201]),
    ],
)
def test_values_are_of_their_kind(kind: str, right: list[str], wrong: list[str]) -> None:
    for value in right:
        found = filled(kind, value)
        assert isinstance(found, Filled), found
        assert found.card.body == f"Wert: {value}."
    for value in wrong:
        refused = filled(kind, value)
        assert isinstance(refused, Mismatch)
        assert (refused.reason, refused.details.startswith("body: parameter 0 must be ")) == (PARAMETER_VALUE, True)


def test_the_samples_of_the_library_are_of_their_kinds() -> None:
    for entry in LIBRARY:
        kinds, samples = [kind for kind, _ in entry.params], [sample for _, sample in entry.params]
        assert value_fault(kinds, samples) is None, (entry.name, entry.language)
