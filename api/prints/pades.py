"""PAdES: a document signed with the platform's document key."""

from io import BytesIO

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from api.prints.certificates import DocumentKey

FIELD = "Platform"
"""The name of the signature field."""


def sign_document(document: bytes, key: DocumentKey, reason: str) -> bytes:
    """The document with a certifying signature appended: readers allow further signatures and nothing else."""
    certificate = Certificate.load(key.certificates[0].public_bytes(Encoding.DER))
    known = SimpleCertificateStore()
    known.register(certificate)
    signer = SimpleSigner(certificate, PrivateKeyInfo.load(key.private), known)
    how = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        tight_size_estimates=True,  # no padding, which no signature would cover
    )
    signed = PdfSigner(how, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(document)))
    return bytes(signed.getvalue())
