"""Where the operator's console lives: the addresses of its pages."""

from starlette.routing import Route

from takt.web.staff.pages import page_routes
from takt.web.staff.session import OPERATOR

ADDRESSES = (
    "/console",
    "/console/",
    "/console/reviews/{template}",
    "/console/names",
    "/console/codes",
    "/console/suspicions",
    "/console/policy",
    "/console/policy/{proposal}",
    "/console/standings",
    "/console/standings/{waba}",
    "/console/money",
    "/console/money/{sub}",
    "/console/decisions",
    "/console/decisions/{of:path}",
)


def console_routes() -> list[Route]:
    """Return the routes of the app's document and files; the API beside them is another module's."""
    return page_routes(OPERATOR, ADDRESSES)
