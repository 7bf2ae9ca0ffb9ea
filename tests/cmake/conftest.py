"""All tests here drive the real cmake, ninja and make."""

from __future__ import annotations

import pytest

from tests.export.conftest import scratch_folder as scratch_folder
from tests.support.tools import require


@pytest.fixture(autouse=True, scope="session")
def cmake() -> None:
    require("cmake", "ninja", "make")
