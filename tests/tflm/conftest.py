"""Tests of the TFLM runtime share nothing with the user's own cache and know no tree but their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tflm.fixture_tree import FixtureTree


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))
    if "tflm_tree" not in request.keywords:
        monkeypatch.delenv("TFLM_DIR", raising=False)
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def tree_a(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return FixtureTree("A").write(tmp_path_factory.mktemp("era_a"))


@pytest.fixture(scope="session")
def tree_d(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return FixtureTree("D", flatbuffers="25.9.23").write(tmp_path_factory.mktemp("era_d"))
