"""One workbook published by this project and by a plain stack, compared.

    python -m benchmarks [WORKBOOK] [--repeats N] [--json FILE] [--plain-executor in_process]

Four comparisons from one run: a first refresh with the plain stack (`plain_stack/`), its peak memory, a second refresh
with nothing new, and reading with calamine's bare parse. Each aim is printed as met or not met; a missed aim is not a
failure, and nothing here is run as a test.

Only the standard library is imported: memory of this process would count as its children's memory
(`measured_process`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measured_process import Usage, run_measured

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and greatest of several runs; ratios are taken pair by pair."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of one number per run."""
        return cls(median(values), min(values), max(values))

    @classmethod
    def of_ratios(cls, above: Sequence[float], below: Sequence[float]) -> Spread:
        """The spread of `above / below`, pair by pair, because a machine that slows down for a while slows both."""
        return cls.of([a / b for a, b in zip(above, below, strict=True)])

    def __str__(self) -> str:
        digits = 0 if self.median >= 100 else 1 if self.median >= 10 else 2
        return f"{self.median:.{digits}f} ({self.least:.{digits}f} to {self.most:.{digits}f})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One quantity on both sides, and their ratio."""

    name: str
    left: Spread
    right: Spread
    ratio: Spread

    @classmethod
    def of(
        cls, name: str, left: Sequence[float], right: Sequence[float], *, left_over_right: bool
    ) -> Comparison:
        """The comparison of paired runs."""
        above, below = (left, right) if left_over_right else (right, left)
        return cls(name, Spread.of(left), Spread.of(right), Spread.of_ratios(above, below))


@dataclass(frozen=True, slots=True)
class Aim:
    """Bound that a measured number should meet."""

    text: str
    measured: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the measured median is on the right side of the bound."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "workbook",
        nargs="?",
        default="",
        help="an ONS workbook of Community Safety Partnership tables; default: the newest edition in the "
        "folder CIVIC_REAL_DATA, else a sample workbook",
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="counted pairs, after one that is not (default: 5)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number there")
    parser.add_argument(
        "--plain-executor",
        choices=("multiprocess", "in_process"),
        default="multiprocess",
        help="multiprocess is Dagster's default; in_process shows how much of the difference it makes",
    )
    arguments = parser.parse_args()
    if arguments.repeats < 1:
        parser.error("--repeats must be at least 1")
    return arguments


def _environment() -> dict[str, str]:
    """Variables of every measured process: no settings of the caller's stores, and no telemetry."""
    own = {name: value for name, value in os.environ.items() if name not in ("DAGSTER_HOME", "CIVIC_STORE")}
    return {
        **own,
        "PYTHONPATH": str(PROJECT),
        "DAGSTER_DISABLE_TELEMETRY": "true",
        "GX_ANALYTICS_ENABLED": "false",
    }


def _answer(module: str, *arguments: str) -> Any:
    """The JSON that a module of this folder prints, run as a separate process."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(
        command, env=_environment(), cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr.strip())
    return json.loads(done.stdout)


class Bench:
    """Both sides on one workbook. Every first refresh has its own store and its own Dagster instance."""

    def __init__(self, workbook: Path, scratch: Path, plain_executor: str) -> None:
        self.scratch, self.plain_executor = scratch, plain_executor
        self.inputs = scratch / "inputs"
        self.inputs.mkdir()
        self.workbook = Path(shutil.copy(workbook, self.inputs))
        self.ours: list[Usage] = []
        self.again: list[Usage] = []
        self.plain: list[Usage] = []
        program = Path(sys.executable).with_name("civic-assets")
        # The installed command, or without an installation the module that it calls.
        self.program = [str(program)] if program.exists() else [sys.executable, "-m", "civic_assets.cli"]

    def _our_refresh(self, store: Path) -> Usage:
        command = [*self.program, "refresh", "--profile", "local", "--source", "ons_csp"]
        command += ["--inputs", str(self.inputs), "--store", str(store)]
        return run_measured(command, _environment(), PROJECT, self.scratch / "ours.log")

    def _plain_refresh(self, folder: Path) -> Usage:
        home = folder / "dagster"
        home.mkdir(parents=True)
        (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
        environment = {
            **_environment(),
            "DAGSTER_HOME": str(home),
            "DUCKDB_FILE": str(folder / "plain.duckdb"),
            "WORKBOOK": str(self.workbook),
        }
        command = [sys.executable, "-m", "benchmarks.plain_stack", self.plain_executor]
        return run_measured(command, environment, PROJECT, self.scratch / "plain.log")

    def run_pair(self, *, counted: bool) -> Any:
        """A first refresh, one with nothing new, and the plain stack's; if uncounted, compare the figures."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            store, plain = Path(folder) / "store", Path(folder) / "plain"
            ours, again, other = (
                self._our_refresh(store),
                self._our_refresh(store),
                self._plain_refresh(plain),
            )
            if counted:
                self.ours.append(ours)
                self.again.append(again)
                self.plain.append(other)
                return None
            return _answer("same_figures", str(store / "civic.duckdb"), str(plain / "plain.duckdb"))


