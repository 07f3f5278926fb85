"""What is known of a comment's sender: keyed hashes only. No address is ever stored.

The browser's cookie is set by the answer to a post and by nothing else, so that public pages never set one.
"""

import datetime
import ipaddress
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from newsroom.keys import daily_hash, keyed_hash

COOKIE = "sender"
COOKIE_DAYS = 90


@dataclass(frozen=True)
class Sender:
    """Who sent a post, as far as a request tells. ``network`` is the prefix (/24 or /48); it lives in memory only."""

    network: str
    cookie: str
    user_agent: str

    def network_hash(self) -> str:
        """64 hexadecimal digits under a key of this UTC day: tomorrow the same network hashes differently."""
        today = timezone.now().astimezone(datetime.UTC).date()
        return daily_hash("sender-network", today, self.network).hex()


def sender_of(request: HttpRequest) -> Sender:
    """The sender of ``request``. The peer's address counts; a proxy's header only where the server was told so."""
    return Sender(
        network=network_prefix(request.META.get("REMOTE_ADDR", "")),
        cookie=request.COOKIES.get(COOKIE, ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def cookie_hash(cookie: str) -> str:
    """What the database keeps of a sender cookie: 64 hexadecimal digits under a key that stays."""
    return keyed_hash("sender-cookie", cookie).hex()


def network_prefix(address: str) -> str:
    """The /24 of an IPv4 ``address`` or the /48 of an IPv6 one, as text; "" for anything else."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))


def set_cookie(response: HttpResponse, value: str, *, secure: bool) -> None:
    """Give the browser its sender cookie for ``COOKIE_DAYS``."""
    response.set_cookie(COOKIE, value, max_age=COOKIE_DAYS * 86_400, secure=secure, httponly=True, samesite="Lax")
