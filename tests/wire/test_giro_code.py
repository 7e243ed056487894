"""A transfer as a picture: one for every transfer, and none is refused for a long name."""

from dataclasses import replace

from takt.wire.giro_code import Transfer, giro_code

TRANSFER = Transfer("Takt GmbH", "DE89370400440532013000", "", 11_900, "RE-2026-000001")


def test_every_part_of_a_transfer_is_in_the_picture() -> None:
    others = [
        replace(TRANSFER, holder="Takt AG"),
        replace(TRANSFER, iban="DE02120300000000202051"),
        replace(TRANSFER, bic="COBADEFFXXX"),
        replace(TRANSFER, cents=11_901),
        replace(TRANSFER, reference="RE-2026-000002"),
    ]
    assert len({giro_code(one) for one in (TRANSFER, *others)}) == 6
    assert giro_code(TRANSFER).startswith("<svg ")


def test_a_long_name_is_cut() -> None:
    assert giro_code(replace(TRANSFER, holder="T" * 71)) == giro_code(replace(TRANSFER, holder="T" * 70))
