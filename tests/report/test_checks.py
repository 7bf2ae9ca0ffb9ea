"""What fails a build besides its limits is in every format, and no format is of another opinion than the build."""

from __future__ import annotations

import contextlib
import html
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from mcuforge.errors import UserError
from mcuforge.report.audit.result import AuditResult, Finding
from mcuforge.report.build_report import BuildReport
from mcuforge.report.formats import json as json_format
from mcuforge.report.formats import junit, markdown, report_formats, sarif, text
from mcuforge.workers import budget as budget_worker
from mcuforge.workers import measure as measure_worker
from tests.report.builds import Build, start_build
from tests.report.reports import EMULATION, report_of
from tests.report.test_formats import SARIF_SCHEMA

AUDITED = AuditResult(
    ("heap", "floats", "isa"),
    (
        Finding("heap", "the image uses a heap: malloc", ("malloc is needed by main.o",), "remove it"),
        Finding("floats", "the model computes in floats", hint="quantize the model", is_note=True),
    ),
)
ACCURACY: dict[str, Any] = {
    "schema_version": 1,
    "metric": "top1",
    "dataset": "test.npz",
    "examples": 100,
    "float": 0.95,
    "converted": 0.85,
    "drop": 0.1,
    "smaller_is_better": False,
    "classes": [],
    "confusion": None,
    "layers": [],
}
MANIFEST = "accuracy: {dataset: test.npz, metric: top1, min: 0.9}\naudit: strict\n"
GROWTH = "budgets: {growth: {arena: 0.1 %, flash: 50 %}}\n"


def old_build(folder: Path) -> Path:
    """The size.json of a build with a smaller arena."""
    folder.mkdir()
    build = start_build(folder, defines=("ARENA_BYTES=4800",))
    build.link()
    assert measure_worker.main(build.measure_arguments()) == 0
    return build.size_json


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """Every limit holds; an audit, the arena's growth and the accuracy do not."""
    folder = tmp_path_factory.mktemp("failed")
    old = old_build(folder / "old")
    return report_of(folder, audit=AUDITED, accuracy=ACCURACY, baseline=old, extra=MANIFEST + GROWTH)


def test_a_build_that_fails_an_audit_is_never_said_to_fit(failed: BuildReport) -> None:
    assert not failed.ok and failed.verdict == "failed"
    assert failed.headline == "Fails: 3 of 7 checks fail"
    for name, render in report_formats().items():
        if name == "report.csv":
            continue  # bytes alone, which sum
        said = html.unescape(render(failed))
        assert "Fits" not in said, name
        assert "the image uses a heap: malloc" in said, name
        assert "arena grew by 4.17 %" in said, name
        assert "top1 of 0.85 is below the 0.9 required" in said, name
    assert [problem.message.split(":")[0] for problem in failed.problems] == [
        *("audit heap", "arena grew by 4.17 %"),
        "top1 of 0.85 is below the 0.9 required (the float model has 0.95)",
    ]


def test_the_verdict_is_the_first_thing_in_each_format(failed: BuildReport) -> None:
    assert text.render(failed).startswith(failed.headline)
    assert failed.headline in markdown.render(failed).splitlines()[0]
    page = report_formats()["report.html"](failed)
    assert "<title>Fails: demo on nrf5340 (aot)</title>" in page
    assert page.index(failed.headline) < page.index('class="problem"') < page.index('id="memory"')


def test_what_holds_is_told_too(failed: BuildReport) -> None:
    document = json.loads(json_format.render(failed))
    assert (document["verdict"], document["headline"]) == ("failed", failed.headline)
    assert [(check["kind"], check["name"], check["verdict"]) for check in document["checks"]] == [
        *(("audit", "heap", "failed"), ("audit", "floats", "ok"), ("audit", "isa", "ok")),
        *(("growth", "arena", "failed"), ("growth", "flash", "ok"), ("accuracy", "top1", "failed")),
        ("emulation", "outputs equal TensorFlow Lite Micro's", "ok"),
    ]
    heap, floats, *_ = document["checks"]
    assert heap["file"].endswith("project.yaml") and heap["details"] == ["malloc is needed by main.o"]
    assert floats["note"] == "the model computes in floats; quantize the model"


def test_junit_has_a_case_for_each_check(failed: BuildReport) -> None:
    suites = ElementTree.fromstring(junit.render(failed))
    cases = {case.get("name"): case for case in suites.iter("testcase")}
    assert {"audit heap", "audit floats", "audit isa", "growth of arena", "growth of flash", "accuracy top1"} <= set(
        cases
    )
    assert {name for name, case in cases.items() if case.find("failure") is not None} == {
        *("audit heap", "growth of arena", "accuracy top1")
    }
    assert suites.get("failures") == "3"
    assert "quantize the model" in str(cases["audit floats"].findtext("system-out"))


