"""What is wrong with a token's proof or end, with a code, with too many calls, and with questions about figures."""

from takt.wire.errors import WireError


def token_revoked() -> WireError:
    """The token was right until somebody took it away."""
    return WireError(
        190, "Error validating access token: The session has been invalidated.",
        "access_token was taken away; ask for a new one", http=401, subcode=467,
    )  # fmt: skip


def proof_missing() -> WireError:
    """The app wants a proof beside each token."""
    return WireError(
        104, "API calls from the server require an appsecret_proof argument",
        "appsecret_proof is required by the app of this access_token: the hex HMAC-SHA256 of the token with the app"
        " secret as the key", http=401,
    )  # fmt: skip


def proof_wrong() -> WireError:
    """A proof is there, but of another token or secret."""
    return WireError(
        100, "Invalid appsecret_proof provided in the API argument",
        "appsecret_proof must be the hex HMAC-SHA256 of access_token with the app secret as the key",
        type="GraphMethodException",
    )  # fmt: skip


def code_unusable() -> WireError:
    """A code was used before, is over, or is for another app."""
    return WireError(
        100, "This authorization code has been used or has expired.",
        "code must be one that was made for this app in the last 10 minutes and was not used yet", subcode=36009,
    )  # fmt: skip


def app_calls_exhausted(limit: int, retry_after_s: int) -> WireError:
    """An app made more calls in an hour than allowed."""
    return WireError(
        4,
        "(#4) There have been too many calls by this app. Wait a bit and try again.",
        f"at most {limit} calls in an hour are taken by this app",
        http=429,
        subcode=2446079,
        is_transient=True,
        retry_after_s=retry_after_s,
    )


def account_calls_exhausted(limit: int, retry_after_s: int) -> WireError:
    """There were more calls about a company in an hour than an app is allowed."""
    return WireError(
        80007,
        "(#80007) There have been too many calls to this WhatsApp Business account. Wait a bit and try again.",
        f"at most {limit} calls in an hour are taken to this WhatsApp Business account",
        http=429,
        subcode=2446079,
        is_transient=True,
        retry_after_s=retry_after_s,
    )


def too_much_asked(requirement: str) -> WireError:
    """What was asked for is more than can be counted at once; `requirement` says what to ask for instead."""
    return WireError(
        1, "Please reduce the amount of data you're asking for, then retry your request", requirement,
    )  # fmt: skip


def insights_fixed() -> WireError:
    """Insights were switched on, and that is for good."""
    return WireError(
        200006, "(#200006) Template Insights cannot be disabled",
        "is_enabled_for_insights must be true: once switched on, insights stay on",
    )  # fmt: skip


def insights_off() -> WireError:
    """Insights were never switched on."""
    return WireError(
        200007, "(#200007) Template Insights are not enabled",
        "template insights are off: switch them on with is_enabled_for_insights=true at the account",
    )  # fmt: skip
