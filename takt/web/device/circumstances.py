"""Where, in which language, time zone and on which device somebody gives their word."""

from hashlib import sha256

from takt.actions.consent_acts import Circumstances
from takt.web.device.door import Caller
from takt.wire.device import Told


def circumstances(caller: Caller, told: Told, place: str) -> Circumstances:
    """What goes into the record; `place` where the device says nothing of it. Of the device only a hash is kept."""
    return Circumstances(told.place or place, caller.locale, told.zone, sha256(caller.token_sha256).hexdigest())
