"""Rules about figures that must fit each other: one model for each kind of rule.

Belongs here: what each kind may say. Does not belong here: measures that must exist in the table
(`civic_assets.contracts.rules`), and the equations that rules make (`civic_assets.quality.equations.system`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from civic_assets.contracts.models.base import Because, CamelEntry, Entry, NotNegative, Text, Whole
from civic_assets.contracts.models.layout import Unit
from civic_assets.contracts.models.standard import AuthoritativeDefinition, CustomProperty

SeverityWord = Literal["error", "warning", "info"]


class Where(Entry):
    """Figures to which a rule is narrowed."""

    area_types: list[str] | None = None
    codes: list[str] | None = None
    breakdowns: list[str] | None = None
    units: list[str] | None = None


class NamedFigures(Entry):
    """Figures that a rule names: a measure, and one breakdown or unit of it where the rule says so."""

    measure: Text
    breakdown: str | None = None
    unit: str | None = None


def _term(value: Any) -> Any:
    if isinstance(value, str):
        return {"measure": value}
    if not isinstance(value, dict):
        raise PydanticCustomError("term", "must be the name of a measure, or {{measure, breakdown, unit}}")
    return value


class _NameOrMapping:
    """Describes a term to editors: the name of a measure, or a mapping."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(core)]}


Term = Annotated[NamedFigures, BeforeValidator(_term), _NameOrMapping()]


class _Narrowed(Entry):
    where: Where | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_key_is_left_empty(cls, written: Any) -> Any:
        for key, value in written.items() if isinstance(written, dict) else ():
            if value is None:
                raise PydanticCustomError(
                    "said", "{key} is empty; write something there, or leave the key out", {"key": repr(key)}
                )
        return written


class _Tolerant(_Narrowed):
    """How far sums may differ: one of `rounding`, `total_rounding` and `tolerance`, the last with `because`."""

    rounding: NotNegative | None = None
    total_rounding: NotNegative | None = None
    tolerance: NotNegative | None = None
    because: Because | None = None

    @model_validator(mode="after")
    def _one_tolerance(self) -> _Tolerant:
        stated = [
            name for name in ("rounding", "total_rounding", "tolerance") if name in self.model_fields_set
        ]
        if len(stated) > 1:
            raise PydanticCustomError(
                "tolerances",
                f"states both {stated[0]!r} and {stated[1]!r}; one of them says how far sums may differ",
            )
        _reason_for_tolerance(self.tolerance, self.because)
        return self


def _reason_for_tolerance(tolerance: float | None, because: str | None) -> None:
    # A rounding base explains itself; any other tolerance is a judgement.
    if tolerance is not None and because is None:
        raise PydanticCustomError("tolerance", "'because' is missing: a tolerance needs its reason")


class Identity(_Tolerant):
    """A measure is the sum of others."""

    rule: Literal["identity"]
    total: Term
    parts: list[Term]
    match: Literal["row", "period"] | None = None


class Sum(_Tolerant):
    """A measure is the sum over a key of its breakdown."""

    rule: Literal["sum"]
    over: Annotated[list[str], BeforeValidator(lambda one: [one] if isinstance(one, str) else one),
                    WithJsonSchema({"anyOf": [{"type": "string"},
                                              {"type": "array", "items": {"type": "string"}}]})]  # fmt: skip
    measures: list[Term]
    values: list[str] | None = None
    parts_in: list[str] | None = None


class Parent(_Tolerant):
    """An area is the sum of its areas."""

    rule: Literal["parent"]
    measures: list[Term] | None = None
    parent: str | None = None
    parts: Whole | None = None


class AtMost(_Narrowed):
    """A part is no more than its whole."""

    rule: Literal["at_most"]
    smaller: Term | None = None
    larger: Term | None = None
    over: str | None = None
    measures: list[Term] | None = None
    match: Literal["row", "period"] | None = None
    tolerance: NotNegative | None = None
    because: Because | None = None

    @model_validator(mode="after")
    def _either(self) -> AtMost:
        if (self.over is None) == (self.smaller is None):
            raise PydanticCustomError(
                "at_most", "says either 'smaller' and 'larger', or 'over' and 'measures'"
            )
        if self.smaller is not None and self.larger is None:
            raise PydanticCustomError("at_most", "'larger' is missing")
        if self.over is not None and self.measures is None:
            raise PydanticCustomError("at_most", "'measures' is missing")
        _reason_for_tolerance(self.tolerance, self.because)
        return self


class Ratio(_Narrowed):
    """A rate is `per` times a count over a denominator."""

    rule: Literal["ratio"]
    rate: Term
    numerator: Term
    denominator: Term
    per: NotNegative
    decimals: NotNegative | None = None
    rounding: NotNegative | None = None
    match: Literal["row", "period"] | None = None
    because: Because | None = None


class Change(Entry):
    """A percentage change follows from two counts, each in a table."""

    rule: Literal["change"]
    current: Text
    previous: Text


class Rate(Entry):
    """The rates of a row rest on one denominator, printed rounded."""

    rule: Literal["rate"]
    count: Text
    per: NotNegative
    denominators: dict[Unit, str]
    rounding: NotNegative | None = None


class Terms(Entry):
    """Three terms add up to the academic year."""

    rule: Literal["terms"]
    measures: list[Term]
    persons: list[Term] | None = None


class ImpliedBase(Entry):
    """A whole number of people gives each rate of its count."""

    rule: Literal["implied_base"]
    rates: dict[str, Text]
    per: NotNegative
    rounding: NotNegative | None = None


class SharedBase(Entry):
    """Some rates claim one base."""

    rule: Literal["shared_base"]
    rates: list[Term]
    counts: list[Term] | None = None
    because: Because


Implementation = Annotated[
    Identity | Sum | Parent | AtMost | Ratio | Change | Rate | Terms | ImpliedBase | SharedBase,
    Field(discriminator="rule"),
]


class RuleEntry(CamelEntry):
    """One entry of a table's `quality`: which check it is, how severe, and what it demands."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]-[0-9][0-9](-[a-z0-9-]+)?$")]
    type: Literal["custom"]
    engine: Literal["civic_assets"]
    description: Text
    severity: SeverityWord
    implementation: Implementation
    name: str | None = None
    dimension: str | None = None
    method: str | None = None
    business_impact: str | None = None
    schedule: str | None = None
    scheduler: str | None = None
    unit: str | None = None
    tags: list[str] | None = None
    custom_properties: list[CustomProperty] | None = None
    authoritative_definitions: list[AuthoritativeDefinition] | None = None
