"""A webhook goes to the addresses that were checked, by its host's name, whatever the name points to meanwhile."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from api.vault import open_vault
from api.webhooks.addresses import check_address
from api.webhooks.posting import places_of, post
from api.webhooks.sending import Sending, attempt
from bureau.clock import now

NOBODY = "192.0.2.1"
"""Of a network that documentation has for itself (RFC 5737)."""


class Bank:
    """A bank's server by TLS, and the hosts it was asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self.hosts: list[str | None] = []
        self.trusted = httpx.create_ssl_context()
        bank = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bank.hosts.append(self.headers["host"])
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        pair = folder / "bank.pem"
        pair.write_bytes(certified(name))
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(pair)
        self.trusted.load_verify_locations(pair)
        self.server.socket = own.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://bank.example:{self.server.server_port}/hook"


def certified(name: str) -> bytes:
    """A pair of keys and its certificate for a host, as PEM."""
    pair = generate_private_key(SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(pair.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(hours=1))
        .not_valid_after(now() + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(pair, SHA256())
    )
    key = pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key + certificate.public_bytes(Encoding.PEM)


@pytest.fixture
def bank(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bank]:
    made = Bank(tmp_path, getattr(request, "param", "bank.example"))
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def posted(bank: Bank, *addresses: str) -> int:
    return asyncio.run(post(bank.url, b"{}", {}, bank.trusted, addresses))


def problem_of_sending_to(url: str) -> str | None:
    """What went wrong with an attempt that has a second."""
    vault = open_vault("a secret")
    sealed = vault.seal(b"whsec_" + b"c2VjcmV0" * 4, "hook")
    sending = Sending("hook", "event", 0, now(), url, sealed, b"{}")
    problem, _ = attempt(sending, vault, now(), ssl.create_default_context(), local=False, seconds=1)
    return problem


def test_the_checked_address_is_reached_by_the_name_of_its_host(bank: Bank) -> None:
    assert posted(bank, "127.0.0.1") == 204
    assert bank.hosts == [bank.url.removeprefix("https://").removesuffix("/hook")]


@pytest.mark.parametrize("bank", ["another.example"], indirect=True)
def test_a_certificate_of_another_name_is_refused(bank: Bank) -> None:
    with pytest.raises(httpx.ConnectError, match=r"bank\.example"):
        posted(bank, "127.0.0.1")
    assert bank.hosts == []


def test_where_one_address_does_not_answer_the_next_is_tried(bank: Bank) -> None:
    assert posted(bank, "127.0.0.2", "127.0.0.1") == 204
    assert len(bank.hosts) == 1


def test_a_proxy_for_the_world_outside_is_not_asked(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nobody listens
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert posted(bank, "127.0.0.1") == 204
    assert len(bank.hosts) == 1


def test_a_name_that_points_elsewhere_after_the_check_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the first answer is anybody's address, each later one this machine."""
    told: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if host in ("rebinding.example", b"rebinding.example"):
            told.append("127.0.0.1" if told else NOBODY)
            host = told[-1]
        return real(host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.2)
        url = f"https://rebinding.example:{inside.getsockname()[1]}/hook"
        assert problem_of_sending_to(url) is not None
        with pytest.raises(TimeoutError):
            inside.accept()
    assert told == [NOBODY]


def test_a_name_that_is_not_answered_for_is_waited_for_no_longer_than_a_receiver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()

    def silent(*_: Any, **__: Any) -> Any:
        answered.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    began = time.monotonic()
    assert problem_of_sending_to("https://silent.example/hook") == "it did not answer within 1 seconds"
    assert time.monotonic() - began < 10
    answered.set()


def test_addresses_are_told_once_each() -> None:
    assert check_address("https://10.1.2.3:8443/hook") == ["10.1.2.3"]
    assert check_address("https://[2001:db8::1]/hook") == ["2001:db8::1"]
    assert check_address("http://localhost/hook", local=True) == []


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    named = httpx.URL("https://bank.example:8443/hook?from=1")
    places = [str(place) for place in places_of(named, ["2001:db8::1", "192.0.2.7"])]
    assert places == ["https://[2001:db8::1]:8443/hook?from=1", "https://192.0.2.7:8443/hook?from=1"]
    assert places_of(named, []) == [named]
