"""Bring the apps' catalogues up to date with their code: `python tools/texts.py`.

Every `t("…")` and `tn("…", "…")` in the browser modules becomes an entry of its app's catalogue, in the order of the
code; translations are kept, entries without code go. `python tools/texts.py messenger` does one app. What is left to translate is printed. The keys are English, so the
English catalogue's texts may stay empty.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "takt" / "web"
LOCALES = ("de", "en")
FOLDERS = {
    "shared": WEB / "static",
    "messenger": WEB / "messenger" / "static",
    "inbox": WEB / "inbox" / "static",
    "console": WEB / "console" / "static",
}
STRING = r'"((?:[^"\\]|\\.)*)"'
SINGLE = re.compile(r"(?<![\w.])t\(\s*" + STRING)
PLURAL = re.compile(r"(?<![\w.])tn\(\s*" + STRING + r"\s*,\s*" + STRING)
COMMENT = re.compile(r"^\s*(?:/?\*|//).*$", re.MULTILINE)
CALL = re.compile(r"(?<![\w.])(?:t|tn)\(\s*(?![\"\s])")
# Written by hand: a generated header changes its date with every run.
HEADER = """\
# {domain}, {locale}: texts of the browser apps. Brought up to date by tools/texts.py.
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the code: its key, its plural key if it counts something, and where it stands."""

    key: str
    plural: str | None
    place: str


def unquoted(text: str) -> str:
    """Return what a JavaScript string literal with content `text` means; only the escapes we use."""
    return text.replace('\\"', '"').replace("\\\\", "\\")


def find_texts(folder: Path) -> list[Text]:
    """Return every text of the modules in `folder`, once, in the order of the code."""
    found: dict[str, Text] = {}
    for path in sorted(folder.rglob("*.js")):
        code = COMMENT.sub("", path.read_text("utf-8"))
        place = path.relative_to(ROOT).as_posix()
        singles = [(match.start(), Text(unquoted(match[1]), None, place)) for match in SINGLE.finditer(code)]
        plurals = [
            (match.start(), Text(unquoted(match[1]), unquoted(match[2]), place)) for match in PLURAL.finditer(code)
        ]
        for _, text in sorted(singles + plurals, key=lambda pair: pair[0]):
            found.setdefault(text.key, text)
    return list(found.values())


def find_calls_without_literal(folder: Path) -> list[str]:
    """Return the lines that call `t` or `tn` with anything but a literal: those texts could not be found."""
    lines = []
    for path in sorted(folder.rglob("*.js")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if CALL.search(line) and "function t" not in line and not line.lstrip().startswith(("*", "//", "/*")):
                lines.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return lines


def catalogue_path(domain: str, locale: str) -> Path:
    """Return where the catalogue of `domain` in `locale` lives."""
    return ROOT / "takt" / "locale" / locale / "LC_MESSAGES" / f"{domain}.po"


def updated(domain: str, locale: str) -> Catalog:
    """Return the catalogue with exactly the texts of the code, translations kept."""
    path = catalogue_path(domain, locale)
    old = read_po(path.open("rb"), locale=locale) if path.exists() else Catalog(locale=locale)
    new = Catalog(locale=locale, domain=domain, fuzzy=False)
    for text in find_texts(FOLDERS[domain]):
        before = old.get(text.key)
        kept = before.string if before is not None and not before.fuzzy else ""
        shaped: str | tuple[str, ...] = text.key if text.plural is None else (text.key, text.plural)
        if text.plural is not None and isinstance(kept, str):
            kept = ("", "")
        new.add(shaped, kept, locations=[(text.place, None)])  # type: ignore[list-item]
    return new


def main() -> None:
    """Update every catalogue whose app exists; exit 1 when a German text is missing."""
    missing = 0
    for domain in sys.argv[1:] or FOLDERS:
        folder = FOLDERS[domain]
        for line in find_calls_without_literal(folder):
            print(f"not a literal: {line}")
        for locale in LOCALES:
            catalogue = updated(domain, locale)
            path = catalogue_path(domain, locale)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(HEADER.format(domain=domain, locale=locale, plural=catalogue.plural_forms).encode())
                write_po(file, catalogue, width=0, include_lineno=False, omit_header=True)
            if locale == "de":
                for message in catalogue:
                    strings = message.string if isinstance(message.string, tuple) else (message.string,)
                    if message.id and not all(strings):
                        missing += 1
                        print(f"{domain}: no German for {message.id!r}")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
