"""report.html and index.html in real headless Chromium: no errors, no network, readable and usable at every width."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mcuforge.report.formats.json import render
from mcuforge.report.page.index import RefusedRow, read_row, render_index
from mcuforge.report.page.page import render_page
from tests.report.reports import hostile_plan, large_plan, report_of
from tests.report.test_checks import AUDITED
from tests.report.test_page import CLASSIFIED, confused
from tests.support.chromium import Page, chromium, missing

pytestmark = pytest.mark.slow

AXE = "axe-core@4.14.1"
WIDTHS = (320, 360, 1200)
KINDS = ("fits", "over", "failed", "hostile", "large", "index")
MANY_LABELS = [f"spoken word {at}" for at in range(35)]
# Mostly right, now and then taken for a neighbour.
MANY_CLASSES = confused(
    MANY_LABELS, [[40 if row == at else max(0, 9 - 3 * abs(row - at)) for at in range(35)] for row in range(35)]
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as page:
        yield page


@pytest.fixture
def tab(browser: Page) -> Page:
    browser.faults.clear()
    browser.requests.clear()
    return browser


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages by kind: one that fits, one over budget, one that fails checks, hostile names, many layers; the index."""
    folder = tmp_path_factory.mktemp("pages")
    (made := folder / "made").mkdir()
    (before := folder / "before").mkdir()
    report_of(before, defines=("ARENA_BYTES=4800",))
    pages = {
        "fits": report_of(made, {"flash": 96 * 1024, "sram": 48 * 1024}, accuracy=CLASSIFIED),
        "over": report_of(made, {"flash": 1024, "arena": 1000}, emulation=None),
        "failed": report_of(made, audit=AUDITED, baseline=before / "size.json", accuracy=MANY_CLASSES),
        "hostile": report_of(made, {"arena": 1000}, plan=hostile_plan()),
        "large": report_of(made, plan=large_plan(120)),
    }
    for kind, report in pages.items():
        (folder / f"{kind}.html").write_text(render_page(report))
        (folder / f"{kind}.json").write_text(json.dumps(json.loads(render(report)) | {"project": kind}))
    index = folder / "index.html"
    named = [read_row(folder / f"{kind}.json", index) for kind in pages]
    refused = [RefusedRow("fits", "tiny", "the flash budget of 96.0 KiB is more than `tiny` has (64.0 KiB)")]
    index.write_text(render_index(named, refused))
    return {kind: folder / f"{kind}.html" for kind in (*pages, "index")}


