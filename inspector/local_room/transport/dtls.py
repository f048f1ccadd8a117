"""DTLS 1.2 for one peer, in memory: datagrams in and out, and what they carry (RFC 6347, RFC 8842)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Final

from OpenSSL import SSL

from inspector.local_room.transport.certificates import Fingerprint, Identity

DATAGRAM_BYTES: Final = 1200
MOST_RECORD_BYTES: Final = 16_384
_RECORD_HEADER_BYTES: Final = 13
_RECORD_LENGTH: Final = Struct("!H")
_BIO_BYTES: Final = 65_536

CIPHERS: Final = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
    b"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:"
    b"ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA"
)
# Peers whose offer has media ask for keys of SRTP too; no media is carried, but they complain without.
SRTP_PROFILES: Final = b"SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"


class DtlsEnded(Exception):  # noqa: N818 - not always an error
    """The connection is no more; the text says why."""


def make_context(identity: Identity) -> SSL.Context:
    """What all connections of a server share. Certificates are checked by fingerprint, not by signature."""
    context = SSL.Context(SSL.DTLS_METHOD)
    context.use_certificate(identity.certificate)
    context.use_privatekey(identity.key)
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    context.set_cipher_list(CIPHERS)
    context.set_tlsext_use_srtp(SRTP_PROFILES)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
    return context


class DtlsSession:
    """One DTLS connection. `transmit` takes datagrams for the peer."""

    def __init__(
        self,
        context: SSL.Context,
        fingerprints: Iterable[Fingerprint],
        transmit: Callable[[bytes], None],
        *,
        is_client: bool = False,
    ) -> None:
        self._fingerprints = tuple(fingerprints)
        self._transmit = transmit
        self._connection = SSL.Connection(context)
        self._connection.set_ciphertext_mtu(DATAGRAM_BYTES)
        if is_client:
            self._connection.set_connect_state()
        else:
            self._connection.set_accept_state()
        self.is_established = False

    def start(self) -> None:
        """As client: begins the handshake.

        Raises:
            DtlsEnded: it failed.
        """
        self._handshake()

    def receive(self, datagram: bytes) -> list[bytes]:
        """Takes a datagram; what it carried.

        Raises:
            DtlsEnded: the peer closed, the handshake failed, or the certificate is not the announced one.
        """
        connection = self._connection
        connection.bio_write(datagram)
        if not self.is_established:
            self._handshake()
            if not self.is_established:
                return []
        elif len(datagram) == _RECORD_HEADER_BYTES + _RECORD_LENGTH.unpack_from(datagram, 11)[0]:
            # One record, as nearly always: reading once saves the exception that reading to the end costs.
            try:
                return [connection.recv(MOST_RECORD_BYTES)]
            except SSL.WantReadError:
                self._drain()
                return []
            except (SSL.ZeroReturnError, SSL.Error) as error:
                raise self._ended(error) from error
        return self._read_all()

    def _read_all(self) -> list[bytes]:
        found: list[bytes] = []
        while True:
            try:
                found.append(self._connection.recv(MOST_RECORD_BYTES))
            except SSL.WantReadError:
                self._drain()
                return found
            except (SSL.ZeroReturnError, SSL.Error) as error:
                if found:  # The end is told of again with the next datagram or by time.
                    return found
                raise self._ended(error) from error

    def _ended(self, error: SSL.Error) -> DtlsEnded:
        self._drain()
        if isinstance(error, SSL.ZeroReturnError):
            return DtlsEnded("the participant's SDK closed the connection (DTLS)")
        return DtlsEnded(f"the encrypted connection failed (DTLS: {_words(error)})")

    def _handshake(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            self._drain()
            return
        except SSL.Error as error:
            self._drain()
            msg = f"the encrypted connection could not be made (DTLS: {_words(error)})"
            raise DtlsEnded(msg) from error
        self._drain()
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None or not any(wanted.matches(certificate) for wanted in self._fingerprints):
            self.close()
            msg = "the certificate shown is not the one announced in signalling (DTLS fingerprint)"
            raise DtlsEnded(msg)
        self.is_established = True

    def is_with(self, fingerprints: Iterable[Fingerprint]) -> bool:
        """Whether these are announcements of the same certificate."""
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None:
            return any(item in self._fingerprints for item in fingerprints)
        return any(item.matches(certificate) for item in fingerprints)

    def send(self, data: bytes) -> None:
        """Sends data, one record in a datagram. Once established only.

        Raises:
            DtlsEnded: the connection is no more.
        """
        connection = self._connection
        try:
            connection.send(data)
            self._transmit(connection.bio_read(_BIO_BYTES))
        except SSL.Error as error:
            raise self._ended(error) from error

    def _drain(self) -> None:
        """Sends what the handshake wrote: whole records, as many in a datagram as it holds."""
        written = b""
        while True:
            try:
                written += self._connection.bio_read(_BIO_BYTES)
            except SSL.WantReadError:
                break
        start = position = 0
        while position + _RECORD_HEADER_BYTES <= len(written):
            length = _RECORD_HEADER_BYTES + _RECORD_LENGTH.unpack_from(written, position + 11)[0]
            if position > start and position + length - start > DATAGRAM_BYTES:
                self._transmit(written[start:position])
                start = position
            position += length
        if start < len(written):
            self._transmit(written[start:])

    def timeout_s(self) -> float | None:
        """After how many seconds `on_time` is to be called; None while nothing must be repeated."""
        return self._connection.DTLSv1_get_timeout()

    def on_time(self) -> None:
        """Repeats what the peer did not answer."""
        try:
            self._connection.DTLSv1_handle_timeout()
        except SSL.Error as error:
            raise self._ended(error) from error
        finally:
            self._drain()

    def close(self) -> None:
        """Tells the peer that this was all."""
        try:
            self._connection.shutdown()
        except SSL.Error:
            return  # In the middle of a handshake there is nothing to close.
        finally:
            self._drain()


def _words(error: SSL.Error) -> str:
    """OpenSSL's reason, without its library's and function's names."""
    try:
        return str(error.args[0][0][-1])
    except (IndexError, TypeError):
        return type(error).__name__
