"""What exports are made once for all tests goes where pytest's own temporary files go."""

from __future__ import annotations

import pytest

from tests.export.exports import scratch


@pytest.fixture(scope="session", autouse=True)
def scratch_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    scratch.folder = tmp_path_factory.mktemp("exports")
