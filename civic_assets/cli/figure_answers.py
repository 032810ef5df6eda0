"""Printing of answers about figures: the chain of one figure, and whether two may be compared.

Belongs here: sentences for people. Does not belong here: what the answers are, and the output of refresh, inspect and
sources (`civic_assets.cli.answers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from civic_assets.house_numbers.display import GROUPS_OF_A_NAME, ISSUES_OF_A_FIGURE

_WIDTH = 14
_OUTCOMES = {"pass": "passed", "not_evaluated": "not evaluated"}


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def print_trace(chain: Mapping[str, Any]) -> None:
    """Print the chain of one figure."""
    console = _console()
    for name, text in _lines(chain):
        console.print(f"{name:{_WIDTH}}{text}", markup=False)


def _lines(chain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    figure, file, published = chain["figure"], chain["file"], chain["published"]
    synthetic = "  SYNTHETIC SAMPLE DATA" if figure["synthetic"] else ""
    yield "figure", f"{_measure(figure)}, {figure['area_name']} ({figure['area_code']}){synthetic}"
    yield "group", _breakdown(figure["breakdown"])
    kind = figure["period_kind"].replace("_", " ")
    yield "period", f"{figure['period_start']}/{figure['period_end']}, {kind}, {_words(figure['statistic'])}"
    yield "value", f"{_value(figure)}, quality {figure['quality']}{_corrected(figure)}"
    counted = chain["counted_from_rows"]
    if counted:
        yield "counted from", f"{counted:,} {'row' if counted == 1 else 'rows'}"
    else:
        yield "printed as", chain["value_text"] or "(empty)"
    yield "cell", chain["locator"]
    if "cell" in chain:
        yield "cell looks", chain["cell"].get("in_words") or chain["cell"]["not_known"]
    out = (
        f"published on {published['day']}; {published['how_known']}"
        if published["day"]
        else published["how_known"]
    )
    yield "release", f"{figure['source']} {chain['release']} ({out})"
    if chain["superseded"]:
        yield "superseded", chain["superseded"]["message"]
    yield "name", chain["name"]
    yield "figure id", chain["figure_id"]
    yield "file", f"{file['file_name']}, received {file['retrieved_at']}"
    yield "sha256", file["sha256"]
    yield "url", file["url"] or "none (supplied as a file)"
    yield "archived at", file["archived_at"]
    yield from _decisions(chain)
    for note in chain["notes"]:
        yield "note", f"{note['text']} ({note['locator']})"
    for word in ("later", "earlier"):
        yield from _issues(word, chain[word])
    groups = chain["other_groups"]
    for group in groups[:GROUPS_OF_A_NAME]:
        yield "other group", f"{_printed(group)}  {group['name']}@{group['release']}"
    if len(groups) > GROUPS_OF_A_NAME:
        yield "", f"... and {len(groups) - GROUPS_OF_A_NAME:,} more groups (--json lists all)"
    yield from _checks(chain)


def _decisions(chain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    correction = chain["correction"]
    if correction:
        applied = "corrected" if correction["state"] == "applied" else "NOT applied"
        yield (
            applied,
            (
                f"{correction['message']} Decided {correction['decided']} by {correction['author_role']}; "
                f"evidence: {correction['evidence']}; reported to: {correction['reported_to']}."
            ),
        )
    for finding in chain["findings"]:
        waived = f" (waived: {finding['waiver_id']})" if finding["waiver_id"] else ""
        yield "finding", f"{finding['check_id']}: {finding['message']}{waived}"
    for waiver in chain["waivers"]:
        yield (
            "waiver",
            (
                f"{waiver['waiver_id']} of {waiver['check_id']}, {waiver['state'].replace('_', ' ')} until "
                f"{waiver['expires']}, by {waiver['author_role']}: {waiver['reason']}"
            ),
        )


def _checks(chain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Failed checks with their messages: those of this figure, then those elsewhere in its release."""
    failed = [check for check in chain["checks"] if check["outcome"] == "fail"]
    # A check whose findings do not name all of its cells may have failed here too.
    sure = all(check["all_cells_named"] for check in chain["release_checks"])
    none = "no check of this figure" if sure else "no check that names this figure; see the lines 'elsewhere'"
    yield "failed", ", ".join(check["check_id"] for check in failed) or none
    for outcome, word in _OUTCOMES.items():
        ids = [check["check_id"] for check in chain["checks"] if check["outcome"] == outcome]
        yield word, ", ".join(ids) or "none"
    for check in chain["release_checks"]:
        unsure = (
            ""
            if check["all_cells_named"]
            else "; not all of its cells are listed, so this figure may be among them"
        )
        severity, message = check["severity"], check["message"]
        yield "elsewhere", f"{check['check_id']} ({severity}) failed in this release{unsure}: {message}"


def _issues(word: str, issues: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for issue in issues[:ISSUES_OF_A_FIGURE]:
        corrected = (
            f" (corrected: {issue['corrected_value']:,.10g})" if issue["corrected_value"] is not None else ""
        )
        yield word, f"{_printed(issue)}{corrected} in release {issue['release']}, {issue['locator']}"
    if len(issues) > ISSUES_OF_A_FIGURE:
        yield "", f"... and {len(issues) - ISSUES_OF_A_FIGURE:,} more issues (--json lists all)"


def _measure(figure: Mapping[str, Any]) -> str:
    return str(figure["measure"]).replace("_", " ")


def _words(text: str) -> str:
    return text.replace("_", " ")


def _breakdown(breakdown: str) -> str:
    return "total" if breakdown == "total" else breakdown.replace(";", "; ").replace("=", " = ")


def _value(figure: Mapping[str, Any]) -> str:
    value = "no value" if figure["value"] is None else f"{figure['value']:,.10g}"
    status = f", status {figure['status']}" if figure["status"] else ""
    return f"{value} {figure['unit']}{status}"


def _printed(figure: Mapping[str, Any]) -> str:
    return str(figure["value_text"]).strip() or "(empty)"


def _corrected(figure: Mapping[str, Any]) -> str:
    """The corrected value; it is never shown without the printed one."""
    value = figure["corrected_value"]
    return "" if value is None else f"; corrected to {value:,.10g} by decision {figure['correction_id']}"


_OPERATIONS = {
    "compare": "compare levels",
    "sum": "add up",
    "rate": "divide one by the other",
    "side_by_side": "show side by side",
    "correlate": "correlate",
}


def print_comparison(answer: Mapping[str, Any]) -> None:
    """Print what may be done with two figures, and why not."""
    console = _console()
    for letter, series in zip("AB", answer["series"], strict=True):
        number = "no figure published" if not series["published"] else series["status"] or "no value"
        value = number if series["value"] is None else f"{series['value']:,.10g} {series['unit']}"
        value += _corrected(series)
        group = "" if series["breakdown"] == "total" else f" ({_breakdown(series['breakdown'])})"
        console.print(
            f"{letter}  {_measure(series)}{group}, {series['area_name']} ({series['area_code']}), "
            f"{series['period_start']}/{series['period_end']}: {value}",
            markup=False,
        )
        release = f"@{series['release']}" if series["published"] else ""
        console.print(f"   {series['name']}{release}  id {series['figure_id']}", markup=False)
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
