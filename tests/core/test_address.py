"""Which addresses may be called: none behind our back, whatever form it takes."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from takt.core.address import Permission, fault_of

PUBLIC, DEMO, INSIDE = Permission(), Permission(loopback=True), Permission(loopback=True, private=True)

REFUSED_ALWAYS = [
    "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "fe80::1", "ff02::1",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
]  # fmt: skip
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
PRIVATE = ["10.0.0.1", "172.16.5.5", "192.168.1.1", "fc00::1", "fd12::1", "::ffff:10.0.0.1"]
OPEN = ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"]


def covered(permission: Permission, text: str) -> bool:
    return permission.covers(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", REFUSED_ALWAYS)
def test_nobody_may_call_link_local_multicast_or_reserved_addresses(text: str) -> None:
    assert not any(covered(permission, text) for permission in (PUBLIC, DEMO, INSIDE))


@pytest.mark.parametrize("text", LOOPBACK)
def test_loopback_needs_the_demo_or_more(text: str) -> None:
    assert [covered(permission, text) for permission in (PUBLIC, DEMO, INSIDE)] == [False, True, True]


@pytest.mark.parametrize("text", PRIVATE)
def test_private_networks_need_the_operators_word(text: str) -> None:
    assert [covered(permission, text) for permission in (PUBLIC, DEMO, INSIDE)] == [False, False, True]


@pytest.mark.parametrize("text", OPEN)
def test_public_addresses_may_be_called(text: str) -> None:
    assert all(covered(permission, text) for permission in (PUBLIC, DEMO, INSIDE))


def undisguised(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address in an IPv6 address, where there is one; Python's versions differ on what they call such a one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    return address.ipv4_mapped or address.sixtofour or address


@given(st.ip_addresses())
@example(ipaddress.ip_address("2002:100::"))
@example(ipaddress.ip_address("::ffff:8.8.8.8"))
def test_the_default_lets_only_global_addresses_through(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if PUBLIC.covers(address):
        called = undisguised(address)
        assert called.is_global
        assert not called.is_private
        assert not called.is_loopback


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_judged_as_what_it_is(address: ipaddress.IPv4Address) -> None:
    disguises = [
        ipaddress.IPv6Address(0xFFFF << 32 | int(address)),
        ipaddress.IPv6Address(0x2002 << 112 | int(address) << 80 | 1),
        ipaddress.IPv6Address(0x64FF9B << 96 | int(address)),
    ]
    for permission in (PUBLIC, DEMO, INSIDE):
        assert {permission.covers(one) for one in disguises} == {permission.covers(address)}


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://example.com:8443/hook?x=1", "https://[2606:2800:220:1::1]/"]
)
def test_addresses_that_may_be_given(url: str) -> None:
    assert fault_of(url, PUBLIC) is None


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://example.com/", "https://"),
        ("ftp://example.com/", "must be an address"),
        ("example.com/hook", "must be an address"),
        ("https://", "must be an address"),
        ("https:///path", "must be an address"),
        ("https://example.com:99999/", "must be an address"),
        ("https://[::1/", "must be an address"),
        ("https://user:word@example.com/", "user name"),
        ("https://example.com/#part", "fragment"),
        ("https://exämple.com/", "ASCII"),
        ("https://example.com/a b", "ASCII"),
        ("https://example.com/\r\nHost: x", "ASCII"),
        ("https://example.com/" + "x" * 2048, "2048"),
        ("", "must be an address"),
    ],
)
def test_addresses_that_may_not(url: str, word: str) -> None:
    assert word in (fault_of(url, PUBLIC) or "")


def test_plain_http_is_for_our_own_networks() -> None:
    assert fault_of("http://127.0.0.1:9/", DEMO) is None
    assert fault_of("http://10.0.0.1/", Permission(private=True)) is None


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(url: str) -> None:
    fault_of(url, PUBLIC)
