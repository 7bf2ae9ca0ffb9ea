"""What each format of the report says, read by the reader it is written for."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from mcuforge.report.build_report import BuildReport
from mcuforge.report.formats import csv as csv_format
from mcuforge.report.formats import json as json_format
from mcuforge.report.formats import junit, markdown, report_formats, sarif, size_formats
from mcuforge.report.formats.github import to_annotations
from mcuforge.report.formats.text import to_text
from tests.report.reports import EMULATION, HOSTILE, hostile_plan, report_of

OVER = {"flash": 1024, "sram": 400 * 1024, "arena": 1000}

# What the SARIF 2.1.0 schema (OASIS) demands of the parts that are written.
SARIF_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "shortDescription": {"type": "object", "required": ["text"]},
                                                "defaultConfiguration": {
                                                    "properties": {
                                                        "level": {"enum": ["none", "note", "warning", "error"]}
                                                    }
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "automationDetails": {"type": "object", "properties": {"id": {"type": "string"}}},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
                            "properties": {
                                "message": {"type": "object", "required": ["text"]},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "locations": {
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "required": ["uri"],
                                                        "properties": {"uri": {"pattern": r"^[^\s\\]+$"}},
                                                    },
                                                    "region": {
                                                        "required": ["startLine"],
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        },
                                                        "additionalProperties": False,
                                                    },
                                                },
                                            }
                                        }
                                    }
                                },
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def fits(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    return report_of(tmp_path_factory.mktemp("fits"), {"flash": 96 * 1024, "arena": 8192})


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    return report_of(tmp_path_factory.mktemp("over"), OVER)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    return report_of(tmp_path_factory.mktemp("hostile"), {"arena": 1000}, plan=hostile_plan())


def test_formats_are_found_and_named_by_their_files() -> None:
    assert set(report_formats()) == {
        *("report.csv", "report.html", "report.json", "report.junit.xml", "report.md", "report.sarif", "report.txt")
    }
    assert set(size_formats()) == {"csv", "json", "text", "tree"}


def test_the_same_build_gives_the_same_text(fits: BuildReport) -> None:
    assert all(render(fits) == render(fits) for render in report_formats().values())


# -- csv --------------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("depth", [None, 1, 2, 3, 9])
def test_csv_rows_sum_to_what_each_region_uses(fits: BuildReport, depth: int | None) -> None:
    found = rows(csv_format.render_size(fits.size, depth))
    for region in fits.size.regions:
        assert sum(int(row["bytes"]) for row in found if row["region"] == region.name) == region.used
    assert all(row["cause"] for row in found)
    assert any(row["symbol"] for row in found) == (depth not in (1, 2))


def test_csv_tells_tensors_by_layer(fits: BuildReport) -> None:
    row = next(row for row in rows(csv_format.render(fits)) if row["symbol"] == "demo_weights_conv")
    assert (row["cause"], row["group"], row["note"], row["bytes"]) == ("weights", "layer 2 CONV_2D", "filter", "3001")


def test_csv_cells_are_no_formulas(tmp_path: Path) -> None:
    plan = json.loads(json.dumps(hostile_plan()).replace(json.dumps(HOSTILE), '"=HYPERLINK(1)"'))
    notes = [row["note"] for row in rows(csv_format.render(report_of(tmp_path, plan=plan))) if row["note"]]
    assert "'=HYPERLINK(1)" in notes


# -- json -------------------------------------------------------------------------------------------------------------


def test_report_json_holds_every_fact_of_the_build(over: BuildReport) -> None:
    document = json.loads(json_format.render(over))
    assert document["schema_version"] == 1 and document["verdict"] == "over"
    broken = {item["name"]: item for item in document["verdicts"] if item["verdict"] == "over"}
    assert set(broken) == {"flash", "arena"}
    assert broken["flash"]["line"] == 5 and broken["flash"]["file"].endswith("project.yaml")
    assert broken["arena"]["hint"].startswith("the peak is layer 3")
    assert [block["first_use"] for block in document["plan"]["allocations"]] == [2, 3, 2]
    assert [(layer["instructions"], layer["weights"]) for layer in document["layers"]] == [(3500, 3029), (1500, 0)]
    assert document["emulation"] == EMULATION
    assert document["accuracy"] is None
    facts = document["provenance"]
    assert facts["compile_flags"] == ["-mcpu=cortex-m33"] and facts["link_flags"] == ["-static"]
    assert [file["role"] for file in facts["files"]] == ["model", "manifest", "board", "board", "image"]
    assert all(re.fullmatch("[0-9a-f]{64}", file["sha256"]) for file in facts["files"])


def test_report_json_adds_up_at_every_level(fits: BuildReport) -> None:
    document = json.loads(json_format.render(fits))

    def check(node: dict[str, Any]) -> int:
        if "children" in node:
            assert sum(map(check, node["children"])) == node["bytes"]
        return int(node["bytes"])

    for region, nodes in document["tree"].items():
        assert sum(map(check, nodes)) == document["regions"][region]["used"]


def test_accuracy_is_in_the_report_when_somebody_measured_it(tmp_path: Path) -> None:
    report = report_of(tmp_path, accuracy={"metric": "top1", "value": 0.93}, emulation=None)
    document = json.loads(json_format.render(report))
    assert document["accuracy"] == {"metric": "top1", "value": 0.93}
    assert document["emulation"] is None and document["layers"][0]["instructions"] is None


def test_the_tree_reads_back_as_it_was(fits: BuildReport, tmp_path: Path) -> None:
    path = tmp_path / "size.tree.json"
    path.write_text(json_format.render_size(fits.size))
    assert json_format.read_json(path) == fits.size


# -- text and tree ----------------------------------------------------------------------------------------------------


def test_a_deeper_text_lists_what_is_in_the_causes(fits: BuildReport) -> None:
    assert "layer 2 CONV_2D" not in to_text(fits.size)
    assert re.search(r"^ +layer 2 CONV_2D +3001 B +\d+\.\d %$", to_text(fits.size, 2), re.MULTILINE)
    assert re.search(r"^ +demo_weights_conv +3001 B +\d+\.\d %  filter$", to_text(fits.size, 3), re.MULTILINE)


def test_the_tree_shows_padding_by_itself(fits: BuildReport) -> None:
    tree = size_formats()["tree"](fits.size, None)
    assert re.search(r"^  padding +\d+ B", tree, re.MULTILINE) and "    inside sections" in tree
    assert "demo_weights_conv" not in size_formats()["tree"](fits.size, 2)


def test_terminals_get_no_control_characters_from_a_model(hostile: BuildReport) -> None:
    text = to_text(hostile.size, 3)
    assert text.isascii() and "\x1b" not in text
    assert all(line.isprintable() for line in text.splitlines())


# -- junit ------------------------------------------------------------------------------------------------------------


def test_junit_has_a_case_for_each_limit_and_for_the_replay(over: BuildReport) -> None:
    suites = ElementTree.fromstring(junit.render(over))
    suite = suites.find("testsuite")
    assert suite is not None
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert list(cases) == ["flash budget", "sram budget", "arena budget", "outputs equal TensorFlow Lite Micro's"]
    failed = {name: case.find("failure") for name, case in cases.items() if case.find("failure") is not None}
    assert set(failed) == {"flash budget", "arena budget"}
    assert (suites.get("tests"), suites.get("failures"), suite.get("failures")) == ("4", "2", "2")
    assert cases["flash budget"].get("line") == "5"
    failure = failed["flash budget"]
    assert failure is not None and failure.text is not None
    assert "project.yaml:5:10: error: flash budget exceeded" in failure.text and "hint:" in failure.text


def test_junit_fails_a_replay_that_differs(tmp_path: Path) -> None:
    report = report_of(tmp_path, emulation={**EMULATION, "mismatches": 2})
    failures = ElementTree.fromstring(junit.render(report)).findall(".//failure")
    assert [failure.get("message") for failure in failures] == ["2 of 36 output bytes differ on mps2-an505"]


def test_junit_stays_xml_whatever_tensors_are_called(hostile: BuildReport) -> None:
    assert ElementTree.fromstring(junit.render(hostile)).get("failures") == "1"


# -- sarif and github -------------------------------------------------------------------------------------------------


def test_sarif_points_at_the_manifests_lines(over: BuildReport, fits: BuildReport) -> None:
    document = json.loads(sarif.render(over))
    jsonschema.validate(document, SARIF_SCHEMA)
    run = document["runs"][0]
    places = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    assert places == [{"startLine": 5, "startColumn": 10}, {"startLine": 7, "startColumn": 10}]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    document = json.loads(sarif.render(fits))
    jsonschema.validate(document, SARIF_SCHEMA)
    assert document["runs"][0]["results"] == []


def test_sarif_names_files_of_the_checkout_relative_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my project"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    result = json.loads(sarif.render(report_of(folder, OVER)))["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "my%20project/project.yaml",
        "uriBaseId": "%SRCROOT%",
    }


def test_github_annotations_are_one_line_each_at_the_budgets_line(over: BuildReport) -> None:
    lines = to_annotations(over.problems).splitlines()
    assert len(lines) == 2
    match = re.fullmatch(r"::error file=(.*),line=5,col=10,title=(.*?)::(.*)", lines[0])
    assert match is not None and match[1].endswith("project.yaml")
    assert match[2] == "flash budget exceeded by 4.8 KiB (5.8 KiB of 1.0 KiB)"
    assert "%0Alargest: weights" in match[3] and "%0Ahint: " in match[3]


def test_github_annotations_escape_what_github_reads(over: BuildReport) -> None:
    problem = over.problems[0]
    problem = type(problem)("100 %, a:b", location=problem.location, details=("x\n::set-env name=A::b",))
    (line,) = to_annotations([problem]).splitlines()
    assert "title=100 %25%2C a%3Ab::100 %25, a:b%0Ax%0A::set-env" in line


def test_no_problem_gives_no_annotation(fits: BuildReport) -> None:
    assert to_annotations(fits.problems) == ""


# -- markdown ---------------------------------------------------------------------------------------------------------


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table; every row must have as many as its head."""
    found = []
    for block in text.split("\n\n"):
        if block.startswith("| "):
            cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
            assert {len(row) for row in cells} == {len(cells[0])}, block
            assert all(re.fullmatch(r":?-+:?", cell) for cell in cells[1])
            found.append(cells)
    return found


