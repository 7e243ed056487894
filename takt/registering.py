"""The commands that set an installation up: `takt company|app|token|staff|person …`.

Each does what the operator's API does, by the same actions in the same database; a server that runs hears of it at once.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from rich.console import Console

from takt.actions import access, pilot, publish, register, shadow
from takt.cards import DEFAULT
from takt.clock import CLOCK
from takt.installation import Installation, visit
from takt.web.takt.office import Office, OfficeLanes

OUT = Console(highlight=False, soft_wrap=True)

company = typer.Typer(no_args_is_help=True)
sender = typer.Typer(no_args_is_help=True)
app = typer.Typer(no_args_is_help=True)
token = typer.Typer(no_args_is_help=True)
staff = typer.Typer(no_args_is_help=True)
person = typer.Typer(no_args_is_help=True)

Waba = Annotated[str, typer.Option("--company", help="The company's id, as `takt company list` shows it.")]
AnyWaba = Annotated[str | None, typer.Option("--company", help="The company's id; left out: the operator.")]
Name = Annotated[str, typer.Option(help="Its name.")]
AppId = Annotated[str | None, typer.Option("--app", help="The app's id; the company's only one if left out.")]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="A permission; may come several times. All if none.")]
NodeId = Annotated[str | None, typer.Option("--id", help="An id that clients know already; left out: a new one.")]


@company.command("add")
def add_company(
    name: Name,
    card: Annotated[str, typer.Option(help="Its price list; the one for beginners is published by itself.")] = DEFAULT,
    currency: str = "EUR",
    stage: Annotated[str, typer.Option(help="applied, pilot, live or paused.")] = "applied",
    time_zone: Annotated[str, typer.Option(help="On whose clocks its months begin.")] = "Europe/Berlin",
    identifier: NodeId = None,
) -> None:
    """Register a company."""
    body = {"name": name, "card": card, "currency": currency, "stage": stage}
    body |= {"time_zone": time_zone}
    run(lambda office: office.add_business({**body, "id": identifier}))


@company.command("list")
def list_companies() -> None:
    """List companies with their senders and apps."""
    run(lambda office: office.businesses())


@company.command("stage")
def set_stage(company: Annotated[str, typer.Argument(help="The company's id.")], stage: str) -> None:
    """Move a company to a stage of the pilot: applied, pilot, live or paused."""
    run(lambda office: office.set_stage(company, stage))


@sender.command("add")
def add_sender(
    company: Waba,
    number: Annotated[str, typer.Option(help="Its telephone number with the country code.")],
    name: Name,
    kind: Annotated[str, typer.Option(help="outreach (may start) or support (answers).")] = "outreach",
    identifier: NodeId = None,
) -> None:
    """Let a company speak as somebody."""
    run(lambda office: office.add_sender(company, {"phone": number, "name": name, "kind": kind, "id": identifier}))


@app.command("add")
def add_app(
    company: Waba,
    name: Name,
    *,
    proof: Annotated[bool, typer.Option("--require-proof", help="Ask for appsecret_proof with every token.")] = False,
    identifier: NodeId = None,
) -> None:
    """Register an app; its secret is shown this once."""
    run(lambda office: office.add_app(company, {"name": name, "proof_required": proof, "id": identifier}))


@token.command("new")
def new_token(
    name: Name,
    company: AnyWaba = None,
    app: AppId = None,
    scope: Scopes = None,
    days: Annotated[int | None, typer.Option(help="For how long; left out: until it is revoked.")] = None,
) -> None:
    """Give out a token, shown this once: of a company's app, or of the operator."""
    body = {"name": name, "app": app, "scopes": scope or None, "days": days}
    run(lambda office: office.add_token(company, body))


@token.command("code")
def new_code(company: Waba, app: Annotated[str, typer.Option(help="The app's id.")], scope: Scopes = None) -> None:
    """Give out a code that the app exchanges for a token of the company within ten minutes."""
    run(lambda office: office.add_code(company, {"app": app, "scopes": scope or None}))


@token.command("list")
def list_tokens(company: AnyWaba = None) -> None:
    """List tokens of a company or of the operator."""
    run(lambda office: office.tokens(company))


@token.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="Its id in `takt token list`.")], company: AnyWaba = None
) -> None:
    """Take a token away."""
    run(lambda office: office.revoke(company, token))


@staff.command("add")
def add_staff(
    login: str,
    name: Name,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    company: AnyWaba = None,
    role: Annotated[str | None, typer.Option(help="agent, marketer, developer, finance; operator without one.")] = None,
) -> None:
    """Let somebody sign in with a password."""
    body = {"login": login, "name": name, "password": password, "role": role}
    run(lambda office: office.add_staff(company, body))


@staff.command("list")
def list_staff(company: AnyWaba = None) -> None:
    """List who works for a company or for the operator."""
    run(lambda office: office.staff(company))


@person.command("add")
def add_person(
    number: Annotated[str, typer.Option(help="The telephone number with the country code.")],
    name: Name,
    locale: Annotated[str, typer.Option(help="de or en.")] = "de",
) -> None:
    """Register a person, and print the token of a device that speaks for them."""
    run(lambda office: office.add_person({"wa_id": number, "name": name, "locale": locale}))


def run(do: Callable[[Office], Awaitable[dict[str, Any]]]) -> None:
    """Do one thing in the installation that the environment names, and print what came of it as JSON."""
    show(done(do))


def done(do: Callable[[Office], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Do it, and give what came of it. Raises NotDone."""
    return visit("takt register", lambda installation: do(_office(installation)))


def show(shown: Any) -> None:
    """Print something as JSON."""
    OUT.print(json.dumps(shown, indent=2, ensure_ascii=False), markup=False)


def _office(installation: Installation) -> Office:
    reference, lane = installation.reference, installation.lane
    lanes = OfficeLanes(
        register=lane(register.Register(installation.site.parts)),
        people=lane(register.add_people),
        access=lane(access.let_in),
        stages=lane(pilot.Stages(reference, CLOCK.new_id)),
        rates=lane(publish.publish_all),
        shadows=lane(shadow.set_shadows),
    )
    return Office(installation.site, reference, lanes, CLOCK)
