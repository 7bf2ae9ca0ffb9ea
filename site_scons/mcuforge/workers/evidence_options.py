"""The options of workers that judge a build, the same for the verdict and for the report."""

from __future__ import annotations

import argparse
from pathlib import Path

from mcuforge.report.evidence import Evidence

_OPTIONS = {
    "--audit": "audit.json: what it finds fails the build",
    "--accuracy": "accuracy.json, where the manifest asks for it",
    "--emulation": "emulate.json of this build; need not exist",
    "--baseline": "size.json or report.json of an earlier build",
    "--locked-model": "the .tflite file, to be held to the project's lock",
    "--facts": "convert.json of a locked model that was converted",
}


def add_evidence(parser: argparse.ArgumentParser) -> None:
    for option, text in _OPTIONS.items():
        parser.add_argument(option, type=Path, help=text)


def evidence_of(args: argparse.Namespace) -> Evidence:
    """`args.size` is size.json or size.tree.json."""
    return Evidence(
        size=args.size,
        audit=args.audit,
        accuracy=args.accuracy,
        emulation=args.emulation,
        baseline=args.baseline,
        locked_model=args.locked_model,
        facts=args.facts,
    )
