"""What every worker does around its own work: run, and turn a user's error into a message and exit code 2.

On GitHub's runners each error also marks its line of the manifest in the pull request.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from mcuforge.errors import GroupedUserError, UserError


def run(main: Callable[[list[str]], int]) -> int:
    """The exit code of `main(arguments)`; a UserError goes to stderr as it renders.

    Anything else that escapes is our bug and shows its traceback.
    """
    try:
        return main(sys.argv[1:])
    except UserError as error:
        _annotate(error)
        sys.stdout.flush()  # what was printed before comes before, in a pipe too
        print(error.render(), file=sys.stderr)
        return error.exit_code


def _annotate(error: UserError) -> None:
    if os.environ.get("GITHUB_ACTIONS") == "true":
        # Imported here: nothing that succeeds needs it.
        from mcuforge.report.formats.github import to_annotations

        print(to_annotations(error.errors if isinstance(error, GroupedUserError) else (error,)), end="")
