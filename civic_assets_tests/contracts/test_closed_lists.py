"""Words that a file may use are those that the program knows: models are below it, so they repeat its lists."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

import pytest

from civic_assets.contracts.models import breaks, geography, suites
from civic_assets.contracts.models.measures import PolarityWord
from civic_assets.contracts.models.vocabularies import categories, measures, recorded_crime
from civic_assets.harmonise.areas.register_tables import SuccessionKind
from civic_assets.harmonise.comparability.breaks import Action
from civic_assets.harmonise.measures.crime_tree import ClassRelation
from civic_assets.harmonise.measures.vocabulary import UNSTATED, Polarity, Timing
from civic_assets.harmonise.people.categories import Fit
from civic_assets.quality.expectations.profiles import ROWS
from civic_assets.quality.expectations.suites import expectations
from civic_assets.quality.framework.results import Reason
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.run import catalogue

PAIRS: dict[str, tuple[Collection[str], Collection[str]]] = {
    "fit of a category": (get_args(categories.FitWord), [str(one) for one in Fit]),
    "relation of a class": (get_args(recorded_crime.RelationWord), [str(one) for one in ClassRelation]),
    "timing of a denominator": (get_args(measures.TimingWord), [str(one) for one in Timing]),
    "polarity": (get_args(PolarityWord), [str(one) for one in Polarity]),
    "unstated measure": ([measures.UNSTATED], [UNSTATED]),
    "change of a code": (get_args(geography.Kind), [str(one) for one in SuccessionKind]),
    "action of a break": (get_args(breaks.ActionWord), get_args(Action)),
    "profile": (get_args(suites.Profile), list(ROWS)),
    "reason": (get_args(suites.ReasonWord), [one for one in get_args(Reason) if one]),
    "dimension": (
        get_args(suites.Dimension),
        {one.dimension for one in catalogue()}
        | {one.dimension for one in ALL_RULES}
        | {one.dimension for one in expectations()},
    ),
}


@pytest.mark.parametrize("words", PAIRS)
def test_words_of_the_files_are_those_of_the_program(words: str) -> None:
    written, known = PAIRS[words]
    assert set(written) == set(known)
