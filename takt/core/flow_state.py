"""The life of a flow: a draft is written and published; a published one can only be deprecated, a draft be deleted."""

from enum import Enum
from typing import Final
from uuid import UUID

from takt.core.value import value

FLOWS_MAX: Final = 1000
OPEN: Final = frozenset({"PUBLISHED", "THROTTLED"})
"""What people can open; a message may also open a draft, if it says that it means one."""


@value
class Standing:
    """What decides about a flow. `faulty` also while it has no JSON; `has_endpoint` by its `data_api_version`."""

    flow_id: str
    business_id: UUID
    app_id: str | None
    name: str
    status: str
    faulty: bool
    has_endpoint: bool
    endpoint_uri: str | None


class FlowDenial(Enum):
    """Why something is not done to a flow: the code, title and sentence for its company."""

    UNKNOWN = (100, "Invalid parameter", "there is no such flow any more")
    NAME_TAKEN = (100, "Invalid parameter", "name belongs to another flow of this account: take a new one")
    TOO_MANY = (100, "Invalid parameter", f"an account has at most {FLOWS_MAX} flows: delete some")
    NOT_A_DRAFT = (139001, "Flow can't be updated", "only flows in status DRAFT can be changed: clone this one")
    NOT_PUBLISHABLE = (
        139002,
        "Publishing Flow in invalid state",
        "only flows in status DRAFT or BLOCKED can be published",
    )
    FAULTY = (139002, "Publishing Flow with validation errors", "flow_json has faults: see validation_errors")
    NO_ENDPOINT = (139002, "Publishing Flow without endpoint_uri", "endpoint_uri is needed for its data_api_version")
    NO_APP = (139002, "No Application Connected to the Flow", "application_id is needed for its data_api_version")
    NO_KEY = (139002, "Missing Flows Signed Public Key", "none of the numbers has a business_public_key: set one")
    NO_ANSWER = (139002, "Endpoint Not Available", "endpoint_uri must answer a ping with status active")
    NOT_DEPRECATABLE = (139003, "Flow can't be deprecated", "only flows in status PUBLISHED can be deprecated")
    NOT_DELETABLE = (139004, "Flow can't be deleted", "only flows in status DRAFT can be deleted: deprecate this one")

    @property
    def code(self) -> int:
        """The code on the wire."""
        return self.value[0]

    @property
    def title(self) -> str:
        """The title of that code."""
        return self.value[1]

    @property
    def details(self) -> str:
        """What is wrong, and what would be right."""
        return self.value[2]


def deny_change(flow: Standing) -> FlowDenial | None:
    """Whether it may be written anew."""
    return None if flow.status == "DRAFT" else FlowDenial.NOT_A_DRAFT


def deny_publishing(flow: Standing, *, key: bool) -> FlowDenial | None:
    """Whether it may be published; `key` says that a sender of its company has a public key."""
    if flow.status not in ("DRAFT", "BLOCKED"):
        return FlowDenial.NOT_PUBLISHABLE
    if flow.faulty:
        return FlowDenial.FAULTY
    if not flow.has_endpoint:
        return None
    if flow.endpoint_uri is None:
        return FlowDenial.NO_ENDPOINT
    if flow.app_id is None:
        return FlowDenial.NO_APP
    return None if key else FlowDenial.NO_KEY


def deny_deprecating(flow: Standing) -> FlowDenial | None:
    """Whether it may be taken out of use."""
    return None if flow.status in (*OPEN, "BLOCKED") else FlowDenial.NOT_DEPRECATABLE


def deny_deleting(flow: Standing) -> FlowDenial | None:
    """Whether it may be deleted."""
    return None if flow.status == "DRAFT" else FlowDenial.NOT_DELETABLE
