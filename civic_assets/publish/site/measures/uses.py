"""What a measure must not be used for, in sentences that follow from what it is.

Belongs here: the sentences, and from which property of a measure each follows. Does not belong here: what two figures
may be compared (`civic_assets.harmonise.comparability`), and what a source says of its limits (its contract).
"""

from __future__ import annotations

from civic_assets.publish.site.measures.facts import Facts

_UNITS_OF_PEOPLE = frozenset({"persons", "enrolments"})


def not_for(facts: Facts) -> list[str]:
    """What it must not be used for; the gravest first."""
    return [sentence for sentence in (
        _not_official(facts), _change(facts), _direction(facts), _counts_of_areas(facts), _rates(facts), _stock(facts),
        _people(facts), _unstated(facts), _hidden(facts), _several_sources(facts), _breaks(facts),
    ) if sentence]  # fmt: skip


def _statistic(facts: Facts) -> str:
    return (facts["measure"] or {}).get("statistic") or ""


def _not_official(facts: Facts) -> str:
    kinds = {row["source"] for row in facts["designations"] if row["designation"] == "management_information"}
    if not kinds:
        return ""
    return (
        f"Do not quote the figures of {_listed(sorted(kinds))} as official statistics: they are management "
        "information."
    )


def _change(facts: Facts) -> str:
    if _statistic(facts) != "change":
        return ""
    return (
        "Do not quote a printed change without looking at the breaks between its two periods: the publisher works it "
        "out wherever both have a number."
    )


def _direction(facts: Facts) -> str:
    measure = facts["measure"] or {}
    because = measure.get("polarity_because")
    if measure.get("polarity") == "neutral":
        return "Do not use it to say that an area does well or badly" + (f": {because}." if because else ".")
    if because:
        return f"Do not read its size as good or bad without care: {because}."
    return ""


def _counts_of_areas(facts: Facts) -> str:
    if _statistic(facts) not in ("flow", "stock", "mean_of_stocks"):
        return ""
    return "Do not compare the numbers of areas of different sizes: use a rate."


def _rates(facts: Facts) -> str:
    if _statistic(facts) != "rate" and not facts["rates"]:
        return ""
    return (
        "Do not add up its rates, and do not average those of areas: areas have different numbers of people."
    )


def _stock(facts: Facts) -> str:
    if _statistic(facts) not in ("stock", "mean_of_stocks"):
        return ""
    return (
        "Do not add up its numbers of several days: the same person or thing can be counted on each of them."
    )


def _people(facts: Facts) -> str:
    unit = (facts["measure"] or {}).get("unit_of_count")
    if unit not in _UNITS_OF_PEOPLE or _statistic(facts) != "flow":
        return ""
    return "Do not add up several periods: the same person can be counted in each of them."


def _unstated(facts: Facts) -> str:
    sources = {None, *(one["source"] for one in facts["sources"])}
    if not any(row["timing"] == "unstated" for row in facts["rates"] if row["source"] in sources):
        return ""
    return "Do not work out numbers from a rate whose denominator is not stated."


def _hidden(facts: Facts) -> str:
    if not any(row["practice"] == "suppressed" for row in facts["disclosure"]):
        return ""
    return "Do not read a suppressed figure as 0, and do not try to work it out: it protects people."


def _several_sources(facts: Facts) -> str:
    printed = [row["source"] for row in facts["releases"]]
    if len(printed) < 2:
        return ""
    return (
        f"Do not put figures of {_listed(sorted(printed))} into one series: they can differ in their periods, areas "
        "and rounding."
    )


def _breaks(facts: Facts) -> str:
    if not any(one["forbids"] for one in facts["breaks"]):
        return ""
    return "Do not compare figures before and after a break that rules this out; the breaks are listed below."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
