"""Rules about a file other than its figures: where it comes from, and what its marks refer to.

Belongs here: R-11 and R-12. Does not belong here: the bytes and tables of the file (`rules.file`).
"""

from __future__ import annotations

from civic_assets.parsing.release_date import stated_release_date
from civic_assets.quality.analyses.publisher_notes import publisher_notes_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted


@rule(
    "R-11",
    "Footnotes captured",
    dimension="completeness",
    layer="raw",
    severity="warning",
    statement="Every mark of a note in a table that is read, `[note n]` or a superscript, has a text in the list of "
    "notes about that table.",
    cannot_tell="what a note means (R-13), and superscripts whose number no note has",
    guidance="Look for the note in the publisher's bulletin, and tell the publisher.",
)
def footnotes(release: ReleaseView) -> RuleOutcome:
    """R-11: marks and texts of notes belong together; texts to which no mark leads are counted."""
    notes = release.derived(publisher_notes_of)
    if not notes.marks:
        return not_evaluated("no_input", "no table that is read has a mark of a note")
    loose: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for mark in notes.loose:
        loose.setdefault((mark.number, mark.sheets), []).append(mark.locator)
    findings = [
        Finding(
            "R-11",
            f"{addresses[0]} refers to note {number}, which has no text in "
            f"{' or '.join(map(repr, sheets)) or 'any list of notes of the file'}.",
            addresses[0],
            addresses,
            observed=f"[note {number}]",
            expected="a note of that number",
        )
        for (number, sheets), addresses in loose.items()
    ]
    spare = sum(
        bool(note.number) and bool(note.marks) and all(mark.place == "table" for mark in note.marks)
        for note in notes.notes
    )
    without = f"; {counted(spare, 'note')} to which no mark leads" if spare else ""
    return outcome_of(
        notes.marks, findings, f"{counted(notes.marks, 'mark')} of notes, each with its text{without}"
    )


@rule(
    "R-12",
    "Licence and provenance",
    dimension="completeness",
    layer="raw",
    severity="blocking",
    statement="Publisher, licence, day of receipt and file are known, and the day of publication is stated in the file "
    "or estimated from the publisher's schedule.",
    cannot_tell="whether the licence covers a reuse",
    guidance="State what is missing in the contract.",
)
def provenance(release: ReleaseView) -> RuleOutcome:
    """R-12: nothing is published of which it is not known whose it is, and when and how it came."""
    file, contract = release.file, release.contract
    if not file.retrieved_at:
        return not_evaluated("no_reference", "the file is not in the archive yet")
    needed = {
        "the publisher's name": contract.publisher.get("name"),
        "a licence": contract.publisher.get("licence"),
        "the name of the file": file.name,
        "an expected lag": contract.expected_lag_days or None,
    }
    missing = [name for name, value in needed.items() if not value]
    findings = [
        Finding("R-12", f"{file.name}: {name} is not known. State it in {contract.file.name}.")
        for name in missing
    ]
    # Not whether it has an address: the same bytes give the same results, however they came.
    stated = (
        "stated in the file"
        if stated_release_date(release.grid)
        else "estimated from the publisher's schedule"
    )
    return outcome_of(len(needed), findings, f"all are known; the day of publication is {stated}")
