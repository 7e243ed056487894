"""The files behind a message's media, found before it goes to its lane.

What names nothing of the company's is answered at once; what cannot be fetched or is not what it says goes on as a fault,
which the policy turns into a `failed` status (Cloud API, code 131053).
"""

from dataclasses import replace

from takt.core.content import MediaFault, sources
from takt.core.message import SendMessage
from takt.store.reference import Sender
from takt.web.resolver import MediaResolver
from takt.wire.errors import WireError


async def with_files(resolver: MediaResolver, sender: Sender, command: SendMessage) -> SendMessage | WireError:
    """The command with its files, or with what is wrong with one. Raises VaultAway."""
    wanted = list(sources(command.content))
    if not wanted:
        return command
    found = await resolver.resolve(sender, wanted)
    match found:
        case WireError():
            return found
        case MediaFault():
            return replace(command, media_fault=found.details)
        case _:
            return replace(command, files=found)
