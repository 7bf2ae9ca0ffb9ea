"""`mcuforge <command> …`, for people and for build systems other than SCons. Each command is a file of `commands/`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

from mcuforge import commands
from mcuforge.errors import UserError

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0, 2 for what the user can mend, 130 when interrupted."""
    words = sys.argv[1:] if argv is None else argv
    arguments = _parser(words).parse_args(words)
    try:
        exit_code: int = arguments.run(arguments)
    except UserError as error:
        print(error.render(), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    return exit_code


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Knows the command that is given, or all where none is: most import what the others do without."""
    parser = argparse.ArgumentParser(prog="mcuforge", description="Trained model to microcontroller firmware.")
    subparsers = parser.add_subparsers(metavar="command", required=True)
    names = sorted(info.name for info in pkgutil.iter_modules(commands.__path__))
    given = [name for name in names if [name.replace("_", "-")] == list(words[:1])]
    for name in given or names:
        _add_command(subparsers, name)
    return parser


def _add_command(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], name: str) -> None:
    module: ModuleType = importlib.import_module(f"{commands.__name__}.{name}")
    documentation = module.__doc__ or ""
    parser = subparsers.add_parser(
        name.replace("_", "-"), help=documentation.partition("\n")[0], description=documentation
    )
    module.add_arguments(parser)
    parser.set_defaults(run=module.run)


if __name__ == "__main__":
    sys.exit(main())
