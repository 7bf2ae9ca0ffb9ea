"""mcuforge: from a trained model to microcontroller firmware, declaratively."""

from typing import Any

__version__ = "0.1.0"


def tool(env: Any) -> None:
    """The SCons tool, for a host's own build: ``Environment(tools=["default", mcuforge.tool])``."""
    # Imported here: whatever else imports this package knows nothing of SCons.
    from mcuforge.backends.scons_tool import generate

    generate(env)
