"""Receives a newcomer: makes the demo world if it is not there, and shows how to get in."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from takt.clock import CLOCK
from takt.demo import season, seed, world
from takt.demo.seed import Secrets
from takt.demo.world import StaffSeed
from takt.store.pool import Conn


async def welcome(conn: Conn, home: Path, url: str, parts: tuple[int, ...]) -> bool:
    """Make the world and `demo.env` where they are missing, and print addresses, people and a curl line that works.

    Whether the world is new: then it has no history yet (`takt.demo.history`).
    """
    kept = seed.read_secrets(home)
    async with conn.transaction():
        is_new = not await seed.is_seeded(conn)
        secrets = await _make_world(conn, parts, kept, is_new=is_new)
    path = seed.write_env(home, url, secrets)
    _print(url, path, secrets)
    return is_new


async def _make_world(conn: Conn, parts: tuple[int, ...], kept: Secrets | None, *, is_new: bool) -> Secrets:
    if is_new:
        secrets = kept or seed.new_secrets(CLOCK)
        await seed.seed(conn, parts, secrets, CLOCK)
        return secrets
    if kept is not None and await seed.knows(conn, kept):
        return kept
    secrets = seed.new_secrets(CLOCK)
    await seed.renew_secrets(conn, parts, secrets, CLOCK.now())
    return secrets


def _print(url: str, path: Path, secrets: Secrets) -> None:
    nordwind, mara = world.BUSINESSES[0], world.PEOPLE[0]
    people = ", ".join(person.name.split()[0] for person in world.PEOPLE)
    colleagues = _colleagues(world.STAFF)
    operators = ", ".join(member.name.split()[0] for member in world.STAFF if member.role == "operator")
    body = (
        '{"messaging_product":"whatsapp","to":"' + mara.wa_id + '","type":"template","template":'
        '{"name":"order_update","language":{"code":"de"},"components":[{"type":"body","parameters":'
        '[{"type":"text","text":"Mara"},{"type":"text","text":"4711"}]}]}}'
    )
    curl = (
        f"curl {url}/{world.API_VERSION}/{nordwind.senders[0].sender_id}/messages"
        f" -H 'Authorization: Bearer {secrets.token}' -H 'Content-Type: application/json' -d '{body}'"
    )
    out = Console(highlight=False, soft_wrap=True)
    out.print(f"\n[bold]Takt[/] is ready at [bold cyan]{url}[/]\n")
    out.print(f"  Messenger   {url}/         sign in as {people}")
    out.print(f"  Inbox       {url}/inbox    sign in as {colleagues} of {nordwind.name},")
    out.print(f"              {' ' * len(url)}          or {_colleagues(season.STAFF)} of {season.BUSINESS.name}")
    out.print(f"  Console     {url}/console  sign in as {operators}")
    out.print(f"  Secrets     {path}\n")
    out.print("  Send the first message to Mara:\n")
    out.print(f"  {curl}\n", markup=False)
    out.print("  Ctrl+C stops it; everything is kept.\n")


def _colleagues(staff: Sequence[StaffSeed]) -> str:
    return ", ".join(member.name.split()[0] for member in staff if member.business is not None)
