"""Where the agents' inbox lives: the addresses of its pages.

Chats have addresses (`/inbox/chat/<key>`), so that a reload, a bookmark and the back button work.
"""

from starlette.routing import Route

from takt.web.staff.pages import page_routes
from takt.web.staff.session import COMPANIES

ADDRESSES = ("/inbox", "/inbox/", "/inbox/chat/{key}", "/inbox/costs", "/inbox/costs/{month}", "/inbox/standing")


def inbox_routes() -> list[Route]:
    """Return the routes of the app's document and files; the API beside them is another module's."""
    return page_routes(COMPANIES, ADDRESSES)
