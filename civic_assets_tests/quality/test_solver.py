"""The solver's own words do not stand in what a command prints."""

from __future__ import annotations

import os

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint

from civic_assets.quality.solver import output_to_errors, solve


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
