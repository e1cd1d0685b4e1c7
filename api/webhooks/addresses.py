"""Where webhooks may be sent: never into the platform's own machine, and never in clear text."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import httpx

from bureau.errors import InvalidInput

_FORM = (
    "A webhook's address is https://HOST/PATH, with a port up to 65535 where it needs one, and without a name, a "
    "password or a fragment."
)
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_OF_CLOUDS = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "fd00:ec2::254")))
"""Where clouds tell a machine its own secrets, beside the link-local address most of them use."""


def check_address(url: str, *, local: bool = False) -> list[str]:
    """The network's addresses of a webhook's host, of which none is barred; raises `InvalidInput` for where none goes.

    Only https, a host without credentials in the address, and none that is this machine, a link-local or a multicast
    address, however it is written. Private networks are allowed: banks have them.
    local: allow http and this machine, for trying things out; nothing is looked up.
    """
    try:
        parts = urlsplit(url)
        host, port = httpx.URL(url).host, parts.port or 443
    except (ValueError, httpx.InvalidURL) as problem:  # a bracket not closed, a port that is none, what cannot be sent
        raise InvalidInput(_FORM) from problem
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise InvalidInput("A webhook's address begins with https://.")
    if not host or parts.username or parts.password or parts.fragment:
        raise InvalidInput(_FORM)
    if local:
        return []
    addresses = _addresses(host, port)
    for address in addresses:
        if _is_barred(address):
            raise InvalidInput(f"{host} is {address}, where no webhook is sent to.")
    return list(dict.fromkeys(map(str, addresses)))


async def look_up(url: str, *, local: bool = False) -> list[str]:
    """As `check_address`, for a caller that may give up: a lookup cannot be stopped, and goes on by itself then."""
    alone = ThreadPoolExecutor(1)  # a loop waits for its own threads when it ends
    try:
        return await asyncio.get_running_loop().run_in_executor(alone, partial(check_address, url, local=local))
    finally:
        alone.shutdown(wait=False)


def _is_barred(address: _Address) -> bool:
    own = address.is_loopback or address.is_link_local or address.is_unspecified
    return own or address.is_multicast or address in _OF_CLOUDS


def _addresses(host: str, port: int) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise InvalidInput(f"{host} has no address in the network. Check the webhook's host.") from problem
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    return [getattr(address, "ipv4_mapped", None) or address for address in addresses]