def test_sarif_points_at_the_line_that_asks_for_the_check(failed: BuildReport) -> None:
    document = json.loads(sarif.render(failed))
    jsonschema.validate(document, SARIF_SCHEMA)
    run = document["runs"][0]
    found = {result["ruleId"]: result for result in run["results"]}
    assert set(found) == {"audit/heap", "audit/floats", "growth/arena", "accuracy/top1"}
    assert found["audit/floats"]["level"] == "note" and found["audit/heap"]["level"] == "error"
    lines = {rule: result["locations"][0]["physicalLocation"]["region"]["startLine"] for rule, result in found.items()}
    assert lines == {"audit/heap": 5, "audit/floats": 5, "growth/arena": 6, "accuracy/top1": 4}
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_what_changed_since_the_baseline_is_in_the_report(failed: BuildReport) -> None:
    since = json.loads(json_format.render(failed))["since"]
    assert since["baseline"].endswith("size.json")
    assert {"name": "arena", "old": 4800, "new": 5000, "unit": "B"} in since["changes"]
    assert any("sram: arena +200 B" in reason for reason in since["reasons"])
    page = report_formats()["report.html"](failed)
    assert 'id="since"' in page and '<td class="n">+200</td>' in page
    assert "| arena | 4,800 | 5,000 | &#43;200 | &#43;4.17 % |" in markdown.render(failed)


def test_checks_that_hold_let_a_build_fit(tmp_path: Path) -> None:
    report = report_of(tmp_path, audit=AuditResult(("heap",), ()), extra="audit: [heap]\n")
    assert report.ok and report.headline == "Fits: every limit and check holds"
    assert "✓ holds" in report_formats()["report.html"](report)


def test_outputs_that_differ_make_no_good_build(tmp_path: Path) -> None:
    report = report_of(tmp_path, emulation={**EMULATION, "mismatches": 2})
    assert report.headline == "Fails: 1 of 1 check fails"
    (problem,) = report.problems
    assert problem.message == "2 of 36 output bytes differ on mps2-an505"
    assert [check.get("name") for check in ElementTree.fromstring(junit.render(report)).iter("testcase")][-1] == (
        "outputs equal TensorFlow Lite Micro's"
    )


def test_limits_and_checks_are_counted_apart(tmp_path: Path) -> None:
    report = report_of(tmp_path, {"flash": 1024}, audit=AUDITED)
    assert report.verdict == "over"
    assert report.headline == "Over: 1 of 2 limits is exceeded and 1 of 4 checks fails"


def test_an_image_larger_than_its_chip_is_reported_with_the_true_overshoot(tmp_path: Path) -> None:
    report = report_of(tmp_path, {"sram": 1000}, emulation=None, defines=("WEIGHTS_BYTES=1300000",))
    assert report.verdict == "too-large"
    assert report.headline == "Does not fit: 2 of 2 limits are exceeded"
    flash = report.size.region("flash")
    assert (flash.used, flash.capacity) == (flash.used, 1 << 20) and flash.used > 1_300_000
    document = json.loads(json_format.render(report))
    assert document["verdict"] == "too-large"
    over = {item["name"]: item["used"] - item["limit"] for item in document["verdicts"] if item["verdict"] == "over"}
    assert over == {"flash": flash.used - (1 << 20), "sram": report.size.region("sram").used - 1000}
    assert sum(cause["flash"] for cause in document["causes"].values()) == flash.used


def budget_arguments(build: Build, evidence: dict[str, Path]) -> list[str]:
    return [*build.budget_arguments(), *(word for name, path in evidence.items() for word in (f"--{name}", str(path)))]


def test_the_verdict_of_the_build_goes_by_the_same_checks(tmp_path: Path) -> None:
    build = start_build(tmp_path)
    build.project.path.write_text(build.project.path.read_text() + MANIFEST + GROWTH)
    build.link()
    assert measure_worker.main(build.measure_arguments()) == 0
    evidence = {name: tmp_path / f"{name}.json" for name in ("audit", "accuracy")}
    evidence["audit"].write_text(AUDITED.to_json())
    evidence["accuracy"].write_text(json.dumps(ACCURACY))
    evidence["baseline"] = old_build(tmp_path / "old")
    with contextlib.redirect_stdout(io.StringIO()) as printed, pytest.raises(UserError) as caught:
        budget_worker.main(budget_arguments(build, evidence))
    said = caught.value.render()
    assert said.index("audit heap") < said.index("arena grew by") < said.index("is below the 0.9 required")
    assert "note: the model computes in floats; quantize the model" in printed.getvalue()
    evidence["audit"].write_text(AuditResult(("heap",), ()).to_json())
    evidence["accuracy"].write_text(json.dumps({**ACCURACY, "converted": 0.95}))
    evidence["baseline"] = build.size_json
    with contextlib.redirect_stdout(io.StringIO()):
        assert budget_worker.main(budget_arguments(build, evidence)) == 0
    assert build.verdict.read_text().endswith(
        "ok   audit heap\nok   growth of arena\nok   growth of flash\nok   accuracy top1\n"
    )
