"""What is shown of a comparison: differences with what is around them, the rest folded, nothing endless."""

import json

from inspector.core.compare import compare_texts
from inspector.gui.models.folded_diff import MOST_LINES, folded_lines, plain_text, summary


def test_equal_lines_far_from_a_difference_are_folded_and_counted() -> None:
    a = {f"k{number:02}": number for number in range(30)}
    diff = compare_texts(json.dumps(a), json.dumps({**a, "k15": -1}))
    texts = [line.text.strip() for line in folded_lines(diff)]
    assert texts == [
        "\u22ef 13 equal lines",
        *('"k12": 12,', '"k13": 13,', '"k14": 14,'),
        '"k15": 15 \u2192 -1,',
        *('"k16": 16,', '"k17": 17,', '"k18": 18,'),
        "\u22ef 12 equal lines",
    ]
    assert summary(diff) == "~1 \u00b7 31 equal"
    assert len(plain_text(diff).splitlines()) == 32, "a copy is whole"


def test_of_an_endless_comparison_no_more_is_shown_than_a_view_can_hold() -> None:
    diff = compare_texts("[]", json.dumps(list(range(MOST_LINES * 2))))
    shown = folded_lines(diff)
    assert len(shown) == MOST_LINES + 1
    assert "more than 2,000 lines" in shown[-1].text


def test_text_of_a_peer_stays_on_its_line() -> None:
    diff = compare_texts(json.dumps("a\u202eb"), json.dumps("x" * 5_000))
    (line,) = folded_lines(diff)
    assert "\u202e" not in line.text
    assert len(line.text) < 1_000
