"""`python -m benchmarks [NAME...]`: runs benchmarks and prints both sides of each.

Belongs here: the arguments, and running what was chosen one after the other. Does not belong here: what is measured
(`work`), and the tables (`results`). A goal that is missed is printed as "not met" and is not a failure, and nothing
here is run as a test.

Only the standard library is imported: memory of this process would count as its children's memory
(`measured_process`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measured_process import CommandFailed
from benchmarks.results import Result, about_run, as_json, as_text
from benchmarks.setting import PROJECT, Missing, Setting, Unequal
from benchmarks.work import Work
from benchmarks.work.all_works import WORKS


def arguments_of(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Run benchmarks and print both sides of each: those named, or all but those that take an hour.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; see --list")
    parser.add_argument("--all", action="store_true", help="run those that take an hour too")
    parser.add_argument("--list", action="store_true", help="print the names and what is measured, and stop")
    parser.add_argument("--repeats", type=int, default=3, help="counted pairs of each (default 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number there")
    parser.add_argument(
        "--real", type=Path, metavar="DIR", help="publishers' files (default: the folder CIVIC_REAL_DATA)"
    )
    parser.add_argument("--against", type=Path, metavar="DIR", help="another checkout of this project")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="keep stores that are expensive to make there, and use them again as long as the code is the same",
    )
    parser.add_argument(
        "--rows", type=int, default=250_000, help="rows of the zip of schools (default 250,000)"
    )
    parser.add_argument(
        "--releases",
        type=int,
        nargs=2,
        default=(600, 59),
        metavar=("LARGER", "SMALLER"),
        help="releases of the two generated stores (default 600 59)",
    )
    parser.add_argument(
        "--figures", type=int, default=20_000_000, help="figures of the larger one (default 20 million)"
    )
    parser.add_argument(
        "--fetched",
        type=int,
        default=2_000_000_000,
        help="bytes of the larger body that is fetched (default 2 GB)",
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of everything generated (default 1)")
    parser.add_argument(
        "--plain-executor",
        choices=("multiprocess", "in_process"),
        default="multiprocess",
        help="executor of the plain stack: multiprocess is Dagster's default",
    )
    arguments = parser.parse_args(given)
    if arguments.repeats < 1:
        parser.error("--repeats must be at least 1")
    unknown = [name for name in arguments.names if name not in WORKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; --list prints the names")
    return arguments


def setting_of(arguments: argparse.Namespace, scratch: Path) -> Setting:
    """The setting that some arguments ask for."""
    named = arguments.real or os.environ.get("CIVIC_REAL_DATA")
    return Setting(
        scratch=scratch,
        real=Path(named).resolve() if named else None,
        against=arguments.against.resolve() if arguments.against else None,
        kept=arguments.keep.resolve() if arguments.keep else None,
        rows=arguments.rows,
        releases=tuple(arguments.releases),
        figures=arguments.figures,
        fetched=arguments.fetched,
        seed=arguments.seed,
        plain_executor=arguments.plain_executor,
    )


def run(work: Work, setting: Setting, repeats: int) -> Result:
    """Prepare one benchmark and run its pairs in turn.

    What cannot be run says why, and the others go on.
    """
    pairs = []
    try:
        print(f"{work.name}: preparing ...", file=sys.stderr, flush=True)
        turn = work.prepare(setting)
        for number in range(repeats):
            print(f"{work.name}: pair {number + 1} of {repeats} ...", file=sys.stderr, flush=True)
            pairs.append(turn())
    except (Missing, Unequal, CommandFailed) as error:
        return Result(work, why_not=str(error))
    return Result(work, pairs)


def _line(work: Work) -> str:
    return f"{work.name:<22}{work.title}; compared: {work.right}{' (takes an hour)' if work.long else ''}"


def main(given: Sequence[str] | None = None) -> None:
    """Run what the command line asks for."""
    arguments = arguments_of(given)
    if arguments.list:
        print("\n".join(map(_line, WORKS.values())))
        return
    names = arguments.names or [name for name, work in WORKS.items() if arguments.all or not work.long]
    about = about_run(PROJECT, arguments.against, arguments.repeats)
    print(", ".join(f"{name}: {seen}" for name, seen in about.items()))
    results = []
    with tempfile.TemporaryDirectory(prefix="civic-bench-") as folder:
        setting = setting_of(arguments, Path(folder))
        for name in names:
            results.append(run(WORKS[name], setting, arguments.repeats))
            print(as_text(results[-1]), flush=True)
            if arguments.json:
                # After each benchmark, so that an interrupted run leaves what it measured.
                text = json.dumps(as_json(about, results), indent=2)
                arguments.json.write_text(f"{text}\n", encoding="utf-8")
