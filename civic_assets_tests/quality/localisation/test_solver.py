"""The solver's own output does not appear in what a command prints."""

from __future__ import annotations

import os

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint

from civic_assets.quality.localisation.solver import output_to_errors, solve


def test_what_is_written_while_solving_goes_to_errors(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(1, b"before ")
    with output_to_errors():
        os.write(1, b"from the solver")
    os.write(1, b"after")
    out, err = capfd.readouterr()
    assert out == "before after"
    assert err == "from the solver"


def test_standard_output_is_given_back_when_solving_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), output_to_errors():
        _ = 1 / 0
    os.write(1, b"{}")
    assert capfd.readouterr().out == "{}"


def test_smallest_number_of_coins_is_found() -> None:
    result = solve(
        np.ones(3),
        integrality=np.ones(3),
        bounds=Bounds(0, np.inf),
        constraints=LinearConstraint(np.array([[5.0, 2.0, 1.0]]), 9, 9),
    )
    assert result.fun == 3


def test_optimum_is_the_optimum_and_not_one_within_a_share_of_it() -> None:
    """Left to itself the solver is content with 0.01%: ten residents of four million."""
    weights = np.array([4_202_018.0, 4_202_028.0])
    result = solve(
        weights,
        integrality=np.ones(2),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array([[1.0, 1.0]]), 1, 1),
    )
    assert (result.fun, result.mip_gap) == (4_202_018, 0)


@pytest.mark.parametrize("largest", [1e3, 1e6, 5e6, 6e7])
def test_feasible_model_with_a_large_constant_is_not_called_infeasible(largest: float) -> None:
    result = solve(
        np.array([1.0, 0.0]),
        integrality=np.array([1.0, 0.0]),
        bounds=Bounds([0, -largest], [1, largest]),
        constraints=[
            LinearConstraint(np.array([[0.0, 1.0]]), 1, 1),
            LinearConstraint(np.array([[-largest, 1.0]]), -np.inf, 0),
        ],
    )
    assert result.status == 0


def test_mistake_in_a_model_is_not_proof_that_there_is_no_answer() -> None:
    with pytest.raises(ValueError, match="no valid model"):
        solve(np.ones(2), constraints=LinearConstraint(np.array([[np.inf, 1.0]]), 0, 1))
