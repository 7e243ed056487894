"""What Takt has not, asked for by pywa: groups, calls, sign-ups by link. Each refusal is a class of the client's own."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pywa import errors
from pywa.types.calls import SessionDescription

from tests.clients.pywa_company import do, opened
from tests.databases import Variant, Workshop
from tests.live import takt

GROUP = "Y2FwaV9ncm91cDox"
MARA = "491713920001"
OFFER = SessionDescription(sdp="v=0", sdp_type="offer")
POLICY = "https://nordwind.example/p"

GROUPS: dict[str, Callable[[Any], Any]] = {
    "create_group": lambda wa: wa.create_group(subject="Nordwind"),
    "get_group": lambda wa: wa.get_group(GROUP),
    "get_groups": lambda wa: wa.get_groups(),
    "delete_group": lambda wa: wa.delete_group(GROUP),
    "update_group_settings": lambda wa: wa.update_group_settings(GROUP, subject="x", profile_picture=b"x"),
    "get_group_invite_link": lambda wa: wa.get_group_invite_link(GROUP),
    "reset_group_invite_link": lambda wa: wa.reset_group_invite_link(GROUP),
    "get_group_join_requests": lambda wa: wa.get_group_join_requests(GROUP),
    "approve_group_join_requests": lambda wa: wa.approve_group_join_requests(GROUP, ["1"]),
    "reject_group_join_requests": lambda wa: wa.reject_group_join_requests(GROUP, ["1"]),
    "remove_group_participants": lambda wa: wa.remove_group_participants(GROUP, [MARA]),
    "pin_message": lambda wa: wa.pin_message(GROUP, "wamid.x", expiration_days=7),
    "unpin_message": lambda wa: wa.unpin_message(GROUP, "wamid.x"),
}
CALLS: dict[str, Callable[[Any], Any]] = {
    "initiate_call": lambda wa: wa.initiate_call(MARA, OFFER),
    "pre_accept_call": lambda wa: wa.pre_accept_call("c1", OFFER),
    "accept_call": lambda wa: wa.accept_call("c1", OFFER),
    "reject_call": lambda wa: wa.reject_call("c1"),
    "terminate_call": lambda wa: wa.terminate_call("c1"),
    # The client's own get_call_permissions forgets an argument of this one.
    "get_call_permissions": lambda wa: wa.api.get_call_permissions(wa.phone_id, MARA, None),
}
SIGNUPS: dict[str, Callable[[Any], Any]] = {
    "create_signup": lambda wa: wa.create_signup("Hallo", "Danke", POLICY),
    "get_signup": lambda wa: wa.get_signup("1"),
    "get_signups": lambda wa: wa.get_signups(),
    "update_signup": lambda wa: wa.update_signup("1", message="x"),
}
ABSENT = {
    **{name: (call, errors.GroupAPINotEligible) for name, call in GROUPS.items()},
    **{name: (call, errors.CallingNotEnabled) for name, call in CALLS.items()},
    **{name: (call, errors.SignupAPIUnavailable) for name, call in SIGNUPS.items()},
}


@pytest.fixture(scope="module", params=["pywa", "pywa_async"])
async def wa(
    request: pytest.FixtureRequest, workshop: Workshop, variant: Variant, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Any]:
    async with (
        workshop.borrowed() as lent,
        takt(lent.address, variant.parts, tmp_path_factory.mktemp("takt")) as live,
        opened(request.param, live) as made,
    ):
        yield made


@pytest.mark.parametrize("name", ABSENT)
async def test_what_is_not_here_is_refused_with_its_class(wa: Any, name: str) -> None:
    call, kind = ABSENT[name]
    with pytest.raises(kind) as refused:
        await do(call, wa)
    assert "not enabled here" in (refused.value.details or "")
