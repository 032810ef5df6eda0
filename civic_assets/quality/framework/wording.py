"""How figures, periods, measures, tables and numbers of things are written in a finding's sentence.

Belongs here: text for people, in Python and as SQL macros that say the same. Does not belong here: the `observed` and
`proposal` of a finding, which stay as printed, and the names of periods (`civic_assets.values.period_words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.listing import DECIMALS_SHOWN
from civic_assets.values.cells import parse_number
from civic_assets.values.period_words import spoken_day, spoken_days
from civic_assets.values.plain_words import (
    ABBREVIATIONS,
    breakdown_words,
    kind_name,
    measure_words,
    unit_name,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "advice_in", "advises", "breakdown_words", "counted", "create_macros", "day_name", "ended", "figure", "kind_name",
    "listed",
    "measure_name", "measure_words", "pair", "period_name", "table_name", "unit_name",
]  # fmt: skip


def counted(number: int, thing: str, plural: str = "") -> str:
    """`1 equation`, `1,590 equations`."""
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"


def figure(value: float | str | None, *, decimals: int = DECIMALS_SHOWN) -> str:
    """A figure with thousands separators and few decimals: `30,201`, `4.0983`; text without a number is unchanged."""
    number = parse_number(value) if isinstance(value, str) else value
    if number is None:
        return str(value or "(empty)")
    if number == int(number):
        return f"{number:,.0f}"
    text = f"{number:,.{decimals}f}"
    # Only zeros after the point say nothing: 80.4 without decimals is 80, and not 8.
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if text not in ("0", "-0") else f"{number:.{decimals}g}"


def pair(a: float | str, b: float | str) -> tuple[str, str]:
    """Two figures that differ, with as many decimals as it takes to see that."""
    for decimals in (DECIMALS_SHOWN, 8, 12):
        shown = figure(a, decimals=decimals), figure(b, decimals=decimals)
        if shown[0] != shown[1]:
            return shown
    return str(a), str(b)


def measure_name(contract: Contract, measure: str) -> str:
    """A measure as the publisher names it (`Theft from the person`), in lower case within a sentence.

    Headers that change with the edition, or that name another column than the measure, are not used.
    """
    for table in contract.tables:
        for column in table.figures:
            if column.name == measure and column.pattern is None and column.measure == measure:
                return column.printed[:1].lower() + column.printed[1:]
    return measure_words(measure)


def table_name(contract: Contract, table: str) -> str:
    """A table as printed (`Table 2`), or by the label in its contract, in quotation marks."""
    printed = next((one.printed_name for one in contract.tables if one.name == table), "")
    if not printed or printed == table:
        return f"table '{table.replace('_', ' ')}'"
    return printed if printed.startswith("Table ") else f"table '{printed}'"


def period_name(start: date | str, end: date | str) -> str:
    """A period in words, by its first day and the day after its last."""
    return spoken_days(_date(start), _date(end))


def day_name(day: date | str | None) -> str:
    """A day in words: `30 June 2023`; a day that no register states is `an unknown day`."""
    return "an unknown day" if day is None else spoken_day(_date(day))


def _date(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


_ADVICE = (
    "Add", "Ask", "Check", "Choose", "Compare", "Correct", "Do", "Download", "Fix", "Get", "Give", "Load", "Look",
    "Open", "Read", "Recompute", "Register", "Remove", "Rename", "Report", "Request", "Restore", "Save", "Say", "Send",
    "Show", "State", "Tell", "Update", "Use",
)  # fmt: skip
"""First words of a sentence that says what to do."""


_CONDITION = r"(?:otherwise|(?:if|where|when|unless)\b[^,]*),? "


def advice_in(message: str) -> list[str]:
    """The sentences of a message that say what to do, also those that begin with a condition."""
    sentences = re.split(r"(?<=[.!?;)]) (?=[A-Za-z])", message)
    return [sentence for sentence in map(str.lstrip, sentences) if _is_advice(sentence)]


def _is_advice(sentence: str) -> bool:
    after = re.sub(f"^{_CONDITION}", "", sentence, flags=re.IGNORECASE)
    return after.partition(" ")[0].strip(".,;:").capitalize() in _ADVICE


def advises(message: str) -> bool:
    """Whether the last sentence of a message says what to do."""
    return _is_advice(re.split(r"[.!?;)] (?=[A-Za-z])", message)[-1].lstrip())


def ended(message: str, guidance: str) -> str:
    """A message that ends in what to do; one that already does so stays as it is."""
    if not guidance or message.endswith(guidance) or advises(message):
        return message
    stop = "" if re.search(r"[.!?](?: \(and [0-9,]+ more\))?$", message) else "."
    return f"{message}{stop} {guidance}"


SQL_MACROS = (
    "CREATE OR REPLACE TEMP MACRO day_name(day) AS strftime(day, '%-d %B %Y')",
    # As `spoken_days`, since a sentence in SQL knows the days of a period and not its kind.
    """CREATE OR REPLACE TEMP MACRO period_name(first, after) AS CASE
        WHEN after = first + 1 THEN strftime(first, '%-d %B %Y')
        WHEN day(first) = 1 AND day(after) = 1 AND date_diff('month', first, after) = 1 THEN strftime(first, '%B %Y')
        WHEN day(first) = 1 AND day(after) = 1 AND date_diff('month', first, after) = 12 THEN CASE month(first)
            WHEN 1 THEN 'calendar year ' || year(first)
            WHEN 9 THEN 'academic year ' || year(first) || '/' || right((year(after))::VARCHAR, 2)
            ELSE 'year ending ' || strftime(after - 1, '%B %Y') END
        WHEN day(first) = 1 AND day(after) = 1 THEN
            CASE WHEN year(first) = year(after - 1) THEN strftime(first, '%B') ELSE strftime(first, '%B %Y') END
            || ' to ' || strftime(after - 1, '%B %Y')
        ELSE strftime(first, '%-d %B %Y') || ' to ' || strftime(after - 1, '%-d %B %Y') END""",
    rf"""CREATE OR REPLACE TEMP MACRO measure_words(measure) AS list_reduce(
        {list(ABBREVIATIONS)},
        lambda words, short: regexp_replace(words, '\b' || short || '\b', upper(short), 'g'),
        replace(replace(measure, '+', ' and '), '_', ' '))""",
    r"""CREATE OR REPLACE TEMP MACRO breakdown_words(breakdown) AS CASE WHEN breakdown = 'total' THEN '' ELSE
        replace(array_to_string(list_transform(string_split(breakdown, ';'),
            lambda part: regexp_replace(part, '^[^=]*=', '')), ', '), '_', ' ') END""",
    """CREATE OR REPLACE TEMP MACRO kind_words(kind) AS replace(kind, '_', ' ')""",
    """CREATE OR REPLACE TEMP MACRO counted(number, thing) AS
        format('{:,} ', number::BIGINT) || thing || CASE WHEN number = 1 THEN '' ELSE 's' END""",
)
"""What the functions above write, for messages that are made in SQL; temporary,
    so that no published file holds them."""


def create_macros(connection: DuckDBPyConnection) -> None:
    """Creates the macros of `SQL_MACROS` in a connection."""
    for statement in SQL_MACROS:
        connection.execute(statement)
