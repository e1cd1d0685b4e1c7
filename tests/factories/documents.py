"""Documents as a reader checks them: by pyHanko's own validator, trusting given certificates and no others."""

from collections.abc import Iterable
from io import BytesIO

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def is_genuine(document: bytes, trusted: Iterable[x509.Certificate]) -> bool:
    """Whether it was signed by the holder of a trusted certificate, and nothing was changed or added since."""
    roots = [Certificate.load(one.public_bytes(Encoding.DER)) for one in trusted]
    try:
        (signature,) = PdfFileReader(BytesIO(document)).embedded_signatures
        found = validate_pdf_signature(signature, ValidationContext(trust_roots=roots))
    except (PdfError, SigningError, ValueError, LookupError, TypeError, AttributeError):  # no document any more
        return False
    return bool(found.bottom_line) and found.coverage is SignatureCoverageLevel.ENTIRE_FILE


def attached_files(document: bytes) -> dict[str, bytes]:
    """The files in it, by name."""
    catalogue = PdfFileReader(BytesIO(document)).root
    files = [reference.get_object() for reference in catalogue["/AF"]]
    return {str(one["/UF"]): bytes(one["/EF"]["/F"].data) for one in files}
