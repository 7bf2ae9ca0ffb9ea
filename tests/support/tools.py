"""Programs that some tests drive and no user of mcuforge needs."""

from __future__ import annotations

import os
import shutil

import pytest


def require(*tools: str) -> None:
    """Skips the test where one is not installed; fails it where CI has promised all of them."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing and os.environ.get("MCUFORGE_ECOSYSTEMS") == "required":
        pytest.fail(f"not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
