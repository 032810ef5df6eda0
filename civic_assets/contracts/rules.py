"""Rules about figures that must fit each other, as a contract declares them.

Belongs here: which kinds of rule there are, what each may say, and refusing one that says something else. Does not
belong here: the equations that rules make (`civic_assets.quality.equations.system`), and other parts of a table
(`tables`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from civic_assets.contracts.document import Node
from civic_assets.contracts.model import Column, Rule, Severity

_TOLERANCES = ("rounding", "total_rounding", "tolerance", "because")
# Kind of rule -> keys that it must have, and keys that it may have.
_KINDS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "identity": (("total", "parts"), ("match", "where", *_TOLERANCES)),
    "sum": (("over", "measures"), ("values", "parts_in", "where", *_TOLERANCES)),
    "parent": ((), ("measures", "parent", "parts", "where", *_TOLERANCES)),
    "at_most": ((), ("smaller", "larger", "over", "measures", "match", "where", "tolerance", "because")),
    "ratio": (
        ("rate", "numerator", "denominator", "per"),
        ("match", "decimals", "rounding", "where", "because"),
    ),
    "change": (("current", "previous"), ()),
    "rate": (("count", "per", "denominators"), ("rounding",)),
    "terms": (("measures",), ("persons",)),
    "implied_base": (("rates", "per"), ("rounding",)),
    "shared_base": (("rates", "because"), ("counts",)),
}
BASES = frozenset({"implied_base", "shared_base"})
"""Kinds of rule about the base of a rate where none is printed."""
EQUATIONS = frozenset(_KINDS) - BASES
"""Kinds of rule that are equations between figures."""

_WHERE = ("area_types", "codes", "breakdowns", "units")
_NUMBER = (int, float)


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


def read_rules(
    table: Node,
    name: str,
    columns: Sequence[Column],
    labelled: set[str],
    severities: Mapping[str, Severity],
) -> tuple[Rule, ...]:
    """The rules of a table (`quality`).

    Args:
        table: Its entry in `schema`.
        name: Of the table.
        columns: Its columns, whose measures rules may name.
        labelled: Measures that stand in the rows, which rules may name too.
        severities: Our word for each of the standard's.

    Raises:
        ContractError: A rule is of no known kind, lacks or has a key too many, or names a measure that is not there.
    """
    figures = [column for column in columns if not column.key]
    known = labelled | {column.measure for column in figures} | {column.name for column in columns}
    rules: list[Rule] = []
    for node in table.items("quality", []):
        identifier = node.text("id")
        match = re.fullmatch(r"([A-Z]-[0-9][0-9])(-[a-z0-9-]+)?", identifier)
        if not match:
            raise node.refuse(
                f"id {identifier!r} must be a check id such as V-10, with a suffix such as V-11-theft"
            )
        if node.text("type") != "custom" or node.text("engine") != "civic_assets":
            raise node.refuse("only rules of type custom and engine civic_assets are run here")
        options = node.get("implementation", dict)
        kind = options.one_of("rule", set(_KINDS))
        _check_keys(options, kind)
        named = _measures_named(options, kind)
        unknown = [measure for measure in named if measure not in known]
        if unknown:
            raise options.refuse(f"names {unknown[0]!r}, which is no column of table {name!r}")
        rules.append(
            Rule(
                id=identifier,
                check_id=match[1],
                kind=kind,
                table=name,
                description=node.text("description"),
                severity=severities[node.one_of("severity", severities)],
                options=options.value,
            )
        )
    _refuse_two_roles(table, rules)
    _refuse_no_base(table, rules)
    return tuple(rules)


def _check_keys(options: Node, kind: str) -> None:
    needed, allowed = _KINDS[kind]
    options.only("rule", *needed, *allowed)
    for key in needed:
        if not options.has(key):
            raise options.refuse(f"{key!r} is missing")
    stated = [key for key in _TOLERANCES[:3] if options.has(key)]
    if len(stated) > 1:
        raise options.refuse(
            f"states both {stated[0]!r} and {stated[1]!r}; one of them says how far sums may differ"
        )
    for key in (*stated, "per", "decimals"):
        if options.has(key) and options.get(key, _NUMBER).value < 0:
            raise options.get(key, _NUMBER).refuse("must not be negative")
    if options.has("tolerance"):
        # A rounding base explains itself; any other tolerance is a judgement.
        options.text("because")
    if options.has("where"):
        where = options.get("where", dict)
        where.only(*_WHERE)
        for key in where.value:
            where.get(key, list)
    options.one_of("match", {"row", "period"}, "period")
    options.text("parent", "")
    if kind == "parent" and options.has("parts"):
        options.get("parts", int)
    if kind == "at_most" and options.has("over") == options.has("smaller"):
        raise options.refuse("says either 'smaller' and 'larger', or 'over' and 'measures'")


def _measures_named(options: Node, kind: str) -> list[str]:
    """Measures that a rule names; each term once.

    Raises:
        ContractError: A term is no name and no mapping of a measure, or stands there twice.
    """
    over = kind == "at_most" and options.has("over")
    places = [options.get(key, (str, dict)) for key in _SINGLE.get(kind, ()) if not over]
    if kind == "identity":
        places += options.items("parts")
    if kind in ("sum", "parent", "terms") or over:
        places += options.items("measures", [])
    if kind == "terms":
        places += options.items("persons", [])
    if kind == "implied_base":
        rates = options.get("rates", dict)
        return [*rates.value, *(rates.text(rate) for rate in rates.value)]
    if kind == "shared_base":
        places += [*options.items("rates"), *options.items("counts", [])]
    terms: list[Term] = []
    for place in places:
        if isinstance(place.value, dict):
            place.only("measure", "breakdown", "unit")
            place.text("measure")
        elif not isinstance(place.value, str):
            raise place.refuse("a term is the name of a measure, or {measure, breakdown, unit}")
        terms.append(Term.of(place.value))
        if terms[-1] in terms[:-1] and kind != "terms":
            raise options.refuse("names a column twice")
    if kind in ("identity", "at_most") and len({term.breakdown is None for term in terms}) > 1:
        raise options.refuse("gives some of its terms a breakdown and others none: which stand together?")
    return [term.measure for term in terms]


_SINGLE: Mapping[str, Sequence[str]] = {
    "identity": ("total",),
    "at_most": ("smaller", "larger"),
    "ratio": ("rate", "numerator", "denominator"),
}


def _refuse_two_roles(table: Node, rules: Sequence[Rule]) -> None:
    """A rate that is tested against its counts cannot be an operand of another rule of the table."""
    rates = {Term.of(rule.options["rate"]).measure for rule in rules if rule.kind == "ratio"}
    for rule in rules:
        if rule.kind not in ("identity", "sum", "parent", "at_most"):
            continue
        named = [rule.options[key] for key in _SINGLE.get(rule.kind, ()) if key in rule.options]
        named += [*(rule.options.get("parts", ()) if rule.kind == "identity" else ())]
        named += rule.options.get("measures", ())
        twice = rates & {Term.of(entry).measure for entry in named}
        if twice:
            raise table.refuse(
                f"rule {rule.id} uses {min(twice)!r}, which another rule tests against its counts: name those"
            )


def _refuse_no_base(table: Node, rules: Sequence[Rule]) -> None:
    """Rates that claim one base need a count beside each, and one rate alone needs something to share it with."""
    paired = {rate for rule in rules if rule.kind == "implied_base" for rate in rule.options["rates"]}
    for rule in rules:
        if rule.kind != "shared_base":
            continue
        unknown = [rate for rate in rule.options["rates"] if rate not in paired]
        if unknown:
            raise table.refuse(
                f"rule {rule.id} names {unknown[0]!r}, for which no implied_base names a count"
            )
        if len(rule.options["rates"]) + len(rule.options.get("counts", ())) < 2:
            raise table.refuse(f"rule {rule.id} names one rate and nothing that it shares its base with")


def check_suppressed(layout: Node) -> None:
    """Refuses a layout's `suppressed` (between which numbers a suppressed count lies) that is not complete.

    Raises:
        ContractError: It lacks `lowest`, `highest` or `because`, or they are crossed.
    """
    if not layout.has("suppressed"):
        return
    node = layout.get("suppressed", dict)
    node.only("lowest", "highest", "area_types", "because")
    node.text("because")
    lowest, highest = (node.get(key, _NUMBER).value for key in ("lowest", "highest"))
    if not 0 <= lowest <= highest:
        raise node.refuse(f"{lowest!r} to {highest!r} is no range of counts")


def check_rounding(layout: Node, measures: set[str]) -> None:
    """Refuses a layout's `rounding` (levels and years whose counts are rounded) that says something else.

    Raises:
        ContractError: It lacks `to` or `because`, has another key, a measure that is not there, or no day
            where one must stand.
    """
    if not layout.has("rounding"):
        return
    for node in layout.items("rounding"):
        node.only("to", "area_types", "measures", "from", "until", "because")
        node.text("because")
        if node.get("to", _NUMBER).value <= 0:
            raise node.refuse("`to` must be greater than 0")
        node.items("area_types", [])
        unknown = [str(one.value) for one in node.items("measures", []) if one.value not in measures]
        if unknown:
            raise node.refuse(f"names {unknown[0]!r}, which is no measure of the table")
        for key in ("from", "until"):
            if node.has(key) and not _is_day(node.value[key]):
                raise node.refuse(f"`{key}` must be a day such as 2017-09-01")


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def tolerance_of(options: Mapping[str, Any], parts: Any) -> Any:
    """How far a total may lie from the sum of its parts.

    From rounding to a base b (V-13): (b/2)(n + 1) where all n parts and the total are rounded, b/2 where the total is.

    Args:
        options: Of a rule.
        parts: Number of parts of each sum, an array.

    Returns:
        As `parts`.
    """
    if "tolerance" in options:
        return parts * 0.0 + float(options["tolerance"])
    if "total_rounding" in options:
        return parts * 0.0 + float(options["total_rounding"]) / 2
    return float(options.get("rounding", 0)) / 2 * (parts + 1.0)
