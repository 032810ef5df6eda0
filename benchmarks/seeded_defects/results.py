"""Scores added up by kind and source, as a table for people and as JSON for machines.

Belongs here: shares and their layout. Does not belong here: single scores (`scoring`) and running (`__main__`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.seeded_defects.plants import UNDETECTABLE
from benchmarks.seeded_defects.scoring import Score


@dataclass
class Tally:
    """Errors planted in one release, with a number of errors at a time.

    Args:
        errors: Simultaneous errors in each file.
        true, false: Number of new warnings and blocking findings about a planted error, and of others.
        false_of: Checks of the false ones.
    """

    source: str
    release: str
    errors: int
    scores: list[Score] = field(default_factory=list)
    true: int = 0
    false: int = 0
    false_of: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """Share of all new findings that are true."""
        return _share(self.true, self.true + self.false)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _mean(numbers: Iterable[float]) -> float:
    valid = [number for number in numbers if not math.isnan(number)]
    return sum(valid) / len(valid) if valid else math.nan


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """Recall over the errors that something could show, and localisation over those that were found."""
    visible = [score for score in scores if score.visible]
    return {
        "planted": len(scores),
        "visible": len(visible),
        "recall": _share(sum(score.found for score in visible), len(visible)),
        "cell_first": _mean(score.first for score in visible),
        "cell_listed": _mean(score.listed for score in visible),
        "value_first": _mean(score.value for score in visible),
        "found_though_nothing_could_show_it": sum(score.found for score in scores if not score.visible),
    }


def as_json(tallies: Sequence[Tally], clean: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything, by source, number of simultaneous errors and kind."""
    return {
        "clean": list(clean),
        "runs": [
            {
                "source": tally.source,
                "release": tally.release,
                "errors": tally.errors,
                "overall": _plain(summary(tally.scores)),
                "precision": _number(tally.precision),
                "false_of": dict(tally.false_of),
                "kinds": {kind: _plain(summary(scores)) for kind, scores in by_kind(tally.scores).items()},
            }
            for tally in tallies
        ],
        "undetectable": dict(UNDETECTABLE),
    }


def by_kind(scores: Iterable[Score]) -> Mapping[str, list[Score]]:
    """Scores of each kind, in the order in which they were planted."""
    found: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        found[score.kind].append(score)
    return found


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _number(value) for name, value in row.items()}


def _number(value: float) -> float | None:
    return None if isinstance(value, float) and math.isnan(value) else round(value, 4)


_HEADERS = ("planted", "visible", "recall", "cell_first", "cell_listed", "value_first")


def as_text(tallies: Sequence[Tally], clean: Sequence[Mapping[str, Any]]) -> str:
    """The same as tables of fixed width."""
    lines = ["Clean releases: findings that no error was planted for (publishers' files have real defects)"]
    for row in clean:
        lines.append(
            f"  {row['source']:<16} {row['release']:<44} blocking {row['blocking']:>3}  warnings {row['warnings']:>4}"
            f"  of {', '.join(row['checks']) or 'none'}"
        )
    for tally in tallies:
        lines.append("")
        each = "one error" if tally.errors == 1 else f"{tally.errors} errors"
        lines.append(f"{tally.source}, {tally.release}: {each} in each file")
        lines.append(f"  {'':<42}" + "".join(f"{name.replace('_', ' '):>13}" for name in _HEADERS))
        rows = [*by_kind(tally.scores).items(), ("all", tally.scores)]
        for kind, scores in rows:
            row = summary(scores)
            lines.append(f"  {kind:<42}" + "".join(_cell(row[name]) for name in _HEADERS))
        false = ", ".join(f"{check} {number}" for check, number in tally.false_of.most_common()) or "none"
        lines.append(f"  precision {tally.precision:.3f}; false findings: {tally.false} ({false})")
    lines += ["", "Errors that nothing in a file can show"]
    lines += [f"  {kind}: {why}" for kind, why in UNDETECTABLE.items()]
    return "\n".join(lines)


def _cell(value: float) -> str:
    if isinstance(value, int):
        return f"{value:>13,}"
    return f"{'-' if math.isnan(value) else f'{value:.3f}':>13}"
