"""Ready texts at the Cloud API's door: the library of templates, and how authentication templates read."""

from typing import Any

from takt.core.template_authentication import preview
from takt.core.template_draft import check_minutes, parse_category, parse_language
from takt.core.template_text import Fault
from takt.web.cloud.calls import Call, Offer
from takt.wire import nodes, template_library
from takt.wire import templates as wire
from takt.wire.errors import Refusal


class TemplateShelves:
    """Answers what needs no database."""

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={"message_template_previews": {"GET": self.previews}},
            alone={"message_template_library": {"GET": self.library}},
        )

    async def library(self, call: Call) -> dict[str, Any]:
        """The templates of the library, filtered, in pages by name and language."""
        call.check_may_read()
        given = call.parameters
        found = template_library.find({name: given.text(name) for name in template_library.FILTERS})
        limit = nodes.parse_limit(given.get("limit"))
        after = nodes.parse_cursor("after", given.get("after"), 2)
        fitting = [one for one in found if after is None or (one["name"], one["language"]) > after]
        page = fitting[:limit]
        keys = [(one["name"], one["language"]) for one in page]
        return nodes.render_page(page, keys, call.here, more=len(fitting) > limit, earlier=after is not None)

    async def previews(self, call: Call) -> dict[str, Any]:
        """The fixed texts of authentication templates in the languages asked for."""
        call.business()
        call.check_may_read()
        given = call.parameters
        if wire.checked(parse_category, given.get("category")) != "authentication":
            raise Refusal(wire.error_of(Fault("category", "must be AUTHENTICATION")))
        named = given.get("languages") or given.get("language")
        languages = [wire.checked(parse_language, one) for one in nodes.parse_list("languages", named)] or ["en_US"]
        minutes = given.text("code_expiration_minutes")
        holds = wire.checked(check_minutes, minutes, "code_expiration_minutes") if minutes is not None else None
        advice = wire.parse_truth("add_security_recommendation", given.get("add_security_recommendation")) or False
        return {"data": [preview(one, advice=advice, minutes=holds) for one in languages]}
