"""The PostgreSQL that comes along: started when Takt needs it, shared by its processes, stopped by the last one.

`join(home)` makes the database on first use and returns an `Embedded` whose `url` every driver understands.
Nothing is listened to but a unix socket in a folder closed to others, and no existing folder is ever opened wider.
"""

from takt.embedded.place import EmbeddedFault
from takt.embedded.server import Embedded, join

__all__ = ["Embedded", "EmbeddedFault", "join"]
