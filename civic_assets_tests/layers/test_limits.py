"""What a refresh may use: from the command line, the environment or the machine."""

from __future__ import annotations

import pytest

from civic_assets.errors import UsageError
from civic_assets.house_numbers.memory import BYTES_OF_A_REFRESH
from civic_assets.layers.limits import MEMORY, PROCESSES, Limits, cores, limits


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PROCESSES, raising=False)
    monkeypatch.delenv(MEMORY, raising=False)


def test_defaults_are_the_cores_and_two_gigabytes() -> None:
    assert limits() == Limits(cores(), BYTES_OF_A_REFRESH)


def test_the_command_line_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROCESSES, "3")
    monkeypatch.setenv(MEMORY, "1GB")
    assert limits() == Limits(3, 1024**3)
    assert limits("1", "512 MB") == Limits(1, 512 * 1024**2)


@pytest.mark.parametrize(
    ("written", "size"),
    [("800MB", 800 * 1024**2), ("1.5g", 1536 * 1024**2), ("2GiB", 2 * 1024**3), ("4096", 4096)],
)
def test_amounts_of_memory(written: str, size: int) -> None:
    assert limits("1", written).memory == size


@pytest.mark.parametrize(
    ("processes", "memory"), [("0", "1GB"), ("two", "1GB"), ("2", "much"), ("2", "-1GB")]
)
def test_what_is_not_an_amount_is_refused(processes: str, memory: str) -> None:
    with pytest.raises(UsageError, match="is not"):
        limits(processes, memory)
