"""What a run of benchmarks prints, and what it writes as JSON.

Belongs here: the tables, in words for a person and as records for a machine. Does not belong here: measuring.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.comparison import UNITS, Compared, Pair, compare, median_of
from benchmarks.work import Work


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark after its run.

    Args:
        work: The benchmark.
        pairs: Its counted turns; empty if it was not run.
        why_not: Why it was not run, or why it ended early; empty if it was.
    """

    work: Work
    pairs: Sequence[Pair] = ()
    why_not: str = ""

    def compared(self) -> list[Compared]:
        """The measured quantities on both sides."""
        found = (
            compare(self.pairs, quantity, right_over_left=self.work.right_over_left)
            for quantity in (self.work.quantities if self.pairs else ())
        )
        return [one for one in found if one is not None]


def as_text(result: Result) -> str:
    """A table of one benchmark, its goals, and what was seen."""
    work = result.work
    lines = [f"\n{work.name}: {work.title}"]
    if result.why_not:
        return "\n".join([*lines, f"  not measured: {result.why_not}"])
    ratio = "right / left" if work.right_over_left else "left / right"
    lines.append(f"  {'':<26}{work.left:>40}{work.right:>26}{ratio:>24}{'noise':>8}")
    compared = result.compared()
    for one in compared:
        noise = f"{one.ratio.noise:.0%}" if len(result.pairs) > 1 else "-"  # one pair says nothing of it
        sides = f"{one.left!s:>40}{one.right!s:>26}{one.ratio!s:>24}"
        lines.append(f"  {UNITS[one.quantity]:<26}{sides}{noise:>8}")
    by_quantity = {one.quantity: one for one in compared}
    for goal in work.goals:
        measured = median_of(by_quantity[goal.quantity], goal)
        digits = 0 if measured >= 100 else 3 if measured < 0.1 else 2
        lines.append(f"  {'met' if goal.met(measured) else 'not met'}: {goal} ({measured:.{digits}f})")
    lines += [f"  {name}: {_plain(seen)}" for name, seen in result.pairs[-1].facts.items()]
    return "\n".join(lines)


def _plain(seen: str | int) -> str:
    return f"{seen:,}" if isinstance(seen, int) else seen


def about_run(project: Path, against: Path | None, repeats: int) -> dict[str, str | int]:
    """Where and with what the numbers were measured."""
    about: dict[str, str | int] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count() or 0,
        "load before": f"{os.getloadavg()[0]:.1f}",
        "repeats": repeats,
        "commit": _commit(project),
    }
    return about | ({"other commit": _commit(against)} if against else {})


def _commit(checkout: Path) -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    try:
        changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
        return f"{git('rev-parse', '--short', 'HEAD') or 'unknown'}{changed}"
    except OSError:
        return "unknown"


def as_json(about: dict[str, str | int], results: Sequence[Result]) -> dict[str, Any]:
    """Every number of a run."""
    return {"about": about, "benchmarks": [_record(result) for result in results]}


def _record(result: Result) -> dict[str, Any]:
    work, compared = result.work, {one.quantity: one for one in result.compared()}
    return {
        "name": work.name,
        "title": work.title,
        "left": work.left,
        "right": work.right,
        "ratio": "right / left" if work.right_over_left else "left / right",
        "not_measured_because": result.why_not,
        "runs": [asdict(pair) for pair in result.pairs],
        "medians": {
            quantity: {**asdict(one), "noise": one.ratio.noise} for quantity, one in compared.items()
        },
        "goals": [
            {
                "goal": str(goal),
                "measured": median_of(compared[goal.quantity], goal),
                "met": goal.met(median_of(compared[goal.quantity], goal)),
            }
            for goal in work.goals
            if goal.quantity in compared
        ],
    }
