"""The operator registers companies, senders, apps, tokens, staff and people: the routes to `office`."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.web.auth import Principal
from takt.web.takt.door import Answer, OwnDoor, read_object
from takt.web.takt.office import Office

Shown = dict[str, Any]
Do = Callable[[Request, dict[str, Any]], Awaitable[Shown]]


class RegistrationApi:
    """The requests of the operator about who and what is there."""

    def __init__(self, door: OwnDoor, office: Office) -> None:
        self._door = door
        self._office = office

    def routes(self) -> list[Route]:
        """What this API answers."""
        office = self._office
        at, company = "/takt/v1", "/takt/v1/businesses/{waba}"
        return [
            self._get(f"{at}/businesses", lambda _: office.businesses()),
            self._post(f"{at}/businesses", lambda _, body: office.add_business(body)),
            self._get(f"{at}/rate-cards", lambda _: office.rate_cards()),
            self._get(f"{at}/rate-cards/{{card}}", lambda r: office.rate_card(r.path_params["card"])),
            self._post(f"{at}/rate-cards", lambda _, body: office.publish(body)),
            self._post(f"{at}/what-if", lambda _, body: office.ask_what_if(body)),
            self._get(f"{at}/shadows", lambda _: office.shadows()),
            self._write(
                "PUT", f"{company}/shadow", lambda r, body: office.set_shadow(r.path_params["waba"], body.get("card"))
            ),
            self._write(
                "PUT", f"{company}/stage", lambda r, body: office.set_stage(r.path_params["waba"], body.get("stage"))
            ),
            self._post(f"{company}/senders", lambda r, body: office.add_sender(r.path_params["waba"], body)),
            self._post(f"{company}/apps", lambda r, body: office.add_app(r.path_params["waba"], body)),
            self._post(f"{at}/apps/{{app}}", lambda r, body: office.set_app(r.path_params["app"], body)),
            self._post(f"{company}/codes", lambda r, body: office.add_code(r.path_params["waba"], body)),
            self._post(f"{at}/people", lambda _, body: office.add_person(body)),
            *(route for where in (at, company) for route in self._owned(where)),
        ]

    def _owned(self, at: str) -> list[Route]:
        """What companies and the operator have alike."""
        office = self._office
        return [
            self._get(f"{at}/tokens", lambda r: office.tokens(_owner(r))),
            self._post(f"{at}/tokens", lambda r, body: office.add_token(_owner(r), body)),
            Route(
                f"{at}/tokens/{{token}}",
                self._door.operator(_answer(lambda r: office.revoke(_owner(r), r.path_params["token"]))),
                methods=["DELETE"],
            ),
            self._get(f"{at}/staff", lambda r: office.staff(_owner(r))),
            self._post(f"{at}/staff", lambda r, body: office.add_staff(_owner(r), body)),
        ]

    def _get(self, path: str, show: Callable[[Request], Awaitable[Shown]]) -> Route:
        return Route(path, self._door.operator(_answer(show)), methods=["GET"])

    def _post(self, path: str, do: Do) -> Route:
        return self._write("POST", path, do)

    def _write(self, method: str, path: str, do: Do) -> Route:
        async def answer(request: Request) -> Shown:
            return await do(request, await read_object(request))

        return Route(path, self._door.operator(_answer(answer)), methods=[method])


def _owner(request: Request) -> str | None:
    named: str | None = request.path_params.get("waba")
    return named


def _answer(show: Callable[[Request], Awaitable[Shown]]) -> Answer:
    async def answer(request: Request, _principal: Principal) -> Shown:
        return await show(request)

    return answer
