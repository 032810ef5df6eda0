"""What a person sees of a transfer: bytes, speed and time left.

Belongs here: the sentence, and how often it comes. Does not belong here: where it is printed
(`civic_assets.cli.shared.progress`, which shows it in a terminal only).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

from civic_assets.acquire.clock import Clock
from civic_assets.answers.progress import Said

_PAUSE = 0.2
_MB = 1_000_000


class Shown:
    """Says how far a transfer is.

    Args:
        say: Called with the sentence.
        source: Source for which it is fetched.
        clock: Time.
    """

    def __init__(self, say: Callable[[str], None], source: str, clock: Clock) -> None:
        self._say, self._source, self._clock = say, source, clock
        self._began: tuple[float, int] | None = None
        self._said = 0.0

    def __call__(self, url: str, there: int, whole: int | None) -> None:
        """Say how many bytes are there, at most a few times a second."""
        now = self._clock.elapsed()
        if self._began is None or there < self._began[1]:
            self._began = (now, there)
        elif now - self._said >= _PAUSE:
            self._said = now
            speed = (there - self._began[1]) / max(now - self._began[0], 1e-3)
            self._say(
                Said(f"{self._source}: {far(file_name(url), there, whole, speed)}", "fetching", self._source)
            )


def far(name: str, there: int, whole: int | None, speed: float) -> str:
    """How far a transfer is, e.g. `a.zip, 3.2 of 12.0 MB, 1.1 MB/s, 8 s left`.

    Args:
        name: Name of the file.
        there: Bytes that are there.
        whole: Bytes of the whole file, if known.
        speed: Bytes a second.
    """
    of = f" of {whole / _MB:.1f}" if whole is not None else ""
    left = ""
    if whole is not None and speed > 0:
        seconds = round((whole - there) / speed)
        left = f", {seconds} s left" if seconds < 100 else f", {round(seconds / 60)} min left"
    return f"{name}, {there / _MB:.1f}{of} MB, {speed / _MB:.1f} MB/s{left}"


def file_name(url: str) -> str:
    """Name of the file that an address leads to, as far as the address says it."""
    parts = urlsplit(url)
    path = parse_qs(parts.query).get("uri", [parts.path])[0]
    return unquote(path).rstrip("/").rpartition("/")[2] or parts.netloc
