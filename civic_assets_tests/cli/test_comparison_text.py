"""The text of `compare` prints each publisher's note in full once; the JSON has it with every operation."""

from __future__ import annotations

from civic_assets.answers.comparison import Operations, OperationVerdict
from civic_assets.cli.compare import operation_lines

NOTE = (
    "A note of the publisher concerns the comparison: \u201cRates (per 1,000) will not match (see p3).\u201d "
    "(ons_csp 2024-12, Notes (CSP)!B11)."
)
OTHER = "Stocks and flows differ."


def test_note_is_printed_in_full_once_and_then_named_by_its_cell() -> None:
    verdict = OperationVerdict(allowed=True, reasons=(NOTE, OTHER), rules=("R-11", "H-02"))
    operations = Operations(
        compare=verdict, sum=verdict, rate=verdict, side_by_side=verdict, correlate=verdict
    )
    text = "\n".join(operation_lines(operations))
    assert text.count("will not match") == 1
    assert text.count("the note quoted above, ons_csp 2024-12, Notes (CSP)!B11.") == 4
    assert text.count(OTHER) == 5
