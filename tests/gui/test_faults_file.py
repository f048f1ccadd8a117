"""The faults file a person loads and saves."""

from pathlib import Path

import msgspec
import pytest

from inspector.core.faults import FaultKind, FaultMatch, FaultRule
from inspector.core.problems import ProblemError
from inspector.gui.faults_file import MAX_BYTES, FaultsFile

RULES = (
    FaultRule(FaultKind.DELAY, FaultMatch("get_*"), ms=400, probability=0.5),
    FaultRule(FaultKind.ERROR, code=1401, enabled=False),
)


async def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    await FaultsFile().save(path, RULES)
    assert path.read_text().startswith("faults:\n")
    assert await FaultsFile().load(path) == RULES


async def test_the_file_is_named_with_whether_the_rules_stand_in_it(tmp_path: Path) -> None:
    file = FaultsFile()
    assert file.words(RULES) == ""
    await file.save(tmp_path / "radio.yaml", RULES)
    assert file.words(RULES) == "radio.yaml · saved"
    assert file.words(RULES[:1]) == "radio.yaml · edited"
    off = msgspec.structs.replace(RULES[0], enabled=False)
    assert file.words((off, RULES[1])) == "radio.yaml · edited"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("faults: [{fault: explode}]", "radio.yaml:1:18: `fault` is one of"),
        ("mocks: []", "radio.yaml:1:1"),
        ("", "the file is empty"),
    ],
)
async def test_a_file_that_is_none_is_refused_with_the_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "radio.yaml"
    path.write_text(text)
    file = FaultsFile()
    with pytest.raises(ProblemError) as refused:
        await file.load(path)
    assert words in refused.value.problem.what
    assert "stay as they are" in refused.value.problem.next_step
    assert file.words(RULES) == ""


async def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"gone.yaml was not loaded"):
        await FaultsFile().load(tmp_path / "gone.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProblemError, match=r"bytes.yaml was not loaded"):
        await FaultsFile().load(tmp_path / "bytes.yaml")
    (tmp_path / "a folder").write_text("")
    with pytest.raises(ProblemError, match=r"x.yaml was not written"):
        await FaultsFile().save(tmp_path / "a folder" / "x.yaml", RULES)


async def test_a_file_too_large_to_be_one_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ProblemError, match="larger than"):
        await FaultsFile().load(path)
