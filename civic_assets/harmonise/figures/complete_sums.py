"""Sums that are a number only if every part is one.

Belongs here: adding figures in SQL so that a missing, suppressed or disputed part makes the sum unknown, with the
reason. Does not belong here: which figures are parts of which sum (`time.choices` over time, `people.age_sums` over
ages).

A status never becomes a number, neither zero nor "what is left". A zero is a zero.
"""

from __future__ import annotations

from collections.abc import Collection

from civic_assets.values.cells import QUALIFYING

INCOMPLETE = "incomplete"
"""Status of a sum of which at least one part is not a number; `reason` gives the statuses of those parts."""

CORRECTED = "corrected"
"""Status of a part whose value comes from a registered correction (`harmonised.figures_in_use`)."""

# Status of a sum whose parts have several: the one that speaks most against using it comes first.
QUALIFYING_ORDER = (
    "period_unsettled",
    "at_least",
    "break",
    "forecast",
    "estimated",
    "provisional",
    "revised",
)
_RANKED = (*QUALIFYING_ORDER, CORRECTED)


def part_columns(columns: Collection[str]) -> str:
    """SELECT list that adds to a figure `usable` (may be added), `why` (if not) and `qualifying` (ranked).

    Args:
        columns: Columns of the observations. If `quality` is one of them (the published table), a disputed or
            withheld figure is not added.
    """
    known = ", ".join(f"'{status}'" for status in (*sorted(QUALIFYING), CORRECTED))
    quality = "quality" if "quality" in columns else "'ok'"
    ranks = " ".join(f"when '{word}' then '{rank}{word}'" for rank, word in enumerate(_RANKED))
    return f"""
        value is not null and not isnan(value) and {quality} = 'ok'
            and (status is null or status in ({known})) as usable,
        case when {quality} <> 'ok' then {quality} else coalesce(status, 'no value') end as why,
        case status {ranks} end as qualifying
    """


def partial_columns(ordinal: str) -> str:
    """SELECT list of the figures of one sum, or of some of them: n, n_different, n_unusable, total, qualifying, whys.

    `fsum` is exact for counts and keeps the error of a sum of decimals below the last printed digit.

    Args:
        ordinal: Column with the number of the part, from 0 to 126. Two figures with one number are the same part twice.
    """
    return f"""
        count(*) as n,
        bit_count(bit_or(1::hugeint << ({ordinal})::integer)) as n_different,
        count(*) filter (not usable) as n_unusable,
        fsum(value) filter (usable) as total,
        min(qualifying) as qualifying,
        list(why) filter (not usable) as whys
    """


def whole_columns() -> str:
    """SELECT list that puts such partial sums together: value, status, reason, n_parts, n_zero_rows.

    The grouped rows have the columns of `partial_columns`, all null where there is no figure, and also `n_expected`
    (number of parts that there should be) and `absent_zero` (whether a part without a row is zero).
    """
    missing = "n_expected - coalesce(n_different, 0)"
    absent = f"coalesce(sum({missing}) filter (not absent_zero), 0)"
    unusable = f"(coalesce(sum(n_unusable), 0) + {absent})"
    parts = f"(coalesce(sum(n), 0) + sum({missing}))"
    once = "coalesce(bool_and(n = n_different), true)"
    ranks = " ".join(f"when '{rank}{word}' then '{word}'" for rank, word in enumerate(_RANKED))
    return f"""
        case when {unusable} = 0 and {once} then coalesce(fsum(total), 0) end as value,
        case when {unusable} > 0 or not {once} then '{INCOMPLETE}' else case min(qualifying) {ranks} end end as status,
        case when not {once} then 'a part is there twice'
            when {unusable} > 0 then {unusable} || ' of ' || {parts} || ' parts: '
            || array_to_string(list_sort(list_distinct(list_concat(
                coalesce(flatten(list(whys) filter (whys is not null)), []),
                case when {absent} > 0 then ['no row'] else [] end))), ', ') end as reason,
        cast({parts} as integer) as n_parts,
        cast(coalesce(sum({missing}) filter (absent_zero), 0) as integer) as n_zero_rows
    """
