"""docs/operators.md says what the operator files say."""

from __future__ import annotations

import pytest

from mcuforge import cli
from mcuforge.model.operator_kind import operator_kinds
from mcuforge.model.operator_page import COMMAND
from tests.support.scons import ROOT, scons

PAGE = ROOT / "docs" / "operators.md"


def test_the_committed_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["operators"]) == 0
    assert PAGE.read_text(encoding="utf-8") == capsys.readouterr().out, f"out of date; run: {COMMAND}"


def test_scons_prints_the_same_page() -> None:
    done = scons("-Q", "operators")
    assert done.code == 0 and done.out == PAGE.read_text(encoding="utf-8")


def test_every_operator_has_a_row_and_types() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert [row[0].removeprefix("| ") for row in rows] == list(operator_kinds())
    assert all(any(cell.strip() for cell in row[1:5]) for row in rows)
