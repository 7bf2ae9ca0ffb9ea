"""report.html as a text: safe, complete, small; and the geometry of its drawings."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.report.build_report import BuildReport
from mcuforge.report.page.accuracy import accuracy_view
from mcuforge.report.page.arena import HEIGHT_PX, arena_chart
from mcuforge.report.page.graph import draw_graph
from mcuforge.report.page.memory import memory_bars
from mcuforge.report.page.page import render_page
from mcuforge.report.page.treemap import Box, squarify, treemap
from mcuforge.report.types import RegionUse
from tests.report.builds import PLAN
from tests.report.reports import hostile_plan, large_plan, report_of


def confused(labels: Sequence[str], counts: Sequence[Sequence[int]], exact: Sequence[float] = ()) -> dict[str, Any]:
    """accuracy.json of a classifier; `exact` are the float model's shares."""
    rows = [
        {
            "label": label,
            "examples": sum(row),
            "float": exact[at] if exact else None,
            "converted": row[at] / sum(row),
        }
        for at, (label, row) in enumerate(zip(labels, counts, strict=True))
    ]
    confusion = {"labels": list(labels), "float": None, "converted": [list(row) for row in counts]}
    return {"schema_version": 1, "metric": "top1", "converted": 0.88, "classes": rows, "confusion": confusion}


CLASSIFIED = confused(("yes", "no", "go"), ((8, 1, 1), (0, 20, 0), (0, 2, 2)), (0.9, 1.0, 0.75))
VOID = {"meta", "link", "br", "img", "input"}


