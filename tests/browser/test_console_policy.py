"""A change of the policy at the console: written, previewed, signed by a second person, applied; on a phone in the dark, too."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browsing import (
    DESKTOP,
    PHONE,
    Demo,
    OpenBrowser,
    Watch,
    asks,
    check_accessible,
    check_reflow,
    held_back,
    picture,
    sign_in,
)

NARROW = {**PHONE, "viewport": {"width": 360, "height": 760}}
PREVIEWED_MS = 200_000
CAP = "Werbung an eine Person in 24 Stunden, alle Unternehmen"


def cap_of(demo: Demo) -> int:
    """What one person may get of all companies within a day."""
    headers = {"Authorization": f"Bearer {demo.env['TAKT_OPERATOR_TOKEN']}"}
    shown = httpx.get(f"{demo.url}/takt/v1/policy", headers=headers).json()
    return int(shown["policy"]["caps"]["person_per_day"])


def _set_cap(page: Page) -> None:
    """What is no policy is said; and what a number came to that nobody wants any more is not."""
    cap = page.get_by_role("spinbutton", name=CAP)
    cap.fill("-1")
    expect(page.get_by_role("alert").filter(has_text="caps.person_per_day")).to_be_visible()
    late = held_back(page, "**/policy/check", times=1)
    with page.expect_request(asks("/policy/check", "POST")):
        cap.fill("7")
    cap.fill("5")
    change = page.get_by_role("listitem").filter(has_text=CAP)
    expect(change).to_contain_text("→ nachher: 5")
    with page.expect_response("**/policy/check"):
        late[0].continue_()
    expect(change).to_contain_text("→ nachher: 5")


@pytest.mark.timeout(360)
def test_a_change_is_previewed_and_takes_a_second_person(
    demo: Demo, open_browser: OpenBrowser, watch: Watch, out_folder: Path
) -> None:
    watch.allowed.append("policy/check")  # what is no policy is refused, and said
    message = demo.template("TAKT_USER_MARA", "autumn_offer", "de", "Mara", "HERBST20")
    page = sign_in(open_browser(DESKTOP), "Olga", "/console/policy")
    expect(page.get_by_text("Es gilt Version 1.")).to_be_visible()
    page.get_by_role("link", name="Änderung vorschlagen").press("Enter")
    _set_cap(page)
    page.get_by_role("textbox", name="Warum").fill("Mehr Platz vor dem Fest")
    check_accessible(page)
    picture(page, out_folder, "console-policy-editor")
    page.get_by_role("button", name="Vorschlagen und Vorschau rechnen").press("Enter")

    expect(page.get_by_role("heading", name="Mehr Platz vor dem Fest")).to_be_visible()
    expect(page.get_by_role("heading", name="Im Zwilling, 26 Wochen voraus")).to_be_visible(timeout=PREVIEWED_MS)
    expect(page.get_by_role("heading", name="An den Aufzeichnungen")).to_be_visible()
    expect(page.get_by_role("img", name="Umsatz gegen Belästigung")).to_be_visible()
    decision = page.get_by_role("group", name="Entscheidung")
    expect(decision).to_contain_text("Eine zweite Person muss zustimmen")
    expect(decision.get_by_role("button", name="Anwenden")).to_be_disabled()
    expect(decision.get_by_role("button", name="Als zweite Person zustimmen")).to_be_disabled()
    check_accessible(page)
    page.get_by_role("img", name="Umsatz gegen Belästigung").scroll_into_view_if_needed()
    picture(page, out_folder, "console-policy")

    other = sign_in(open_browser(NARROW, "dark"), "Otto", page.url.removeprefix(demo.url), "en")
    other.get_by_role("button", name="Agree as a second person").click()
    expect(other.get_by_text("Agreed: Olga")).to_have_count(0)
    expect(other.get_by_text("Agreed: Otto Brinkmann")).to_be_visible()
    check_accessible(other)
    check_reflow(other)
    picture(other, out_folder, "console-policy-phone")

    decision.get_by_role("button", name="Anwenden").click()
    expect(page.get_by_text("Die Policy gilt ab jetzt.")).to_be_visible()
    page.get_by_role("link", name="Policy", exact=True).last.click()
    expect(page.get_by_text("Es gilt Version 2.")).to_be_visible()
    assert cap_of(demo) == 5
    picture(page, out_folder, "console-policy-versions")

    page.get_by_role("link", name="Entscheidungen").click()
    asked = page.get_by_role("textbox", name="Nachrichten-ID oder Telefonnummer")
    asked.fill(f"+{demo.env['TAKT_USER_MARA']}")
    asked.press("Enter")
    expect(page.get_by_role("listitem").get_by_role("link", name="Nordwind").first).to_be_visible()
    asked.fill(message)
    asked.press("Enter")
    rules = page.get_by_role("region", name="Was jede Regel sagte")
    expect(rules.get_by_role("row").filter(has_text="marketing_consent")).to_contain_text("Bestanden")
    expect(page.get_by_text("Version 1", exact=True)).to_be_visible()
    expect(page.get_by_role("list", name="Wie Werbung abgewogen wurde")).to_contain_text("Modell 0")
    check_accessible(page)
    picture(page, out_folder, "console-decision")


def greet(demo: Demo, to: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """Nordwind says hello to a number."""
    return httpx.post(
        f"{demo.url}/{demo.env['TAKT_API_VERSION']}/{demo.env['TAKT_SENDER_OUTREACH']}/messages",
        headers={"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}", **(headers or {})},
        json={"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "Hallo"}},
    )


def test_every_refusal_is_found_by_company_number_and_time(
    demo: Demo, open_browser: OpenBrowser, out_folder: Path
) -> None:
    nobody = "4915100009876"
    greet(demo, nobody).raise_for_status()
    told = "4915100009877"
    for _ in range(3):
        assert greet(demo, told, {"Takt-Verdict": "sync"}).json()["error"]["code"] == 131026
    page = sign_in(open_browser(DESKTOP), "Olga", "/console/decisions")
    to_nobody = page.get_by_role("list", name="Abgelehnt").get_by_role("link", name=nobody)
    expect(to_nobody).to_contain_text("Unter dieser Nummer ist niemand")
    page.get_by_role("combobox", name="Unternehmen").select_option("Rabattkiste")
    expect(page.get_by_role("heading", name="Nichts wurde abgelehnt")).to_be_visible()
    check_accessible(page)
    page.get_by_role("combobox", name="Unternehmen").select_option("Nordwind")
    page.get_by_role("textbox", name="Telefonnummer", exact=True).fill(f"+{nobody}")
    page.get_by_role("combobox", name="Zeit").select_option("Ein Tag")
    expect(page.locator(".found")).to_have_attribute("aria-busy", "false")
    expect(to_nobody).to_be_visible()
    to_nobody.press("Enter")
    expect(page.get_by_role("region", name="Was jede Regel sagte")).to_contain_text("recipient")

    page.go_back()
    at_once = page.get_by_role("list", name="Abgelehnt").get_by_role("link", name=told)
    expect(at_once).to_contain_text("sofort gesagt")
    at_once.press("Enter")
    expect(page.get_by_role("region", name="Was jede Regel sagte")).to_contain_text("recipient")
    expect(page.get_by_text("sofort gesagt")).to_be_visible()

    phone = sign_in(open_browser(NARROW, "dark"), "Otto", "/console/decisions", "en")
    expect(phone.get_by_role("list", name="Refused").get_by_role("link", name=nobody)).to_be_visible()
    check_accessible(phone)
    check_reflow(phone)
    picture(phone, out_folder, "console-refused-phone")
