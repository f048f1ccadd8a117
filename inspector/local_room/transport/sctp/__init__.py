"""SCTP and nothing else: no sockets, no encryption, no data channels."""
