"""Printing of answers in a terminal.

Belongs here: tables and sentences for people. Does not belong here: what the answers are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from civic_assets.house_numbers.display import SUMMARY_FILES, SUMMARY_LINES
from civic_assets.house_numbers.listing import SHARED_CAUSE_PROPOSALS
from civic_assets.quality.framework.causes import cells_of, together
from civic_assets.quality.framework.wording import counted as number_of

if TYPE_CHECKING:
    from civic_assets.refresh import Summary

# Columns are never truncated: a table wider than the terminal wraps, and is complete when written to a file.
_WIDTH = 200
_STATES = {"published": "published", "held_back": "HELD BACK", "not_built": "not built"}


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _table(console: Console, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, number in columns:
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False, width=max(console.width, _WIDTH)).print(table)


def print_summary(summary: Summary) -> None:
    """Print what a refresh did: releases, rows, checks by outcome, and what is held back or disputed and why."""
    console = _console()
    console.print()
    columns = [
        ("source", False), ("release", False), ("state", False), ("rows", True), ("passed", True), ("failed", True),
        ("not evaluated", True), ("disputed", True), ("", False),
    ]  # fmt: skip
    rows = [
        [
            release["source"],
            release["release"],
            _STATES[release["state"]],
            f"{release['rows']:,}",
            *(
                str(release.get(name, ""))
                for name in ("checks_passed", "checks_failed", "checks_not_evaluated", "disputed")
            ),
            "SYNTHETIC" if release.get("synthetic") else "",
        ]
        for release in summary.releases
    ]
    _table(console, columns, rows)
    console.print()
    disputed = _disputed(summary.disputed)
    for line, _ in disputed[:SUMMARY_LINES]:
        console.print(f"Disputed: {line}", markup=False)
    if hidden := sum(number for _, number in disputed[SUMMARY_LINES:]):
        console.print(f"... and {hidden:,} more disputed figures; see the table quality.findings.")
    for release in summary.held_back:
        for reason in release["held_back"]:
            console.print(f"Held back: {release['source']} {release['release']}: {reason}", markup=False)
    for file in summary.refused:
        console.print(f"Not read: {file['reason']}", markup=False)
    if summary.ignored:
        console.print(
            f"Ignored: {len(summary.ignored)} files that are not a release of any source with a contract:"
        )
        for sentence in _grouped(summary.ignored):
            console.print(f"  {sentence}", markup=False)
    for error in summary.errors:
        console.print(f"Failed: {error}", markup=False)
    if summary.samples_left_out:
        console.print(_without_samples(len(summary.samples_left_out)))
    published = [release for release in summary.releases if release["state"] == "published"]
    if summary.publication is None:
        console.print("Nothing is published. The lines above say why.")
        return
    word = "Published" if summary.published_now else "Unchanged since the last publication"
    figures = sum(release["rows"] for release in published)
    console.print(
        f"{word}: {figures:,} figures of {len(published)} releases in {summary.store}/civic.duckdb "
        f"(publication {summary.publication[:12]})."
    )
    if summary.report is not None:
        console.print(f"Quality report: {summary.report}", markup=False)


_DISPUTE = re.compile(
    r"(?P<release>[^,]+), (?P<cell>.+?): (?P<what>.+?) is published .*\((?P<check>[A-Z]-[0-9][0-9])\)",
    re.DOTALL,
)


def _disputed(sentences: Sequence[str]) -> list[tuple[str, int]]:
    """Lines about disputed figures, with the number of figures each covers.

    Many figures of one release, measure and check share a line.
    """
    groups: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for sentence in sentences:
        found = _DISPUTE.match(sentence)
        key = (found["release"], found["what"], found["check"]) if found else (sentence, "", "")
        groups.setdefault(key, []).append((found["cell"] if found else "", sentence))
    lines: list[tuple[str, int]] = []
    for key, group in groups.items():
        if len(group) <= SHARED_CAUSE_PROPOSALS:
            lines += [(sentence, 1) for _, sentence in group]
        else:
            first, last = group[0], group[-1]
            cells = f"{first[0]} to {last[0]}"
            text = (
                f"{key[0]}: {len(group):,} figures of {key[1]}, {cells} ({key[2]}). The first is: {first[1]}"
            )
            lines.append((text, len(group)))
    return lines


def print_inspections(reports: Sequence[Mapping[str, Any]]) -> None:
    """Print one line for each file of a folder, then the number of files of each kind."""
    console = _console()
    outcomes: Counter[str] = Counter()
    for report in reports:
        for part in [report, *report.get("also", ())]:
            outcomes[part["outcome"] if part["recognised"] else "not recognised"] += 1
            if not part["recognised"]:
                console.print(f"{part['file']}: not recognised: {part['message']}", markup=False)
                continue
            found = Counter(finding["severity"] for finding in part["findings"])
            said = ", ".join(
                f"{found[name]} {name}" for name in ("blocking", "warning", "info") if found[name]
            )
            synthetic = ", SYNTHETIC SAMPLE DATA" if part["synthetic"] else ""
            console.print(
                f"{part['file']}: {part['source']} {part['release']}{synthetic}, {part['rows']:,} figures, "
                f"{part['outcome']} ({said or 'no findings'})",
                markup=False,
            )
    counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    console.print(f"{len(reports)} files: {counted}. Inspect a single file to see all its findings.")


def print_inspection(report: Mapping[str, Any]) -> None:
    """Print what a file is and what is wrong with it."""
    console = _console()
    for part in [report, *report.get("also", ())]:
        synthetic = ", SYNTHETIC SAMPLE DATA" if part["synthetic"] else ""
        console.print(
            f"{part['file']}: {part['source']} {part['release']}{synthetic}, {part['rows']:,} figures",
            markup=False,
        )
        kinds = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in part["row_kinds"].items())
        if kinds:
            console.print(f"Rows: {kinds}")
        for table in part["tables"]:
            unseen = _hidden(table["hidden"])
            console.print(
                f"  {table['table']}: sheet {table['sheet']!r}, {table['rows']} rows{unseen}", markup=False
            )
        for drift in part["drift"]:
            console.print(f"Drift: {drift['message']}", markup=False)
        groups = together(part["findings"])
        for group in groups[:SUMMARY_LINES]:
            console.print(_finding_line(group), markup=False)
        if hidden := sum(len(group) for group in groups[SUMMARY_LINES:]):
            console.print(f"... and {hidden:,} more findings (--json lists all).")
        counted = {
            name: sum(c["outcome"] == name for c in part["checks"])
            for name in ("pass", "fail", "not_evaluated")
        }
        console.print(
            f"Checks: {counted['pass']} passed, {counted['fail']} failed, {counted['not_evaluated']} not evaluated."
        )
        words = {
            "clean": "Clean.",
            "warnings": "Would be published, with these warnings.",
            "disputed": "Would be published, with the figures above marked as disputed.",
            "blocked": "Would be held back until the findings above are resolved.",
        }
        console.print(words[part["outcome"]])
    for sentence in _grouped(report.get("not_read", ())):
        console.print(f"Not read: {sentence}", markup=False)


def _hidden(hidden: Mapping[str, Any]) -> str:
    """What of a table a person who opens the workbook does not see."""
    if not hidden:
        return ""
    if hidden["sheet"]:
        return "; hidden in the workbook, and read all the same: the sheet"
    counts = [number_of(hidden[f"{name}s"], name) for name in ("row", "column") if hidden[f"{name}s"]]
    return (
        f"; hidden in the workbook, and read all the same: {' and '.join(counts)} from {hidden['first']} on"
    )


def _finding_line(group: Sequence[Mapping[str, Any]]) -> str:
    """One finding; or, for several with one cause, their number, their cells and the first of them."""
    first = group[0]
    head = f"{first['severity'].upper()} {first['check_id']}"
    if len(group) == 1:
        return f"{head}: {first['message']}"
    where = f" in {cells}" if (cells := cells_of(group)) else ""
    return f"{head}: {len(group):,} findings with one cause{where}. The first is: {first['message']}"


def _grouped(files: Sequence[Mapping[str, str]]) -> list[str]:
    """Why files are not releases: one sentence for all files that share a reason, since there can be thousands."""
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file["reason"].removeprefix(file["file"]), []).append(file["file"])
    sentences = []
    for reason, (first, *others) in groups.items():
        named = ", ".join(others[:SUMMARY_FILES])
        more = f" and {len(others) - SUMMARY_FILES:,} more" if len(others) > SUMMARY_FILES else ""
        same = f" The same goes for {named}{more}." if others else ""
        sentences.append(f"{first}{reason}{same}")
    return sentences


def print_sources(listed: Sequence[Mapping[str, Any]]) -> None:
    """Print the sources with their newest edition and the next one due, and why some are not read."""
    console = _console()
    columns = [
        ("source", False), ("publisher", False), ("status", False), ("releases", True), ("newest edition", False),
        ("period", False), ("next due", False), ("late by", False),
    ]  # fmt: skip
    rows = []
    for entry in listed:
        main, *others = entry["lines"] or [{}]
        held = [release for release in entry["releases"] if release["state"] != "left_out"]
        published = [release for release in held if release["state"] == "published"]
        rows.append(
            [
                entry["source"],
                entry["publisher"] or "",
                entry["status"],
                str(len(held) - sum(line["releases"] for line in others)),
                main.get("edition") or (published[0]["release"] if published else ""),
                main.get("period", ""),
                _next_due(entry),
                _days(entry["late_days"]) if entry["late_days"] else "",
            ]
        )
        # The newest file of one line says nothing about the others.
        rows += [
            [
                f"  {line['line'] or 'others'}", "", "", str(line["releases"]), line["edition"], line["period"],
                "requested once" if line["one_off"] else "", "",
            ]
            for line in others
        ]  # fmt: skip
    _table(console, columns, rows)
    for entry in listed:
        if entry["not_read_because"]:
            console.print(
                f"{entry['source']} is not read yet, because {entry['not_read_because']}.", markup=False
            )
    if any(len(entry["lines"]) > 1 for entry in listed):
        console.print(
            "A source with several lines of files has one row for each line. The next due date is for the first: the "
            "line whose editions are named by date alone, or else the one with the most figures.",
            markup=False,
        )
    left_out = sum(release["state"] == "left_out" for entry in listed for release in entry["releases"])
    if left_out:
        console.print(_without_samples(left_out))


def _next_due(entry: Mapping[str, Any]) -> str:
    if entry["not_read_because"]:
        return "not read yet"
    if entry["next_due"]:
        day = date.fromisoformat(entry["next_due"])
        return f"{day.day} {day:%B %Y}"
    if entry["newest"]:
        return "not expected again" if not entry["comes_again"] else "requested once"
    published = any(release["state"] == "published" for release in entry["releases"])
    return "its files have no periods" if published else "nothing published"


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"


def _without_samples(number: int) -> str:
    releases = "1 sample release is" if number == 1 else f"{number} sample releases are"
    return (
        f"This store holds publishers' files, so {releases} left out: made-up figures are never published "
        f"with real ones."
    )
