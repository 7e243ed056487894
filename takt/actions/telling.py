"""Whom an event is about, in the words of webhooks."""

from takt.core.ids import identity_hash
from takt.store.recipients import LockedRecipient
from takt.store.reference import Sender
from takt.wire.webhook import Identity, Person


def identity_of(sender: Sender) -> Identity:
    """The sender that an event belongs to."""
    return Identity(sender.sender_id, sender.phone)


def person_of(person: LockedRecipient, sender: Sender) -> Person:
    """The person, as the company of this sender may know them; their hash only if the sender asked for it."""
    identity = identity_hash(person.recipient_id) if sender.number.checks_identity else None
    return Person(person.wa_id, person.user_code, person.name, identity)
