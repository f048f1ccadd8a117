"""What LiveKit's codes are called and mean, and which side makes them."""

import pytest

from inspector.core.calls import CallError
from inspector.core.problems import Side
from inspector.core.rpc_errors import RpcCode, incoming_error, meaning_of, name_of, outgoing_error


@pytest.mark.parametrize("code", RpcCode)
def test_every_built_in_code_has_a_name_and_a_meaning_of_its_own(code: RpcCode) -> None:
    assert name_of(code) == code.name
    meaning = meaning_of(code)
    assert meaning.tries
    assert [other for other in RpcCode if meaning_of(other) is meaning] == [code]


def test_a_programs_own_code_has_no_name_and_one_meaning() -> None:
    assert name_of(1602) is None
    assert meaning_of(1602) is meaning_of(42)


@pytest.mark.parametrize(
    ("code", "side"),
    [
        (1400, Side.CALLEE),
        (1402, Side.CALLER),
        (1403, Side.CALLER),
        (1404, Side.CALLEE),
        (1500, Side.CALLEE),
        (1501, Side.CALLER),
        (1502, Side.CALLER),
        (1503, Side.CALLER),
        (1504, Side.CALLEE),
        (1505, Side.CALLER),
        (1602, Side.CALLEE),
    ],
)
def test_the_error_of_a_call_says_which_side_made_it(code: int, side: Side) -> None:
    assert outgoing_error(code, "no", None).side is side


def test_the_sdks_empty_data_is_no_data() -> None:
    assert outgoing_error(1400, "no", "").data is None
    assert outgoing_error(1602, "no", "{}").data == "{}"
    assert incoming_error(1602, "no", "").data is None


def test_the_error_we_answer_with_is_made_here_as_the_callee() -> None:
    assert incoming_error(1502, "late") == CallError(1502, "RESPONSE_TIMEOUT", "late", None, Side.CALLEE)
