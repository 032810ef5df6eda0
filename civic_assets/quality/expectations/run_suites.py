"""Running the expectation suites over a read model with Great Expectations; the only place that imports it.

Belongs here: handing the tables `quality.profile_*` to Great Expectations, and making results and findings of what it
says. Does not belong here: the tables (`profiles`), the suites (`suites`, `data_contracts/expectations/`), and whether
a suite has to be run at all (`judgement`).

Great Expectations judges the rows of small tables that DuckDB has aggregated, one for each release, table or measure.
Two million observations would have to become a data frame of a gigabyte before it could look at them, and each
expectation would cost a pass over them in Python. What it is given here has some thousand rows.

A row in which an operand is absent is not evaluated; to Great Expectations it is not a failure, which is different.
"""

from __future__ import annotations

import math
import os
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.machinery import PathFinder
from importlib.util import LazyLoader
from typing import TYPE_CHECKING, Any

from civic_assets.quality.analyses.area_codes import area_label
from civic_assets.quality.expectations.profiles import ROWS
from civic_assets.quality.expectations.suites import Expectation, Suite, load_suites
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.wording import (
    breakdown_words,
    counted,
    day_name,
    figure,
    kind_name,
    measure_words,
    period_name,
    unit_name,
)
from civic_assets.tables.release_names import release_sort_key
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext

_ROW = "row_number"
# Every failing row becomes a finding; the tables are small.
_ALL_ROWS = {"result_format": "COMPLETE", "unexpected_index_column_names": [_ROW]}


