"""Schemas as editors use them: plain JSON Schema, without our formats and with each file as it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from mcuforge.cli import main
from tests.support.scons import ROOT

SETTINGS = json.loads((ROOT / ".vscode" / "settings.json").read_text())["yaml.schemas"]


def validator(schema: Path) -> Draft202012Validator:
    content = json.loads(schema.read_text())
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


@pytest.mark.parametrize("schema", SETTINGS)
def test_editors_find_no_fault_with_files_of_this_repository(schema: str) -> None:
    check = validator(ROOT / schema)
    files = [path for pattern in SETTINGS[schema] for path in sorted(ROOT.glob(pattern))]
    assert files, "the pattern matches something"
    for path in files:
        found = [error.message for error in check.iter_errors(yaml.safe_load(path.read_text()))]
        assert not found, (path, found)


def test_editors_find_what_is_missing_and_what_is_misspelt() -> None:
    board = validator(ROOT / "site_scons/mcuforge/schema/board.schema.json")
    assert not list(board.iter_errors({"schema": 1, "name": "mine", "extends": "soc/nrf5340-app.yaml"}))
    found = " ".join(error.message for error in board.iter_errors({"schema": 1, "name": "mine", "clok": "1 MHz"}))
    assert "'clok'" in found and "'memory' is a required property" in found


def test_a_new_manifest_names_a_schema_that_is_there_and_accepts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "wave", "--from", str(ROOT / "projects" / "hello" / "hello.tflite")]) == 0
    manifest = tmp_path / "wave" / "project.yaml"
    first = manifest.read_text().splitlines()[0]
    schema = manifest.parent / first.removeprefix("# yaml-language-server: $schema=")
    assert not list(validator(schema).iter_errors(yaml.safe_load(manifest.read_text())))


def test_the_schemas_are_printed_for_workspaces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("project", "board"):
        assert main(["schema", kind]) == 0
        (tmp_path / kind).write_text(capsys.readouterr().out)
        validator(tmp_path / kind)
