"""Every request's token is verified, whatever it asks for, and a refusal says no token."""

from aiohttp import web

from inspector.local_room.access.admission import authenticated, grants_of
from inspector.local_room.access.refusals import Refused
from tests.local_room.serving import KEYS, application, served, token


async def test_a_handler_learns_what_the_token_grants() -> None:
    seen = []

    async def look(request: web.Request) -> web.Response:
        seen.append(grants_of(request))
        return web.Response()

    app = web.Application(middlewares=[authenticated(KEYS)])
    app.router.add_get("/", look)
    async with served(app) as site:
        await site.ask("/", token=token(room_list=True))
        await site.ask(f"/?access_token={token(room_create=True)}")
        await site.ask("/")
        # A header counts before the query, as on the server.
        await site.ask("/?access_token=garbage", token=token(room_list=True))

    by_header, by_query, without, both = seen
    assert by_header is not None
    assert by_header.video is not None
    assert by_header.video.room_list
    assert by_query is not None
    assert by_query.video is not None
    assert by_query.video.room_create
    assert without is None
    assert both is not None


async def test_a_token_that_does_not_hold_is_refused_whatever_is_asked_for() -> None:
    async with served(application(authenticated({"devkey": "another"}))) as site:
        for path in ("/", "/rtc/validate", "/nothing/of/the/kind"):
            answer = await site.ask(path, token=(sent := token()))
            assert answer.status == 401
            assert answer.text.startswith("invalid token: [token], error: ")
            assert sent not in answer.text


async def test_another_kind_of_authorization_is_refused() -> None:
    async with served(application(authenticated(KEYS))) as site:
        for header in ("Basic abc", f"bearer {token()}", "Bearer"):
            answer = await site.ask("/", headers={"Authorization": header})
            assert (answer.status, answer.text) == (
                401,
                "invalid authorization header. Must start with Bearer ",
            )


async def test_what_a_handler_refuses_is_the_answer() -> None:
    async def refuse(request: web.Request) -> web.Response:
        raise Refused(400, "no room name")

    app = web.Application(middlewares=[authenticated(KEYS)])
    app.router.add_get("/", refuse)
    async with served(app) as site:
        answer = await site.ask("/")

    assert (answer.status, answer.text) == (400, "no room name")
