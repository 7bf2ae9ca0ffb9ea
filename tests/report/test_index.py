"""index.html over a matrix of builds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mcuforge.report.formats.json import render
from mcuforge.report.page.index import read_row, render_index
from tests.report.reports import report_of
from tests.support.projects import copy_hello
from tests.support.scons import scons


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports: one that fits, one over budget and not emulated."""
    root = tmp_path_factory.mktemp("matrix")
    for name, budgets in (("fits", {}), ("a b", {"flash": 1024})):
        folder = root / name
        folder.mkdir()
        report = report_of(folder, budgets=budgets) if name == "fits" else report_of(folder, budgets, emulation=None)
        (folder / "report.json").write_text(render(report))
    return root


def page(root: Path, *names: str) -> str:
    return render_index([read_row(root / name / "report.json", root / "index.html") for name in names])


def test_every_build_has_a_row_with_its_verdict_and_a_link(root: Path) -> None:
    html = page(root, "fits", "a b")
    assert "Over: 1 of 2 break a limit" in html
    assert '<a href="fits/report.html"' in html and '<a href="a%20b/report.html"' in html
    assert "✓ Fits: every limit holds" in html and "✗ Over: 1 of 2 limits is exceeded" in html
    assert "5,000" in html and "bit-exact" in html and "not emulated" in html


def test_all_that_fit_say_so_and_nothing_is_loaded(root: Path) -> None:
    html = page(root, "fits")
    assert "Every build fits" in html and "all of 1 builds fit" in html
    assert "default-src &#39;none&#39;" in html and "<script" not in html
    assert not re.search(r"(src|href)=\"(https?:)?//", html)


def test_the_index_is_written_even_when_a_budget_breaks(tmp_path: Path) -> None:
    manifest = copy_hello(tmp_path / "hello")
    manifest.write_text(manifest.read_text().replace("flash: 24 KiB", "flash: 2900 B"))
    words = (f"project={manifest}", "board=nrf5340,mps2-an385", f"build_dir={tmp_path / 'build'}", "report")
    run = scons(*words)
    assert run.code == 2 and "error: flash budget exceeded" in run.err
    html = (tmp_path / "build" / "index.html").read_text()
    assert "1 of 2 break a limit" in html
    for link in re.findall(r'href="([^"#]+)"', html):
        assert (tmp_path / "build" / link).is_file()
