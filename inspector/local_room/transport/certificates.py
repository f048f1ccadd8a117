"""The certificate a server shows in DTLS, made anew each time, and certificates' fingerprints (RFC 8122)."""

from __future__ import annotations

import datetime
import hmac
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FOR: Final = datetime.timedelta(days=30)
# A peer's clock may be late.
VALID_BEFORE: Final = datetime.timedelta(days=1)

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha-1": hashes.SHA1,
    "sha-224": hashes.SHA224,
    "sha-256": hashes.SHA256,
    "sha-384": hashes.SHA384,
    "sha-512": hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A certificate's digest as SDP names it: algorithm, and bytes in hexadecimal with colons."""

    algorithm: str
    digest: str

    @property
    def is_known(self) -> bool:
        """Whether certificates can be held against it."""
        return self.algorithm.lower() in _HASHES

    def matches(self, certificate: x509.Certificate) -> bool:
        """Whether it is this certificate's."""
        algorithm = _HASHES.get(self.algorithm.lower())
        if algorithm is None:
            return False
        return hmac.compare_digest(_colons(certificate, algorithm()), self.digest.upper().encode())


def _colons(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    return certificate.fingerprint(algorithm).hex(":").upper().encode()


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def made(cls) -> Identity:
        """A new self-signed one (ECDSA, P-256)."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local room")])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - VALID_BEFORE)
            .not_valid_after(now + VALID_FOR)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @property
    def fingerprint(self) -> Fingerprint:
        """What SDP says of the certificate."""
        return Fingerprint("sha-256", _colons(self.certificate, hashes.SHA256()).decode())
