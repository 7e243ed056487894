"""How often somebody may try a password: by person and address, by address, and by person from anywhere.

The first limit stops a guesser who stays in one place without locking the person out elsewhere; the others bound what
many places, or many names from one place, can try. Kept in memory, per process, for the latest 10,000 of each kind.
"""

import ipaddress
from collections import OrderedDict
from datetime import datetime, timedelta

from takt.core.limits import Rate

KEYS_MAX = 10_000
BY_PERSON_AND_ADDRESS = Rate(timedelta(seconds=30), burst=10)
BY_ADDRESS = Rate(timedelta(seconds=1), burst=60)
BY_PERSON = Rate(timedelta(seconds=6), burst=100)


class Attempts:
    """The tries of late."""

    def __init__(self) -> None:
        self._kinds: tuple[tuple[Rate, OrderedDict[str, datetime]], ...] = (
            (BY_PERSON_AND_ADDRESS, OrderedDict()),
            (BY_ADDRESS, OrderedDict()),
            (BY_PERSON, OrderedDict()),
        )

    def take(self, login: str, address: str, now: datetime) -> datetime:
        """Count a try if it is in time; the earliest instant at which it is, `now` when it was counted."""
        keys = _keys(login, address)
        earliest = max(rate.next_at(kept.get(key), now) for (rate, kept), key in zip(self._kinds, keys, strict=True))
        if earliest <= now:
            for (rate, kept), key in zip(self._kinds, keys, strict=True):
                kept[key] = rate.take(kept.pop(key, None), now)
                if len(kept) > KEYS_MAX:
                    kept.popitem(last=False)
        return earliest

    def forgive(self, login: str, address: str) -> None:
        """It was the person: the tries before count no more, at this address."""
        self._kinds[0][1].pop(_keys(login, address)[0], None)


def _keys(login: str, address: str) -> tuple[str, str, str]:
    network = _network(address)
    return f"{login}\n{network}", network, login


def _network(address: str) -> str:
    """Who has one IPv6 address has the 64 bits behind it, too."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
