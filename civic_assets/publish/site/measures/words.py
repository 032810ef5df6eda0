"""What a page says of a measure in words: what it counts, who publishes it, its breaks, its biases, its relations.

Belongs here: facts (`facts`) as sentences and rows. Does not belong here: what it must not be used for (`uses`),
figures (`tables`), and HTML (`measure.html.j2`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from civic_assets.house_numbers.display import MEASURE_BIASES
from civic_assets.publish.report.words import day, days
from civic_assets.publish.site.addresses import measure_page
from civic_assets.publish.site.charts.described import mark_words
from civic_assets.publish.site.charts.history import Mark
from civic_assets.publish.site.evidence.word_tables import unit_words
from civic_assets.publish.site.measures.facts import Facts, Row
from civic_assets.publish.site.titles import title_of

# A contract of a source that appears once says that the next release is due after so many months.
_ONCE = 120
_AREAS_NAMED = 4
_STATISTICS: Mapping[str, str] = {
    "flow": "what happened in a period",
    "stock": "what there was on a day",
    "mean_of_stocks": "the mean of what there was on several days",
    "rate": "a rate or share",
    "change": "a change between two periods",
}
_POLARITY: Mapping[str, str] = {
    "higher_is_worse": "A larger figure is usually worse.",
    "higher_is_better": "A larger figure is usually better.",
    "neutral": "Neither a large nor a small figure is good or bad by itself.",
}
_DESIGNATIONS: Mapping[str, str] = {
    "accredited_official_statistics": "Accredited official statistics",
    "official_statistics": "Official statistics, not accredited",
    "management_information": "Management information, not official statistics",
}
BIASES: Mapping[str, tuple[str, str]] = {
    "confirmation": ("Choice of the comparison", "A change can be shown from the one baseline that supports it."),
    "self_selection": ("Who chose to be counted", "Those who answer or send figures differ from those who do not."),
    "sampling": ("Who or what is counted", "Some areas, people or crimes are missing, or are counted among others."),
    "response": ("What is not known", "Answers that are missing can hide what the figures are about."),
    "time_period": ("Choice of the time", "An unusual time, such as the pandemic, is not a fair base."),
    "survivorship": ("Areas that dropped out", "Those that stay in a series can differ from all areas."),
    "reporting": ("How it is reported and recorded", "Figures depend on what is reported, and on rules that changed."),
    "immediacy": ("How recent and how long the series is", "A few recent periods say little about a direction."),
    "topical": ("Choice of the definition or source", "Another definition or source would give another picture."),
    "exposure": ("What is shown often", "What is published often, or in detail, gets more attention than it should."),
}  # fmt: skip
"""Each kind of bias: a title, and what it means, in the words of a reader."""

RELATIONS: Mapping[str, str] = {
    "rate_of": "It is a rate or share of",
    "has_rate": "As a rate or share, it is published as",
    "change_of": "It is a change of",
    "has_change": "Its change is printed as",
    "part_of": "It is part of",
    "has_part": "Its parts are",
    "inside": "It is also counted in, and overlaps other parts of,",
    "has_inside": "It also contains, in ways that overlap,",
}
"""Kinds of relation, each the beginning of a sentence."""


Term = tuple[str, str, str]
"""A term, the words about it, and perhaps the measure that comes first in the words, with a link to its page."""


def counts(facts: Facts) -> list[Term]:
    """What it counts, as terms."""
    measure, indicator = facts["measure"] or {}, facts["indicator"] if facts["page"].indicator else None
    if indicator:
        items = [
            ("What it counts", indicator["definition"], ""),
            ("Counted in", indicator["unit_of_count"], ""),
            ("Ages", f"{indicator['ages']} ({indicator['age_basis']})", ""),
            ("Rate", unit_words(indicator["unit_of_rate"]), ""),
            ("Made by", "this pipeline, from the figures of the sources below", ""),
        ]
        items += [("No rate", indicator["no_rate"], "")] if indicator["no_rate"] else []
        return [item for item in items if item[1]]
    items = [
        ("What it counts", measure.get("definition") or "The publisher gives no definition.", ""),
        ("Counted in", measure.get("unit_of_count") or "not stated", ""),
        ("Kind of figure", _STATISTICS.get(measure.get("statistic") or "", "not stated"), ""),
    ]
    if measure.get("ages"):
        items.append(("Ages", measure["ages"], ""))
    if measure.get("numerator"):
        items.append(("Numerator", "", measure["numerator"]))
    items += _denominators(facts)
    polarity = _POLARITY.get(measure.get("polarity") or "", "")
    because = measure.get("polarity_because") or ""
    reading = " ".join(
        one for one in (polarity, f"{because[:1].upper()}{because[1:]}." if because else "") if one
    )
    return [*items, *([("How to read it", reading, "")] if reading else [])]


def _denominators(facts: Facts) -> list[Term]:
    """What its rates are divided by; a source is named only if several differ."""
    sources = {one["source"] for one in facts["sources"]}
    rates = [row for row in facts["rates"] if row["source"] is None or row["source"] in sources]
    own = {(row["unit"], row["source"]) for row in rates if row["source"]}
    items = []
    for row in rates:
        if row["source"] is None and all((row["unit"], source) in own for source in sources):
            continue
        of = f", {row['source']}" if row["source"] else ""
        named = row["denominator"] if row["denominator"] not in (None, "unstated") else ""
        rule = str(row["date_rule"] or "")
        items.append((f"Denominator, {unit_words(row['unit'])}{of}", f"{rule[:1].upper()}{rule[1:]}.", named))
    return items


def publishers(facts: Facts) -> Sequence[Mapping[str, Any]]:
    """Who publishes it and how often."""
    releases = {row["source"]: row for row in facts["releases"]}
    rows = []
    for one in facts["sources"]:
        held = releases.get(one["source"])
        designations = [row for row in facts["designations"] if row["source"] == one["source"]]
        rows.append(
            {
                **one,
                "often": one["cadence"] or "not stated",
                "delay": f"{one['expected_lag_days']} days after the period ends"
                if one["expected_lag_days"] is not None and (one["frequency_months"] or 0) < _ONCE
                else "",
                "held": f"{held['n_releases']} release{'s' if held['n_releases'] != 1 else ''}, the newest "
                f"{held['newest']}"
                if held
                else "",
                "time": days(held["first_day"], held["last_day"]) if held else "",
                "kinds": [
                    (
                        _DESIGNATIONS.get(row["designation"], row["designation"].replace("_", " ")),
                        row["said"] + ("" if row["verified"] else " (wording not verified)"),
                    )
                    for row in designations
                ],
            }
        )
    return rows


def versions(facts: Facts) -> Sequence[Mapping[str, Any]]:
    """Its definitions over time, the earliest first."""
    sources = {one["source"] for one in facts["sources"]}
    return [
        {
            "from": day(row["date_from"]) if row["date_from"] else "the beginning",
            "to": days(row["date_to"], row["date_to"]) if row["date_to"] else "now",
            "until": row["date_to"] is not None,
            "text": row["text"],
            "source": row["source"] or "",
            "continues": row["continues"],
            "verified": row["verified"],
        }
        for row in facts["versions"]
        if row["source"] is None or row["source"] in sources
    ]


def breaks(facts: Facts) -> Sequence[Mapping[str, Any]]:
    """Its breaks, the earliest first."""
    found = []
    for one in facts["breaks"]:
        if one["date_from"] is not None:
            words = mark_words(
                Mark("", one["date_from"], one["date_to"], one["effect"], bool(one["forbids"]))
            )
        else:
            effect = one["effect"]
            words = f"{effect[:1].upper()}{effect[1:]}." + (
                " Figures before and after it may not be compared." if one["forbids"] else ""
            )
        breakdown = "" if one["breakdown"] in (None, "all") else one["breakdown"]
        found.append(
            {
                "id": one["break_id"],
                "words": words,
                "where": _where_words(one["where"]),
                "breakdown": breakdown.replace("_", " "),
                "verified": one["verified"],
            }
        )
    return found


def _where_words(where: Mapping[str, Sequence[str]]) -> str:
    """Which areas a break concerns; empty if all.

    Example:
        >>> _where_words({"totals": ["Sussex"]})
        'Only totals that contain Sussex.'
    """
    said = []
    for reach, words in (("in", ""), ("inside", "everything inside "), ("totals", "totals that contain ")):
        names = where.get(reach, ())
        if names:
            more = len(names) - _AREAS_NAMED
            shown = ", ".join(names[:_AREAS_NAMED])
            shown += f" and {more} other area{'s' if more > 1 else ''}" if more > 0 else ""
            said.append(words + shown)
    return f"Only {' and '.join(said)}." if said else ""


def biases(facts: Facts) -> Sequence[Mapping[str, Any]]:
    """What the bias register found about it, by kind of bias, in the order of the words above."""
    found = []
    for name, (title, meaning) in BIASES.items():
        rows = [row for row in facts["biases"] if row["bias"] == name]
        wide = [row for row in facts["biases_of_sources"] if row["bias"] == name]
        if not rows and not wide:
            continue
        # Those of the whole series first, then those of its sources, then those of one area.
        ordered = [row for row in rows if row["area_code"] is None] + wide
        ordered += [row for row in rows if row["area_code"] is not None]
        said = list(dict.fromkeys((row["source"], readable(row["verdict"])) for row in ordered))
        found.append(
            {
                "title": title,
                "meaning": meaning,
                "said": said[:MEASURE_BIASES],
                "more": len(said) - MEASURE_BIASES,
                "sources": sorted({row["source"] for row in ordered}),
            }
        )
    return found


def readable(verdict: str) -> str:
    """A verdict of the bias register without quotation marks around names."""
    return re.sub(r"'([^']{2,80})'(?=[\s.,;:)])", r"\1", verdict or "")


def relations(facts: Facts, there: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """How it relates to others: the beginning of a sentence, and titles with the addresses of their pages.

    Args:
        facts: Facts of the measure.
        there: Titles of measures with a page.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for relation, other in facts["relations"]:
        address = measure_page(other) if other in there else ""
        found.setdefault(relation, []).append((there.get(other) or title_of(other), address))
    return [(words, found[kind]) for kind, words in RELATIONS.items() if kind in found]


def related_rows(facts: Facts) -> Sequence[Row]:
    """Groups that are published too, by source: `school type`, `reason`."""
    return [
        {"source": row["source"], "keys": [key.replace("_", " ") for key in row["keys"]]}
        for row in facts["classes"]
        if row["keys"]
    ]
