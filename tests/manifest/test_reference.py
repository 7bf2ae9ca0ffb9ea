"""The pages of reference are what the schemas say, and editors find the schemas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcuforge.manifest.reference import reference
from tests.support.scons import ROOT


@pytest.mark.parametrize(("name", "page"), [("project", "manifest"), ("board", "board")])
def test_the_page_is_what_the_schema_says(name: str, page: str) -> None:
    hint = f"mcuforge reference {name} > docs/{page}.md"
    assert (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") == reference(name), hint


@pytest.mark.parametrize("name", ["project", "board"])
def test_every_key_of_the_schema_is_on_the_page(name: str) -> None:
    schema = json.loads((ROOT / "site_scons" / "mcuforge" / "schema" / f"{name}.schema.json").read_text())

    def keys(part: dict[str, object]) -> set[str]:
        found: set[str] = set()
        for key, value in part.items():
            if key == "properties" and isinstance(value, dict):
                found |= set(value)
            if isinstance(value, dict) and key not in ("default", "examples"):
                found |= keys(value)
        return found

    page = reference(name)
    assert [key for key in sorted(keys(schema)) if f"`{key}`" not in page] == []


def test_editors_are_told_of_schemas_that_are_there() -> None:
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text())
    for schema, patterns in settings["yaml.schemas"].items():
        assert (ROOT / schema).is_file()
        assert all(list(Path(ROOT).glob(pattern)) for pattern in patterns)
