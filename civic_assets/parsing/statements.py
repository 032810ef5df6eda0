"""Sentences that stand beside a source's tables, each with what it claims.

Belongs here: reading the table of statements. Does not belong here: what a subject is (`contracts.statements`) and
whether a claim holds (`civic_assets.quality.rules.claims.sentences`). A statement is no observation: "38 crimes in
Islington" that a text says is no figure of its publisher, and never stands among published figures.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.contracts.statements import statements_table
from civic_assets.errors import CivicError
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.values.cells import label, parse_number
from civic_assets.values.spans import Span, span_of

CLAIMS = {
    "number": "the subject is this number",
    "list": "a list of the subject stands beside the sentence; the number of its entries was counted",
    "part": "this number is a part of the subject's, and all parts together are all of it",
    "rows": "the rows of the subject are of the kind that the unit names",
    "period": "the subject (a table) is of this period",
    "newest": "the subject's figures of this period are the most recent ones",
    "trend": "words of direction about the subject",
    "exhibit": "a caption: there is an exhibit of this name",
    "reference": "the text refers to an exhibit of this name",
    "body": "the subject is a body that exists",
}
"""What a statement can claim."""

_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim of one sentence; a sentence with two numbers makes two.

    Args:
        locator: Of the sentence.
        section: Where in the document it stands.
        text: The sentence as printed, or the part of it that says this.
        claim: One of `CLAIMS`.
        subject: What it is about, in words.
        said: The number as printed, `26` or `nine`; empty where none is claimed.
        value: The same as a number.
        unit: What is counted, in words.
        area: Code of the area that the sentence names; empty where it names none.
        area_name: The same as printed.
        span: Time that the sentence names; None where it names none.
    """

    locator: str
    section: str
    text: str
    claim: str
    subject: str
    said: str = ""
    value: float | None = None
    unit: str = ""
    area: str = ""
    area_name: str = ""
    span: Span | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the facts of a release, days as text."""
        span = self.span
        return {
            **asdict(self),
            "span": span.words if span else None,
            "span_start": span.start.isoformat() if span else None,
            "span_end": span.end.isoformat() if span else None,
        }


def read_statements(found: FoundTables, contract: Contract) -> list[Statement]:
    """Every statement of a source that ships them, in its order; none where the file has no table of them.

    Raises:
        CivicError: A claim, number, area or period is none that is known; the sentence names the cell.
    """
    name = statements_table(contract)
    if name not in found:
        return []
    block = found[name]
    columns = ("section", "statement", "claim", "subject", "says", "unit", "area", "period")
    rows = zip(block.locators("statement"), *(block.texts(column) for column in columns), strict=True)
    return [_statement(contract, *row) for row in rows]


def _statement(
    contract: Contract, where: str, section: str, text: str, claim: str, subject: str, said: str, unit: str,
    area: str, period: str,
) -> Statement:  # fmt: skip
    if claim not in CLAIMS:
        raise CivicError(f"{where}: the claim {claim!r} is none of {', '.join(CLAIMS)}")
    value = number_of(said)
    if said and value is None:
        raise CivicError(f"{where}: {said!r} is no number")
    if value is None and claim in ("number", "list", "part"):
        raise CivicError(f"{where}: a statement of the kind {claim!r} needs a number in the column Says")
    span = span_of(period)
    if (period or claim in ("period", "newest")) and span is None:
        raise CivicError(f"{where}: {period!r} names no time")
    known = {place.name: place.code for place in contract.places.values()}
    if area and area not in known:
        raise CivicError(
            f"{where}: the contract does not know the area {area!r}; it knows {', '.join(known)}"
        )
    return Statement(where, section, text, claim, subject, said, value, unit, known.get(area, ""), area, span)


def number_of(said: str) -> float | None:
    """A number in digits or, up to twenty, in words; None when it is neither."""
    word = label(said)
    return float(_WORDS.index(word)) if word in _WORDS else parse_number(said)
