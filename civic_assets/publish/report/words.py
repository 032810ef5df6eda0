"""Wording of numbers, days, outcomes and evidence on a page.

Belongs here: text. Does not belong here: HTML (`templates/`), and the message of a finding (`quality`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from civic_assets.house_numbers.display import REPORT_ENTRIES_WRITTEN_OUT
from civic_assets.quality.framework.wording import figure

State = Literal["pass", "warn", "fail", "not_evaluated"]
STATES: Mapping[State, tuple[str, str]] = {
    "pass": ("✓", "pass"),
    "warn": ("▲", "warn"),
    "fail": ("✗", "fail"),
    "not_evaluated": ("○", "not evaluated"),
}
"""Symbol and word for each state: it is never shown by colour alone."""

AUDIENCES: Mapping[str, str] = {
    "publisher": "publisher",
    "us": "those who run the pipeline",
    "reader": "readers",
}
"""Who can do something about a cause."""

REASONS: Mapping[str, str] = {
    "no_input": "nothing to check",
    "suppressed_input": "a figure it needs is suppressed",
    "history_too_short": "not enough history",
    "no_reference": "nothing to compare with",
    "time_limit": "stopped at its time limit",
    "engine_error": "the rule itself failed",
    "not_applicable": "does not apply here",
    "not_run_yet": "not run yet",
}
PATTERNS: Mapping[str, str] = {
    "swap": "two neighbouring cells are swapped",
    "sign": "the sign was lost or added",
    "power_of_ten": "the digits are the same except for a power of ten",
    "transposition": "two digits are swapped",
    "prefix_truncation": "one number is the beginning of the other",
    "suffix_truncation": "one number is the end of the other",
    "digit_dropped": "a digit is missing",
    "digit_doubled": "a digit is doubled",
}
"""Difference between a printed number and the proposed one (`quality.localisation.typing_errors.Pattern`)."""
# Evidence that the finding already shows, or that its message repeats.
_SHOWN_ELSEWHERE = frozenset({"message", "repairs", "cells", "complete", "edits", "table", "cause"})


@dataclass(frozen=True, slots=True)
class Counts:
    """Results of checks; three numbers are always given, and checks not evaluated never count as passed.

    Args:
        blocking: Number of failed checks with severity blocking.
    """

    passed: int = 0
    failed: int = 0
    not_evaluated: int = 0
    blocking: int = 0

    @staticmethod
    def of(results: Iterable[Mapping[str, Any]]) -> Counts:
        """Count rows of `quality.check_results`."""
        passed = failed = unknown = blocking = 0
        for result in results:
            outcome = result["outcome"]
            passed += outcome == "pass"
            failed += outcome == "fail"
            unknown += outcome == "not_evaluated"
            blocking += outcome == "fail" and result["severity"] == "blocking"
        return Counts(passed, failed, unknown, blocking)

    @property
    def total(self) -> int:
        """All results."""
        return self.passed + self.failed + self.not_evaluated

    @property
    def state(self) -> State:
        """The worst evaluated outcome; `not_evaluated` if nothing was evaluated."""
        if self.blocking:
            return "fail"
        if self.failed:
            return "warn"
        return "pass" if self.passed else "not_evaluated"


def state_of(result: Mapping[str, Any]) -> State:
    """State of one result: a failure without severity blocking is `warn`."""
    return Counts.of([result]).state


def number(value: float | None) -> str:
    """A number for people; `""` if there is none."""
    return "" if value is None else figure(float(value))


def figure_text(text: str | None) -> str:
    """A figure as printed, with thousands separators if it is a number."""
    return "" if text is None else figure(text)


def share(value: float | None, decimals: int = 1) -> str:
    """A share (of 1) as a percentage."""
    return "" if value is None else f"{100 * value:.{decimals}f}%"


def day(value: date | str | None) -> str:
    """A day as `19 May 2023`; a timestamp keeps its time."""
    if value is None:
        return ""
    if isinstance(value, str):
        moment = value.removesuffix("Z")
        if len(moment) > len("2023-05-19"):
            return f"{day(moment[:10])}, {moment[11:16]} UTC"
        value = date.fromisoformat(moment)
    return f"{value.day} {value:%B %Y}"


def days(start: date | None, end: date | None) -> str:
    """A half-open period as its first and last day."""
    if start is None or end is None:
        return ""
    last = end - timedelta(days=1)
    return day(start) if last <= start else f"{day(start)} to {day(last)}"


def plain(name: str | None) -> str:
    """An identifier in words: `total_recorded_crime` is `total recorded crime`."""
    return (name or "").replace("_1000_", "_1,000_").replace("_10000_", "_10,000_").replace("_", " ")


def shortened(names: str | None, most: int = 3) -> str:
    """The first few of some names separated by commas."""
    listed = [name for name in (names or "").split(", ") if name]
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class RepairWords:
    """One smallest set of changed cells that satisfies every equation.

    Args:
        changes: Changes, as `cell: printed -> proposed`.
        because: Reasons for or against it.
    """

    changes: str
    because: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence for a finding.

    Args:
        lines: Sentences and facts.
        repairs: Equally small repairs, the likeliest first.
        more: Number of repairs left out.
    """

    lines: tuple[str, ...]
    repairs: tuple[RepairWords, ...]
    more: int