def test_markdown_says_what_holds_and_what_does_not(over: BuildReport) -> None:
    text = markdown.render(over)
    assert text.startswith("### ❌ demo on nrf5340 &#40;aot&#41;: Over: 2 of 3 limits are exceeded\n")
    limits, causes, layers = tables(text)
    assert [row[:3] for row in limits[2:]] == [
        ["❌ over", "flash", "budget"],
        ["✅ ok", "sram", "budget"],
        ["❌ over", "arena", "budget"],
    ]
    assert limits[4][3:] == ["5,000", "1,000", "-4,000", "500.0 %"]
    total = causes[-1]
    assert total[0] == "**sum**" and total[1] == f"**{over.size.region('flash').used:,}**"
    assert [row[0] for row in layers[2:]] == ["2 CONV&#95;2D", "3 CONV&#95;2D"]
    assert layers[2][-1] == "70.0 %"
    assert "hint&#58; " in text or "hint: the peak is layer 3" in text


def test_markdown_without_emulation_shows_no_instructions(tmp_path: Path) -> None:
    text = markdown.render(report_of(tmp_path, emulation=None))
    assert text.startswith("### ✅") and len(tables(text)) == 2 and "TensorFlow" not in text


def test_markdown_shows_names_and_obeys_none(hostile: BuildReport) -> None:
    text = markdown.render(hostile)
    tables(text)
    assert "<img" not in text and "](http" not in text and "@all" not in text and "\x1b" not in text
    assert re.findall("<[^>]+>", text) == ["<sub>", "</sub>"]


def test_a_model_without_work_has_no_share_of_it(fits: BuildReport) -> None:
    idle = replace(fits, plan=replace(fits.plan, layers=(), macs=0))
    assert len(tables(markdown.render(idle))) == 2
