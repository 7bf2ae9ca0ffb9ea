"""Growth over a baseline and `mcuforge compare`, on sizes of a real build and on ones changed from it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge import cli
from mcuforge.errors import UserError
from mcuforge.manifest.load import load_project
from mcuforge.manifest.types import Project
from mcuforge.report.regression.baseline import Measured, find_measured, measured_now, read_measured
from mcuforge.report.regression.compare import changes, compared, reasons, table
from mcuforge.report.regression.growth import allowed, growth_checks
from mcuforge.units import parse_percentage
from mcuforge.workers import baseline as baseline_worker
from mcuforge.workers import budget as budget_worker
from mcuforge.workers import measure as measure_worker
from tests.report.builds import Build, start_build
from tests.report.reports import EMULATION
from tests.support.projects import copy_hello
from tests.support.scons import ROOT, scons

ACCURACY = {"schema_version": 1, "metric": "top1", "converted": 0.91}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return measured_build(tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The same with 100 more bytes of weights and 16 of arena."""
    return measured_build(tmp_path_factory.mktemp("new"), "WEIGHTS_BYTES=3101", "ARENA_BYTES=5016")


def measured_build(folder: Path, *defines: str) -> Build:
    build = start_build(folder, defines=defines)
    build.link()
    assert measure_worker.main(build.measure_arguments()) == 0
    return build


def with_growth(folder: Path, *lines: str) -> Path:
    path = folder / "project.yaml"
    text = [
        "schema: 1",
        "name: demo",
        "model: {source: demo.tflite}",
        "budgets:",
        "  growth:",
        *(f"    {x}" for x in lines),
    ]
    path.write_text("\n".join(text) + "\n")
    return path


def growth_errors(old: Measured, new: Measured, project: Project) -> tuple[UserError, ...]:
    return tuple(check.problem for check in growth_checks(old, new, project) if check.problem is not None)


def changed(build: Build, folder: Path, **change: Any) -> Path:
    path = folder / "changed.json"
    path.write_text(json.dumps(build.size() | change))
    return path


def test_at_the_allowed_growth_passes_and_one_byte_beyond_fails(old: Build, tmp_path: Path) -> None:
    size = read_measured(old.size_json)
    limit = allowed(size.size.arena.used, Fraction(1, 100))
    assert limit == 5050
    project = load_project(with_growth(tmp_path, "arena: 1 %"))
    for used, messages in ((5050, 0), (5051, 1)):
        now = read_measured(changed(old, tmp_path, arena={"used": used, "lower_bound": 4800, "budget": None}))
        assert len(growth_errors(size, now, project)) == messages


def test_creep_fails_at_its_line_and_says_what_grew(old: Build, new: Build, tmp_path: Path) -> None:
    project = load_project(with_growth(tmp_path, "flash: 1 %", "arena: 0.1 %", "sram: 5 %"))
    flash, arena = growth_errors(read_measured(old.size_json), read_measured(new.size_json), project)
    first, *rest = flash.render().splitlines()
    assert "project.yaml:6:12: error: flash grew by " in first and "more than 1 % allows" in first
    assert rest[0] == "  flash: weights +100 B (layer 2 CONV_2D +100)"
    assert (
        "project.yaml:7:12: error: arena grew by 0.32 %: 5,000 to 5,016 B, 11 more than 0.1 % allows" in arena.render()
    )


def test_the_verdict_of_a_build_fails_on_creep_and_leaves_no_image(old: Build, new: Build, tmp_path: Path) -> None:
    project = with_growth(tmp_path, "flash: 1 %")
    image = tmp_path / "demo.hex"
    image.touch()
    argv = ["--project", str(project), "--board", str(new.board.path), "--plan", str(new.plan_json)]
    argv += ["--size", str(new.size_json), "--baseline", str(old.size_json), "--image", str(image)]
    with contextlib.redirect_stdout(io.StringIO()) as printed, pytest.raises(UserError, match="flash grew"):
        budget_worker.main(argv)
    assert not image.exists()
    assert "why: flash: weights +100 B (layer 2 CONV_2D +100)" in printed.getvalue()
    with_growth(tmp_path, "flash: 2 %")
    assert budget_worker.main(argv) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"arena": {"used": "x", "lower_bound": 1, "budget": None}}, "`arena.used` is not of type integer"),
        ({"arena": {"used": 10**400, "lower_bound": 1, "budget": None}}, "`arena.used` is out of range"),
        ({"regions": {"flash": {"used": 1}}}, "`regions.flash` lacks `capacity`"),
        ({"model": {"sha256": "", "macs": 1, "operators": "ADD"}}, "`model.operators` is not of type object"),
        ({"tree": {"flash": [1]}}, "`tree.flash.0` is not of type object"),
        ({"accuracy": 0.9}, "`accuracy` is not of type object or null"),
        ({"provenance": []}, "`provenance` is not of type object"),
        ({"schema_version": 2}, "`schema_version` is not 1"),
        ({"causes": {}}, "causes explain 0 bytes of flash, which uses "),
    ],
)
def test_a_damaged_baseline_is_refused_saying_where(
    change: dict[str, Any], reason: str, old: Build, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"this is no size\.json or report\.json of mcuforge") as caught:
        read_measured(changed(old, tmp_path, **change))
    assert caught.value.details[0].startswith(reason)


