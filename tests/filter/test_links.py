"""To whom a link leads: the domain that somebody registered, however the address is written."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from takt.filter.links import LINKS_MAX, SHORTENERS, domain_of, links, parse_domain, strange


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("https://www.shop.example.co.uk/a?b=c", "example.co.uk"),
        ("shop.de.", "shop.de"),
        ("http://evil.com?to=shop.de", "evil.com"),
        ("http://evil.com#shop.de", "evil.com"),
        ("http://evil.com\\@shop.de", "evil.com"),
        ("http://shop.de@evil.com:8080/x", "evil.com"),
        ("http://evil.com/@shop.de", "evil.com"),
        ("HXXP://Evil.COM/", "evil.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("evil。com", "evil.com"),  # other dots are dots, as in a browser
        ("someone.github.io", "github.io"),  # what a private owner hands out is still theirs
        ("shop.example", "shop.example"),
        ("http://192.0.2.7/x", "192.0.2.7"),
        ("co.uk", ""),
        ("file.nosuchending", ""),
        ("example", ""),
        (f"{'a' * 64}.com", ""),
        ("", ""),
    ],
)
def test_a_link_belongs_to_who_registered_its_domain(written: str, domain: str) -> None:
    assert domain_of(written) == domain


@given(st.text(max_size=80))
@example("http://[::1]/")
@example("a..de")
def test_an_address_is_none_or_a_domain_that_stays_itself(written: str) -> None:
    domain = domain_of(written)
    assert domain == domain.lower()
    assert domain.isascii()
    assert domain_of(domain) == domain


def test_a_text_s_links_are_found_once_and_bounded() -> None:
    found = links("Siehe shop.de, https://www.shop.de/b und bit.ly/x. Schreib an a@mail.de!")
    assert [(link.written, link.domain, link.shortened) for link in found] == [
        ("shop.de", "shop.de", False),
        ("bit.ly/x", "bit.ly", True),
    ]
    assert [link.domain for link in strange("shop.de und evil.com?x", {"shop.de"})] == ["evil.com"]
    assert len(links(" ".join(f"a{n}.com" for n in range(LINKS_MAX + 5)))) == LINKS_MAX


@pytest.mark.parametrize("given", ["", "10.0.0.1", "co.uk", "nonsense", "a.nosuchending", *sorted(SHORTENERS)[:3]])
def test_what_nobody_can_register_is_no_domain_of_a_company(given: str) -> None:
    assert parse_domain(given) is None


def test_a_company_s_domain_is_kept_in_ascii() -> None:
    assert parse_domain(" https://Shop.Example.com/about ") == "example.com"
    assert parse_domain("müller.de") == "xn--mller-kva.de"
