"""Optional packages that some tests convert with."""

from __future__ import annotations

import os

import pytest

from mcuforge.extras import EXTRAS


def require_extra(name: str) -> None:
    """Skips the test, or the file, where an extra's packages are missing; fails it where CI promised them."""
    missing = ", ".join(EXTRAS[name].missing_modules)
    if missing and os.environ.get("MCUFORGE_EXTRAS") == "required":
        pytest.fail(f"the extra `{name}` is not installed: {missing}", pytrace=False)
    if missing:
        pytest.skip(f"needs the extra `{name}`, which lacks {missing}", allow_module_level=True)
