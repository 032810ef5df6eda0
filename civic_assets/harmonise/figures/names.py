"""The full name of a figure, and the short id that is made from it.

Belongs here: writing and reading `source:measure[breakdown;unit=U;statistic=S]:area:START/END@release`, in Python and
as one expression of DuckDB. Does not belong here: finding the figure (`civic_assets.publish.read_model.locate`) and
reading words that are not a full name (`civic_assets.publish.queries.figure_words`).

Two figures never share a name: each part that may be left out has one meaning, which depends on the name alone. No
breakdown means `total`, no unit `count`, and no statistic the usual one of the unit (`usual_statistic`). Characters
that separate the parts of a name are escaped inside them, as in a web address (`%5D` for a closing bracket).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from civic_assets.errors import UsageError

EXAMPLE = "ons_csp:burglary:E09000019:2024-01-01/2025-01-01"
FORM = "source:measure[breakdown;unit=U;statistic=S]:area:START/END@release"
TOTAL, COUNT = "total", "count"
_ID_LENGTH = 16

_NAME = re.compile(r"([^:\[\]]+:[^:\[\]]+(?:\[[^\]]*\])?):([^:]+):(.+)", re.DOTALL)
_HEAD = re.compile(r"([^:\[\]]+):([^:\[\]]+)(?:\[([^\]]*)\])?", re.DOTALL)
_DAYS = re.compile(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\s*/\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\s*")
_ID = re.compile(rf"(?P<id>[0-9a-fA-F]{{{_ID_LENGTH}}})(?:@(?P<release>.+))?")
_OWN_KEYS = re.compile(r"(^|;)(unit|statistic)=")
_ESCAPED = re.compile(r"%(25|3A|3B|3D|5B|5D)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FigureName:
    """Everything that distinguishes one published figure from all others.

    Args:
        area: Code of the common vocabulary, e.g. `E09000019` or `E23000001/unassigned`.
        start: First day.
        end: Day after the last day.
        breakdown: `total`, or the group as stored, e.g. `phase=special;reason=theft`.
        unit: None if the name does not give it, which means `count`.
        statistic: None if the name does not give it, which means the usual one of the unit.
        release: Release; None for the newest.
    """

    source: str
    measure: str
    area: str
    start: date
    end: date
    breakdown: str = TOTAL
    unit: str | None = None
    statistic: str | None = None
    release: str | None = None

    def __str__(self) -> str:
        unit = self.unit or COUNT
        usual = usual_statistic(unit, self.start, self.end)
        detail = [] if self.breakdown == TOTAL else [_escape_breakdown(self.breakdown)]
        detail += [] if unit == COUNT else [f"unit={_escape(unit, '%];')}"]
        detail += [] if self.statistic in (None, usual) else [f"statistic={_escape(self.statistic, '%];')}"]
        inside = f"[{';'.join(detail)}]" if detail else ""
        return (
            f"{_escape(self.source, '%:[]')}:{_escape(self.measure, '%:[]')}{inside}:{_escape(self.area, '%:')}"
            f":{self.start}/{self.end}" + (f"@{self.release}" if self.release else "")
        )

    @property
    def completed(self) -> FigureName:
        """The same name with everything that was left out; only the release can be None."""
        unit = self.unit or COUNT
        usual = usual_statistic(unit, self.start, self.end)
        return replace(self, unit=unit, statistic=self.statistic or usual)

    @property
    def figure_id(self) -> str:
        """Short id of the figure, the same in every store and release: a hash of the name without its release."""
        name = str(replace(self, release=None))
        return hashlib.sha256(name.encode()).hexdigest()[:_ID_LENGTH]


def usual_statistic(unit: str, start: date, end: date) -> str:
    """Meaning of a name without `statistic=`: a count of one day is a stock, another count a flow, the rest a rate."""
    if unit != COUNT:
        return "rate"
    return "stock" if (end - start).days == 1 else "flow"


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name as written, with its period not yet read; a part that it does not give is None."""

    source: str
    measure: str
    area: str
    period: str
    breakdown: str | None
    unit: str | None
    statistic: str | None
    release: str | None


def name_parts(text: str) -> NameParts:
    """The parts of a name; the period may be in any words.

    Raises:
        UsageError: The text does not have the form of a name.
    """
    return NameParts(*_apart(text))


def _apart(
    text: str,
) -> tuple[str, str, str, str, str | None, str | None, str | None, str | None]:
    match = _NAME.fullmatch(text)
    if not match:
        raise UsageError(f"{text!r} is not the name of a figure. Write {FORM}, for example {EXAMPLE}")
    head, area, tail = match.groups()
    source, measure, breakdown, unit, statistic = _head(head)
    period, _, release = tail.partition("@")
    return source, measure, _unescape(area), period, breakdown, unit, statistic, release or None


