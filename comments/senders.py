"""What is known of a comment's sender: keyed hashes only. No address is ever stored.

The browser's cookie is set by the answer to a post and by nothing else, so that public pages never set one.
"""

import datetime
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from newsroom.keys import daily_hash, keyed_hash
from newsroom.models import User

COOKIE = "sender"
COOKIE_DAYS = 90


@dataclass(frozen=True)
class Sender:
    """Who sent a post, as far as a request tells. ``network`` is the prefix (/24 or /48); it lives in memory only."""

    network: str
    cookie: str
    user_agent: str

    def network_hash(self, day: datetime.date | None = None) -> str:
        """64 hexadecimal digits under a key of the UTC ``day`` (default today): every day hashes differently."""
        return daily_hash("sender-network", day or _utc_day(timezone.now()), self.network).hex()

    def network_hashes(self, *, since: datetime.datetime) -> list[str]:
        """The hashes this network had on each UTC day from ``since`` (aware) until now."""
        first, today = _utc_day(since), _utc_day(timezone.now())
        days = range((today - first).days + 1)
        return [self.network_hash(first + datetime.timedelta(days=number)) for number in days]


def sender_of(request: HttpRequest) -> Sender:
    """The sender of ``request``. The peer's address counts; a proxy's header only where the server was told so."""
    return Sender(
        network=network_prefix(client_address(request)),
        cookie=request.COOKIES.get(COOKIE, ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def staff_sender(person: User) -> Sender:
    """``person`` as the sender of replies for the newsroom: counted by who they are, whatever network they sit in."""
    known_by = keyed_hash("staff-sender", str(person.pk)).hex()
    return Sender(network=f"staff:{person.pk}", cookie=known_by, user_agent="")


def client_address(request: HttpRequest) -> str:
    """The reader's address: the peer's, or behind a proxy of ours the last one in X-Forwarded-For that is not ours.

    Everything to the left of that is what the reader's side claimed and counts for nothing. Without
    ``NEWSROOM_TRUSTED_PROXIES`` the header is not looked at.
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    while hops and _is_our_proxy(address):
        claimed = _without_port(hops.pop().strip())
        if _parsed(claimed) is None:
            break
        address = claimed
    return address


def _is_our_proxy(address: str) -> bool:
    """Whether ``address`` lies in a trusted network; "unix" in the setting trusts a peer that has no address."""
    trusted = settings.NEWSROOM_TRUSTED_PROXIES
    parsed = _parsed(address)
    if parsed is None:
        return not address and "unix" in trusted
    return any(parsed in ipaddress.ip_network(network) for network in trusted if network != "unix")


def _without_port(hop: str) -> str:
    """``hop`` without the port some proxies add: 192.0.2.1:8080 and [2001:db8::1]:8080."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IPv4 address written as IPv6 comes back as IPv4; a zone (``fe80::1%eth0``) is dropped."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _utc_day(moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(datetime.UTC).date()


def cookie_hash(cookie: str) -> str:
    """What the database keeps of a sender cookie: 64 hexadecimal digits under a key that stays."""
    return keyed_hash("sender-cookie", cookie).hex()


def new_cookie(nonce: str) -> str:
    """The cookie a browser without one gets for its first post: random to everybody else, and ours to recognise."""
    return keyed_hash("new-sender-cookie", nonce)[:16].hex()


def network_prefix(address: str) -> str:
    """The /24 of an IPv4 ``address`` or the /48 of an IPv6 one, as text; "" for anything else."""
    parsed = _parsed(address)
    if parsed is None:
        return ""
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))


def set_cookie(response: HttpResponse, value: str, *, secure: bool) -> None:
    """Give the browser its sender cookie for ``COOKIE_DAYS``."""
    response.set_cookie(COOKIE, value, max_age=COOKIE_DAYS * 86_400, secure=secure, httponly=True, samesite="Lax")
