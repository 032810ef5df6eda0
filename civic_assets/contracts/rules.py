"""Rules about figures that must fit each other, as a contract declares them.

Belongs here: which kinds of rule there are, which measures a rule names, and what is wrong with those. Does not
belong here: the keys of each kind (`models.quality`), and the equations that rules make
(`civic_assets.quality.equations.system`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets.contracts.model import Rule

BASES = frozenset({"implied_base", "shared_base"})
"""Kinds of rule about the base of a rate where none is printed."""
EQUATIONS = frozenset({"identity", "sum", "parent", "at_most", "ratio", "change", "rate", "terms"})
"""Kinds of rule that are equations between figures."""


@dataclass(frozen=True, slots=True)
class Term:
    """Figures that a rule names: a measure, and where the rule says so only one breakdown or unit of it."""

    measure: str
    breakdown: str | None = None
    unit: str | None = None

    @staticmethod
    def of(entry: str | Mapping[str, str]) -> Term:
        """A term as the contract writes it: a name, or `{measure, breakdown, unit}`."""
        return Term(entry) if isinstance(entry, str) else Term(**entry)


def measures_named(options: Mapping[str, Any], kind: str) -> list[Term]:
    """Every term that a rule names, in the order of its keys.

    Args:
        options: The rule's `implementation`, already checked against its model.
        kind: Its `rule`.
    """
    over = kind == "at_most" and "over" in options
    entries = [options[key] for key in _SINGLE.get(kind, ()) if not over and key in options]
    if kind == "identity":
        entries += options["parts"]
    if kind in ("sum", "parent", "terms") or over:
        entries += options.get("measures", [])
    if kind == "terms":
        entries += options.get("persons", [])
    if kind == "implied_base":
        entries += [*options["rates"], *options["rates"].values()]
    if kind == "shared_base":
        entries += [*options["rates"], *options.get("counts", [])]
    return [Term.of(entry) for entry in entries]


_SINGLE: Mapping[str, Sequence[str]] = {
    "identity": ("total",),
    "at_most": ("smaller", "larger"),
    "ratio": ("rate", "numerator", "denominator"),
}
_TERMS_MAY_REPEAT = ("terms", "implied_base")


def why_not_a_rule(
    options: Mapping[str, Any], kind: str, known: Collection[str], table: str
) -> Iterator[str]:
    """What is wrong with the measures that a rule names.

    Args:
        options: The rule's `implementation`.
        kind: Its `rule`.
        known: Measures and columns of the table.
        table: Name of the table.
    """
    terms = measures_named(options, kind)
    for term in terms:
        if term.measure not in known:
            yield f"names {term.measure!r}, which is not a column of table {table!r}"
    if kind not in _TERMS_MAY_REPEAT and len(set(terms)) < len(terms):
        yield "names a column twice"
    if kind in ("identity", "at_most") and len({term.breakdown is None for term in terms}) > 1:
        yield "gives some of its terms a breakdown and others none: which belong together?"


def why_not_together(rules: Sequence[Rule]) -> Iterator[str]:
    """What is wrong with the rules of one table taken together."""
    yield from _two_roles(rules)
    yield from _no_base(rules)


def _two_roles(rules: Sequence[Rule]) -> Iterator[str]:
    """A rate that is tested against its counts cannot be an operand of another rule of the table."""
    rates = {Term.of(rule.options["rate"]).measure for rule in rules if rule.kind == "ratio"}
    for rule in rules:
        if rule.kind not in ("identity", "sum", "parent", "at_most"):
            continue
        twice = rates & {term.measure for term in measures_named(rule.options, rule.kind)}
        if twice:
            yield f"rule {rule.id} uses {min(twice)!r}, which another rule tests against its counts: name the counts"


def _no_base(rules: Sequence[Rule]) -> Iterator[str]:
    """Rates that claim one base need a count for each, and one rate alone needs something to share it with."""
    paired = {rate for rule in rules if rule.kind == "implied_base" for rate in rule.options["rates"]}
    for rule in rules:
        if rule.kind != "shared_base":
            continue
        unknown = [rate for rate in rule.options["rates"] if rate not in paired]
        if unknown:
            yield f"rule {rule.id} names {unknown[0]!r}, for which no implied_base names a count"
        if len(rule.options["rates"]) + len(rule.options.get("counts", ())) < 2:
            yield f"rule {rule.id} names one rate and nothing that it shares its base with"


def tolerance_of(options: Mapping[str, Any], parts: Any) -> Any:
    """How far a total may lie from the sum of its parts.

    From rounding to a base b (V-13): (b/2)(n + 1) where all n parts and the total are rounded, b/2 where the total is.

    Args:
        options: Options of a rule.
        parts: Number of parts of each sum, an array.

    Returns:
        As `parts`.
    """
    if "tolerance" in options:
        return parts * 0.0 + float(options["tolerance"])
    if "total_rounding" in options:
        return parts * 0.0 + float(options["total_rounding"]) / 2
    return float(options.get("rounding", 0)) / 2 * (parts + 1.0)
