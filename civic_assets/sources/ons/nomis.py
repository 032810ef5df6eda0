"""Mid-year population in answers of Nomis (data set NM_2002_1): one row for each area, mid-year, sex and age.

Belongs here: the release key of such an answer, and the meaning of its rows. Does not belong here: the workbooks and
the copy of the Department for Education (`ons_population`).

An answer contains what was requested, but says little about the request. What it does not say is not assumed: without
columns of ages and sexes it is not a known data set, and an answer that Nomis truncated is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256

from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.observations import Area, RowProblem
from civic_assets.parsing.totals import is_total
from civic_assets.sources.ons.population_options import Options
from civic_assets.values.cells import label, parse_number
from civic_assets.values.periods import Period, day

_YEAR = re.compile(r"(?:mid-)?((?:19|20)[0-9]{2})")
_ONE_AGE = re.compile(r"(?:aged?|age) ([0-9]{1,3})(?: years?)?|(?:under|aged under) (1)")
_FROM_TO = re.compile(r"(?:aged?|age) ([0-9]{1,3})(?: ?- ?| to )([0-9]{1,3})(?: years?)?")
_AND_OVER = re.compile(r"(?:aged?|age) ([0-9]{1,3})(?: ?\+| and over| or over| years and over)")
_ALL = ("all ages", "all")
_SEXES = {
    **dict.fromkeys(("total", "all persons", "persons"), ""),
    **dict.fromkeys(("male", "males"), "male"),
    **dict.fromkeys(("female", "females"), "female"),
}
_HASHED = 8


def edition(block: Block) -> str | None:
    """Release key: latest mid-year, number of areas, and a hash of the request; `2024-nomis-3-areas-1a2b3c4d`.

    Answers to two requests (other areas, ages, sexes, or another number of years) have two keys, so that neither is
    taken for an issue of the other; the same request in the next year continues the same series.
    """
    years = {match[1] for text in _dates(block) if (match := _YEAR.fullmatch(label(text)))}
    if not years or block.extra:
        return None
    columns = [name for name in block.columns if name.partition("#")[0] in ("age", "sex")]
    asked = [sorted(set(block.texts(name))) for name in ("geography_code", *columns)]
    areas = {code for code in block.texts("geography_code") if code}
    digest = sha256(repr([*asked, len(years)]).encode()).hexdigest()[:_HASHED]
    return f"{max(years)}-nomis-{len(areas)}-area{'' if len(areas) == 1 else 's'}-{digest}"


def why_no_edition(block: Block) -> str:
    """Why an answer has no release key: a column of another data set, or no year."""
    if block.extra:
        column = next(iter(block.extra))
        where = block.sheet.locator(block.header_row, column)
        return (
            f"{where} is a column {block.extra[column]!r}, which the mid-year estimates of Nomis (NM_2002_1) do "
            "not have: this is another data set of Nomis, which is not read. Request NM_2002_1."
        )
    return (
        "no row states a mid-year such as 2024 in DATE_NAME or DATE, so the year of the figures is unknown. Request "
        "the data from Nomis again, with DATE_NAME in select."
    )


def whole(block: Block) -> None:
    """Refuse an answer that Nomis truncated.

    Raises:
        CivicError: It has fewer rows than Nomis says there are, or exactly Nomis's maximum.
    """
    number = len(block.rows)
    counts = [parse_number(text) for text in set(block.texts("record_count")) if text]
    most = max((count for count in counts if count is not None), default=None)
    ask = (
        "Request it in parts, with recordOffset or for fewer areas, and supply each complete part as a file."
    )
    if most is not None and most > number:
        raise CivicError(
            f"The answer has {number:,} rows, but its column RECORD_COUNT says that Nomis has {most:,.0f}: it "
            f"was truncated, which Nomis does without notice after 25,000 records. {ask}"
        )
    if most is None and number in (25_000, 100_000, 1_000_000):
        raise CivicError(
            f"The answer has exactly {number:,} rows, Nomis's maximum, and no column RECORD_COUNT that "
            f"would show whether these are all. Request it again with RECORD_COUNT in select. {ask}"
        )


def without_zeros(block: Block, problems: list[RowProblem]) -> Block:
    """The rows that state a population; rows with 0 or without an area are reported and left out (R-06, V-05).

    Nomis gives 0 for an abolished district if an older list of districts was requested.
    """
    places = block.locators("obs_value")
    names, codes = block.texts("geography_name"), block.texts("geography_code")
    kept = []
    for at, text in enumerate(block.texts("obs_value")):
        if not codes[at] and (is_total(names[at]) or not names[at]):
            message = (
                f"{places[at]} is in a row for {names[at]!r}, which is not an area but a total added to the "
                "file. It is not read, so nothing is counted twice."
            )
            problems.append(RowProblem("V-05", places[at], names[at], "an area with a code", message))
        elif parse_number(text) == 0:
            name = f"{names[at]} ({codes[at]})" if names[at] else codes[at]
            message = (
                f"{places[at]} prints 0 residents of {name}. Nomis gives 0 for a district that no longer exists; it "
                "is not a population and is not read. Request the current districts (geography=TYPE424)."
            )
            problems.append(
                RowProblem("R-06", places[at], text, "a population above 0", message, codes[at], "population")
            )
        else:
            kept.append(block.rows[at])
    return block if len(kept) == len(block.rows) else replace(block, rows=kept)


def periods(block: Block) -> list[Period]:
    """The mid-year of each row.

    Raises:
        CivicError: A row states no mid-year.
    """
    name = _named(block, "date")
    texts = block.texts(name)
    periods_by_text: dict[str, Period] = {}
    for text, where in zip(texts, block.locators(name), strict=True):
        if text not in periods_by_text:
            match = _YEAR.fullmatch(label(text))
            if match is None:
                raise CivicError(
                    f"{where} has the date {text!r}; a year such as 2024 is expected. Request the "
                    f"data with DATE_NAME in select."
                )
            periods_by_text[text] = day(date(int(match[1]), 6, 30))
    return [periods_by_text[text] for text in texts]


def breakdowns(block: Block, contract: Contract) -> list[str]:
    """Age and sex of each row, as in the workbooks: `total`, `age=7`, `age=0-15;sex=male`, `sex=female`.

    Raises:
        CivicError: An age or sex is unknown, or the rows are not counts of persons.
    """
    _counts_of_persons(block)
    nomis = Options.of(contract).nomis
    ages, sexes = nomis.ages, nomis.sexes
    age, sex = _named(block, "age"), _named(block, "sex")
    known: dict[tuple[str, str], str] = {}
    rows = list(zip(block.texts(age), block.texts(sex), strict=True))
    for row, pair in enumerate(rows):
        if pair in known:
            continue
        years, of = _age(pair[0], ages), _sex(pair[1], sexes)
        for name, text, value in ((age, pair[0], years), (sex, pair[1], of)):
            if value is None:
                raise CivicError(
                    f"{block.locators(name)[row]} has {text!r}, which is not a known age or sex; request it from Nomis "
                    "again with C_AGE_NAME and GENDER_NAME in select."
                )
        parts = [f"age={years}"] * bool(years) + [f"sex={of}"] * bool(of)
        known[pair] = ";".join(parts) or "total"
    return [known[pair] for pair in rows]


def areas(block: Block, contract: Contract, problems: list[RowProblem]) -> list[Area]:
    """The area of each row, its kind known by the beginning of its code."""
    types = Options.of(contract).nomis.area_types
    known: dict[tuple[str, str], Area] = {}
    keys: Sequence[tuple[str, str]] = list(
        zip(block.texts("geography_code"), block.texts("geography_name"), strict=True)
    )
    for row, key in enumerate(keys):
        if key in known:
            continue
        code, name = key
        kind = types.get(code[:3], "unlisted_kind")
        if kind == "unlisted_kind":
            where = block.locators("geography_code")[row]
            message = (
                f"{where} is the code {code!r} of {name!r}, a kind of area unknown to the contract. Add it "
                f"to the contract."
            )
            problems.append(RowProblem("V-05", where, code, ", ".join(types), message, code))
        authority = code if kind == "local_authority" else None
        known[key] = Area(f"nomis_{kind}", code, name or code, kind, None, None, authority)
    return [known[key] for key in keys]


def _named(block: Block, base: str) -> str:
    """The column in words among several for one concept (`C_AGE`, `C_AGE_NAME`), or else the first."""
    columns = [name for name in block.columns if name.partition("#")[0] == base]
    return next((name for name in columns if label(block.header(name)).endswith("_name")), columns[0])


def _dates(block: Block) -> list[str]:
    return block.texts(_named(block, "date"))


def _counts_of_persons(block: Block) -> None:
    for name, right in (("measures", ("20100",)), ("measures_name", ("value",))):
        for text, where in zip(
            block.texts(name), block.locators(name) if name in block.columns else [], strict=False
        ):
            if label(text) not in right:
                raise CivicError(
                    f"{where} has the measure {text!r}, which is not a count of persons (Nomis gives percentages as "
                    "well as counts). Request it again with measures=20100."
                )


def _age(text: str, codes: Mapping[str, str]) -> str | None:
    """`""` for all ages, `7`, `0-15`, `90+`; None for an unknown age."""
    words = label(text)
    if words in _ALL:
        return ""
    if words in codes:
        return codes[words]
    if match := _ONE_AGE.fullmatch(words):
        return str(int(match[1])) if match[1] else "0"
    if match := _FROM_TO.fullmatch(words):
        return f"{int(match[1])}-{int(match[2])}" if int(match[1]) <= int(match[2]) else None
    match = _AND_OVER.fullmatch(words)
    return f"{int(match[1])}+" if match else None


def _sex(text: str, codes: Mapping[str, str]) -> str | None:
    words = label(text)
    return _SEXES.get(words, codes.get(words))