class Outline(HTMLParser):
    """Elements by name, with their attributes; checks that they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.found)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    return report_of(tmp_path_factory.mktemp("page"), {"flash": 96 * 1024, "sram": 6000})


def test_the_verdict_comes_first_and_names_the_manifests_line(report: BuildReport) -> None:
    page = render_page(report)
    assert page.index("Over: 1 of 2 limits is exceeded") < page.index('id="memory"')
    assert re.search(r"<code>\S*project\.yaml:6:9</code>", page)
    assert "sram budget exceeded by" in page and "<b>hint</b>" in page


def test_every_section_of_the_report_is_there(report: BuildReport) -> None:
    outline = Outline(render_page(report))
    ids = {attributes.get("id") for tag, attributes in outline.found if tag == "section"}
    assert {"memory", "arena", "code", "layers", "graph", "provenance"} <= ids
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert outline.count(landmark) == 1


def test_the_page_refers_to_nothing_outside_itself(report: BuildReport) -> None:
    page = render_page(report)
    for tag, attributes in Outline(page).found:
        assert tag not in ("img", "link", "iframe", "object", "base", "form")
        for name in ("src", "srcset", "action", "data", "xlink:href"):
            assert name not in attributes
        assert attributes.get("href", "#").startswith("#")
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert "url(" not in page and "@import" not in page and "http" not in page.replace("http-equiv", "")


def test_names_of_tensors_are_shown_and_never_obeyed(tmp_path: Path) -> None:
    page = render_page(report_of(tmp_path, {"arena": 1000}, plan=hostile_plan()))
    outline = Outline(page)
    assert outline.count("img") == 0 and outline.count("script") == 1
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in page
    assert "\x1b" not in page and "‮" not in page


def test_channels_that_are_left_out_are_told_beside_their_layer(tmp_path: Path) -> None:
    plan: dict[str, Any] = copy.deepcopy(PLAN)
    plan["layers"][0]["left_out_channels"] = 224
    page = render_page(report_of(tmp_path, plan=plan))
    assert page.count("constant channels left out") == 1 and "224 constant channels left out" in page


def test_a_page_without_emulation_says_how_to_get_one(tmp_path: Path) -> None:
    page = render_page(report_of(tmp_path, emulation=None))
    assert "scons … emulate report" in page and ">instructions<" not in page


def test_plain_values_of_accuracy_are_shown(tmp_path: Path) -> None:
    page = render_page(report_of(tmp_path, accuracy={"metric": "rmse", "converted": 0.02, "smaller_is_better": True}))
    assert 'id="accuracy"' in page and "<dt>converted</dt><dd>0.02</dd>" in page
    assert "<dt>smaller is better</dt><dd>yes</dd>" in page
    assert 'class="confusion"' not in page and 'id="classes-title"' not in page


def test_classes_are_told_with_what_they_are_taken_for(tmp_path: Path) -> None:
    view = accuracy_view(CLASSIFIED)
    assert view is not None
    assert [(row.label, row.examples, row.exact, row.converted, row.mistaken) for row in view.classes] == [
        ("yes", 10, 0.9, 0.8, "go (1), no (1)"),
        ("no", 20, 1.0, 1.0, ""),
        ("go", 4, 0.75, 0.5, "no (2)"),
    ]
    page = render_page(report_of(tmp_path, accuracy=CLASSIFIED))
    assert "By class" in page and '<td class="mistaken">go (1), no (1)</td>' in page


def test_the_confusion_matrix_is_a_table_shaded_by_shares_of_rows(tmp_path: Path) -> None:
    view = accuracy_view(CLASSIFIED)
    assert view is not None
    assert [[cell.shade for cell in row.cells] for row in view.matrix] == [[4, 1, 1], [0, 5, 0], [0, 3, 3]]
    assert [[cell.is_right for cell in row.cells] for row in view.matrix][2] == [False, False, True]
    page = render_page(report_of(tmp_path, accuracy=CLASSIFIED))
    outline = Outline(page)
    assert sum(tag == "th" and attributes.get("scope") == "row" for tag, attributes in outline.found) > 6
    assert '<th scope="row">go</th><td></td><td class="wrong-3">2</td><td class="right-3">2</td>' in page


def test_a_matrix_of_a_hundred_classes_keeps_the_page_small(tmp_path: Path) -> None:
    labels = [f"class number {at}" for at in range(100)]
    counts = [[1000 + at] * 100 for at in range(100)]
    page = render_page(report_of(tmp_path, accuracy=confused(labels, counts), plan=large_plan(300)))
    assert len(page.encode()) < 1 << 20


def test_a_model_of_a_thousand_layers_stays_within_a_mebibyte_and_a_second(tmp_path: Path) -> None:
    report = report_of(tmp_path, plan=large_plan(1000))
    start = time.process_time()
    page = render_page(report)
    assert time.process_time() - start < 1
    assert len(page.encode()) < 1 << 20
    assert 'id="layers"' in page and 'id="graph"' not in page


# -- drawings ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 1 << 20), min_size=1, max_size=40), st.integers(1, 2000), st.integers(1, 2000))
def test_areas_are_in_proportion_and_fill_the_picture(sizes: list[int], width: int, height: int) -> None:
    ordered = sorted(sizes, reverse=True)
    boxes = squarify(ordered, Box(0, 0, width, height))
    scale = width * height / sum(ordered)
    for size, box in zip(ordered, boxes, strict=True):
        assert box.area == pytest.approx(size * scale, rel=1e-6)
        assert box.x >= -1e-6 and box.y >= -1e-6
        assert box.x + box.width <= width * (1 + 1e-6) and box.y + box.height <= height * (1 + 1e-6)
    for at, one in enumerate(boxes):
        for other in boxes[:at]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert min(across, down) < 1e-6 * (width + height)


def test_equal_sizes_make_squares() -> None:
    assert {(round(box.width), round(box.height)) for box in squarify([1] * 4, Box(0, 0, 200, 200))} == {(100, 100)}


def test_the_treemap_has_a_cell_for_each_group_of_flash(report: BuildReport) -> None:
    causes = report.size.causes_of("flash")
    cells = treemap(causes, 1000, 400)
    assert len(cells) == sum(len(cause.children) for cause in causes)
    assert sum(cell.box.area for cell in cells) == pytest.approx(100 * 100, rel=1e-3)
    weights = next(cell for cell in cells if cell.label == "layer 2 CONV_2D")
    assert weights.box.area / 1e4 == pytest.approx(3001 / report.size.region("flash").used, rel=1e-2)


def test_bars_show_what_is_used_against_the_budget(report: BuildReport) -> None:
    bar = next(bar for bar in memory_bars(report.size) if bar.region.name == "sram")
    budget, capacity = bar.marks
    filled = sum(segment.width for segment in bar.segments)
    assert filled / budget.x == pytest.approx(bar.region.used / 6000, rel=1e-3)
    # Far beyond the budget: drawn past a break in the scale.
    assert bar.break_x is not None and budget.x < bar.break_x < capacity.x == 100


def test_a_bar_without_a_budget_is_drawn_to_the_chips_scale(report: BuildReport) -> None:
    flash = report.size.region("flash")
    size = report.size
    unlimited = tuple(RegionUse(r.name, r.used, r.capacity, None) for r in size.regions)
    bar = memory_bars(type(size)(unlimited, size.causes, size.arena, size.stack, size.provenance))[0]
    assert bar.break_x is None
    assert sum(segment.width for segment in bar.segments) == pytest.approx(100 * flash.used / flash.capacity, abs=0.01)


def test_arena_bars_stand_where_the_plan_puts_them(report: BuildReport) -> None:
    chart = arena_chart(report.size, report.plan)
    assert chart is not None
    scale = HEIGHT_PX / report.size.arena.used
    for bar, block in zip(chart.bars, report.plan.blocks, strict=True):
        assert bar.y + bar.height == pytest.approx(HEIGHT_PX - block.offset * scale, abs=0.1)
        assert bar.width == pytest.approx(100 * (block.last_use - block.first_use + 1) / 5, abs=0.01)
    assert [bar.kind for bar in chart.bars] == ["peak", "peak", "scratch"]
    assert chart.bound.y == pytest.approx(HEIGHT_PX - 4800 * scale, abs=0.1)
    assert chart.peak_x == pytest.approx(100 * 3 / 5) and chart.shared == 0


def test_what_passes_operators_by_is_drawn_beside_them(report: BuildReport) -> None:
    drawing = draw_graph(report)
    assert drawing is not None
    assert [box.title for box in drawing.boxes] == ["input", "2 CONV_2D", "3 CONV_2D", "output"]
    labels = [edge.label for edge in drawing.edges]
    assert labels == ["1×4 int8", "1×1600 int8", "", "1×3200 int8"]
    assert "1 that passes others by" in drawing.description
