"""Every demand on one contract, for its author: all problems at once, each with its path and what to do.

Belongs here: demands that need what is above contracts: parsers, the vocabularies, the suites of expectations. Does not
belong here: what loading a contract refuses (`civic_assets.contracts`), and how the answer looks (`contract_command`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from civic_assets.answers.others import CheckedContract, ContractProblem
from civic_assets.contracts.document import read_yaml
from civic_assets.contracts.identity import generic_headers_file, is_generic, is_specific
from civic_assets.contracts.known_names import vocabulary, vocabulary_file
from civic_assets.contracts.load import read_contract, why_not_parsed
from civic_assets.contracts.model import Column, Contract, Table
from civic_assets.contracts.nearest_names import suggestion
from civic_assets.contracts.older_words import advice
from civic_assets.contracts.parser_options import checked, declared_by
from civic_assets.contracts.problems import Problem
from civic_assets.errors import ContractError, UsageError
from civic_assets.unforeseen import sentence_of
from civic_assets.values.periods import Statistic

_STANDARD = "open_data_contract_standard"
_BANDS = {"figures_least": "E-01", "figures_most": "E-02"}
LATER = "Further demands are checked once these problems are corrected."
NO_STANDARD = (
    "The JSON schema of the standard is not installed, so only the models of civic-assets were checked "
    "(pip install open-data-contract-standard)."
)


@dataclass(frozen=True, slots=True)
class ContractReport:
    """What was found in one contract, or in another file of `data_contracts/`.

    Args:
        file: The file.
        source: Source of a contract; empty if the file does not say, and for other files.
        problems: Every mistake, in the order in which they were found.
        notes: What could not be checked, and why; and what should be said in the standard's words.
        kind: What the file is, e.g. `register of breaks`.
    """

    file: Path
    source: str
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    kind: str = "contract"

    def as_answer(self) -> CheckedContract:
        """As `civic-assets contract --json` prints it."""
        problems = tuple(ContractProblem(one.path, one.reason) for one in self.problems)
        return CheckedContract(str(self.file), self.kind, self.source, problems, self.notes)


def check_contract(file: Path) -> ContractReport:
    """Checks one contract against everything that is demanded of it.

    Args:
        file: `<source>.odcs.yaml`.

    Raises:
        UsageError: There is no such file.
    """
    try:
        content = file.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise UsageError(f"{file} is not a file. Name a contract (<source>.odcs.yaml).") from None
    try:
        contract, problems = read_contract(file, content)
        standard = list(_standard(read_yaml(file, content)))
    except ContractError as error:
        return ContractReport(file, "", (problem_of(error, file),), (LATER,))
    notes = [] if find_spec(_STANDARD) else [NO_STANDARD]
    if contract is None or problems:
        # What the standard says about a place that already has a problem is the same mistake again.
        known = tuple(problem.path for problem in problems)
        top = any(not set(path) & set(".[(") for path in known)
        problems += [
            one
            for one in dict.fromkeys(standard)
            if not any(path.startswith(one.path) for path in known) and not (top and one.path == "(top)")
        ]
        return ContractReport(file, contract.source if contract else "", tuple(problems), (LATER, *notes))
    found = [*standard, *demands(contract)]
    notes += [f"{file.name}: {said}" for said in advice(contract.document)]
    return ContractReport(file, contract.source, tuple(dict.fromkeys(found)), tuple(notes))


def problem_of(error: ContractError, file: Path) -> Problem:
    """The problem that an error is for a file that is checked: its own, or one of another file that it needs.

    Args:
        error: What was raised.
        file: The file that is checked.
    """
    if error.file == str(file):
        return Problem(error.path, error.reason)
    return Problem("(other file)", f"cannot be checked against {error.file}: {error.path}: {error.reason}")


def demands(contract: Contract) -> Iterator[Problem]:
    """What is wrong with a contract that can be loaded."""
    for demand in DEMANDS:
        yield from demand(contract)


def _standard(raw: Any) -> Iterator[Problem]:
    """The contract is valid for the JSON schema of the standard, where that is installed."""
    if find_spec(_STANDARD) is None or find_spec("jsonschema") is None:
        return
    from importlib.resources import files

    import jsonschema

    schema = json.loads((files(_STANDARD) / "schema.json").read_text(encoding="utf-8"))
    # JSON has no dates; the standard's tools read dates of YAML as their text.
    plain = json.loads(json.dumps(raw, default=str))
    for error in jsonschema.Draft201909Validator(schema).iter_errors(plain):
        path = error.json_path.removeprefix("$").lstrip(".") or "(top)"
        yield Problem(path, f"the Open Data Contract Standard does not allow this: {error.message[:160]}")


def parser_is_there(contract: Contract) -> Iterator[Problem]:
    """An active contract has a parser, and the parser knows the options that it is given."""
    if contract.status != "active":
        return
    if missing := [Problem(path, reason) for path, reason in why_not_parsed(contract)]:
        yield from missing
        return
    try:
        module = import_module(f"civic_assets.sources.{contract.parser.name}")
    except Exception as error:  # noqa: BLE001  (a parser of others may fail in any way)
        reason = f"the parser {contract.parser.name} cannot be imported: {sentence_of(error)}"
        yield Problem("customProperties(parser).name", reason)
        return
    for name in ("edition", "parse"):
        if not callable(getattr(module, name, None)):
            reason = f"{contract.parser.name} is not a parser: it has no function {name!r}"
            yield Problem("customProperties(parser).name", reason)
    yield from checked(declared_by(module), contract)[1]


def figures_have_a_disclosure_rule(contract: Contract) -> Iterator[Problem]:
    """Each measure has an entry of `disclosure`: one of which nothing is said could be hidden by its publisher."""
    path = "customProperties(disclosure)"
    if not contract.disclosure:
        yield Problem(
            path, "is missing: say what the publisher hides so that nobody is recognised, or that it does not"
        )
        return
    for index, table in enumerate(contract.tables):
        for column in table.figures:
            if contract.disclosure_of(table.name, column.measure) is None:
                reason = (
                    f"no entry is about {column.measure!r} in table {table.name!r} (schema[{index}]): add it to the "
                    "measures of an entry, or add an entry without tables and measures"
                )
                yield Problem(path, reason)


def tables_say_what_they_are_not(contract: Contract) -> Iterator[Problem]:
    """A table without a title is told from other publications, and not found by headers that any of them has."""
    for index, table in enumerate(contract.tables):
        if table.title is not None:
            continue
        own, path = table.identity, f"schema[{index}].customProperties(layout)"
        if not (own.not_columns or own.levels or own.populations or own.closed):
            reason = "say what the table is not: notColumns, levels, populations or closed"
            yield Problem(path, reason)
        if _is_found_by(table, _generic_headers(table), contract):
            yield Problem(
                path, "is recognised by headers that any publication has; add columns to identifiedBy"
            )
        elif _is_found_by(table, _others(table), contract):
            reason = "is recognised by generic headers with measures of other publications; add columns to identifiedBy"
            yield Problem(path, reason)


def _generic_headers(table: Table) -> list[str]:
    own = [header for column in table.columns for header in column.headers if is_generic(header)]
    listed = read_yaml(generic_headers_file(), generic_headers_file().read_bytes())["headers"]
    return [*dict.fromkeys([*own, *listed, "la_name", "region_code", "country_name"])]


def _others(table: Table) -> list[str]:
    own = [column.headers[0] for column in table.columns if not is_specific(column)]
    return [*own, *(f"children_with_{number}" for number in range(len(table.columns)))]


def _is_found_by(table: Table, headers: list[str], contract: Contract) -> bool:
    from civic_assets.parsing.table_finder import find_tables
    from civic_assets.readers.grid import Grid, Sheet
    from civic_assets.values.cells import CellValue

    # Values that may be below any header; a level of geography that is read is among them.
    rows: list[list[CellValue]] = [list(headers), ["Local authority"] * len(headers), ["1"] * len(headers)]
    grid = Grid("any.csv", "csv", [Sheet("", rows, line_numbers=[1, 2, 3])])
    return table.name in find_tables(grid, contract)


def measures_are_described_once(contract: Contract) -> Iterator[Problem]:
    """Each measure is described in one place: in the shared vocabulary, or in this contract."""
    shared = vocabulary(vocabulary_file())["measures"]
    for name in sorted(contract.measures):
        if name in shared:
            reason = f"{name!r} is described in vocabularies/measures.yaml as well; keep one of the two descriptions"
            yield Problem(f"customProperties(measures).{name}", reason)
    used = {*contract.printed_measures, *(entry.get("numerator") for entry in contract.measures.values())}
    for name in sorted(set(contract.measures) - used):
        hint = suggestion(name, contract.printed_measures, "they have")
        reason = f"{name!r} is described, and no column or label has it{hint}"
        yield Problem(f"customProperties(measures).{name}", reason)
    for path, name in _named_at(contract):
        if name not in shared and name not in contract.measures:
            reason = (
                f"the measure {name!r} is not described: add it to customProperties(measures), or to "
                f"vocabularies/measures.yaml where several sources have it{_near(name, shared)}"
            )
            yield Problem(path, reason)


def _near(name: str, known: Any) -> str:
    from civic_assets.contracts.nearest_names import nearest

    near = nearest(name, known)
    return f"; did you mean {near!r}?" if near else ""


def _columns_at(contract: Contract) -> Iterator[tuple[str, Column]]:
    for index, table in enumerate(contract.tables):
        for place, column in enumerate(table.columns):
            if not column.key:
                yield f"schema[{index}].properties[{place}]", column


def _named_at(contract: Contract) -> Iterator[tuple[str, str]]:
    for path, column in _columns_at(contract):
        # Where labels in the rows say what is measured, the column's own measure is only a word for it.
        if not contract.measure_labels or column.measure != column.name:
            yield path, column.measure
    for text, entry in contract.measure_labels.items():
        for name in entry.measures:
            yield f"customProperties(measureLabels).{text}", name


def figures_fit_their_measures(contract: Contract) -> Iterator[Problem]:
    """A rate has a denominator in its unit, and other figures have the statistic of their measure."""
    from civic_assets.harmonise.measures.vocabulary_file import load_measures, own_measure

    shared = load_measures()
    for path, column in _columns_at(contract):
        try:
            found = shared.get((column.measure, contract.source)) or shared.get((column.measure, None))
            if found is None and column.measure in contract.measures:
                found = own_measure(contract, column.measure)
        except ContractError as error:
            yield Problem(error.path, error.reason)
            continue
        if found is None:
            continue
        if column.statistic is Statistic.RATE:
            if found.denominator_for(column.unit) is None:
                reason = (
                    f"a rate of {column.measure!r} in {column.unit} needs a denominator: add the unit to the rates of "
                    "the measure"
                )
                yield Problem(path, reason)
        elif (
            column.statistic is not Statistic.CHANGE
            and found.statistic is not None
            and found.statistic is not column.statistic
        ):
            yield Problem(
                path, f"is a {column.statistic}, but {column.measure!r} is described as a {found.statistic}"
            )


def bands_are_stated(contract: Contract) -> Iterator[Problem]:
    """A source with figures says between which numbers the figures of a release lie, and why (E-01, E-02)."""
    path, counts = "customProperties(thresholds)", contract.status == "active" and contract.printed_measures
    for name, check in _BANDS.items():
        stated = contract.thresholds.get(name)
        if not counts:
            if stated is not None:
                yield Problem(path, f"{name!r} is stated, but the source has no figures; remove it")
        elif stated is None:
            yield Problem(
                path, f"{name!r} is missing: how many figures a release has at the {_END[name]} ({check})"
            )
        elif check not in stated.because:
            yield Problem(path, f"the reason of {name!r} must name the check that reads it, {check}")
    least, most = (contract.thresholds.get(name) for name in _BANDS)
    if least is not None and most is not None and not 0 < least.value <= most.value:
        yield Problem(path, "figures_least must be above 0 and not above figures_most")


_END = {"figures_least": "least", "figures_most": "most"}


def words_are_those_of_the_suites(contract: Contract) -> Iterator[Problem]:
    """Words of status and units are those that the suites of expectations know (E-16, E-18)."""
    status, units = _known_words("E-16"), _known_words("E-18")
    marks = [("customProperties(symbols)", symbol.status) for symbol in contract.symbols.values()]
    for index, table in enumerate(contract.tables):
        marks += [
            (f"schema[{index}].customProperties(layout).symbols", symbol.status)
            for symbol in (table.symbols or {}).values()
        ]
    for path, word in dict.fromkeys(marks):
        if word not in status:
            yield Problem(
                path, f"the status {word!r} is not known{suggestion(word, status - {''}, 'known are')}"
            )
    for path, column in _columns_at(contract):
        if column.unit not in units:
            yield Problem(
                path,
                f"the unit {column.unit!r} is not known to E-18{suggestion(column.unit, units, 'known')}",
            )


def _known_words(check_id: str) -> set[str]:
    from civic_assets.quality.expectations.suites import load_suites

    entries = [entry for suite in load_suites() for entry in suite.document["expectations"]]
    return {
        word for one in entries if one["meta"]["check_id"] == check_id for word in one["kwargs"]["value_set"]
    }


def breakdowns_are_known(contract: Contract) -> Iterator[Problem]:
    """Breakdowns that the contract gives to columns and labels are in the vocabulary of categories."""
    from civic_assets.harmonise.people.categories import scheme

    found = [(path, column.breakdown) for path, column in _columns_at(contract)]
    found += [
        (f"customProperties(measureLabels).{text}", entry.breakdown)
        for text, entry in contract.measure_labels.items()
        if entry.breakdown
    ]
    for path, breakdown in found:
        for unknown in scheme().unknown_words([(contract.source, breakdown)]):
            yield Problem(
                path, f"{unknown.reason} Add it to vocabularies/categories.yaml, or correct the word."
            )


def areas_are_of_the_register(contract: Contract) -> Iterator[Problem]:
    """Types of area among which names of rows are looked for are in the register of areas."""
    from civic_assets.harmonise.areas.register import AreaRegister

    asked = [
        (f"schema[{index}].customProperties(layout).rows.areas[{at}].register", type_)
        for index, table in enumerate(contract.tables)
        for at, level in enumerate(table.rows.areas if table.rows else ())
        for type_ in level.register
    ]
    if not asked:
        return
    known = {area.type for area in AreaRegister.shipped().areas.values()}
    for path, type_ in asked:
        if type_ not in known:
            reason = f"the register of areas has no areas of the type {type_!r}"
            yield Problem(path, reason + suggestion(type_, known, "types"))


def schedule_can_be_kept(contract: Contract) -> Iterator[Problem]:
    """The schedule of releases names a time zone that exists and five fields of a cron expression."""
    from zoneinfo import available_timezones

    schedule = contract.release.get("schedule")
    if not schedule:
        return
    path = "customProperties(release).schedule"
    if schedule["timezone"] not in available_timezones():
        near = suggestion(schedule["timezone"], available_timezones(), "time zones")
        yield Problem(f"{path}.timezone", f"{schedule['timezone']!r} is not a time zone{near}")
    if len(schedule["cron"].split()) != 5:
        reason = f"{schedule['cron']!r} must have five fields: minute, hour, day, month, day of the week"
        yield Problem(f"{path}.cron", reason)


DEMANDS: tuple[Callable[[Contract], Iterator[Problem]], ...] = (
    parser_is_there,
    figures_have_a_disclosure_rule,
    tables_say_what_they_are_not,
    measures_are_described_once,
    figures_fit_their_measures,
    bands_are_stated,
    words_are_those_of_the_suites,
    breakdowns_are_known,
    areas_are_of_the_register,
    schedule_can_be_kept,
)
"""Demands on a contract that can be loaded, in the order in which they are checked."""
