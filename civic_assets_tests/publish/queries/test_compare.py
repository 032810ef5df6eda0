"""`compare` gives the verdicts of a statistician on the publishers' real figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.layers.store import Store
from civic_assets.publish.queries.compare import compare
from civic_assets_tests.publish.queries.pairs import EVERY_PAIR
from civic_assets_tests.publish.queries.pairs.pair import Pair


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return load_contracts()


def test_each_pair_is_asked_once_and_expects_something() -> None:
    assert len({pair.about for pair in EVERY_PAIR}) == len(EVERY_PAIR)
    assert len({(pair.a, pair.b) for pair in EVERY_PAIR}) == len(EVERY_PAIR)
    assert all(pair.expected for pair in EVERY_PAIR)


@pytest.mark.real_data
@pytest.mark.parametrize("pair", EVERY_PAIR, ids=[pair.about for pair in EVERY_PAIR])
def test_the_verdict_on_real_figures_is_that_of_a_statistician(
    pair: Pair, real_store: Path, contracts: dict[str, Contract]
) -> None:
    answer = compare(Store.existing(real_store), contracts, pair.a, pair.b)
    verdicts = dict(answer.operations.items())
    assert {name: verdicts[name].allowed for name in pair.expected} == pair.expected, {
        name: verdicts[name].reasons for name in pair.expected
    }
    turned = dict(compare(Store.existing(real_store), contracts, pair.b, pair.a).operations.items())
    assert {name: one.allowed for name, one in turned.items()} == {
        name: one.allowed for name, one in verdicts.items()
    }
