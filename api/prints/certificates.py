"""The key that signs documents: RSA, which every PDF reader checks, each pair with a certificate it signed itself.

Kept in the home as a JWK set whose keys carry their certificate (`x5c`). A reader trusts it by taking the certificate
up once (`bureau keys certificates`), as it would an authority's; of a new pair, again.
"""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc.jwk import KeySet, RSAKey

from api.signing import open_keys, put_first

NAME = "documents"
"""Of its key file, and what `bureau keys` calls it."""
_BITS = 3072
_VALID = timedelta(days=10 * 365)
"""Longer than a statement must be kept and disputed."""
_SUBJECT = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "地方征信平台"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Local Credit Bureau documents"),
    ]
)


class DocumentKey:
    """The current pair, and the certificates of all."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = [key for key in keys if isinstance(key, RSAKey)]

    @property
    def kids(self) -> tuple[str, ...]:
        """The ids of the pairs, the current one first."""
        return tuple(str(key.kid) for key in self._keys)

    @property
    def private(self) -> bytes:
        """The current private key as DER (PKCS 8)."""
        return self._keys[0].as_der(private=True)

    @property
    def certificates(self) -> list[x509.Certificate]:
        """One a pair, the current one first."""
        return [x509.load_der_x509_certificate(b64decode(key.as_dict()["x5c"][0])) for key in self._keys]

    def pem(self) -> str:
        """The certificates as a reader takes them up."""
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in self.certificates)


def open_document_key(home: Path, at: datetime) -> DocumentKey:
    """The pairs of a home; the first one is made, valid from `at`, when it is missing."""
    return DocumentKey(open_keys(home, NAME, lambda: _new_pair(at)))


def rotate_document_key(home: Path, at: datetime) -> DocumentKey:
    """Sign with a new pair from now on; what the former ones signed still verifies."""
    put_first(home, NAME, lambda: _new_pair(at))
    return open_document_key(home, at)


def _new_pair(at: datetime) -> RSAKey:
    pair = generate_private_key(public_exponent=65537, key_size=_BITS)
    certificate = _self_signed(pair, at).public_bytes(Encoding.DER)
    bare = RSAKey.import_key(pair)
    return RSAKey.import_key(
        {**bare.as_dict(private=True), "kid": bare.thumbprint(), "x5c": [b64encode(certificate).decode()]}
    )


def _self_signed(pair: RSAPrivateKey, at: datetime) -> x509.Certificate:
    public = pair.public_key()
    usage = dict.fromkeys(
        (
            *("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"),
            *("encipher_only", "decipher_only"),
        ),
        False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_SUBJECT)
        .issuer_name(_SUBJECT)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))  # a reader's clock may be behind
        .not_valid_after(at + _VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(pair, SHA256())
    )
