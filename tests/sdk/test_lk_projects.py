from pathlib import Path

import pytest

from inspector.core.problems import ProblemError, ProblemKind
from inspector.sdk.lk_projects import LkProject, LkProjects, read_lk_projects


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "cli-config.yaml"


def test_projects_and_the_default_are_read(config: Path) -> None:
    # The shape that `lk project add` writes.
    config.write_text(
        """default_project: staging
projects:
    - name: staging
      project_id: p_1
      url: wss://staging.livekit.cloud
      api_key: APIabc
      api_secret: sssshhhh
    - name: local
      url: ws://localhost:7880
      api_key: devkey
      api_secret: secret
device_name: laptop
"""
    )

    found = read_lk_projects(config)

    assert found.default == "staging"
    assert found.named("staging") == LkProject("staging", "wss://staging.livekit.cloud", "APIabc", "sssshhhh")
    assert [project.name for project in found.projects] == ["staging", "local"]
    assert found.named("production") is None


def test_a_secret_of_digits_stays_as_written(config: Path) -> None:
    config.write_text("projects: [{name: p, url: ws://x, api_key: 1e3, api_secret: 00123}]")

    project = read_lk_projects(config).projects[0]

    assert (project.api_key, project.api_secret) == ("1e3", "00123")


def test_no_file_and_an_empty_file_are_no_projects(config: Path) -> None:
    assert read_lk_projects(None) == LkProjects()
    assert read_lk_projects(config) == LkProjects()
    config.write_text("")
    assert read_lk_projects(config) == LkProjects()


@pytest.mark.parametrize(
    "text",
    [
        "projects:\n  - name: x\n    api_secret: sssshhhh: [",
        "\t- api_secret: sssshhhh",
        "just text, sssshhhh",
        "projects: sssshhhh",
        "[" * 5000,
    ],
)
def test_a_broken_file_is_said_without_quoting_it(config: Path, text: str) -> None:
    config.write_text(text)

    with pytest.raises(ProblemError) as caught:
        read_lk_projects(config)

    problem = caught.value.problem
    assert problem.kind is ProblemKind.BAD_INPUT
    assert str(config) in problem.what
    assert "sssshhhh" not in str(problem)


def test_a_file_that_is_no_text_is_said(config: Path) -> None:
    config.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ProblemError, match="not UTF-8"):
        read_lk_projects(config)


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="cannot be read"):
        read_lk_projects(tmp_path)


def test_the_secret_is_not_shown() -> None:
    assert "sssshhhh" not in repr(LkProject("p", "ws://x", "key", "sssshhhh"))
