"""A caveat about one kind of figure is said of that kind only, and what forbids a comparison is never limited."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest

from civic_assets.contracts.file_kinds import NOTE_EFFECTS
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_valid
from civic_assets.harmonise.notes.kinds import AMONG_KINDS, FigureTraits
from civic_assets.harmonise.notes.recognise import effects_of, figures_of_note
from civic_assets.harmonise.notes.vocabulary import note_vocabulary
from civic_assets.house_numbers.notes import NO_SMALL_COUNT
from civic_assets.values.periods import Statistic

VOCABULARY = read_valid(NOTE_EFFECTS, contracts_folder() / NOTE_EFFECTS.pattern)
UNASSIGNED = "E23000001/unassigned"
COUNT = FigureTraits(Statistic.FLOW, "count", "E09000019", 20_000)
RATE = FigureTraits(Statistic.RATE, "per_1000_population", "E09000019", 90)
SHARE = FigureTraits(Statistic.RATE, "percent", "E09000019", 4)
CHANGE = FigureTraits(Statistic.CHANGE, "percent", "E09000019", -3)
CHANGE_OF_REST = FigureTraits(Statistic.CHANGE, "percent", UNASSIGNED, -3)
SMALL = FigureTraits(Statistic.FLOW, "count", "E09000019", 12)
UNKNOWN = FigureTraits(Statistic.FLOW, "count", "E09000019")
EVERY = (COUNT, RATE, SHARE, CHANGE, CHANGE_OF_REST, SMALL, UNKNOWN)


@pytest.mark.parametrize("one", VOCABULARY.figures, ids=lambda one: str(one.kind))
def test_every_kind_is_recognised_by_its_example_and_not_by_its_counterexample(one: object) -> None:
    kind, example, counterexample = (getattr(one, name) for name in ("kind", "example", "counterexample"))
    assert kind in figures_of_note(example)
    assert kind not in figures_of_note(counterexample)


@pytest.mark.parametrize(
    ("note", "concerned"),
    [
        ("Percentage changes have not been calculated for 'Unassigned' CSPs", {CHANGE_OF_REST}),
        ("Rates will not match those published elsewhere.", {RATE}),
        (
            "Small counts: the estimates are modelled, and should not be taken to refer to particular individuals.",
            {SMALL, UNKNOWN},
        ),
        ("Offences of fraud are excluded from police recorded crime.", set(EVERY)),
        # A note with a sentence about all figures is about all of them.
        ("Rates will not match those published elsewhere. Fraud is excluded.", set(EVERY)),
    ],
)
def test_note_is_about_the_figures_that_its_words_name(note: str, concerned: set[FigureTraits]) -> None:
    assert {one for one in EVERY if one.among(figures_of_note(note))} == concerned


@pytest.mark.parametrize(
    "note",
    [
        "Percentage changes are not comparable with previous years.",
        "Rates are not directly comparable with those of other forces.",
        "Small counts are an undercount for 2024.",
    ],
)
def test_what_forbids_a_comparison_is_never_limited_to_a_kind(note: str) -> None:
    blocking = [one for one in effects_of(note, {}) if one.action == "block"]
    assert blocking and all(one.figures == () for one in blocking)


def test_sql_and_python_agree_on_every_kind_of_figure() -> None:
    kinds = [one.kind for one in note_vocabulary().figures]
    sets = [
        (),
        *((kind,) for kind in kinds),
        ("changes", "unassigned"),
        ("rates", "counts"),
        ("rates", "unassigned"),
    ]
    values = (None, 0.0, NO_SMALL_COUNT - 1.0, float(NO_SMALL_COUNT))
    connection = duckdb.connect()
    for named, unit, area, value in product(
        sets, ("count", "percent", "per_1000_population"), ("E09000019", UNASSIGNED), values
    ):
        statistic = Statistic.FLOW if unit == "count" else Statistic.RATE
        (found,) = connection.execute(
            f"""SELECT {AMONG_KINDS} FROM (SELECT $named::VARCHAR[] AS figures) e,
            (SELECT $unit AS unit, $area AS area_code, $value::DOUBLE AS value) p""",
            {"named": list(named), "unit": unit, "area": area, "value": value},
        ).fetchone() or (None,)
        traits = FigureTraits(statistic, unit, area, value)
        assert found == traits.among(named), (named, traits)
