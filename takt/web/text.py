"""Texts of the browser apps: gettext catalogues in, one JSON file per app and language out.

`takt/locale/<locale>/LC_MESSAGES/<domain>.po` holds the translations; `shared.po` holds what the shared modules under
`web/static` say and goes into every app's file. The JSON is `{"locale", "messages": {msgid: text | [one, other]}}`;
the keys are the English sentences, so an English text may stay empty in its catalogue.
"""

import functools
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"
LOCALES = ("de", "en")
SHARED = "shared"


def read_catalogue(domain: str, locale: str) -> Catalog:
    """Read one .po file; a faulty one raises `PoFileError` with its line, so the server does not start with it."""
    with (LOCALE / locale / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=locale, domain=domain, abort_invalid=True)


def entries(catalogue: Catalog) -> dict[str, str | list[str]]:
    """Return the translated entries of `catalogue`; fuzzy and empty ones are left to the English key."""
    found: dict[str, str | list[str]] = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if key and not message.fuzzy and all(strings):
            found[key] = strings[0] if isinstance(message.id, str) else strings
    return found


def render_text(domain: str, locale: str) -> bytes:
    """Return the JSON file of app `domain` in `locale`, the shared texts included."""
    messages = entries(read_catalogue(SHARED, locale)) | entries(read_catalogue(domain, locale))
    return msgspec.json.encode({"locale": locale, "messages": messages})


@functools.cache
def list_domains() -> tuple[str, ...]:
    """Return the apps that have a German catalogue in the locale folder and are read in the browser."""
    return tuple(
        name for name in ("messenger", "inbox", "console") if (LOCALE / "de" / "LC_MESSAGES" / f"{name}.po").exists()
    )


def text_files() -> dict[str, bytes]:
    """Return every app's text files by the path they are served under, below `/static/`."""
    return {
        f"text/{domain}.{locale}.json": render_text(domain, locale) for domain in list_domains() for locale in LOCALES
    }
