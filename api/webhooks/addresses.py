"""Where webhooks may be sent: never into the platform's own machine, and never in clear text."""

import ipaddress
import socket
from urllib.parse import urlsplit

from bureau.errors import InvalidInput

_FORM = (
    "A webhook's address is https://HOST/PATH, with a port up to 65535 where it needs one, and without a name, a "
    "password or a fragment."
)


def check_address(url: str, *, local: bool = False) -> None:
    """Raises `InvalidInput` for an address no webhook goes to.

    Only https, a host without credentials in the address, and none that is this machine, a link-local or a multicast
    address. Private networks are allowed: banks have them. local: allow http and this machine, for trying things out.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as problem:  # a bracket that is not closed, a port that is none
        raise InvalidInput(_FORM) from problem
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise InvalidInput("A webhook's address begins with https://.")
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise InvalidInput(_FORM)
    if not local:
        for address in _addresses(parts.hostname, port):
            if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
                raise InvalidInput(f"{parts.hostname} is {address}, where no webhook is sent to.")


def _addresses(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise InvalidInput(f"{host} has no address in the network. Check the webhook's host.") from problem
    return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
