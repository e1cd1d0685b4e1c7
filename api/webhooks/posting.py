"""One request to a webhook: to the network addresses that were checked, by the name of its host."""

import ssl
from collections.abc import Sequence
from contextlib import suppress

import httpx

_CONNECT_SECONDS = 4.0
"""After which the next address of a host is tried."""


async def post(
    url: str, body: bytes, headers: dict[str, str], trusted: ssl.SSLContext, addresses: Sequence[str]
) -> int:
    """The answer's status; its body, which may never end, is not read. How long it may take is the caller's to say.

    addresses: the checked ones, tried in their order, by no proxy. The host's name is not looked up again: its owner
    could have it point into the platform's own machine a moment after it was checked. None: as its name says.
    """
    named = httpx.URL(url)
    places = places_of(named, addresses)
    told = headers | {"host": named.netloc.decode("ascii")}
    async with httpx.AsyncClient(
        verify=trusted,
        timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,  # a certificate that a proxy leads to is compared with the place, not with the name
    ) as http:
        for place in places[:-1]:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await _status(http, place, named, body, told)
        return await _status(http, places[-1], named, body, told)


def places_of(named: httpx.URL, addresses: Sequence[str]) -> list[httpx.URL]:
    """A webhook's address by each network address of its host; as it is named where none is given."""
    return [named.copy_with(host=address) for address in addresses] or [named]


async def _status(
    http: httpx.AsyncClient, place: httpx.URL, named: httpx.URL, body: bytes, headers: dict[str, str]
) -> int:
    """named: the address by its host's name, which its certificate has to show."""
    shown = {"sni_hostname": named.raw_host.decode("ascii")}
    async with http.stream("POST", place, content=body, headers=headers, extensions=shown) as answer:
        return answer.status_code
