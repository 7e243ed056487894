"""What the Cloud API says of features that the real platform has and that are not enabled here."""

from takt.wire.errors import WireError


def payments_not_enabled() -> WireError:
    """A message about an order that is to be paid in the chat."""
    return WireError(
        134011, "(#134011) WhatsApp Payments terms of service has not been accepted",
        "type: payments in the chat are not enabled here; send a cta_url button that leads to the shop instead",
    )  # fmt: skip


def groups_not_enabled() -> WireError:
    """Something with a group."""
    return WireError(
        131215, "(#131215) Phone number is not eligible for groups",
        "recipient_type: groups are not enabled here; send to one person, with recipient_type individual",
    )  # fmt: skip


def calls_not_enabled() -> WireError:
    """A call, or something about calls."""
    return WireError(
        138000, "(#138000) Calling not enabled", "calls are not enabled here; use a phone_number button of a template",
        http=401,
    )  # fmt: skip


def coexistence_not_enabled() -> WireError:
    """A number shared with an app on a telephone."""
    return WireError(
        2593108, "(#2593108) Synchronization request not allowed",
        "sync_type: no number here is shared with an app on a telephone; there is nothing to synchronise",
    )  # fmt: skip


def routing_not_enabled() -> WireError:
    """Several apps that hand a chat to one another."""
    return WireError(
        2494191, "(#2494191) Thread control failed",
        "action: chats are not handed between apps here; every app of the company hears every message",
    )  # fmt: skip


def signups_not_enabled() -> WireError:
    """Links by which people subscribe within the app."""
    return WireError(
        2494165, "(#2494165) Signup API is not enabled", "signups are not enabled here; ask for the opt-in in a chat"
    )


def feature_not_enabled() -> WireError:
    """A feature of the real platform that needs its own approval there, and is absent here."""
    return WireError(
        10, "(#10) Application does not have permission for this action",
        "this feature is not enabled here; docs/compatibility.md lists what is", http=403,
    )  # fmt: skip


def direct_send_not_enabled() -> WireError:
    """A message outside the window without an approved template."""
    return WireError(
        100, "(#100) Invalid parameter: this account is not eligible for Direct Send",
        "category and direct_send_config are not enabled here; send an approved template",
    )  # fmt: skip
