"""Which foreign addresses may be called: public ones over https, others only where the operator says so.

Whoever can name a callback could otherwise use this machine to reach what stands behind it (server-side request
forgery). Names are judged by the addresses they resolve to, one by one.
"""

import ipaddress
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from takt.core.value import value

URL_CHARS_MAX: Final = 2048

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@value
class Permission:
    """Which addresses besides public ones may be called, and with them plain `http`."""

    loopback: bool = False
    private: bool = False

    @property
    def plain_http(self) -> bool:
        """Whether `http` will do: only where no public network needs to lie between."""
        return self.loopback or self.private

    def covers(self, address: Address) -> bool:
        """Whether this address may be called."""
        inner = _inner(address)
        if inner.is_multicast or inner.is_unspecified or inner.is_link_local:
            return False
        if inner.is_loopback:
            return self.loopback
        if inner.is_global:
            return not inner.is_reserved
        return self.private and inner.is_private and not inner.is_reserved


def fault_of(url: str, permission: Permission) -> str | None:
    """What is wrong with the form of an address, as the end of a sentence; None when nothing is."""
    if len(url) > URL_CHARS_MAX:
        return f"must have at most {URL_CHARS_MAX} characters"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "must be written in printable ASCII characters without spaces"
    parts = _split(url)
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        return "must be an address such as https://example.com/webhook"
    if parts.username is not None or parts.fragment:
        return "must have neither a user name nor a fragment"
    if parts.scheme == "http" and not permission.plain_http:
        return "must begin with https://"
    return None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it checks it
    except ValueError:
        return None
    return parts


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
