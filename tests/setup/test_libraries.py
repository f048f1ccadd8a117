"""System packages: what is missing is named in one command, and blocks only what needs it."""

import sys

import pytest

from setup import apt, libraries
from setup.console import SetupError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system packages are a Linux matter")


def test_a_library_that_cannot_be_loaded_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(libraries.WINDOW_LIBRARIES, "libnowhere.so.7", "libnowhere7")

    with pytest.raises(SetupError, match=r"the window cannot open .*\n.*apt-get install .*libnowhere7"):
        libraries.require_for_window()


def test_setup_goes_on_without_them_where_it_may_not_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(libraries.WINDOW_LIBRARIES, "libnowhere.so.7", "libnowhere7")
    monkeypatch.setattr(apt, "may_install", lambda: False)

    libraries.prepare()

    assert "sudo apt-get install -y --no-install-recommends libnowhere7" in capsys.readouterr().err
