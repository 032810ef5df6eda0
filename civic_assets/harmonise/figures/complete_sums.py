"""Sums that are numbers only when every part is one.

Belongs here: adding figures in SQL so that a missing, suppressed or disputed part makes the sum unknown, and saying
why. Does not belong here: which figures are parts of which sum (`aggregation` over time, `age_sums` over ages).

A status never becomes a number: not a zero, not "what is left". A zero is a zero.
"""

from __future__ import annotations

from collections.abc import Collection

from civic_assets.values.cells import QUALIFYING

INCOMPLETE = "incomplete"
"""Status of a sum of which at least one part is no number; `reason` says which statuses stood there."""

ZERO_ROW = "no row, which means zero"
"""What is said of a part without a row, in files where that is how a zero is published."""

# Which word stands beside a sum whose parts carry several: the one that says most against using it.
QUALIFYING_ORDER = ("at_least", "break", "forecast", "estimated", "provisional", "revised")


def sum_columns(part: str) -> str:
    """The SELECT list of a sum: value, status, reason, n_parts, n_zero_rows.

    `fsum` is exact for counts and keeps the error of a sum of decimals below the last printed digit.

    Args:
        part: Column that tells parts apart; one that stands there twice would be counted twice.
    """
    once = f"count(*) = count(distinct {part})"
    ranks = " ".join(f"when '{rank}{word}' then '{word}'" for rank, word in enumerate(QUALIFYING_ORDER))
    return f"""
        case when bool_and(usable) and {once} then fsum(value) end as value,
        case when not bool_and(usable) or not {once} then '{INCOMPLETE}' else case min(qualifying) {ranks} end end
            as status,
        case when not {once} then 'a part stands there twice'
            when not bool_and(usable) then count(*) filter (not usable) || ' of ' || count(*) || ' parts: '
            || array_to_string(list_sort(list(distinct why) filter (not usable)), ', ') end as reason,
        cast(count(*) as integer) as n_parts,
        cast(count(*) filter (why = '{ZERO_ROW}') as integer) as n_zero_rows
    """


def part_columns(columns: Collection[str]) -> str:
    """SELECT list that adds to a figure `usable` (may be added), `why` (if not) and `qualifying` (ranked).

    Args:
        columns: Of the observations; with `quality` (the published table) a disputed or withheld figure is no part.
    """
    known = ", ".join(f"'{status}'" for status in sorted(QUALIFYING))
    quality = "quality" if "quality" in columns else "'ok'"
    ranks = " ".join(
        f"when status = '{word}' then '{rank}{word}'" for rank, word in enumerate(QUALIFYING_ORDER)
    )
    return f"""
        value is not null and not isnan(value) and {quality} = 'ok'
            and (status is null or status in ({known})) as usable,
        case when {quality} <> 'ok' then {quality} else coalesce(status, 'no value') end as why,
        case {ranks} end as qualifying
    """
