"""`scons … compare with=stedgeai`, against a stand-in that replays output in the tool's own form.

The tool itself is under a licence that keeps it out of registries. The lines are laid out as its versions 2 to 4 print
them, with figures of a made-up model.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.units import format_size
from mcuforge.workers.second_opinion import accuracy, figures
from tests.support.scons import Run, scons

ANALYSIS = """\
ST Edge AI Core v2.2.0-20266 2adc00962

 Exec/report summary (analyze)
 ---------------------------------------------------------------------------
 params #           :   370 items (1.53 KiB)
 ---------------------------------------------------------------------------
 macc               :   1,288
 weights (ro)       :   1,420 B (1.39 KiB) (1 segment)
 activations (rw)   :   48 B (48 B) (1 segment) *
 ram (total)        :   48 B (48 B) = 48 + 0 + 0
"""
VALIDATION = """\
 Evaluation report (summary)
 ------------------------------------------------------------------------------------------------------------
 Output       acc   rmse         mae          l2r          mean      std       nse       cos       tensor
 ------------------------------------------------------------------------------------------------------------
 X-cross #1   n.a.  0.003920168  0.001280212  0.004612322  0.000001  0.003945  0.999981  0.999989  'nl_2', 10 x i8(1x1)
"""


def stand_in(folder: Path, analysis: str = ANALYSIS, code: int = 0) -> Path:
    """A `stedgeai` that says what it was asked for in `asked`, and prints what was recorded."""
    folder.mkdir()
    (folder / "analyze.txt").write_text(analysis)
    (folder / "validate.txt").write_text(VALIDATION)
    tool = folder / "stedgeai"
    tool.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/asked"\ncat "{folder}/$1.txt"\nexit {code}\n')
    tool.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build folder that the tests share: what is asked of the other tool runs each time."""
    return tmp_path_factory.mktemp("compared")


def compare(built: Path, tools: Path | None, *words: str) -> Run:
    path = f"{tools}:/usr/bin:/bin" if tools else "/usr/bin:/bin"
    where = ("project=hello", "board=stm32f4-discovery", f"build_dir={built}")
    return scons("-s", "compare", *where, *words, PATH=path)


@pytest.mark.slow
def test_its_figures_stand_beside_ours_each_time(built: Path, tmp_path: Path) -> None:
    tools = stand_in(tmp_path / "st tools")
    for _ in range(2):
        run = compare(built, tools, "with=stedgeai")
        assert run.code == 0, run.text
        size = json.loads((built / "hello" / "stm32f4-discovery" / "size.json").read_text())
        weights = format_size(sum(size["causes"]["weights"].values()))
        assert run.out.endswith(
            "hello on stm32f4-discovery\n"
            "               mcuforge  stedgeai\n"
            f"  weights      {weights:>8}   1.4 KiB\n"
            f"  activations  {format_size(size['arena']['used']):>8}      48 B\n"
            f"  MACs         {size['model']['macs']:>8}     1,288\n"
            "  stedgeai validate: acc n.a., rmse 0.003920168, mae 0.001280212, l2r 0.004612322, mean 0.000001, "
            "std 0.003945, nse 0.999981, cos 0.999989\n"
        ), run.out
    asked = (tools / "asked").read_text().splitlines()
    assert [line.split()[0] for line in asked] == ["analyze", "validate"] * 2
    assert all("hello.tflite --target stm32f4 " in line for line in asked)


@pytest.mark.slow
def test_a_tool_that_is_missing_or_fails_says_so(built: Path, tmp_path: Path) -> None:
    missing = compare(built, None, "with=stedgeai")
    assert missing.code == 2 and "error: `stedgeai` is not on PATH" in missing.err
    failing = compare(built, stand_in(tmp_path / "tools", "E010: unsupported layer\n", 1), "with=stedgeai")
    assert failing.code == 2
    assert "error: `stedgeai analyze` ended with 1\n  E010: unsupported layer\n" in failing.err


def test_only_tools_that_are_known_are_asked(built: Path) -> None:
    run = compare(built, None, "with=stedgeia")
    assert run.code == 2 and "did you mean `stedgeai`?" in run.err


def test_output_without_a_figure_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(UserError, match=r"printed no `activations \(rw\)`"):
        figures(ANALYSIS.replace("activations (rw)", "activations"))
    assert accuracy("nothing of the kind") is None and accuracy(VALIDATION.replace("X-cross", "HOST")) is None
