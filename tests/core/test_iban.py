"""Numbers of banks: check digits, the lengths of countries, and references of ours in what people write."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import iban
from takt.core.ids import TAIL_BITS, make_id, slot_of

IDS = st.builds(make_id, st.integers(0, 2**48 - 1), st.integers(0, 4095), st.integers(0, 2**TAIL_BITS - 1))
REGISTER = """
    AT611904300234573201 BE68539007547034 BG80BNBG96611020345678 CH9300762011623852957 CY17002001280000001200527600
    CZ6508000000192000145399 DE89370400440532013000 DK5000400440116243 EE382200221020145685 ES9121000418450200051332
    FI2112345600000785 FR1420041010050500013M02606 GB29NWBK60161331926819 GR1601101250000000012300695
    HR1210010051863000160 HU42117730161111101800000000 IE29AIBK93115212345678 IS140159260076545510730339
    IT60X0542811101000000123456 LI21088100002324013AA LT121000011101001000 LU280019400644750000 LV80BANK0000435195001
    MC5811222000010123456789030 MT84MALT011000012345MTLCAST001S NL91ABNA0417164300 NO9386011117947
    PL61109010140000071219812874 PT50000201231234567890154 RO49AAAA1B31007593840000 SE4550000000058398257466
    SI56263300012039086 SK3112000000198742637541 SM86U0322509800000000270100
"""
"""The examples of the register of ISO 13616."""


def checked(begins: str, rest: str) -> str:
    """A number with its check digits."""
    return f"{begins}{98 - int(''.join(str(int(one, 36)) for one in f'{rest}{begins}00')) % 97:02}{rest}"


@pytest.mark.parametrize("one", REGISTER.split())
def test_every_country_has_its_length(one: str) -> None:
    assert iban.is_iban(one)
    assert checked(one[:2], one[4:]) == one
    for rest in (one[4:] + "0", one[4:-1]):
        assert not iban.is_iban(checked(one[:2], rest))


def test_of_other_countries_every_length_is_possible() -> None:
    assert iban.is_iban(checked("XK", "1212012345678906"))
    assert iban.is_iban(checked("XK", "12120123456789060"))
    assert not iban.is_iban(checked("XK", "1" * 31))


def test_a_reference_is_no_iban_and_the_slots_end_at_4095() -> None:
    assert not iban.is_reference("")
    assert not iban.is_reference("DE89370400440532013000")
    for slot, found in [(4095, ("P", 4095)), (4096, None)]:
        number, code = slot << TAIL_BITS, ""
        while number:
            number, digit = divmod(number, 36)
            code = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + code
        assert iban.slot_of_reference(checked("RF", "P" + code.rjust(15, "0"))) == found


@given(one=IDS, kind=st.sampled_from([iban.OF_PAYMENT, iban.OF_CONTRACT]))
def test_a_reference_has_right_check_digits_and_knows_its_part(one: UUID, kind: str) -> None:
    found = iban.reference(kind, one)
    assert len(found) == 20
    assert iban.is_reference(found)
    assert iban.slot_of_reference(found) == (kind, slot_of(one))
    assert int(found[5:], 36) == slot_of(one) << TAIL_BITS | one.int % 2**TAIL_BITS
    assert iban.references_in(f"Guthaben {iban.spaced(found).lower()}, danke") == [found]
    wrong = f"RF{int(found[2:4]) % 97 + 1:02}{found[4:]}"
    assert iban.slot_of_reference(wrong) is None


def test_known_numbers_are_right_and_wrong_ones_are_not() -> None:
    assert all(map(iban.is_iban, ("DE89370400440532013000", "GB82WEST12345698765432", "NO9386011117947")))
    for wrong in ("DE88370400440532013000", "DE8937040044053201300", "", "DE", "de89370400440532013000", "X" * 40):
        assert not iban.is_iban(wrong)
    assert iban.is_reference("RF18539007547034")
    assert iban.slot_of_reference("RF18539007547034") is None
