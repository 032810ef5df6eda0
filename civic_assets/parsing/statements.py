"""Sentences published with a source's tables, each with its claim.

Belongs here: reading the table of statements. Does not belong here: the definition of a subject
(`contracts.statements`) and whether a claim holds (`civic_assets.quality.rules.claims.sentences`). A statement is not
an observation: "38 crimes in Islington" in a text is not one of the publisher's figures, and is never published as one.
"""

from __future__ import annotations

from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.contracts.statements import statements_table
from civic_assets.errors import CivicError
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.values.cells import label, parse_number
from civic_assets.values.spans import Span, span_of

CLAIMS = {
    "number": "the subject is this number",
    "list": "the sentence comes with a list of the subject; the number of its entries was counted",
    "part": "this number is a part of the subject, and the parts add up to the whole",
    "rows": "the rows of the subject are of the kind named by the unit",
    "period": "the subject (a table) is for this period",
    "newest": "the subject's figures for this period are the most recent",
    "trend": "words of direction about the subject",
    "exhibit": "a caption: there is an exhibit of this name",
    "reference": "the text refers to an exhibit of this name",
    "body": "the subject is a body that exists",
}
"""Kinds of claim that a statement can make."""

_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim in one sentence; a sentence with two numbers makes two claims.

    Args:
        locator: Address of the sentence.
        section: Section of the document.
        text: Sentence as printed, or the part of it that makes the claim.
        claim: One of `CLAIMS`.
        subject: Subject of the claim, in words.
        said: Number as printed, e.g. `26` or `nine`; empty if none is claimed.
        value: The same number as a float.
        unit: Unit of what is counted, in words.
        area: Code of the area that the sentence names; empty if it names none.
        area_name: Name of the area as printed.
        span: Time that the sentence names; None if it names none.
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


def read_statements(found: FoundTables, contract: Contract) -> list[Statement]:
    """All statements of a release, in their order; none if the file has no table of statements.

    Raises:
        CivicError: A claim, number, area or period is not recognised; the message names the cell.
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
        raise CivicError(f"{where}: the claim {claim!r} is unknown; use one of {', '.join(CLAIMS)}")
    value = number_of(said)
    if said and value is None:
        raise CivicError(f"{where}: {said!r} is not a number; write it in digits, or in words up to twenty")
    if value is None and claim in ("number", "list", "part"):
        raise CivicError(f"{where}: a statement of the kind {claim!r} needs a number in the column Says")
    span = span_of(period)
    if (period or claim in ("period", "newest")) and span is None:
        raise CivicError(
            f"{where}: {period!r} is not a period; write it as in the text, e.g. 'year ending June 2022'"
        )
    known = {place.name: place.code for place in contract.places.values()}
    if area and area not in known:
        raise CivicError(
            f"{where}: the contract does not know the area {area!r}; it knows {', '.join(known)}"
        )
    return Statement(where, section, text, claim, subject, said, value, unit, known.get(area, ""), area, span)


def number_of(said: str) -> float | None:
    """A number in digits or, up to twenty, in words; None if it is neither."""
    word = label(said)
    return float(_WORDS.index(word)) if word in _WORDS else parse_number(said)
