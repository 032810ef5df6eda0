"""How answers look in a terminal.

Belongs here: tables and sentences for people. Does not belong here: what the answers are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from civic_assets.refresh import Summary

_SHOWN = 40
# Files named for one reason why they are not read.
_NAMED = 10
# Columns are never cut short: a table that is wider than the terminal wraps there, and is whole in a file.
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
    """What a refresh did: releases, rows, checks by outcome, what is held back or disputed and why."""
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
    for sentence in summary.disputed[:_SHOWN]:
        console.print(f"Disputed: {sentence}")
    if len(summary.disputed) > _SHOWN:
        console.print(f"... and {len(summary.disputed) - _SHOWN:,} more disputed figures (quality.findings).")
    for release in summary.held_back:
        for reason in release["held_back"]:
            console.print(f"Held back: {release['source']} {release['release']}: {reason}", markup=False)
    for file in summary.refused:
        console.print(f"Not read: {file['reason']}", markup=False)
    if summary.ignored:
        console.print(
            f"Ignored: {len(summary.ignored)} files that are no release of a source with a contract:"
        )
        for sentence in _grouped(summary.ignored):
            console.print(f"  {sentence}", markup=False)
    for error in summary.errors:
        console.print(f"Failed: {error}", markup=False)
    if summary.samples_left_out:
        console.print(_without_samples(len(summary.samples_left_out)))
    published = [release for release in summary.releases if release["state"] == "published"]
    if summary.publication is None:
        console.print("Nothing is published.")
        return
    word = "Published" if summary.published_now else "Unchanged: the last publication stands"
    figures = sum(release["rows"] for release in published)
    console.print(
        f"{word}: {figures:,} figures of {len(published)} releases in {summary.store}/civic.duckdb "
        f"(publication {summary.publication[:12]})."
    )
    if summary.report is not None:
        console.print(f"Quality report: {summary.report}", markup=False)


def print_inspections(reports: Sequence[Mapping[str, Any]]) -> None:
    """What the files of a folder are: a line for each, then how many of each kind there are."""
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
    console.print(f"{len(reports)} files: {counted}. Inspect one of them by its name to see every finding.")


def print_inspection(report: Mapping[str, Any]) -> None:
    """What a file is and what is wrong with it."""
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
            console.print(f"  {table['table']}: sheet {table['sheet']!r}, {table['rows']} rows", markup=False)
        for drift in part["drift"]:
            console.print(f"Drift: {drift['message']}", markup=False)
        for finding in part["findings"][:_SHOWN]:
            console.print(
                f"{finding['severity'].upper()} {finding['check_id']}: {finding['message']}", markup=False
            )
        if len(part["findings"]) > _SHOWN:
            console.print(f"... and {len(part['findings']) - _SHOWN:,} more findings (--json lists all).")
        counted = {
            name: sum(c["outcome"] == name for c in part["checks"])
            for name in ("pass", "fail", "not_evaluated")
        }
        console.print(
            f"Checks: {counted['pass']} passed, {counted['fail']} failed, {counted['not_evaluated']} not evaluated."
        )
        words = {
            "clean": "Clean.",
            "warnings": "Would be published; the warnings go with it.",
            "disputed": "Would be published with the figures above in dispute.",
            "blocked": "Would be held back.",
        }
        console.print(words[part["outcome"]])
    for sentence in _grouped(report.get("not_read", ())):
        console.print(f"Not read: {sentence}", markup=False)


def _grouped(files: Sequence[Mapping[str, str]]) -> list[str]:
    """Why files are no release: one sentence for all that share a reason, since an archive can hold thousands."""
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file["reason"].removeprefix(file["file"]), []).append(file["file"])
    sentences = []
    for reason, (first, *others) in groups.items():
        named = ", ".join(others[:_NAMED])
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        same = f" So {'are' if len(others) > 1 else 'is'}: {named}{more}." if others else ""
        sentences.append(f"{first}{reason}{same}")
    return sentences


def print_trace(chain: Mapping[str, Any]) -> None:
    """The chain of one figure."""
    console = _console()
    figure, file = chain["figure"], chain["file"]
    value = "no value" if figure["value"] is None else f"{figure['value']:,.10g}"
    status = f", status {figure['status']}" if figure["status"] else ""
    synthetic = "  SYNTHETIC SAMPLE DATA" if figure["synthetic"] else ""
    lines = [
        (
            "figure",
            f"{figure['measure'].replace('_', ' ')}, {figure['area_name']} ({figure['area_code']}){synthetic}",
        ),
        (
            "period",
            f"{figure['period_start']} to {figure['period_end']}, {figure['period_kind']}, {figure['statistic']}",
        ),
        ("value", f"{value} {figure['unit']}{status}, quality {figure['quality']}{_corrected(figure)}"),
        ("printed as", chain["value_text"] or "(empty)"),
        ("cell", chain["locator"]),
        ("release", f"{figure['source']} {chain['release']}"),
        ("file", f"{file['file_name']}, received {file['retrieved_at']}"),
        ("sha256", file["sha256"]),
        ("url", file["url"] or "none: given as a file"),
        ("archived at", file["archived_at"]),
    ]
    for name, text in lines:
        console.print(f"{name:12}{text}", markup=False)
    correction = chain["correction"]
    if correction:
        applied = "corrected" if correction["state"] == "applied" else "NOT applied"
        console.print(
            f"{applied:12}{correction['message']} Decided {correction['decided']} by {correction['author_role']}; "
            f"evidence: {correction['evidence']}; reported to: {correction['reported_to']}.",
            markup=False,
        )
    for finding in chain["findings"]:
        waived = f" (waived: {finding['waiver_id']})" if finding["waiver_id"] else ""
        console.print(f"{'finding':12}{finding['check_id']}: {finding['message']}{waived}", markup=False)
    for waiver in chain["waivers"]:
        console.print(
            f"{'waiver':12}{waiver['waiver_id']} of {waiver['check_id']}, {waiver['state'].replace('_', ' ')} until "
            f"{waiver['expires']}, by {waiver['author_role']}: {waiver['reason']}",
            markup=False,
        )
    for note in chain["notes"]:
        console.print(f"{'note':12}{note['text']} ({note['locator']})", markup=False)
    for earlier in chain["earlier"]:
        corrected = (
            f" (corrected: {earlier['corrected_value']:,.10g})"
            if earlier["corrected_value"] is not None
            else ""
        )
        console.print(
            f"{'earlier':12}{earlier['value_text']}{corrected} in release {earlier['release']}, {earlier['locator']}",
            markup=False,
        )
    outcomes = ("pass", "fail", "not_evaluated")
    for outcome, word in zip(outcomes, ("passed", "failed", "not evaluated"), strict=True):
        ids = [check["check_id"] for check in chain["checks"] if check["outcome"] == outcome]
        console.print(f"{word:14}{', '.join(ids) or 'none'}")


def _corrected(figure: Mapping[str, Any]) -> str:
    """The corrected value, which is never shown without the printed one."""
    value = figure["corrected_value"]
    return "" if value is None else f"; corrected to {value:,.10g} by decision {figure['correction_id']}"


_OPERATIONS = {
    "compare": "compare levels",
    "sum": "add up",
    "rate": "one per the other",
    "side_by_side": "print side by side",
    "correlate": "correlate",
}


def print_comparison(answer: Mapping[str, Any]) -> None:
    """What may be done with two figures, and why not."""
    console = _console()
    for letter, series in zip("AB", answer["series"], strict=True):
        number = "no figure published" if not series["published"] else series["status"] or "no value"
        value = number if series["value"] is None else f"{series['value']:,.10g} {series['unit']}"
        value += _corrected(series)
        console.print(
            f"{letter}  {series['measure'].replace('_', ' ')}, {series['area_name']} ({series['area_code']}), "
            f"{series['period_start']} to {series['period_end']}: {value}",
            markup=False,
        )
    for operation, verdict in answer["operations"].items():
        word = "allowed" if verdict["allowed"] else "REFUSED"
        console.print(f"\n{_OPERATIONS[operation]}: {word}", markup=False)
        for rule, text in zip(verdict["rules"], verdict["reasons"], strict=True):
            console.print(f"  {rule}  {text}", markup=False)
    if answer["offer"]:
        value = answer["offer"]["value"]
        console.print(
            f"\ninstead: {answer['offer']['text']}" + (f" {value:+,.10g}" if value is not None else ""),
            markup=False,
        )


def print_sources(listed: Sequence[Mapping[str, Any]]) -> None:
    """Sources with their newest edition and what is due next, and why some are not read."""
    console = _console()
    columns = [
        ("source", False), ("publisher", False), ("status", False), ("releases", True), ("newest edition", False),
        ("period", False), ("next due", False), ("late by", False),
    ]  # fmt: skip
    rows = []
    for entry in listed:
        newest = entry["newest"] or {}
        held = [release for release in entry["releases"] if release["state"] != "left_out"]
        published = [release for release in held if release["state"] == "published"]
        rows.append(
            [
                entry["source"],
                entry["publisher"] or "",
                entry["status"],
                str(len(held)),
                newest.get("edition") or (published[0]["release"] if published else ""),
                newest.get("period", ""),
                _next_due(entry),
                _days(entry["late_days"]) if entry["late_days"] else "",
            ]
        )
    _table(console, columns, rows)
    for entry in listed:
        if entry["not_read_because"]:
            console.print(
                f"{entry['source']} is not read yet, because {entry['not_read_because']}.", markup=False
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
        return "not expected again"
    published = any(release["state"] == "published" for release in entry["releases"])
    return "its files have no periods" if published else "nothing published"


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"


def _without_samples(number: int) -> str:
    releases = "1 sample release is" if number == 1 else f"{number} sample releases are"
    return f"This store holds publishers' files, so {releases} left out: made-up figures never stand among real ones."