# A store has millions of names, but few combinations of source, measure and breakdown, and few periods.
@lru_cache(maxsize=20_000)
def _head(text: str) -> tuple[str, str, str | None, str | None, str | None]:
    """Source, measure, breakdown, unit and statistic of `source:measure[...]`."""
    match = _HEAD.fullmatch(text)
    assert match, "the pattern of a name contains this one"
    source, measure, detail = match.groups()
    own: dict[str, str] = {}
    group = []
    for part in detail.split(";") if detail is not None else ():
        key, equals, word = part.partition("=")
        if not equals or key not in ("unit", "statistic"):
            group.append(_unescape(part))
        elif own.setdefault(key, _unescape(word)) != _unescape(word):
            raise UsageError(f"[{detail}] gives two values for {key}. Leave one out.")
    breakdown = ";".join(group) if group else None
    return _unescape(source), _unescape(measure), breakdown, own.get("unit"), own.get("statistic")


@lru_cache(maxsize=20_000)
def days_of(text: str) -> tuple[date, date] | None:
    """First day and day after the last of `START/END`; None if it is written in another way.

    Raises:
        UsageError: A day does not exist, or the period does not end after it starts.
    """
    match = _DAYS.fullmatch(text)
    if not match:
        return None
    try:
        start, end = date.fromisoformat(match[1]), date.fromisoformat(match[2])
    except ValueError as error:
        raise UsageError(f"{text!r} is not a period: {error}. Write days as YYYY-MM-DD.") from None
    if end <= start:
        raise UsageError(
            f"{text!r} is not a period: it must end after it starts. The end is the day after the last day."
        )
    return start, end


def figure_name(text: str) -> FigureName:
    """The name in a text that gives its period as START/END.

    Raises:
        UsageError: The text is not a full name.
    """
    source, measure, area, period, breakdown, unit, statistic, release = _apart(text)
    days = days_of(period)
    if days is None:
        raise UsageError(
            f"{text!r} is not the full name of a figure. Its period must be START/END, for example {EXAMPLE}"
        )
    return FigureName(
        source, measure, area, *days, TOTAL if breakdown is None else breakdown, unit, statistic, release
    )


def id_parts(text: str) -> tuple[str, str | None] | None:
    """Figure id and release of `0123456789abcdef` or `0123456789abcdef@2024-12`; None if the text is not an id."""
    match = _ID.fullmatch(text)
    return (match["id"].lower(), match["release"]) if match else None


def _escape(text: str | None, characters: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in characters else c for c in text or "")


def _escape_breakdown(text: str) -> str:
    # Escape a group whose key is `unit` or `statistic`, so that it differs from the name's own unit or statistic.
    return _OWN_KEYS.sub(r"\1\2%3D", _escape(text, "%]"))


def _unescape(text: str) -> str:
    return text if "%" not in text else _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _escaped_sql(column: str, characters: str) -> str:
    for character in characters:
        column = f"replace({column}, '{character}', '%{ord(character):02X}')"
    return column


_BREAKDOWN_SQL = (
    "CASE WHEN contains(breakdown, 'unit=') OR contains(breakdown, 'statistic=') "
    f"THEN regexp_replace({_escaped_sql('breakdown', '%]')}, '(^|;)(unit|statistic)=', '\\1\\2%3D', 'g') "
    f"ELSE {_escaped_sql('breakdown', '%]')} END"
)
_USUAL_SQL = (
    "CASE WHEN unit <> 'count' THEN 'rate' WHEN period_end - period_start = 1 THEN 'stock' ELSE 'flow' END"
)
_DETAIL_SQL = f"""CASE
    WHEN unit = 'count' AND statistic = ({_USUAL_SQL})
        THEN CASE WHEN breakdown = 'total' THEN '' ELSE '[' || ({_BREAKDOWN_SQL}) || ']' END
    ELSE '[' || concat_ws(';',
        CASE WHEN breakdown <> 'total' THEN {_BREAKDOWN_SQL} END,
        CASE WHEN unit <> 'count' THEN 'unit=' || {_escaped_sql("unit", "%];")} END,
        CASE WHEN statistic <> ({_USUAL_SQL}) THEN 'statistic=' || {_escaped_sql("statistic", "%];")} END) || ']' END"""

NAME_SQL = (
    f"({_escaped_sql('source', '%:[]')} || ':' || {_escaped_sql('measure', '%:[]')} || {_DETAIL_SQL} || ':' || "
    f"{_escaped_sql('area_code', '%:')} || ':' || period_start || '/' || period_end)"
)
"""Name of a row of `harmonised.observations`, without its release; the same as `str(FigureName)`."""

ID_COLUMNS = (
    "source", "measure", "breakdown", "unit", "statistic", "area_code", "period_start", "period_end",
)  # fmt: skip
"""Columns of `harmonised.observations` that make up a name, and so an id."""

ID_SQL = f"substr(sha256({NAME_SQL}), 1, {_ID_LENGTH})"
"""Figure id of a row; the same as `FigureName.figure_id`."""