@pytest.mark.parametrize("content", [b"", b"[1]", b"[" * 100_000, b"\xff\xfe{", b"{"])
def test_a_baseline_that_is_no_json_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "size.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"no size\.json"):
        read_measured(path)


def test_a_damaged_replay_beside_a_baseline_is_named(old: Build, tmp_path: Path) -> None:
    (tmp_path / "size.json").write_text(json.dumps(old.size()))
    (tmp_path / "emulate.json").write_text(json.dumps({**EMULATION, "instructions_per_inference": "many"}))
    with pytest.raises(UserError, match=r"this is no emulate\.json") as caught:
        read_measured(tmp_path / "size.json")
    assert caught.value.location is not None and caught.value.location.file.name == "emulate.json"


def test_a_limit_that_the_baseline_cannot_tell_is_an_error(old: Build, tmp_path: Path) -> None:
    project = load_project(with_growth(tmp_path, "instructions: 2 %"))
    measured = read_measured(old.size_json)
    (error,) = growth_errors(measured, measured, project)
    assert error.message == "the growth of instructions cannot be told: the baseline does not know it"
    assert error.hint == "`scons … emulate` counts instructions"


def test_instructions_and_accuracy_come_from_the_files_beside(old: Build, tmp_path: Path) -> None:
    for name, document in (("size.json", old.size()), ("emulate.json", EMULATION), ("accuracy.json", ACCURACY)):
        (tmp_path / name).write_text(json.dumps(document))
    found = read_measured(tmp_path / "size.json")
    assert (found.instructions, found.accuracy) == (5000, ACCURACY)
    slower = tmp_path / "slower.json"
    slower.write_text(json.dumps({**EMULATION, "instructions_per_inference": 5101}))
    project = load_project(with_growth(tmp_path, "instructions: 2 %"))
    now = measured_now(tmp_path / "size.json", slower, None)
    (error,) = growth_errors(found, now, project)
    assert "instructions grew by 2.02 %: 5,000 to 5,101, 1 more than 2 % allows" in error.message
    assert now.accuracy is None
    assert ("top1", 0.91, None) in [(change.name, change.old, change.new) for change in changes(found, now)]


@pytest.mark.parametrize(
    ("metric", "before", "after", "share", "message"),
    [
        ("top1", 0.9, 0.8955, "0.5 %", None),
        ("top1", 0.9, 0.8954, "0.5 %", "top1 fell by 0.51 %: 0.9 to 0.8954, and 0.5 % is allowed"),
        ("top1", 0.9, 0.95, "0 %", None),
        ("rmse", 2.0, 2.02, "1 %", None),
        ("rmse", 2.0, 2.03, "1 %", "rmse rose by 1.50 %: 2 to 2.03, and 1 % is allowed"),
        ("rmse", 2.0, 1.0, "1 %", None),
    ],
)
def test_accuracy_may_get_worse_by_its_share_and_no_more(
    old: Build, tmp_path: Path, metric: str, before: float, after: float, share: str, message: str | None
) -> None:
    project = load_project(with_growth(tmp_path, f"accuracy: {share}"))
    then, now = (
        replace(read_measured(old.size_json), accuracy={"metric": metric, "converted": value})
        for value in (before, after)
    )
    (check,) = growth_checks(then, now, project)
    assert (check.problem.message if check.problem else None) == message
    assert check.location.line == 6


def test_accuracy_by_another_metric_or_none_cannot_be_compared(old: Build, tmp_path: Path) -> None:
    project = load_project(with_growth(tmp_path, "accuracy: 1 %"))
    plain = read_measured(old.size_json)
    now = replace(plain, accuracy={"metric": "top1", "converted": 0.9})
    for then in (plain, replace(plain, accuracy={"metric": "auc", "converted": 0.9})):
        (error,) = growth_errors(then, now, project)
        assert error.message == "the growth of accuracy cannot be told: the baseline does not know it"
        assert error.hint is not None and "by the same metric" in error.hint


def test_a_build_folders_accuracy_lies_in_the_models_folder(old: Build, tmp_path: Path) -> None:
    for path, document in (("nrf5340/size.json", old.size()), ("model/accuracy.json", ACCURACY)):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text(json.dumps(document))
    assert read_measured(tmp_path / "nrf5340" / "size.json").accuracy == ACCURACY


def texts(before: Measured, after: Measured) -> tuple[str, ...]:
    return tuple(reason.text for reason in reasons(before, after))


