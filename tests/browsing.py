"""People in real browsers: the running demo they use, signing in, and the rules every page has to keep."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import APIResponse, BrowserContext, ConsoleMessage, Locator, Page, Request, Route, expect

STARTED_S = 60
AXE_FINDINGS = "(options) => axe.run(options).then((results) => results.violations)"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES: Mapping[str, Any] = {"type": "tag", "values": AXE_TAGS}
COLOURS: Mapping[str, Any] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What can differ between light and dark."""
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
SMALL = {"viewport": {"width": 320, "height": 640}}
CACHED = {"service_workers": "allow"}
PATIENCE_MS = 30_000
"""Two browsers at a time leave a page little of a slow machine; what never comes fails all the same."""
PATIENCE_S = PATIENCE_MS / 1000
expect.set_options(timeout=PATIENCE_MS)

OpenBrowser = Callable[..., BrowserContext]


@dataclass(slots=True)
class Demo:
    """`takt demo` in a folder of its own; `env` is what its demo.env says."""

    home: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait for its first page."""
        with (self.home / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "takt", "demo"],
                env=self._environment(),
                stdout=said,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        deadline = time.monotonic() + STARTED_S
        while not self._answers():
            assert self.process.poll() is None, (self.home / "said").read_text("utf-8")
            assert time.monotonic() < deadline, "no first page in time"
            time.sleep(0.1)
        lines = (self.home / "demo.env").read_text("utf-8").splitlines()
        self.env = dict(line.split("=", 1) for line in lines if "=" in line)

    def run(self, *command: str) -> None:
        """Run a command of `takt` beside it."""
        subprocess.run(
            [sys.executable, "-m", "takt", *command], env=self._environment(), check=True, stdout=subprocess.DEVNULL
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TAKT_")}
        kept.pop("DATABASE_URL", None)
        return {**kept, "TAKT_HOME": str(self.home), "TAKT_PORT": str(self.port)}

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """Stop it as Ctrl+C does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(30)
        self.process = None

    def kill(self) -> None:
        """Let it die in the middle of everything, as a process may at any moment."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)
        self.process = None

    def send(self, to: str, content: dict[str, Any], sender: str = "TAKT_SENDER_OUTREACH") -> str:
        """Let Nordwind send to a person by the Cloud API; answers the message's id, empty for a receipt."""
        answer = httpx.post(
            f"{self.url}/{self.env['TAKT_API_VERSION']}/{self.env[sender]}/messages",
            headers={"Authorization": f"Bearer {self.env['TAKT_TOKEN']}", "Takt-Verdict": "sync"},
            json={"messaging_product": "whatsapp", "to": self.env[to], **content},
            timeout=PATIENCE_S,
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json().get("messages", [{"id": ""}])[0]["id"])

    def say(self, to: str, body: str, sender: str = "TAKT_SENDER_OUTREACH") -> str:
        """Let Nordwind answer with a plain text; the person must have written within a day."""
        return self.send(to, {"type": "text", "text": {"body": body}}, sender)

    def template(self, to: str, name: str, language: str, *parameters: str) -> str:
        """Let Nordwind send an approved template with body parameters."""
        body = {"type": "body", "parameters": [{"type": "text", "text": each} for each in parameters]}
        template = {"name": name, "language": {"code": language}, "components": [body] if parameters else []}
        return self.send(to, {"type": "template", "template": template})

    def write(self, person: str, body: str, sender: str = "TAKT_SENDER_SUPPORT") -> None:
        """Let `person` ("MARA") write to Nordwind from another device; the company may then answer for a day."""
        text = {"body": body}
        self.device(person, "POST", "messages", client_id=uuid4().hex, to=self.env[sender], type="text", text=text)

    def device(self, person: str, method: str, path: str, **body: Any) -> Any:
        """Call the device API as another device of `person` ("MARA"); answers its JSON."""
        answer = httpx.request(
            method,
            f"{self.url}/device/v1/{path}",
            headers={"Authorization": f"Bearer {self.env[f'TAKT_DEVICE_{person}']}"},
            json=body or None,
            timeout=PATIENCE_S,
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@dataclass
class Watch:
    """What went wrong on the pages of a test; `allowed` are patterns of what the test causes on purpose."""

    allowed: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def on_page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))
        page.on("crash", lambda _: self.seen.append("crash"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def verdict(self) -> list[str]:
        return [each for each in self.seen if not any(re.search(pattern, each) for pattern in self.allowed)]


def sign_in(context: BrowserContext, name: str, path: str = "/", locale: str = "de") -> Page:
    """Open `path` and sign in as the demo person called `name`, in `locale`."""
    page = context.new_page()
    page.goto(path)
    page.get_by_role("radio", name={"de": "Deutsch", "en": "English"}[locale]).click()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name=name)).to_have_count(0)
    return page


