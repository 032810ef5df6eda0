"""Progress of a refresh, as a person who waits for it sees it.

Belongs here: which steps get a line, and the line that is written over in a terminal. Does not belong here: the steps
(`civic_assets.answers.progress` says what is known of each) and the summary (`refresh`).

There is a line for each source and each stage, with the time since the command began; a file or a release of its own
gets one only if something is odd about it, or with `--verbose`. In a terminal, one more line says what is being done.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TextIO

from civic_assets.answers.progress import Said
from civic_assets.house_numbers.display import SUMMARY_FILES

_CLEAR = "\r\x1b[K"
_WIDTH = 78
_FILES = {
    "new": "new",
    "known": "already archived",
    "ignored": "ignored",
    "refused": "not read",
    "near": "near misses",
}


class Progress:
    """Prints progress.

    Args:
        out: Where it is printed.
        verbose: Whether every sentence is printed as it is.
        clock: Seconds; the difference of two calls is an elapsed time.
    """

    def __init__(
        self, out: TextIO, *, verbose: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out, self._verbose, self._clock = out, verbose, clock
        self._terminal = out.isatty() and not verbose
        self._began = clock()
        self._files: Counter[str] = Counter()
        self._odd = 0
        self._all = self._done = 0
        self._source: str | None = None
        self._releases: Counter[str] = Counter()
        self._step: tuple[str, float] | None = None

    def __call__(self, sentence: str) -> None:
        """Say a sentence about a step."""
        if isinstance(sentence, Said) and sentence.kind == "fetching":
            self._status(sentence)  # several a second: in a terminal only, and never as lines
            return
        if self._verbose or not isinstance(sentence, Said):
            self._line(sentence)
            return
        if sentence.kind == "doing":
            self._status(sentence)
            return
        if sentence.kind in ("file", "odd_file"):
            self._file(sentence)
            return
        self._end_files()
        if sentence.kind in ("stage", "step", "source", "plan"):
            self._end_source()
            self._end_step()
        if sentence.kind in ("stage", "asked"):
            self._line(sentence)
        elif sentence.kind == "plan":
            self._all = sentence.number
            self._line(sentence)
        elif sentence.kind == "step":
            self._step = (sentence, self._clock())
            self._status(f"{sentence} ...")
        elif sentence.kind == "source":
            self._source = sentence.subject
            self._releases = Counter(wanted=sentence.number)
            self._status(f"{self._source} ...")
        else:
            self._release(sentence)

    def end(self) -> None:
        """Finish what is under way; the summary follows."""
        self._end_files()
        self._end_source()
        self._end_step()
        if self._terminal:
            self._out.write(_CLEAR)
            self._out.flush()

    def _file(self, said: Said) -> None:
        self._files[said.subject] += 1
        if said.kind == "odd_file":
            self._odd += 1
            if self._odd <= SUMMARY_FILES:
                self._line(said)
                return
        self._status(f"{sum(self._files.values()):,} files")

    def _end_files(self) -> None:
        if self._files:
            named = [f"{self._files[word]:,} {words}" for word, words in _FILES.items() if self._files[word]]
            total = sum(self._files.values())
            self._line(f"{total:,} file{'s' if total != 1 else ''}: {', '.join(named)}")
        self._files.clear()

    def _release(self, said: Said) -> None:
        if said.kind == "held_back":
            self._line(said)
        if said.kind in ("held_back", "release"):
            self._done += 1
            self._releases.update(done=1, figures=said.number, held_back=said.kind == "held_back")
        done, wanted = self._releases["done"], self._releases["wanted"]
        self._status(
            f"{said.subject}: {done:,} of {wanted:,} releases ({self._done:,} of {self._all:,} in all)"
        )

    def _end_source(self) -> None:
        if self._source is not None:
            counted = self._releases
            number = f"{counted['done']:,} of {counted['wanted']:,} releases"
            if counted["done"] == counted["wanted"]:
                number = f"{counted['done']:,} release{'s' if counted['done'] != 1 else ''}"
            held_back = f", {counted['held_back']:,} held back" if counted["held_back"] else ""
            figures = f", {counted['figures']:,} figures"
            self._line(
                f"{self._source}: {number}{figures}{held_back} ({self._done:,} of {self._all:,} in all)"
            )
        self._source = None

    def _end_step(self) -> None:
        if self._step is not None:
            sentence, began = self._step
            self._line(f"  {sentence}, {self._clock() - began:.1f} s")
        self._step = None

    def _line(self, text: str) -> None:
        if self._verbose:
            print(text, file=self._out, flush=True)
            return
        start = _CLEAR if self._terminal else ""
        print(f"{start}{self._elapsed()}  {text}", file=self._out, flush=True)

    def _status(self, text: str) -> None:
        """Say in a terminal what is being done, in a line that the next one replaces."""
        if self._terminal:
            self._out.write(f"{_CLEAR}{self._elapsed()}  {text}"[: _WIDTH + len(_CLEAR)])
            self._out.flush()

    def _elapsed(self) -> str:
        seconds = int(self._clock() - self._began)
        return f"{seconds // 60}:{seconds % 60:02}"
