"""The Mocks panel with as many as a big mocks file has: 1,000 mocks with 10,000 rules."""

import time
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from inspector.core.mocks import Mock, Reply, Rule, When
from inspector.gui.docks.mocks import MocksPanel
from inspector.session.mock_set import MockEntry, MockSet, MockUse

RULES = tuple(Rule(Reply("x"), when=When(caller=f"web-{index}")) for index in range(10))
SOURCE = "/somewhere/big.yaml"


@pytest.fixture
def panel(show: Callable[..., None]) -> MocksPanel:
    panel = MocksPanel()
    show(panel, 1280, 440)
    return panel


def entries(source: str) -> tuple[MockEntry, ...]:
    mocks = MockSet()
    mocks.add(Mock(f"method_{index}", RULES, source=source) for index in range(1000))
    return mocks.entries()


def cpu_ms(act: Callable[[], object]) -> float:
    """What it takes until it is on the screen (milliseconds of this process)."""
    began = time.process_time()
    act()
    QApplication.processEvents()
    return (time.process_time() - began) * 1000


def best_ms(act: Callable[[int], object]) -> float:
    """The best of five, since the first also pays for what is kept."""
    return min(cpu_ms(lambda number=number: act(number)) for number in range(5))  # type: ignore[misc]


@pytest.mark.parametrize("all_open", [False, True], ids=["as it opens", "all rules open"])
@pytest.mark.parametrize("source", [SOURCE, ""], ids=["of a file", "made here"])
def test_a_thousand_mocks_are_shown_and_followed_without_a_pause(
    panel: MocksPanel, source: str, all_open: bool
) -> None:
    many = entries(source)
    assert cpu_ms(lambda: panel.set_entries(many)) < 300
    if all_open:
        panel.table.expandAll()
    panel.show_rule(many[700].id, 3)

    def switch(number: int) -> None:
        mock = replace(many[700].mock, enabled=bool(number % 2))
        panel.set_entries((*many[:700], replace(many[700], mock=mock), *many[701:]))

    def use(number: int) -> None:
        used = MockUse(number + 1, {number: number + 1}, 0.0, "web")
        panel.mock_used(replace(many[700], use=used))

    assert best_ms(switch) < 50
    assert best_ms(use) < 20


def test_rules_of_many_mocks_open_as_asked_for_and_stay_open(panel: MocksPanel) -> None:
    many = entries(SOURCE)
    panel.set_entries(many)
    asked = panel.model.index_of(many[700].id)
    assert not panel.table.isExpanded(asked)
    panel.table.expand(asked)

    panel.set_entries(many[1:])

    assert panel.table.isExpanded(panel.model.index_of(many[700].id))
    assert not panel.table.isExpanded(panel.model.index_of(many[701].id))


def test_rules_of_few_mocks_are_shown_from_the_start(panel: MocksPanel) -> None:
    few = entries(SOURCE)[:3]
    panel.set_entries(few)
    assert panel.table.isExpanded(panel.model.index_of_file(SOURCE))
    assert all(panel.table.isExpanded(panel.model.index_of(entry.id)) for entry in few)
