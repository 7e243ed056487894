"""The messenger's files: vendored bytes, policy, caching, texts, icons, colours, sizes. No database, no browser."""

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from takt.web.assets import WEB, list_modules, load_shelf, shared_shelf, without_comments
from takt.web.messenger.routes import ADDRESSES, SHARED_FILES, list_own_modules, messenger_routes
from takt.web.text import LOCALES, read_catalogue
from tools.texts import FOLDERS, find_calls_without_literal, find_texts

STATIC = WEB / "static"
OWN = WEB / "messenger" / "static"
JS_BYTES_MAX = 60_000
SIGN_IN_BYTES_MAX = 30_000
CSS_BYTES_MAX = 15_000
OURS = ("shared", "messenger")
# Names, not sentences: they stay as they are in every language.
NAMES = {"Takt", "Deutsch", "English"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=messenger_routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://takt.test") as opened:
        yield opened


# Vendored files


def test_vendored_files_are_byte_for_byte_what_the_manifest_says() -> None:
    packages = json.loads((STATIC / "vendor" / "manifest.json").read_text("utf-8"))["packages"]
    listed = {each["file"]: each["sha256"] for package in packages for each in package["files"]}
    found = {f"vendor/{path.relative_to(STATIC / 'vendor').as_posix()}" for path in (STATIC / "vendor").rglob("*.*")}
    assert found - {"vendor/manifest.json"} | {"icons.svg"} == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name
    assert all(package["licence"] and package["version"] for package in packages)


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text("utf-8")))
    code = "\n".join(path.read_text("utf-8") for path in [*STATIC.rglob("*.js"), *OWN.glob("*.js")])
    named = set(re.findall(r'(?:<\$\{Icon\} name=|\bicon[=:] ?|iconElement\()"([\w-]+)"', code))
    assert len(named) > 30
    assert named <= drawn


# What goes over the wire


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_address_answers_with_the_page_under_a_strict_policy(
    client: httpx.AsyncClient, address: str
) -> None:
    answer = await client.get(address.format(sender="10001"))
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    inline = re.findall(r"<script type=\"importmap\">(.*?)</script>", answer.text)
    assert len(inline) == 1
    assert base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode() in policy
    assert re.findall(r"<script(?! type=\"importmap\"| src=| type=\"module\" src=)", answer.text) == []
    assert re.findall(r"\son\w+=|\sstyle=|\{\{", answer.text) == []


