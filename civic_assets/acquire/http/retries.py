"""Trying again: which failures may pass, how long to wait, and when to stop.

Belongs here: the failure that may pass, `Retry-After`, and the back-off. Does not belong here: rates (`rates`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.clock import Clock
from civic_assets.acquire.limits import Limits

if TYPE_CHECKING:
    from tenacity import RetryCallState

_Result = TypeVar("_Result")
# Longer waits are as good as this one, and the calendar ends.
_YEAR = 365 * 24 * 3600.0
_LONDON = ZoneInfo("Europe/London")
# Too many requests, time-outs and troubles of the server. Everything else of 4xx stays as it is.
PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


class MayPass(NotObtained):
    """A failure that may be over at the next try.

    Args:
        message: Full sentence.
        url: Address that was asked.
        kind: Cause in one word.
        status: Status code, if there was an answer.
        after: Seconds that the publisher asks to wait.
        progressed: Whether bytes of the body came, so that the next try begins further on.
    """

    def __init__(
        self,
        message: str,
        *,
        url: str,
        kind: str,
        status: int | None = None,
        after: float | None = None,
        progressed: bool = False,
    ) -> None:
        super().__init__(message, url=url, kind=kind, status=status)
        self.after, self.progressed = after, progressed


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """What `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date.

    Args:
        headers: Headers of the answer, names in lower case. A date is compared with the server's own `Date`, so that
            a machine whose clock is wrong waits as long as was meant.
        now: The time here, in UTC, if the server states none.

    Returns:
        Seconds, from 0 to a year; None if nothing sensible is asked for.
    """
    words = headers.get("retry-after", "").strip()
    if not words:
        return None
    if words.isascii() and words.isdecimal():
        return min(float(words), _YEAR)
    until = _date(words)
    if until is None:
        return None
    seconds = (until - (_date(headers.get("date", "")) or now)).total_seconds()
    return min(max(0.0, seconds), _YEAR)


def _date(words: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(words)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def in_london(time: datetime) -> str:
    """A time as people in London read it, e.g. `10:40 on 29 November 2026`."""
    local = time.astimezone(_LONDON)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"


def keep_trying(once: Callable[[], _Result], clock: Clock, limits: Limits) -> tuple[_Result, int]:
    """Do something until it succeeds, fails for good, or has failed too often.

    Args:
        once: One try.
        clock: Time.
        limits: How often, and how long to wait.

    Returns:
        Result, and number of tries.

    Raises:
        NotObtained: It failed for good, or too often; the error of the last try.
    """
    try:
        return once(), 1
    except MayPass as error:
        return _keep_trying(once, error, clock, limits)
    except NotObtained as error:
        error.attempts = 1
        raise


def _keep_trying(
    once: Callable[[], _Result], failed: MayPass, clock: Clock, limits: Limits
) -> tuple[_Result, int]:
    """As `keep_trying`, after a first try that failed. Only now the library is imported that decides on the others."""
    from tenacity import Retrying, retry_if_exception_type
    from tenacity.wait import wait_random_exponential

    backing_off = wait_random_exponential(multiplier=limits.first_wait, max=limits.longest_wait)
    without_progress = 0

    def stop(state: RetryCallState) -> bool:
        nonlocal without_progress
        error = _error(state)
        without_progress = 1 if error is not None and error.progressed else without_progress + 1
        return without_progress >= limits.tries or state.attempt_number >= limits.most_tries

    def wait(state: RetryCallState) -> float:
        error = _error(state)
        own = backing_off(state)
        return own if error is None or error.after is None else max(own, error.after)

    retrying = Retrying(
        retry=retry_if_exception_type(MayPass), stop=stop, wait=wait, sleep=clock.wait, reraise=True
    )
    tries = 0

    def counted() -> _Result:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise failed  # the try that was made already
        return once()

    try:
        return retrying(counted), tries
    except NotObtained as error:
        error.attempts = tries
        raise


def _error(state: RetryCallState) -> MayPass | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, MayPass) else None
