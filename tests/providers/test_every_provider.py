"""What holds for every provider: one table, over the answers that each of them gives."""

import asyncio
import socket
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from bot import errors
from bot.app import PROVIDERS
from bot.providers import Answer, Outgoing, Provider, Request
from bot.providers.codes import opt_outs
from bot.providers.wire import Wire
from bot.setting_types import ProviderName
from bot.settings import load
from tests.cases import HANAKO, Case
from tests.cases.roll_call import CASES, every_provider
from tests.people import OURS
from tests.stand_in import StandIn, standing_in

MESSAGE = Outgoing(42, OURS, HANAKO, "残高のご案内", 3600)
PAGE = b"<html>something in between"


def test_every_provider_of_the_roll_call_has_its_cases() -> None:
    assert [case.name for case in CASES] == list(PROVIDERS) == list(ProviderName)


def provider(case: Case, **settings: str) -> Provider:
    return case.make(load(environment={**case.environment, **settings}))


def sent(case: Case, answer: Answer | errors.SendError) -> tuple[str, list[Request]]:
    """Send with a wire that brings one answer, or none; what was posted is kept."""
    requests: list[Request] = []

    async def post(request: Request) -> Answer:
        requests.append(request)
        if isinstance(answer, errors.SendError):
            raise answer
        return answer

    try:
        return asyncio.run(provider(case).send(MESSAGE, post)), requests
    finally:
        assert len(requests) == 1, "one call is one request, whatever comes of it"


@every_provider
def test_what_is_accepted_has_an_id(case: Case) -> None:
    sid, (request,) = sent(case, case.accepted)

    assert sid == case.sid
    assert request.url.startswith("https://")
    assert HANAKO.removeprefix("+") not in request.url
    assert "Authorization" in request.headers


COMMON = [
    ("asked to slow down", Answer(429), errors.Throttled),
    ("asked to slow down by a page", Answer(429, PAGE), errors.Throttled),
    ("an error inside", Answer(500), errors.Uncertain),
    ("a page of a proxy", Answer(502, PAGE), errors.Uncertain),
    ("unavailable", Answer(503), errors.Uncertain),
    ("too late for a proxy", Answer(504, PAGE), errors.Uncertain),
    ("too slow for a proxy", Answer(408), errors.Uncertain),
    ("a success that is a page", Answer(200, PAGE), errors.Uncertain),
    ("a success without content", Answer(204), errors.Uncertain),
    ("bytes that are no text", Answer(201, b"\x83\xff\x00"), errors.Uncertain),
    ("who are you", Answer(401, PAGE), errors.Misconfigured),
    ("a redirect", Answer(302, headers={"location": "https://x.example"}), errors.Uncertain),
    ("refused by a wall", Answer(403, PAGE), errors.Unexplained),
    ("refused without a reason", Answer(400), errors.Unexplained),
    ("refused by a list", Answer(400, b"[1]"), errors.Unexplained),
]
ANSWERS = [
    *((case, name, answer, error) for case in CASES for name, answer, error in COMMON),
    *((case, name, answer, error) for case in CASES for name, answer, error in case.refusals),
    *(
        (case, "a success that cannot be read", answer, errors.Uncertain)
        for case in CASES
        for answer in case.unreadable
    ),
]


@pytest.mark.parametrize(
    ("case", "name", "answer", "error"),
    ANSWERS,
    ids=[f"{case.name}: {name}" for case, name, _, _ in ANSWERS],
)
def test_what_goes_wrong_has_one_name(
    case: Case, name: str, answer: Answer, error: type[errors.SendError]
) -> None:
    with pytest.raises(errors.SendError) as raised:
        sent(case, answer)

    assert type(raised.value) is error
    assert MESSAGE.recipient not in str(raised.value)
    assert MESSAGE.body not in str(raised.value)


@every_provider
@pytest.mark.parametrize("error", [errors.Unreachable("away"), errors.Uncertain("no answer")])
def test_what_the_wire_says_is_passed_on(case: Case, error: errors.SendError) -> None:
    with pytest.raises(type(error)) as raised:
        sent(case, error)
    assert raised.value is error


@every_provider
def test_a_wish_to_wait_is_passed_on(case: Case) -> None:
    with pytest.raises(errors.Throttled) as raised:
        sent(case, Answer(429, headers={"retry-after": "7"}))
    assert raised.value.retry_after == 7


@every_provider
def test_the_code_of_who_unsubscribed_is_known(case: Case) -> None:
    assert opt_outs(case.name) == {case.opted_out}


@every_provider
def test_neither_a_secret_nor_a_person_shows_in_a_request(case: Case) -> None:
    _, (request,) = sent(case, case.accepted)

    assert "Authorization" not in repr(request)
    assert "819000000001" not in repr(request)


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.close()


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with standing_in() as made:
        yield made


def carried(wire: Wire, case: Case, address: str) -> str | errors.SendError:
    """Send over a real connection: the id, or what went wrong."""
    outcome: SimpleQueue[str | errors.SendError] = SimpleQueue()
    chosen = provider(case, **{f"{case.name.upper()}_API_BASE": address})

    async def send() -> None:
        try:
            outcome.put(await chosen.send(MESSAGE, wire.post))
        except errors.SendError as error:
            outcome.put(error)

    wire.run([send()])
    return outcome.get(timeout=20)


@every_provider
def test_over_http_it_is_accepted(case: Case, wire: Wire, stand_in: StandIn) -> None:
    stand_in.otherwise = case.accepted

    assert carried(wire, case, stand_in.url) == case.sid
    assert "authorization" in stand_in.received[0].headers


@every_provider
def test_over_http_a_redirect_is_not_followed(case: Case, wire: Wire, stand_in: StandIn) -> None:
    elsewhere = {"location": f"{stand_in.url}/elsewhere"}
    stand_in.otherwise = case.accepted
    stand_in.answers.append(Answer(307, headers=elsewhere))

    assert isinstance(carried(wire, case, stand_in.url), errors.Uncertain)
    assert len(stand_in.received) == 1


@every_provider
@pytest.mark.parametrize("answer", [None, Answer(500), Answer(503, headers={"retry-after": "0"})])
def test_over_http_nothing_is_sent_again(
    case: Case, wire: Wire, stand_in: StandIn, answer: Answer | None
) -> None:
    stand_in.otherwise = case.accepted
    stand_in.answers.append(answer)

    assert isinstance(carried(wire, case, stand_in.url), errors.Uncertain)
    assert len(stand_in.received) == 1


@every_provider
def test_where_nobody_listens_it_never_arrived(case: Case, wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"

    assert isinstance(carried(wire, case, address), errors.Unreachable)
