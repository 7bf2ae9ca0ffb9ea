"""The SCons tool of a checkout: `Environment(tools=["default", "tinyml"], toolpath=[".../site_scons/site_tools"])`."""

import sys
from pathlib import Path

_PACKAGE = str(Path(__file__).resolve().parent.parent)
if _PACKAGE not in sys.path:
    sys.path.append(_PACKAGE)

from mcuforge.backends.scons_tool import exists, generate  # noqa: E402

__all__ = ["exists", "generate"]
