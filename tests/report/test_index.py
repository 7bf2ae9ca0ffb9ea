"""index.html over a matrix of builds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from mcuforge.backends.request import parse_request
from mcuforge.errors import UserError
from mcuforge.report.audit.result import AuditResult, Finding
from mcuforge.report.formats.json import render
from mcuforge.report.page.index import RefusedRow, read_refusal, read_row, render_index
from tests.report.reports import report_of
from tests.support.projects import copy_hello
from tests.support.scons import scons


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports: one that fits, one over budget and not emulated."""
    root = tmp_path_factory.mktemp("matrix")
    for name, budgets in (("fits", {}), ("a b", {"flash": 1024})):  # type: tuple[str, dict[str, int]]
        folder = root / name
        folder.mkdir()
        others = {} if name == "fits" else {"emulation": None, "board": "mps2-an505"}
        report = report_of(folder, budgets, **others)
        (folder / "report.json").write_text(render(report))
    return root


def page(root: Path, *names: str, refused: Sequence[RefusedRow] = ()) -> str:
    return render_index([read_row(root / name / "report.json", root / "index.html") for name in names], refused)


def test_every_build_is_there_with_its_verdict_and_a_link(root: Path) -> None:
    html = page(root, "fits", "a b")
    assert "1 of 2 builds fails" in html
    assert html.count('<a href="fits/report.html"') == html.count('<a href="a%20b/report.html"') == 2
    assert "✓ Fits: every limit and check holds" in html and "✗ Over: 1 of 2 limits is exceeded" in html
    assert re.search(r"✗ over by \d\.\d KiB", html)
    assert "5,000 instructions" in html and "bit-exact" in html and "not emulated" in html


def test_builds_that_fail_a_check_alone_do_not_fit(tmp_path: Path) -> None:
    (tmp_path / "failed").mkdir()
    audited = AuditResult(("heap",), (Finding("heap", "the image uses a heap"),))
    (tmp_path / "failed" / "report.json").write_text(render(report_of(tmp_path / "failed", audit=audited)))
    html = page(tmp_path, "failed")
    assert "1 of 1 builds fails" in html and "✗ Fails: 1 of 2 checks fails" in html and "fits" not in html.lower()


def test_all_that_fit_say_so_and_nothing_is_loaded(root: Path) -> None:
    html = page(root, "fits")
    assert "The build fits" in html
    assert "default-src &#39;none&#39;" in html and "<script" not in html
    assert not re.search(r"(src|href)=\"(https?:)?//", html)


def test_what_cannot_be_built_is_told_with_its_reason_and_fails_nothing(root: Path) -> None:
    reason = "the flash budget of 96 KiB is more than `tiny=<b>` has"
    html = page(root, "fits", refused=[read_refusal(f"demo/tiny={reason}")])
    assert "The build fits" in html and "cannot be built" in html
    assert "demo on tiny" in html and "`tiny=&lt;b&gt;` has" in html


def test_a_report_over_all_boards_names_those_that_a_project_is_not_for(tmp_path: Path) -> None:
    """Of a search over all boards; a board that is named, or promised, stops the build with its error."""
    manifest = copy_hello(tmp_path / "hello")
    text = manifest.read_text().replace("sram: 8 KiB", "ccm: 8 KiB")
    manifest.write_text(re.sub("boards: .*", "boards: [stm32f4-discovery]", text))
    words = {"project": str(manifest), "board": "all", "build_dir": str(tmp_path)}
    found = parse_request(words, ["report"])
    assert [target.board.name for target in found.targets] == ["stm32f4-discovery"]
    assert {"nrf5340", "mps2-an385", "host"} <= {refusal.board for refusal in found.refused}
    with pytest.raises(UserError, match="has no memory region `ccm`"):
        parse_request({**words, "board": "nrf5340"}, ["report"])
    manifest.write_text(manifest.read_text().replace("[stm32f4-discovery]", "[nrf5340]"))
    with pytest.raises(UserError, match="has no memory region `ccm`"):
        parse_request(words, ["report"])


def test_the_index_is_written_even_when_a_budget_breaks(tmp_path: Path) -> None:
    manifest = copy_hello(tmp_path / "hello")
    manifest.write_text(manifest.read_text().replace("flash: 24 KiB", "flash: 2900 B"))
    words = (f"project={manifest}", "board=nrf5340,mps2-an385", f"build_dir={tmp_path / 'build'}", "report")
    run = scons(*words)
    assert run.code == 2 and "error: flash budget exceeded" in run.err
    html = (tmp_path / "build" / "index.html").read_text()
    assert "1 of 2 builds fails" in html
    for link in re.findall(r'href="([^"#]+)"', html):
        assert (tmp_path / "build" / link).is_file()