def test_reasons_tell_model_compiler_and_planner_apart(old: Build, tmp_path: Path) -> None:
    before = read_measured(old.size_json)
    assert reasons(before, before) == ()
    model = {**old.size()["model"], "sha256": "cd" * 32, "operators": {"CONV_2D": 3}}
    document = {"model": model, "toolchain": "arm-none-eabi-gcc 13.1.0"}
    assert texts(before, read_measured(changed(old, tmp_path, **document))) == (
        "compiler: arm-none-eabi-gcc 12.2.1 -> arm-none-eabi-gcc 13.1.0",
        "model: abababababab -> cdcdcdcdcdcd",
        "operators: CONV_2D 2 -> 3",
    )
    arena = {"used": 4900, "lower_bound": 4800, "budget": None}
    assert texts(before, read_measured(changed(old, tmp_path, arena=arena))) == (
        "planner: arena -100 B at the same lower bound of 4,800 B",
    )


def test_compare_prints_a_table_of_two_files_or_folders(
    old: Build, new: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    for command, *words in (
        ("compare", old.size_json, new.size_json),
        ("compare", old.folder, new.folder),
        ("diff", old.size_json, new.size_json),
    ):
        assert cli.main([str(command), *map(str, words)]) == 0
        printed = capsys.readouterr().out
        assert "demo on nrf5340 (aot)" in printed and "+0.32 %" in printed
        assert "  why: flash: weights +100 B (layer 2 CONV_2D +100)\n" in printed
    same = read_measured(old.size_json)
    assert table(compared("old", same, same)).endswith("  nothing else differs\n")


def test_a_build_root_of_several_projects_is_searched(old: Build, tmp_path: Path) -> None:
    made = tmp_path / "demo" / "nrf5340" / "size.json"
    made.parent.mkdir(parents=True)
    made.write_text(old.size_json.read_text())
    assert find_measured(tmp_path, "demo", "nrf5340") == made
    with pytest.raises(UserError, match=r"there is no size\.json of demo on other in"):
        find_measured(tmp_path, "demo", "other")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema_version": 1}', '{"schema_version": 1, "arena": 3, "regions": {}}']
)
def test_what_is_no_report_is_refused_and_never_a_traceback(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(UserError, match=r"this is no size\.json or report\.json of mcuforge"):
        read_measured(tmp_path / "x.json")


@pytest.mark.parametrize(
    ("text", "share"), [("1 %", Fraction(1, 100)), ("0.5%", Fraction(1, 200)), ("0 %", Fraction(0))]
)
def test_shares_are_exact(text: str, share: Fraction) -> None:
    assert parse_percentage(text) == share


@pytest.mark.parametrize("text", ["1", "one %", "-1 %", "1 % more"])
def test_other_shares_are_refused_in_the_manifest(text: str, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        load_project(with_growth(tmp_path, f"flash: {text}"))


def test_a_git_revision_is_built_anew(tmp_path: Path) -> None:
    manifest = copy_hello(tmp_path / "hello")
    commit = commit_all(tmp_path)
    manifest.write_text(manifest.read_text().replace("stack: 2 KiB", "stack: 1 KiB"))
    argv = ["--project", str(manifest), "--board", "nrf5340", "--commit", commit, "--front-door", str(ROOT)]
    assert baseline_worker.main([*argv, "--output", str(tmp_path / "then")]) == 0
    assert read_measured(tmp_path / "then" / "size.json").size.stack.reserved == 2048


def test_accuracy_that_fell_since_a_revision_fails_the_build_and_is_in_its_report(tmp_path: Path) -> None:
    """The revision is judged on the data that it holds; here, only that became harder since."""
    manifest = copy_hello(tmp_path / "hello")
    text = manifest.read_text().replace("stack: 2 KiB}", "stack: 2 KiB, growth: {accuracy: 10 %}}")
    manifest.write_text(text + "accuracy: {dataset: test.npz, metric: rmse}\n")
    x = np.linspace(0, 6, 40, dtype=np.float32).reshape(-1, 1)
    np.savez(manifest.parent / "test.npz", x=x, y=np.sin(x))
    commit_all(tmp_path)
    np.savez(manifest.parent / "test.npz", x=x, y=np.sin(x) + 0.2)
    words = (f"project={manifest}", "board=nrf5340", f"build_dir={tmp_path / 'build'}", "baseline=HEAD", "report")
    run = scons(*words, timeout=300)
    assert run.code == 2 and "BASELINE" in run.verbs, run.text
    assert re.search(r"project\.yaml:\d+:\d+: error: rmse rose by \d+\.\d\d %: .*, and 10 % is allowed", run.err)
    document = json.loads((tmp_path / "build" / "hello" / "nrf5340" / "report.json").read_text())
    assert document["headline"].startswith("Fails: 1 of ")
    (change,) = (change for change in document["since"]["changes"] if change["name"] == "rmse")
    assert change["new"] > 2 * change["old"]


def commit_all(folder: Path) -> str:
    """Everything in a new repository; returns the commit."""
    git = ("git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.invalid")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "first")):
        subprocess.run([*git, *words], check=True)
    said = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    return said.strip()


def test_a_baseline_that_is_nothing_is_said_before_anything_is_built(tmp_path: Path) -> None:
    run = scons("project=hello", "board=nrf5340", f"build_dir={tmp_path}", "baseline=nothing")
    assert run.code == 2 and run.verbs == []
    assert "error: baseline=nothing is neither a file nor a git revision of hello" in run.err
