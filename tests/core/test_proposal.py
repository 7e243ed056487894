"""Four eyes: whatever three people and a program try, in whatever order, nothing is applied that should not be."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from takt.core.proposal import Act, Actor, Fault, Kind, Outcome, Proposal, fault, fold

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLGA, OTTO, ONNO = (Actor(name, UUID(int=number)) for number, name in enumerate(("Olga", "Otto", "Onno"), 1))
PROGRAM = Actor("token 1234")
PEOPLE = st.sampled_from([OLGA, OTTO, ONNO, PROGRAM])
DOCUMENTS = st.sampled_from(["aa", "bb"])


def outcome(document: str, base: int = 0, *, within: bool = True, at: datetime = NOW) -> Outcome:
    return Outcome(UUID(int=9), document, base, within, at)


def act(kind: Kind, actor: Actor, document: str = "aa", at: datetime = NOW, **more: object) -> Act:
    return Act(kind, actor, at, document, **more)  # type: ignore[arg-type]


def proposed(*acts: Act) -> Proposal:
    return fold((act(Kind.PROPOSE, OLGA), *acts))


def previewed(*, within: bool, base: int = 0, at: datetime = NOW) -> Act:
    return act(Kind.PREVIEW, OLGA, outcome=outcome("aa", base, within=within, at=at))


SIGNED = act(Kind.SIGN, OTTO)
LATER = NOW + timedelta(days=7, seconds=1)


@pytest.mark.parametrize(
    ("before", "then", "expected"),
    [
        ((), act(Kind.APPLY, OLGA), Fault.NO_PREVIEW),
        ((previewed(within=True),), act(Kind.APPLY, OLGA), None),
        ((previewed(within=True),), act(Kind.APPLY, PROGRAM), None),
        ((previewed(within=False),), act(Kind.APPLY, OLGA), Fault.SECOND_PERSON),
        ((previewed(within=False),), act(Kind.APPLY, OTTO), Fault.SECOND_PERSON),
        ((previewed(within=False),), act(Kind.SIGN, OLGA), Fault.OWN_DOCUMENT),
        ((previewed(within=False),), act(Kind.SIGN, PROGRAM), Fault.NO_PERSON),
        ((previewed(within=False),), act(Kind.SIGN, OTTO), None),
        ((previewed(within=False), SIGNED), act(Kind.APPLY, OLGA), None),
        ((previewed(within=False), SIGNED), act(Kind.SIGN, ONNO), Fault.SIGNED),
        ((previewed(within=False), SIGNED, previewed(within=False)), act(Kind.APPLY, OLGA), Fault.SECOND_PERSON),
        (
            (previewed(within=False), SIGNED, act(Kind.CHANGE, OLGA, "bb")),
            act(Kind.APPLY, OLGA, "bb"),
            Fault.NO_PREVIEW,
        ),
        ((previewed(within=False), act(Kind.CHANGE, OTTO)), act(Kind.SIGN, OTTO), Fault.OWN_DOCUMENT),
        ((), act(Kind.SIGN, OTTO), Fault.NO_PREVIEW),
        ((previewed(within=True),), act(Kind.APPLY, OLGA, "bb"), Fault.OTHER_DOCUMENT),
        ((previewed(within=False),), act(Kind.SIGN, OTTO, "bb"), Fault.OTHER_DOCUMENT),
        ((), act(Kind.PREVIEW, OLGA, outcome=outcome("bb")), Fault.OTHER_DOCUMENT),
        ((previewed(within=True, base=3),), act(Kind.APPLY, OLGA), Fault.STALE),
        ((previewed(within=True),), act(Kind.APPLY, OLGA, at=LATER), Fault.OLD),
        ((previewed(within=False, at=NOW), SIGNED), act(Kind.APPLY, OLGA, at=LATER), Fault.OLD),
        ((act(Kind.WITHDRAW, OTTO),), act(Kind.CHANGE, OLGA), Fault.CLOSED),
        ((previewed(within=True), act(Kind.APPLY, OLGA, version=1)), act(Kind.WITHDRAW, OLGA), Fault.CLOSED),
    ],
)
def test_what_may_follow(before: tuple[Act, ...], then: Act, expected: Fault | None) -> None:
    assert fault(proposed(*before), then, 0) == expected


def test_what_a_program_wrote_takes_two_who_sign() -> None:
    """Whoever holds the program's token may be the one who signs: that is one person."""
    acts = [act(Kind.PROPOSE, PROGRAM), previewed(within=False)]
    assert fault(fold(acts), act(Kind.SIGN, OTTO), 0) is None
    acts.append(SIGNED)
    assert fault(fold(acts), act(Kind.APPLY, OTTO), 0) is Fault.SECOND_PERSON
    assert fault(fold(acts), act(Kind.SIGN, OTTO), 0) is Fault.OWN_DOCUMENT
    assert fault(fold(acts), act(Kind.SIGN, OLGA), 0) is None
    acts.append(act(Kind.SIGN, OLGA))
    assert fault(fold(acts), act(Kind.SIGN, ONNO), 0) is Fault.SIGNED
    assert fault(fold(acts), act(Kind.APPLY, PROGRAM), 0) is None