def _compare(bench: Bench, reading: dict[str, list[float]]) -> dict[str, list[Comparison]]:
    """Everything measured, as two sides and their ratio, by heading."""
    quantities = (("wall time, s", "wall"), ("CPU time, s", "cpu"), ("peak memory of a process, MB", "peak"))

    def of(runs: Sequence[Usage], field: str) -> list[float]:
        return [getattr(run, field) for run in runs]

    return {
        "first refresh|ours|plain stack|plain / ours": [
            Comparison.of(name, of(bench.ours, field), of(bench.plain, field), left_over_right=False)
            for name, field in quantities
        ],
        "refresh with nothing new|second|first|second / first": [
            Comparison.of(name, of(bench.again, field), of(bench.ours, field), left_over_right=True)
            for name, field in quantities
        ],
        "reading every cell|ours, located|calamine, bare|ours / bare": [
            Comparison.of("in one process, s", reading["ours"], reading["calamine"], left_over_right=True)
        ],
    }


def _aims(comparisons: dict[str, list[Comparison]]) -> list[Aim]:
    (wall, _, peak), _, (reading,) = comparisons.values()
    parse = reading.left.median / reading.right.median
    return [
        Aim("first refresh at least 10 times as fast as the plain stack", wall.ratio.median, 10, True),
        Aim("reading at most twice calamine's bare parse", parse, 2, False),
        Aim("peak memory of a refresh under 400 MB", peak.left.median, 400, False),
    ]


def _print(about: list[str], comparisons: dict[str, list[Comparison]], aims: list[Aim]) -> None:
    print("\n".join(about))
    for heading, rows in comparisons.items():
        title, left, right, ratio = heading.split("|")
        print(f"\n{title:<30}{left:>24}{right:>24}{ratio:>24}")
        for row in rows:
            print(f"{row.name:<30}{row.left!s:>24}{row.right!s:>24}{row.ratio!s:>24}")
    print("\nAims")
    for aim in aims:
        digits = 0 if aim.bound >= 100 else 2
        print(f"  {'met' if aim.met else 'not met':<9}{aim.text}: {aim.measured:.{digits}f}")


def _about(
    workbook: dict[str, Any], arguments: argparse.Namespace, same: dict[str, int], load: float
) -> list[str]:
    path = Path(workbook["path"])
    kind = (
        "SYNTHETIC sample workbook, much smaller than a real one"
        if workbook["synthetic"]
        else "real workbook"
    )
    if workbook["synthetic"] and not arguments.workbook:
        kind += "; set CIVIC_REAL_DATA to the folder of publishers' files to measure a real one"
    return [
        f"{path.name}: {kind} (ons_csp, edition {workbook['edition']}, {path.stat().st_size:,} bytes)",
        f"{arguments.repeats} pairs in turn after one uncounted; median (least to greatest); ratios pair by pair",
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} before the start",
        f"plain stack with Dagster's {arguments.plain_executor} executor",
        f"figures: this project {same['ours']:,}, plain stack {same['plain']:,}, differing {same['differing']:,}",
    ]


def main() -> None:
    arguments = _arguments()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="civic-bench-") as folder:
        scratch = Path(folder)
        named = arguments.workbook or os.environ.get("CIVIC_REAL_DATA", "")
        workbook = _answer("newest_workbook", named, str(scratch / "samples"))
        bench = Bench(Path(workbook["path"]), scratch, arguments.plain_executor)
        print("Uncounted pair, and a comparison of its figures ...", file=sys.stderr)
        same = bench.run_pair(counted=False)
        for pair in range(arguments.repeats):
            print(f"Pair {pair + 1} of {arguments.repeats} ...", file=sys.stderr)
            bench.run_pair(counted=True)
        # Turns take a fraction of a second: many of them cost little and make the median steadier.
        reading = _answer("reading_against_calamine", workbook["path"], str(max(20, 4 * arguments.repeats)))
        about = _about(workbook, arguments, same, load)
    comparisons = _compare(bench, reading)
    aims = _aims(comparisons)
    _print(about, comparisons, aims)
    if arguments.json:
        document = {
            "about": {**workbook, "path": Path(workbook["path"]).name, "executor": arguments.plain_executor},
            "same_figures": same,
            "runs": {
                side: [asdict(run) for run in getattr(bench, side)] for side in ("ours", "again", "plain")
            },
            "reading_seconds": reading,
            "comparisons": {name: [asdict(row) for row in rows] for name, rows in comparisons.items()},
            "aims": [{**asdict(aim), "met": aim.met} for aim in aims],
        }
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
