"""The document key: made once with its certificate, its owner's alone, replaced without losing what it signed."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.x509 import KeyUsage, load_pem_x509_certificates

from api.prints.certificates import DocumentKey, open_document_key, rotate_document_key

AT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def key(home: Path) -> DocumentKey:
    return open_document_key(home, AT)


def test_its_certificate_is_for_signing_and_for_years(key: DocumentKey) -> None:
    (certificate,) = key.certificates
    usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert certificate.not_valid_before_utc < AT < datetime(2036, 11, 1, tzinfo=UTC) < certificate.not_valid_after_utc
    certificate.verify_directly_issued_by(certificate)


def test_it_is_made_once_and_its_owners_alone(key: DocumentKey, home: Path) -> None:
    assert open_document_key(home, AT).kids == key.kids
    assert stat.S_IMODE((home / "keys" / "documents.json").stat().st_mode) == 0o600


def test_after_a_rotation_the_former_certificate_is_still_handed_out(key: DocumentKey, home: Path) -> None:
    both = rotate_document_key(home, AT)
    assert both.kids[1:] == key.kids
    assert both.private != key.private
    assert load_pem_x509_certificates(both.pem().encode()) == [both.certificates[0], *key.certificates]