@pytest.mark.parametrize("one", list(Fault))
def test_every_fault_is_told_in_both_languages(one: Fault) -> None:
    assert one.text.en.endswith(".")
    assert one.text.de.endswith(".")
    assert one.text.en != one.text.de


@dataclass
class Shadow:
    """What happened since the document that stands was written, kept in the plainest way."""

    document: str
    author: Actor
    within: bool | None = None
    base: int = -1
    signers: list[Actor] = field(default_factory=list)


class FourEyes(RuleBasedStateMachine):
    """Whatever is tried; what is allowed is done. The shadow says what had to be true at an apply."""

    @initialize(author=PEOPLE, document=DOCUMENTS)
    def propose(self, author: Actor, document: str) -> None:
        self.acts = [act(Kind.PROPOSE, author, document)]
        self.shadow = Shadow(document, author)
        self.current = 0
        self.applied = False

    def attempt(self, tried: Act) -> bool:
        allowed = fault(fold(self.acts), tried, self.current) is None
        assert not (allowed and self.applied), "nothing follows an apply"
        if allowed:
            self.acts.append(tried)
        return allowed

    @rule(who=PEOPLE, document=DOCUMENTS)
    def change(self, who: Actor, document: str) -> None:
        if self.attempt(act(Kind.CHANGE, who, document)):
            self.shadow = Shadow(document, who)

    @rule(document=DOCUMENTS, within=st.booleans())
    def preview(self, document: str, *, within: bool) -> None:
        made = outcome(document, self.current, within=within)
        if self.attempt(act(Kind.PREVIEW, PROGRAM, document, outcome=made)):
            assert document == self.shadow.document
            self.shadow.within, self.shadow.base, self.shadow.signers = within, self.current, []

    @rule(who=PEOPLE, document=DOCUMENTS)
    def sign(self, who: Actor, document: str) -> None:
        if self.attempt(act(Kind.SIGN, who, document)):
            self.shadow.signers.append(who)

    @rule()
    def somebody_else_applies_another(self) -> None:
        self.current += 1

    @precondition(lambda self: not self.applied)
    @rule(who=PEOPLE, document=DOCUMENTS)
    def apply(self, who: Actor, document: str) -> None:
        if not self.attempt(act(Kind.APPLY, who, document, version=self.current + 1)):
            return
        self.applied = True
        shadow = self.shadow
        assert document == shadow.document
        assert shadow.base == self.current, "compared with the policy that applies"
        assert shadow.within is not None, "previewed"
        people = {one.person for one in (shadow.author, *shadow.signers)} - {None}
        assert shadow.within or len(people) >= 2, "beyond the budget only with a second person; a program is none"

    @invariant()
    def what_stands_is_what_was_done(self) -> None:
        standing = fold(self.acts)
        assert (standing.document, standing.author) == (self.shadow.document, self.shadow.author)
        assert standing.open is not self.applied


TestFourEyes = FourEyes.TestCase
TestFourEyes.settings = settings(max_examples=150, stateful_step_count=20)