def held_back(page: Page | BrowserContext, address: str, method: str = "", times: int | None = None) -> list[Route]:
    """What asks `address` by `method` from now on, as it comes; a test lets it go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if method in ("", route.request.method) else route.continue_()

    page.route(address, hold, times=times)
    return held


def answered_late(page: Page, address: str) -> list[tuple[Route, APIResponse]]:
    """What asks `address` next, with what the server answered at once: a test hands it over when it is old."""
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        held.append((route, route.fetch()))

    page.route(address, hold, times=1)
    return held


def hand_over(page: Page, held: list[tuple[Route, APIResponse]]) -> None:
    """Let the page have that answer."""
    while not held:
        page.wait_for_timeout(20)
    route, told = held[0]
    with page.expect_event("response", lambda answer: answer.request == route.request):
        route.fulfill(response=told)
    page.wait_for_timeout(100)  # or what the page makes of it would not be seen


def asks(address_end: str, method: str = "GET") -> Callable[[Request], bool]:
    """Whether a request is one of these."""
    return lambda request: request.method == method and request.url.partition("?")[0].endswith(address_end)


AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished))"""


def come_to_rest(page: Page) -> None:
    """Wait until nothing moves, and nothing stands for what is still being fetched."""
    expect(page.locator(".loading, .splash")).to_have_count(0)
    page.evaluate(AT_REST)


def check_accessible(page: Page, only: Mapping[str, Any] = ALL_RULES) -> None:
    """The page at rest has no finding of axe (WCAG 2.0 to 2.2, A and AA, and good practice), or of some of its rules."""
    come_to_rest(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(AXE_FINDINGS, {"runOnly": only, "resultTypes": ["violations"]})
    findings = [f"{each['id']}: {each['help']} {[node['html'][:200] for node in each['nodes']]}" for each in found]
    assert findings == []


def check_reflow(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def picture(page: Page, out_folder: Path, name: str) -> None:
    """Keep what the page looks like now."""
    come_to_rest(page)
    page.screenshot(path=out_folder / f"{name}.png")


def chat_row(page: Page, name: str) -> Locator:
    """The row of the chat with `name`, and not of one whose name only begins so."""
    rows = page.get_by_role("region", name=re.compile("^Chats$")).get_by_role("link")
    return rows.filter(has=page.get_by_text(name, exact=True))


def messages(page: Page) -> Locator:
    """The messages of the open chat."""
    return page.get_by_role("log").get_by_role("listitem")


def write(page: Page, name: str, text: str) -> None:
    """Send `text` to `name`, in German."""
    page.get_by_role("textbox", name=f"Nachricht an {name}").fill(text)
    page.get_by_role("button", name="Senden").click()


# A sent message may have reached the company, and even its eyes, before a test looks.
SENT = re.compile("^(Gesendet|Zugestellt|Gelesen)$")


def tick(page: Page, text: str, status: str | re.Pattern[str]) -> None:
    """Message `text` carries the tick called `status`."""
    expect(messages(page).filter(has_text=text).get_by_role("img", name=status, exact=True).last).to_be_visible()


def open_chat(page: Page, demo: Demo, sender: str = "TAKT_SENDER_SUPPORT") -> None:
    page.goto(f"/c/{demo.env[sender]}")
    expect(page.get_by_role("log")).to_be_visible()


def start_chat(page: Page, name: str) -> None:
    """From the directory by the profile into the chat."""
    page.get_by_role("link", name="Chat beginnen").first.click()
    page.get_by_role("link", name=re.compile(f"^{name} ")).last.click()
    page.get_by_role("button", name=re.compile("^Weiter")).click()
    expect(page.get_by_role("log")).to_be_visible()


def see_contract(page: Page, out_folder: Path) -> None:
    """Finance sets the address of its company, and begins a mandate beside it before what was kept is shown anew."""
    contract = page.get_by_role("region", name="Vertrag", exact=True)
    late = held_back(page, "**/money/contract")
    contract.get_by_text("Rechtliche Angaben").click()
    contract.locator("#own-legal").get_by_label("Straße und Hausnummer").fill("Kai 2")
    contract.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_text("Gespeichert.")).to_be_visible()
    contract.get_by_text("Lastschriften", exact=True).click()
    reference = contract.get_by_label("Mandatsreferenz")
    reference.fill("NW-7")
    with page.expect_response("**/money/contract"):
        late[0].continue_()
    page.unroute("**/money/contract")
    expect(contract.get_by_label("Straße und Hausnummer")).to_have_value("Kai 2")
    expect(reference).to_have_value("NW-7")
    contract.get_by_text("Rechtliche Angaben").click()
    contract.scroll_into_view_if_needed()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "contract-phone-dark")