class _OnFirstUse:
    """Finder of modules that are loaded when something in them is first used, or left out.

    Great Expectations imports charts, distributions and cloud storage with itself, which is a third of its import;
    row by row no suite uses them. Nothing changes for a caller that uses charts or distributions. It tries cloud
    storage and goes on without it, and all contexts here are in memory; other code can still import it.
    """

    names = frozenset(("altair", "scipy.stats", "scipy.stats.distributions"))
    left_out = frozenset(("boto3", "botocore"))

    @classmethod
    def find_spec(cls, name: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        """The module's place with a loader that waits; None for any other module.

        Raises:
            ModuleNotFoundError: The module is left out.
        """
        if name in cls.left_out:
            raise ModuleNotFoundError(f"{name} is left out", name=name)
        found = PathFinder.find_spec(name, path, target) if name in cls.names else None
        if found is not None and found.loader is not None:
            found.loader = LazyLoader(found.loader)
        return found


def _great_expectations() -> Any:
    """Imports Great Expectations with analytics disabled: it reads this setting when imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    if "great_expectations" not in sys.modules:
        sys.meta_path.insert(0, _OnFirstUse)
        try:
            import great_expectations
        finally:
            sys.meta_path.remove(_OnFirstUse)
    import great_expectations

    return great_expectations


def new_context() -> AbstractDataContext:
    """A context of Great Expectations in memory, without progress bars."""
    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    found: AbstractDataContext = context
    return found


def suite_of(suite: Suite, only: Collection[str] | None = None) -> ExpectationSuite:
    """A suite as Great Expectations has it.

    Args:
        suite: The suite.
        only: Ids of the expectations to take, each without its sentences, which Great Expectations would copy at every
            step; all as they are written when None.
    """
    document = suite.document
    chosen = [dict(one) for one in document["expectations"]]
    if only is not None:
        chosen = [
            one | {"meta": {"check_id": one["meta"]["check_id"]}}
            for one in chosen
            if one["meta"]["check_id"] in only
        ]
    built: ExpectationSuite = _great_expectations().ExpectationSuite(
        name=suite.name,
        expectations=chosen,
        meta=dict(document["meta"]),
        notes=document["notes"],
    )
    return built


def profile_frame(connection: DuckDBPyConnection, profile: str) -> pd.DataFrame:
    """A table `quality.profile_*`: numbers as floats, days as text, rows numbered from 0 in `row_number`."""
    described = connection.execute(f"DESCRIBE quality.profile_{profile}").fetchall()
    kinds = {"VARCHAR": "{0}", "DATE": "CAST({0} AS VARCHAR) AS {0}"}
    chosen = ", ".join(
        kinds.get(kind, "CAST({0} AS DOUBLE) AS {0}").format(name) for name, kind, *_ in described
    )
    frame = connection.execute(f"SELECT {chosen} FROM quality.profile_{profile} ORDER BY ALL").df()
    frame[_ROW] = range(len(frame))
    return frame


def evaluate(
    connection: DuckDBPyConnection, suites: Sequence[Suite] | None = None
) -> Iterator[tuple[Expectation, str, RuleOutcome]]:
    """What every expectation says of every source that is published.

    Args:
        connection: Connection to a read model with the tables `quality.profile_*`.
        suites: Those that ship when None.

    Yields:
        Expectation, source and verdict; `n_checked` counts rows of the profile, of all releases of the source, and
        findings about the newest release come first.
    """
    for suite in load_suites() if suites is None else suites:
        yield from run_suite(suite, profile_frame(connection, suite.profile)).verdicts


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What a suite says of a profile.

    Args:
        verdicts: Expectation, source and verdict; none if the profile has no rows.
        broken: Why Great Expectations could not run the suite, in its own words; None if it could.
    """

    verdicts: tuple[tuple[Expectation, str, RuleOutcome], ...]
    broken: str | None = None


def run_suite(suite: Suite, frame: pd.DataFrame) -> SuiteRun:
    """Runs one suite.

    Args:
        suite: The suite.
        frame: Its profile, as `profile_frame` makes it.
    """
    if frame.empty:
        return SuiteRun(())
    sources = _by_source(frame)
    said: Mapping[str, set[int] | str]
    try:
        said, broken = _said(suite, frame), None
    except Exception as error:  # noqa: BLE001  (whatever breaks in there says nothing about the figures)
        broken = f"{type(error).__name__}: {_first_line(error)}"
        said = dict.fromkeys((one.id for one in suite.expectations), broken)
    verdicts = [
        (expectation, source, _judged(expectation, rows, said[expectation.id]))
        for expectation in suite.expectations
        for source, rows in sources.items()
    ]
    return SuiteRun(tuple(verdicts), broken)


def _by_source(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    records = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    for record in sorted(records, key=lambda row: release_sort_key(row["release"]), reverse=True):
        found[record["source"]].append(record)
    return found


def _said(suite: Suite, frame: pd.DataFrame) -> dict[str, set[int] | str]:
    """By expectation: numbers of the failing rows, or why it could not be evaluated."""
    judged = [one for one in suite.expectations if frame[list(one.operands)].notna().all(axis=1).any()]
    # One that no row has the numbers for is not evaluated: no row of it can fail.
    said: dict[str, set[int] | str] = {one.id: set() for one in suite.expectations}
    if judged:
        results = validate(new_context(), suite, frame, _ALL_ROWS, {one.id for one in judged})
        found = {str(result.expectation_config.meta["check_id"]): result for result in results}
        said |= {one.id: _failing(one, found.get(one.id), frame) for one in judged}
    return said


def validate(
    context: AbstractDataContext,
    suite: Suite,
    frame: pd.DataFrame,
    result_format: Mapping[str, Any],
    only: Collection[str] | None = None,
) -> Sequence[Any]:
    """Results of Great Expectations for each expectation of a suite, in no particular order.

    Args:
        context: Keeps them, for its pages.
        suite: Not yet known to the context.
        frame: As `profile_frame` makes it.
        result_format: How much is said of failing rows.
        only: As in `suite_of`.
    """
    source = context.data_sources.add_pandas(suite.profile)
    batch = source.add_dataframe_asset(suite.profile).add_batch_definition_whole_dataframe("read model")
    definition = _great_expectations().ValidationDefinition(
        name=suite.name, data=batch, suite=context.suites.add(suite_of(suite, only))
    )
    result = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": frame}, result_format=dict(result_format)
    )
    results: Sequence[Any] = result.results
    return results


def _failing(expectation: Expectation, result: Any, frame: pd.DataFrame) -> set[int] | str:
    if result is None:
        # It leaves out what it does not know, and says so in its log only.
        return f"Great Expectations does not accept {expectation.type} as the suite has it"
    raised = [
        info["exception_message"]
        for info in (result.exception_info or {}).values()
        if isinstance(info, Mapping) and info.get("raised_exception")
    ]
    if raised:
        return _first_line(raised[0])
    absent = int(frame[list(expectation.operands)].isna().any(axis=1).sum())
    passed_over = result.result.get("missing_count")
    if passed_over != absent:
        # Otherwise a row without data would count as one that passed.
        return f"{passed_over} rows were passed over, but {absent} have no operand"
    failing = {int(place[_ROW]) for place in result.result["unexpected_index_list"] or ()}
    if len(failing) != result.result["unexpected_count"] or result.success == bool(failing):
        return "the rows that fail are not those that were counted"
    return failing


def _first_line(error: object) -> str:
    return next(iter(str(error).splitlines()), "")


def _judged(
    expectation: Expectation, rows: Sequence[Mapping[str, Any]], failing: set[int] | str
) -> RuleOutcome:
    try:
        return _verdict(expectation, rows, failing)
    except Exception as error:  # noqa: BLE001  (one that breaks is not evaluated, and the others still are)
        return not_evaluated("engine_error", f"the expectation could not be evaluated: {sentence_of(error)}")


def _verdict(
    expectation: Expectation, rows: Sequence[Mapping[str, Any]], failing: set[int] | str
) -> RuleOutcome:
    if isinstance(failing, str):
        return not_evaluated("engine_error", f"the expectation could not be evaluated: {failing}")
    known = [row for row in rows if not any(_absent(row[name]) for name in expectation.operands)]
    if not known:
        return not_evaluated(expectation.reason, _filled(expectation.unknown, rows[0]))
    findings = [_finding(expectation, row) for row in known if row[_ROW] in failing]
    unknown = len(rows) - len(known)
    passed = f"{counted(len(known), ROWS[expectation.profile])}, {expectation.passed}"
    return outcome_of(len(known), findings, f"{passed}; {unknown:,} not evaluated" if unknown else passed)


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _filled(template: str, row: Mapping[str, Any]) -> str:
    return template.format_map({name: "none" if _absent(value) else value for name, value in row.items()})


def _worded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with tables, measures, units, areas and periods as a sentence names them."""
    words = dict(row) | {"period": ""}
    if not _absent(row.get("table_id")):
        table = kind_name(str(row["table_id"]))
        words["table_id"] = table.capitalize() if table.startswith("table ") else f"table '{table}'"
    for name in ("area_type", "period_kind", "statistic"):
        if not _absent(row.get(name)):
            words[name] = kind_name(str(row[name]))
    if not _absent(row.get("unit")):
        words["unit"] = unit_name(str(row["unit"]))
    for name, worded in (
        ("measure", measure_words), ("measures_gone", measure_words), ("categories_gone", _category),
        ("areas_gone", area_label),
    ):  # fmt: skip
        if not _absent(row.get(name)):
            words[name] = ", ".join(worded(part) for part in str(row[name]).split(", "))
    for name in ("median", "q95", "q95_before"):
        if not _absent(row.get(name)):
            words[name] = figure(float(row[name]), decimals=1)
    ends = {name: _day(row[name]) for name in _ENDS if not _absent(row.get(name))}
    if not _absent(row.get("period_start")) and "period_end" in ends:
        words["period"] = period_name(_day(row["period_start"]), ends["period_end"])
    words |= {name: day_name(end - timedelta(days=1)) for name, end in ends.items()}
    words |= {name: day_name(_day(row[name])) for name in ("last_day", "as_of") if not _absent(row.get(name))}
    return words


_ENDS = ("period_end", "previous_period_end")


def _category(breakdown: str) -> str:
    return breakdown_words(breakdown) or "the total"


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def _finding(expectation: Expectation, row: Mapping[str, Any]) -> Finding:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if _absent(value) else str(value)

    return Finding(
        expectation.id,
        _filled(expectation.sentence, _worded(row)),
        severity=expectation.severity,
        measure=text("measure"),
        # For a whole table only the end of its newest period is known.
        period_start=text("period_start"),
        period_end=text("period_end") if text("period_start") else "",
        observed=_filled(expectation.observed, row),
        expected=_filled(expectation.expected, row),
        evidence={
            "table": f"quality.{expectation.table}",
            "because": expectation.because,
            "row": {name: value for name, value in row.items() if name != _ROW and not _absent(value)},
        },
    )
