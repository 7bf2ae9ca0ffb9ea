"""Get the pinned sources of TensorFlow Lite Micro and its libraries: the only step that uses the network."""

from __future__ import annotations

import argparse

from mcuforge.runtimes.tflm.fetch import cache_dir, fetch_all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "They go into MCUFORGE_CACHE, or the user's cache folder. A build takes them from there."


def run(arguments: argparse.Namespace) -> int:
    fetch_all(lambda line: print(line, flush=True))
    print(f"all pinned sources are in {cache_dir() / 'third_party'}")
    return 0
