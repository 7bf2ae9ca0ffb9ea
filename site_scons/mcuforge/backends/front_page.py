"""What the front door can print without building anything: its help, and tables of what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mcuforge.backends.export_steps import ecosystem_names
from mcuforge.errors import UserError, display_path
from mcuforge.manifest.load import list_boards, list_projects, load_board, load_project
from mcuforge.units import format_size

EXAMPLE = "for example: scons project=kws board=nrf5340   (scons -h explains every variable)"
VARIABLES: Mapping[str, str] = {
    "project": "a name below projects/, a directory or a YAML file; several with commas; `all`",
    "board": "a name below boards/, or a YAML file; several with commas; `all` (absent: those in the manifest)",
    "runtime": "aot or tflm (absent: what the manifest says)",
    "build_dir": "where everything is built (absent: build)",
    "size": "how `scons … size` prints: text, tree, json or csv (with -Qs nothing else is printed)",
    "depth": "how far `scons … size` goes into what takes the memory: 1 causes, 2 layers, kernels, objects, 3 symbols",
    "baseline": "an earlier build (its folder, size.json or report.json) or a git revision: growth over it is judged",
    "tflm_dir": "a TensorFlow Lite Micro checkout for the runtime tflm (absent: TFLM_DIR, then what `fetch` got)",
    "with": "stedgeai: `scons … compare` asks ST Edge AI Core (on PATH) about the model instead of the other runtime",
    "operators": "update: write the operators that the model uses into the manifest, and build nothing",
    "verbose": "1 shows whole commands",
}
TARGETS: Mapping[str, str] = {
    "(none)": "build, check the budgets, write .hex and .bin",
    "size": "build, and show what the image costs",
    "report": "build, and write report.html, .json, .md, .csv, .junit.xml and .sarif, over budget or not",
    "emulate": "replay the golden inputs in the emulator and compare every byte with TensorFlow Lite Micro",
    "flash": "build, check, and write the image to the board",
    "compare": "build with both runtimes, replay the golden inputs in both, and show them side by side",
    "fetch": "get the pinned sources of TensorFlow Lite Micro and its libraries: the only step that uses the network",
    "export-<ecosystem>": f"the model as a library for another build system: {', '.join(ecosystem_names())}",
    "fit": "show which boards the project fits (absent board=: all), forecast from compiled objects; nothing is linked",
    "accuracy": "measure the model on the manifest's data set before and after quantization, class by class",
    "lock": "write project.lock.yaml: digests of model and data, versions of converters; later builds are held to it",
    "projects": "list the projects",
    "boards": "list the boards",
    "operators": "list the operators that run, by type, runtime and kernels",
}


def help_text() -> str:
    """What `scons -h` prints."""
    lines = ["mcuforge: a trained model to firmware, with budgets that bind.", "", "  " + EXAMPLE, "", "Variables:"]
    lines += _columns(VARIABLES)
    lines += ["", "Targets:", *_columns(TARGETS)]
    lines += ["", f"Projects: {', '.join(list_projects())}", f"Boards:   {', '.join(list_boards())}"]
    return "\n".join(lines) + "\n"


def _columns(table: Mapping[str, str]) -> list[str]:
    width = max(map(len, table)) + 2
    return [f"  {name:<{width}}{text}" for name, text in table.items()]


def fetch_sources() -> str:
    """`scons fetch`: every pinned commit that the cache lacks. Says where they are."""
    from mcuforge.runtimes.tflm.fetch import cache_dir, fetch_all  # no build needs it

    fetch_all(lambda line: print(line, flush=True))
    return f"all pinned sources are in {cache_dir() / 'third_party'}"


def operator_table() -> str:
    """`scons operators`: the page docs/operators.md."""
    from mcuforge.model.operator_page import operator_page  # no build needs all operators just to be planned

    return operator_page().rstrip("\n")


def project_table() -> str:
    """`scons projects`: each project with its model and boards; one that cannot be read says why."""
    rows = []
    for name, path in list_projects().items():
        try:
            project = load_project(path)
            rows.append((name, display_path(project.model.source), ", ".join(project.boards)))
        except UserError as error:
            rows.append((name, "cannot be read", error.message))
    return _table(("PROJECT", "MODEL", "BOARDS"), rows)


def board_table() -> str:
    """`scons boards`: each board with its core, memory and emulator."""
    rows = []
    for name, path in list_boards().items():
        board = load_board(path)
        memory = ", ".join(f"{region} {format_size(board.capacity_bytes(region))}" for region in board.memory)
        rows.append((name, board.cpu.core, memory, board.emulator.machine if board.emulator else "none"))
    return _table(("BOARD", "CORE", "MEMORY", "EMULATOR"), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)


_TABLES: Mapping[str, Callable[[], str]] = {
    "projects": project_table,
    "boards": board_table,
    "operators": operator_table,
    "fetch": fetch_sources,
}


def is_table(goals: Sequence[str]) -> bool:
    """Whether something is to be shown, and nothing built."""
    return any(goal in _TABLES for goal in goals)


def tables(goals: Sequence[str]) -> str:
    """What `scons boards` prints. Raises UserError for goals that are built, which these do not go with."""
    for goal in goals:
        if goal not in _TABLES:
            shown = next(name for name in goals if name in _TABLES)
            raise UserError(f"`{goal}` cannot be asked for together with `{shown}`", hint="one after the other")
    return "\n".join(_TABLES[goal]() for goal in goals)
