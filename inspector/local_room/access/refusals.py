"""Why somebody is not let in: HTTP status and text, which are livekit-server's own where it has any."""

from __future__ import annotations

from http import HTTPStatus


class Refused(Exception):  # noqa: N818 - it is an answer more than an error
    """A request is turned away with `status` and `text`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def no_permission() -> Refused:
    """Nothing in the token lets its bearer join (`rtc.ErrPermissionDenied`)."""
    return Refused(HTTPStatus.UNAUTHORIZED, "no permissions to access the room")


def may_not_join() -> Refused:
    """The token lets its bearer do something, but not join (`service.ErrPermissionDenied`)."""
    return Refused(HTTPStatus.UNAUTHORIZED, "permissions denied")


def malformed(text: str) -> Refused:
    """The request does not say what it must."""
    return Refused(HTTPStatus.BAD_REQUEST, text)


def not_started(why: str) -> Refused:
    """The join was well-formed, yet no session began. livekit-server says only the first half."""
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, f"connection closed by media: {why}")


def full(what: str) -> Refused:
    """A bound of this server is reached."""
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, f"node has exceeded its configured limit: {what}")


def too_many_joins(per_second: float) -> Refused:
    """Joins come faster than this server takes them."""
    return Refused(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"too many joins: this local room takes {per_second:g} a second; try again",
    )
