"""Links in texts, by the domain that somebody registered. Nothing is ever fetched, and the list of suffixes is the bundled one."""

import re
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from takt.core.value import value

LINKS_MAX: Final = 20
# Services that hide where a link leads: each is a domain of its own, and nobody's.
SHORTENERS: Final = frozenset({
    "bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "cutt.ly", "rb.gy", "rebrand.ly", "shorturl.at", "wa.me", "t.ly",
    "buff.ly", "s.id", "v.gd", "tiny.cc", "bl.ink", "lnkd.in", "qr.ae", "adf.ly", "soo.gd", "clck.ru", "t.me", "linktr.ee", "shorte.st",
    "qrco.de", "x.co", "dub.sh", "short.io", "tny.im", "u.to", "surl.li", "kutt.it", "smarturl.it", "chilp.it", "snip.ly", "urlz.fr",
})  # fmt: skip

_LINK: Final = re.compile(
    r"(?:https?|hxxps?|ftp)://[^\s<>\"']+|(?<![\w@.-])(?:[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff-]*[a-z0-9\u00a1-\uffff])?\.)+"
    r"[a-z\u00a1-\uffff]{2,24}(?![\w-])(?:/[^\s<>\"']*)?",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"^\w+://")
_HOST_ENDS: Final = re.compile(r"[/\\?#]")  # browsers take a backslash for a slash
_DOMAIN: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
# Endings that are kept for examples: a demo's links have them.
_RESERVED: Final = frozenset({"test", "example", "invalid", "localhost"})


@value
class Link:
    """A link as it is written, the domain it belongs to, and whether that is a shortener's."""

    written: str
    domain: str
    shortened: bool


def links(text: str) -> list[Link]:
    """The links of a text, each domain once, at most LINKS_MAX."""
    found: dict[str, Link] = {}
    for match in _LINK.finditer(text):
        written = match.group().rstrip(".,;:!?)]}'\"")
        domain = domain_of(written)
        if domain and domain not in found:
            found[domain] = Link(written, domain, domain in SHORTENERS)
        if len(found) == LINKS_MAX:
            break
    return list(found.values())


def strange(text: str, registered: AbstractSet[str]) -> list[Link]:
    """The links that lead to no domain that their company registered."""
    return [link for link in links(text) if link.domain not in registered]


def domain_of(written: str) -> str:
    """The registered domain of an address, in ASCII; empty for what is none."""
    place = _HOST_ENDS.split(_SCHEME.sub("", written.strip()), maxsplit=1)[0]
    host = place.rpartition("@")[2].partition(":")[0].rstrip(".")
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    if registered := _suffixes().privatesuffix(host):
        return registered
    parts = host.split(".")
    if parts[-1] in _RESERVED and len(parts) > 1:
        return ".".join(parts[-2:])
    return host if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", host) else ""


def parse_domain(given: str) -> str | None:
    """A domain that a company may register, in ASCII and small letters; None if it is none, or a shortener's."""
    domain = domain_of(given)
    if not domain or len(domain) > 253 or _DOMAIN.fullmatch(domain) is None or domain in SHORTENERS:
        return None
    return None if re.fullmatch(r"[\d.]+", domain) else domain


@cache
def _suffixes() -> PublicSuffixList:
    """The list of public suffixes that comes with the library, without those that private owners of a domain added."""
    return PublicSuffixList(only_icann=True, accept_unknown=False)