@pytest.fixture(scope="module")
def axe(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core's script, fetched once through npm and kept in pytest's cache where there is one."""
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir(AXE.replace("@", "-")) if cache else tmp_path_factory.mktemp("axe")
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            missing(f"no npm to fetch {AXE} with")
        command = [str(npm), "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", AXE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            missing(f"npm did not fetch {AXE}: {done.stderr[-300:]}")
    return script.read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_loads_without_errors_and_asks_for_nothing(tab: Page, reports: dict[str, Path], kind: str) -> None:
    tab.look(1200)
    tab.open(reports[kind])
    assert tab.faults == []
    assert tab.requests == [reports[kind].as_uri()]
    assert tab.run("document.querySelectorAll('section').length") >= (3 if kind == "index" else 5)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wider_than_the_screen(tab: Page, reports: dict[str, Path], kind: str, width: int) -> None:
    tab.look(width)
    tab.open(reports[kind])
    tab.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert tab.run("document.documentElement.scrollWidth") <= width
    scale = "Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b)"
    smallest = "Math.min(99, ...[...document.querySelectorAll('svg text')].filter(t => t.checkVisibility())"
    assert tab.run(f"{smallest}.map(t => parseFloat(getComputedStyle(t).fontSize) * {scale}))") >= 8


@pytest.mark.parametrize("width", WIDTHS[1:])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["over", "index"])
def test_it_is_drawn_in_the_colours_a_person_prefers(
    tab: Page, reports: dict[str, Path], kind: str, scheme: str, width: int, tmp_path: Path
) -> None:
    tab.look(width, scheme=scheme)
    tab.open(reports[kind])
    picture = tab.picture()
    (tmp_path / f"{kind}-{width}-{scheme}.png").write_bytes(picture)
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000
    red = tab.run("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
    assert (red > 200) == (scheme == "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS[1:])
@pytest.mark.parametrize("kind", ["fits", "over", "failed", "index"])
def test_axe_finds_nothing_to_complain_about(
    tab: Page, reports: dict[str, Path], axe: str, kind: str, width: int, scheme: str
) -> None:
    tab.look(width, scheme=scheme)
    tab.open(reports[kind])
    tab.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    tab.run(axe)
    result: dict[str, Any] = tab.run("axe.run()")
    found = [f"{rule['id']}: {node['html'][:200]}" for rule in result["violations"] for node in rule["nodes"]]
    assert found == []
    assert len(result["passes"]) > 15


def test_layers_are_sorted_by_keyboard(tab: Page, reports: dict[str, Path]) -> None:
    tab.look(1200)
    tab.open(reports["fits"])
    column = "[...document.querySelectorAll('#layers .sortable tbody tr')].map(r => r.cells[0].textContent)"
    assert tab.run(column) == ["2", "3"]
    tab.run("[...document.querySelectorAll('#layers .sortable button')].find(b => b.textContent === 'MACs').focus()")
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)
    assert tab.run(column) == ["3", "2"]
    assert tab.run("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"


def test_a_touched_block_says_what_it_is(tab: Page, reports: dict[str, Path]) -> None:
    tab.look(360)
    tab.open(reports["fits"])
    tab.run("document.querySelector('.block rect').dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))")
    assert tab.run("document.querySelector('#arena .readout').textContent") == (
        "relu: 1,600 B at offset 0, operators 2 to 3"
    )


def test_the_confusion_matrix_is_read_cell_by_cell_and_scrolled_by_keyboard(
    tab: Page, reports: dict[str, Path]
) -> None:
    """A screen reader announces a cell with its row's and its column's class."""
    tab.look(360)
    tab.open(reports["failed"])
    tab.run("document.querySelector('.confusion').closest('[tabindex]').focus()")
    before = tab.run("document.activeElement.scrollLeft")
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39)
    tab.run("new Promise(done => setTimeout(done, 400))")
    assert tab.run("document.activeElement.scrollLeft") > before
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    table = {node["nodeId"]: node for node in nodes}
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    assert roles.count("rowheader") >= len(MANY_LABELS) and roles.count("columnheader") >= len(MANY_LABELS)
    names = [table[node["nodeId"]].get("name", {}).get("value") for node in nodes if node["role"]["value"] == "region"]
    assert "Confusion matrix" in names
    shades = "[...document.querySelectorAll('.confusion .right-5')].map(c => getComputedStyle(c).backgroundColor)"
    assert tab.run(f"new Set({shades}).size") == 1 and "rgba(0, 0, 0, 0)" not in tab.run(shades)


@pytest.mark.parametrize("kind", ["large", "failed", "index"])
def test_every_scrolling_part_can_be_reached_by_keyboard(tab: Page, reports: dict[str, Path], kind: str) -> None:
    tab.look(320)
    tab.open(reports[kind])
    unreachable = (
        "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1 "
        "&& getComputedStyle(e).overflowX === 'auto' && e.tabIndex < 0).length"
    )
    assert tab.run(unreachable) == 0


def test_paper_gets_everything_unfolded_in_light_colours(tab: Page, reports: dict[str, Path]) -> None:
    tab.look(1200, scheme="dark")
    tab.open(reports["fits"])
    document = base64.b64decode(tab.call("Page.printToPDF", printBackground=True)["data"])
    assert document.startswith(b"%PDF")
    assert tab.run("[...document.querySelectorAll('details')].every(d => d.open)")
    tab.look(1200, scheme="dark", media="print")
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    tab.look(1200)
