"""What the real platform has and Takt does not: calls, groups, payments, coexistence, partners, signups.

Every documented path of theirs answers with the error that the platform documents for who has not got them (Cloud API
reference, sections 9.7 to 9.9 and 10), so that a client which probes for a feature learns what it can act upon.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from takt.web.cloud.calls import Call, Methods, NodeShelf, Offer
from takt.wire import absent_errors
from takt.wire.errors import Refusal, WireError

_Check = Callable[[Call], object]
_Absent = tuple[_Check, str, Callable[[], WireError]]

GROUP_PREFIX: Final = "Y2Fw"


def offer() -> Offer:
    """What is answered here: edges of senders, companies, apps and groups, and groups themselves."""
    return Offer(
        edges={edge: dict.fromkeys(methods.split(), _refusing(check, error)) for edge, (check, methods, error) in _EDGES.items()},
        alone={"signups/*": dict.fromkeys(("GET", "POST"), _refusing(_anyone, absent_errors.signups_not_enabled))},
        shelves=(NodeShelf(_is_group, _group_methods()),),
    )  # fmt: skip


def _refusing(check: _Check, error: Callable[[], WireError]) -> Callable[[Call], Awaitable[Any]]:
    async def refuse(call: Call) -> Any:
        check(call)
        raise Refusal(error())

    return refuse


async def _is_group(call: Call) -> bool:
    return call.node.startswith(GROUP_PREFIX)


def _group_methods() -> Methods:
    return dict.fromkeys(("GET", "POST", "DELETE"), _refusing(_anyone, absent_errors.groups_not_enabled))


def _anyone(call: Call) -> None:
    """There are no groups, signups, solutions: nobody owns one."""


def _of_sender(call: Call) -> object:
    return call.sender()


def _of_business(call: Call) -> object:
    return call.business()


def _of_app(call: Call) -> object:
    return call.app()


_EDGES: Final[Mapping[str, _Absent]] = {
    "calls": (_of_sender, "POST", absent_errors.calls_not_enabled),
    "call_permissions": (_of_sender, "GET", absent_errors.calls_not_enabled),
    "groups": (_of_sender, "GET POST", absent_errors.groups_not_enabled),
    "invite_link": (_anyone, "GET POST DELETE", absent_errors.groups_not_enabled),
    "participants": (_anyone, "GET POST DELETE", absent_errors.groups_not_enabled),
    "join_requests": (_anyone, "GET POST DELETE", absent_errors.groups_not_enabled),
    "messages_encrypted": (_of_sender, "POST", absent_errors.feature_not_enabled),
    "smb_app_data": (_of_sender, "POST", absent_errors.coexistence_not_enabled),
    "thread_control": (_of_sender, "POST", absent_errors.routing_not_enabled),
    "payment_configurations": (_of_business, "GET", absent_errors.payments_not_enabled),
    "payment_configuration": (_of_business, "GET POST DELETE", absent_errors.payments_not_enabled),
    "payment_configuration/*": (_of_business, "GET POST DELETE", absent_errors.payments_not_enabled),
    "generate_payment_configuration_oauth_link": (_of_business, "POST", absent_errors.payments_not_enabled),
    "payments/*": (_of_sender, "GET", absent_errors.payments_not_enabled),
    "signups": (_of_business, "GET POST", absent_errors.signups_not_enabled),
    "schedules": (_of_business, "GET POST", absent_errors.feature_not_enabled),
    "activities": (_of_business, "GET", absent_errors.feature_not_enabled),
    "in_progress_onbehalf_request": (_of_business, "GET", absent_errors.feature_not_enabled),
    "obo_mobility_intent": (_of_business, "POST", absent_errors.feature_not_enabled),
    "set_obo_mobility_intent": (_of_business, "POST", absent_errors.feature_not_enabled),
    "set_solution_migration_intent": (_of_business, "POST", absent_errors.feature_not_enabled),
    "solutions": (_of_business, "GET", absent_errors.feature_not_enabled),
    "connected_client_businesses": (_of_app, "GET", absent_errors.feature_not_enabled),
    "whatsapp_business_solution": (_of_app, "POST", absent_errors.feature_not_enabled),
    "whatsapp_business_solutions": (_of_app, "GET", absent_errors.feature_not_enabled),
    "add_phone_numbers": (_anyone, "POST", absent_errors.feature_not_enabled),
    "onboard_partners_to_mm_lite": (_anyone, "POST", absent_errors.feature_not_enabled),
    "share_preverified_numbers": (_anyone, "POST", absent_errors.feature_not_enabled),
    "partners": (_anyone, "GET", absent_errors.feature_not_enabled),
    "access_token": (_anyone, "GET", absent_errors.feature_not_enabled),
    "accept": (_anyone, "POST", absent_errors.feature_not_enabled),
    "reject": (_anyone, "POST", absent_errors.feature_not_enabled),
    "accept_deactivation_request": (_anyone, "POST", absent_errors.feature_not_enabled),
    "reject_deactivation_request": (_anyone, "POST", absent_errors.feature_not_enabled),
    "send_deactivation_request": (_anyone, "POST", absent_errors.feature_not_enabled),
    "assigned_whatsapp_business_accounts": (_anyone, "GET", absent_errors.feature_not_enabled),
    "whatsapp_credit_sharing_and_attach": (_anyone, "POST", absent_errors.feature_not_enabled),
}