async def test_every_file_a_page_names_is_there_and_never_changes(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    addresses = set(re.findall(r'(?:href|src)="(/(?:app|static)/[^"#]+)"', page))
    assert len(addresses) > 25
    for address in addresses:
        answer = await client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_language_is_chosen_before_it_is_guessed(client: httpx.AsyncClient) -> None:
    async def spoken(**headers: str) -> str:
        page = (await client.get("/", headers=headers)).text
        return "de" if '<html lang="de"' in page else "en"

    assert await spoken() == "en"
    assert await spoken(**{"accept-language": "de-AT,de;q=0.9,en;q=0.5"}) == "de"
    assert await spoken(**{"accept-language": "fr-FR, en-DE;q=0.5, de;q=0.1"}) == "en"
    assert await spoken(**{"accept-language": "en-US,en", "cookie": "takt_locale=de"}) == "de"
    assert await spoken(**{"accept-language": "x" * 5000, "cookie": "takt_locale=../../etc"}) == "en"


async def test_the_page_says_whether_asking_who_is_signed_in_makes_sense(client: httpx.AsyncClient) -> None:
    assert '<meta name="session" content="no" />' in (await client.get("/")).text
    signed_in = await client.get("/", headers={"cookie": "takt_device=anything"})
    assert '<meta name="session" content="yes" />' in signed_in.text
    assert "Cookie" in signed_in.headers["vary"]


async def test_files_are_compressed_for_those_who_can_read_that_and_revalidated_by_etag(
    client: httpx.AsyncClient,
) -> None:
    packed = await client.get("/static/shell.css", headers={"accept-encoding": "gzip"})
    plain = await client.get("/static/shell.css", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert plain.headers["cache-control"] == "no-cache"
    again = await client.get("/static/shell.css", headers={"if-none-match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_an_outdated_release_gets_the_current_file_without_keeping_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/0123456789ab/tokens.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["nothing.js", "../text.py", "..%2ftext.py", "vendor/", "", "x/vendor/manifest"])
async def test_what_is_not_on_the_shelf_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/{path}")).status_code == 404


async def test_the_worker_keeps_files_that_exist_and_is_asked_for_every_time(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    kept = json.loads(answer.text.removeprefix("self.TAKT = ").split(";\n", 1)[0])
    assert f'content="{kept["release"]}"' in (await client.get("/")).text
    assert {f"messenger.{locale}.json" for locale in LOCALES} <= {Path(each).name for each in kept["files"]}
    for address in kept["files"]:
        assert (await client.get(address)).status_code == 200, address


async def test_the_app_can_be_installed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    icons = answer.json()["icons"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in icons}
    for icon in icons:
        answer = await client.get(icon["src"])
        assert answer.headers["content-type"].split(";")[0] == icon["type"]


async def test_first_load_stays_within_its_budget(client: httpx.AsyncClient) -> None:
    async def transferred(addresses: list[str]) -> int:
        answers = [await client.get(address, headers={"accept-encoding": "gzip"}) for address in addresses]
        return sum(int(answer.headers["content-length"]) for answer in answers)

    shared, own = shared_shelf(), load_shelf("/app", OWN)
    modules = [*list_own_modules(own), shared.url("theme.js")]
    styles = [own.url("messenger.css"), *(shared.url(name) for name in SHARED_FILES if name.endswith(".css"))]
    assert await transferred(modules) <= JS_BYTES_MAX
    assert await transferred(list_modules(own, "main.js")) <= SIGN_IN_BYTES_MAX
    assert await transferred(styles) <= CSS_BYTES_MAX


def test_comments_go_and_lines_keep_their_numbers() -> None:
    code = b'/**\n * why\n */\n/** @type {any} */ (a).b(); // stays\n  // goes\nx("/* text */");\n/* a */ y /* b */\n'
    assert without_comments(code) == (
        b'\n\n\n/** @type {any} */ (a).b(); // stays\n\nx("/* text */");\n/* a */ y /* b */\n'
    )


# Words


@pytest.mark.parametrize("domain", OURS)
@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_has_exactly_the_texts_of_the_code(domain: str, locale: str) -> None:
    in_code = {(text.key, text.plural) for text in find_texts(FOLDERS[domain])}
    in_catalogue = {
        (message.id, None) if isinstance(message.id, str) else (message.id[0], message.id[1])
        for message in read_catalogue(domain, locale)
        if message.id
    }
    assert in_catalogue == in_code


@pytest.mark.parametrize("domain", OURS)
def test_german_is_complete_and_fills_the_same_places(domain: str) -> None:
    for message in read_catalogue(domain, "de"):
        if not message.id:
            continue
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        keys = [message.id] if isinstance(message.id, str) else list(message.id)
        assert strings, message.id
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        allowed = set(re.findall(r"\{\w+\}", " ".join(keys)))
        assert set(re.findall(r"\{\w+\}", strings[-1])) == allowed, message.id


@pytest.mark.parametrize("domain", OURS)
def test_every_text_is_a_literal(domain: str) -> None:
    assert find_calls_without_literal(FOLDERS[domain]) == []


def markup(code: str) -> str:
    """The static parts of every html`…` in `code`, tags included, expressions left out."""
    kept: list[str] = []
    depths: list[int] = []  # one entry per open template: the braces open inside its current expression, -1 in markup
    at = 0
    while at < len(code):
        inside = bool(depths) and depths[-1] < 0
        if inside and code[at] == "`":
            depths.pop()
            kept.append("\n")
        elif inside and code.startswith("${", at):
            depths[-1] = 1
            kept.append("\0")
            at += 1
        elif inside:
            kept.append(code[at])
        elif code[at] == "`":
            depths.append(-1)
            if not code.endswith("html", 0, at):
                kept.append("<plain ")
        elif depths and code[at] in "{}":
            depths[-1] += 1 if code[at] == "{" else -1
            depths[-1] = depths[-1] or -1
        at += 1
    return "".join(kept)


VIEWS = sorted(path for path in [*STATIC.rglob("*.js"), *OWN.glob("*.js")] if "html`" in path.read_text("utf-8"))


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.name)
def test_no_sentence_stands_in_the_markup(path: Path) -> None:
    code = re.sub(r"^\s*(?:/?\*|//).*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    static = re.sub(r"<plain [^\n]*", "", markup(code))
    words = re.findall(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]+)\"", static)
    words += re.sub(r"<[^<>]*>", " ", static).split()
    assert {word for word in words if re.search(r"[A-Za-z]{2}", word)} <= NAMES


# Colours


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PLANES = ("bg", "surface", "raised", "sunken")
READ = [
    *((name, plane) for name in ("text", "text2", "link") for plane in PLANES),
    *((name, bubble) for name in ("text", "text2", "link") for bubble in ("bubble-in", "bubble-out")),
    *((name, f"{name}-soft") for name in ("success", "warning", "danger", "info")),
    *((name, "surface") for name in ("success", "warning", "danger", "info", "primary")),
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("on-danger", "danger"),
    ("text", "primary-soft"),
    ("text2", "primary-soft"),
    ("link", "primary-soft"),
]
SEEN = [
    *((name, plane) for name in ("control", "focus", "primary") for plane in ("bg", "surface", "raised")),
    ("tick-read", "bubble-out"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_apart(theme: int) -> None:
    tokens = (STATIC / "tokens.css").read_text("utf-8")
    colours = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)", tokens)}
    for needed, pairs in ((4.5, READ), (3.0, SEEN)):
        for one, other in pairs:
            assert contrast(colours[one][theme], colours[other][theme]) >= needed, (one, other)
