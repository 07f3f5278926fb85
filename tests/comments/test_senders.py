import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from comments.senders import client_address, network_prefix, sender_of
from newsroom.settings import networks


def address(peer: str, forwarded: str | None) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


@pytest.mark.parametrize("forwarded", [None, "", "203.0.113.9", "127.0.0.1", "10.0.0.1, 203.0.113.9", "x" * 9000])
def test_without_a_configured_proxy_the_header_counts_for_nothing(forwarded, settings):
    settings.NEWSROOM_TRUSTED_PROXIES = []
    assert address("198.51.100.7", forwarded) == "198.51.100.7"


@pytest.mark.parametrize(
    ("peer", "forwarded", "believed"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the left part is the reader's own claim
        ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.9, 10.0.0.2", "10.0.0.9"),
        ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"),
        ("10.0.0.1", "2001:db8::9", "2001:db8::9"),
        ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "203.0.113.9", "203.0.113.9"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # not our proxy: a reader who wrote the header
        ("", "203.0.113.9", ""),
    ],
)
def test_behind_our_proxy_the_last_foreign_hop_is_the_reader(peer, forwarded, believed, settings):
    settings.NEWSROOM_TRUSTED_PROXIES = ["10.0.0.0/8", "fd00::/8"]
    assert address(peer, forwarded) == believed


def test_a_proxy_that_comes_through_a_socket_is_trusted_by_name(settings):
    settings.NEWSROOM_TRUSTED_PROXIES = ["unix"]
    assert address("", "203.0.113.9") == "203.0.113.9"


def test_no_spoofed_header_makes_a_reader_somebody_else(settings):
    settings.NEWSROOM_TRUSTED_PROXIES = ["10.0.0.0/8"]
    claims = ["", "127.0.0.1, ", "10.0.0.3, ", "::1, ", "unknown, ", "203.0.113.200, 198.51.100.1, ", ", , "]
    senders = {
        sender_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"{claim}203.0.113.9")).network
        for claim in claims
    }
    assert senders == {"203.0.113.0/24"}


@pytest.mark.parametrize(
    ("written", "prefix"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_a_network_is_a_prefix(written, prefix):
    assert network_prefix(written) == prefix


def test_a_proxy_that_is_no_network_stops_the_start():
    with pytest.raises(ImproperlyConfigured):
        networks(["10.0.0.0/8", "proxy.example"])
