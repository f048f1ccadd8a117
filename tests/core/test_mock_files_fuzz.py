"""Random mocks files: each gives mocks that decide on any call, or problems and their places."""

import pytest

from inspector.core.documents import Severity
from inspector.core.mock_decisions import Decision, PreparedMock, RuleTooSlowError, Unmatched, decide
from inspector.core.mock_files import MocksFile, parse_mocks
from inspector.core.mock_writer import write_mocks
from tests.support.any_mocks_files import MocksFiles
from tests.support.fuzzing import CASES


@pytest.mark.fuzz
def test_a_random_file_gives_mocks_that_decide_on_anything_or_problems_with_places() -> None:
    files = MocksFiles(seed=0)
    accepted = decided = 0
    for _ in range(CASES):
        text = files.text()
        result = parse_mocks(text, "f")
        assert (result.file is None) == bool(result.errors), text
        for problem in result.problems:
            assert 1 <= problem.line <= len(text.splitlines()) + 1, (problem, text)
            assert problem.column >= 1
            str(problem).encode()
        if result.file is not None:
            accepted += 1
            decided += decides_on_anything(result.file, files)
            reads_back(result.file)
    assert accepted > CASES * 0.2, "so that deciding is tried, too"
    assert decided > accepted


def decides_on_anything(file: MocksFile, files: MocksFiles) -> int:
    """Has every mock decide on some calls; how many rules answered."""
    answered = 0
    for mock in file.mocks:
        prepared = PreparedMock(mock)
        for hit in range(1, 4):
            payload = files.payload()
            try:
                found = decide(prepared, payload=payload, caller="web-1", hit=hit, seed=hit, use={0: hit - 1})
            except RuleTooSlowError:
                continue
            if isinstance(found, Unmatched):
                assert found.why
            else:
                assert isinstance(found, Decision)
                assert found.delay_ms >= 0
                answered += 1
    return answered


def reads_back(file: MocksFile) -> None:
    """What was accepted can be written, and then says the same."""
    again = parse_mocks(write_mocks(file), "f")
    assert again.file == file, [str(found) for found in again.problems if found.severity is Severity.ERROR]
