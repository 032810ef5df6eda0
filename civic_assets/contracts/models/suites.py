"""Suites of expectations: `expectations/*.json`, in the form of Great Expectations.

Belongs here: the keys of a suite, with the expectations that judge a table row by row and the arguments of each. Great
Expectations itself leaves out an expectation whose type it does not know, or whose severity, and only logs it. Does not
belong here: running suites (`civic_assets.quality.expectations`), and whether the columns exist
(`civic_assets.quality.file_demands`).
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Because, Entry, Number, Pattern, Text, Whole, YesNo
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem

SEVERITIES = {"critical": "blocking", "warning": "warning", "info": "info"}
"""Our severity by that of Great Expectations."""
Profile = Literal["sources", "releases", "tables", "measures", "words"]
"""The table `quality.profile_<name>` that a suite is about."""
ReasonWord = Literal[
    "no_input", "suppressed_input", "history_too_short", "no_reference", "time_limit", "engine_error",
    "not_applicable", "not_run_yet",
]  # fmt: skip
"""Why a row is not evaluated."""
Dimension = Literal["accuracy", "completeness", "consistency", "timeliness", "uniqueness", "validity"]
"""A dimension of the Government Data Quality Framework."""
Value = str | int | float
Bound = Number | Whole


def _template(text: str) -> str:
    try:
        list(Formatter().parse(text))
    except ValueError as error:
        raise PydanticCustomError(
            "template", "is not a sentence with columns in braces: {error}", {"error": str(error)}
        ) from None
    return text


Template = Annotated[Text, AfterValidator(_template)]
"""A sentence with columns of the row in braces, e.g. `{source} {release}`."""


class Unknown(Entry):
    """Why a row is not evaluated in which an operand is absent."""

    reason: ReasonWord
    message: Template


class ExpectationMeta(Entry):
    """What the catalogue, findings and results say about an expectation."""

    check_id: Annotated[str, Field(pattern=r"^[A-Z]-[0-9][0-9](-[a-z0-9-]+)?$")]
    name: Text
    dimension: Dimension
    severity: Literal["blocking", "warning", "info"]
    statement: Text
    because: Because
    cannot_tell: Text
    sentence: Template
    observed: Template
    expected: Template
    passed: Text
    unknown: Unknown


class _Expectation(Entry):
    severity: Literal["critical", "warning", "info"]
    meta: ExpectationMeta

    @model_validator(mode="after")
    def _has_one_severity(self) -> _Expectation:
        if SEVERITIES[self.severity] != self.meta.severity:
            raise PydanticCustomError(
                "severity",
                "severity is {severity} to Great Expectations and {ours} in meta",
                {"severity": repr(self.severity), "ours": repr(self.meta.severity)},
            )
        return self


class _OfColumn(Entry):
    column: Text


class _OfPair(Entry):
    column_A: Text
    column_B: Text
    # Without it, a row without an operand would fail although nothing is known about it.
    ignore_row_if: Literal["either_value_is_missing"]


class BetweenArguments(_OfColumn):
    """Bounds of a column; one of them may be left out."""

    min_value: Bound | None = None
    max_value: Bound | None = None
    strict_min: YesNo | None = None
    strict_max: YesNo | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> BetweenArguments:
        if self.min_value is None and self.max_value is None:
            raise PydanticCustomError("bounds", "needs min_value or max_value, or both")
        return self


class SetArguments(_OfColumn):
    """Values that a column may have, or may not have."""

    value_set: Annotated[list[Value], OneOrMore]


class RegexArguments(_OfColumn):
    """A regular expression that values match, or do not match."""

    regex: Pattern


class GreaterArguments(_OfPair):
    """The first column is above the second."""

    or_equal: YesNo | None = None


class PairSetArguments(_OfPair):
    """Pairs of values that two columns may have."""

    value_pairs_set: Annotated[list[tuple[Value, Value]], OneOrMore]


class Between(_Expectation):
    """Each value is between two bounds."""

    type: Literal["expect_column_values_to_be_between"]
    kwargs: BetweenArguments


class InSet(_Expectation):
    """Each value is, or is not, one of a list."""

    type: Literal["expect_column_values_to_be_in_set", "expect_column_values_to_not_be_in_set"]
    kwargs: SetArguments


class MatchesRegex(_Expectation):
    """Each value matches, or does not match, a regular expression."""

    type: Literal["expect_column_values_to_match_regex", "expect_column_values_to_not_match_regex"]
    kwargs: RegexArguments


class PairGreater(_Expectation):
    """In each row one column is above another."""

    type: Literal["expect_column_pair_values_a_to_be_greater_than_b"]
    kwargs: GreaterArguments


class PairEqual(_Expectation):
    """In each row two columns are equal."""

    type: Literal["expect_column_pair_values_to_be_equal"]
    kwargs: _OfPair


class PairInSet(_Expectation):
    """In each row two columns have one of a list of pairs."""

    type: Literal["expect_column_pair_values_to_be_in_set"]
    kwargs: PairSetArguments


ExpectationEntry = Annotated[
    Between | InSet | MatchesRegex | PairGreater | PairEqual | PairInSet, Field(discriminator="type")
]
"""One expectation of a suite."""


class SuiteMeta(Entry):
    """What a suite is about, and whether it holds back a publication."""

    profile: Profile
    gates: Annotated[
        YesNo | None,
        Field(
            description="true: nothing new is published while a blocking expectation of this suite fails, or cannot be "
            "evaluated; the last publication stays. Without it the suite judges what is already published."
        ),
    ] = None


class SuiteFile(WholeFile):
    """A suite of expectations about one profile."""

    schema_: str | None = Field(default=None, alias="$schema")
    name: Annotated[str, Field(description="The file is called <name>.json.")]
    meta: SuiteMeta
    notes: Text
    expectations: Annotated[list[ExpectationEntry], OneOrMore]

    def contradictions(self) -> Iterator[Problem]:
        """Each check has one expectation."""
        yield from twice("expectations", [one.meta.check_id for one in self.expectations], "the check")
