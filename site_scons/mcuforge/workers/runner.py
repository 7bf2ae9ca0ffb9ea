"""What every worker does around its own work: run, and turn a user's error into a message and exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Callable

from mcuforge.errors import UserError


def run(main: Callable[[list[str]], int]) -> int:
    """The exit code of `main(arguments)`; a UserError goes to stderr as it renders.

    Anything else that escapes is our bug and shows its traceback.
    """
    try:
        return main(sys.argv[1:])
    except UserError as error:
        sys.stdout.flush()  # what was printed before comes before, in a pipe too
        print(error.render(), file=sys.stderr)
        return error.exit_code