def evidence_of(finding: Mapping[str, Any]) -> Evidence:
    """The column `evidence` in words; parts that cannot be read are shown unchanged."""
    try:
        evidence = json.loads(finding["evidence"] or "{}")
    except ValueError:
        evidence = None
    if not isinstance(evidence, dict):
        return Evidence((str(finding["evidence"]),), (), 0)
    lines = []
    if edits := evidence.get("edits"):
        lines.append(f"Contract equations that it breaks: {_listed(edits)}.")
    if evidence.get("complete") is False:
        lines.append("The search stopped before it found all repairs; there may be more.")
    lines += [
        f"{plain(name).capitalize()}: {_value(value)}."
        for name, value in evidence.items()
        if name not in _SHOWN_ELSEWHERE
    ]
    repairs = evidence.get("repairs") or []
    shown = tuple(
        _repair(changes) for changes in repairs[:REPORT_ENTRIES_WRITTEN_OUT] if isinstance(changes, list)
    )
    return Evidence(tuple(lines), shown, max(0, len(repairs) - REPORT_ENTRIES_WRITTEN_OUT))


def _repair(changes: Sequence[Mapping[str, Any]]) -> RepairWords:
    written = "; ".join(
        f"{change['locator']}, {plain(change.get('measure'))}: {figure_text(change['from'])} → "
        f"{figure_text(change['to']) if change.get('to') else 'not computable'}"
        for change in changes[:REPORT_ENTRIES_WRITTEN_OUT]
    )
    reasons = []
    for change in changes[:REPORT_ENTRIES_WRITTEN_OUT]:
        reasons += [PATTERNS.get(pattern, plain(pattern)) for pattern in change.get("patterns") or ()]
        old, new = change.get("z_old"), change.get("z_new")
        if old is not None and new is not None:
            moved = "closer to" if new < old else "further from" if new > old else "as close to"
            reasons.append(f"{moved} its own history ({old:g} to {new:g} deviations)")
    return RepairWords(written, "; ".join(dict.fromkeys(reasons)))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return figure(float(value))
    if isinstance(value, list):
        return _listed(value)
    if isinstance(value, dict):
        return _listed([f"{plain(str(name))} {_value(entry)}" for name, entry in value.items()])
    return "none" if value is None else str(value)


def _listed(values: Sequence[Any]) -> str:
    written = ", ".join(_value(value) for value in values[:REPORT_ENTRIES_WRITTEN_OUT])
    more = len(values) - REPORT_ENTRIES_WRITTEN_OUT
    return f"{written} and {more:,} more" if more > 0 else written
