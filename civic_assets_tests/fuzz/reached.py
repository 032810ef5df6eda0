"""Lines of the program that inputs reach for the first time.

Belongs here: noting them for some inputs. Does not belong here: what is done with an input that reaches new ones
(`campaign`).

Python 3.12 and later tell each line once and then never again (`sys.monitoring`), which costs nearly nothing; before,
a function is called for every line, which makes an input take about twice as long.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

from civic_assets.shipped import PACKAGE

PARTS = ("readers", "intake", "parsing", "values")
"""Parts of the package whose lines count."""
_FOLDERS = tuple(f"{PACKAGE / part}/" for part in PARTS)


class Reached:
    """Lines reached so far, in a block `with reached:`."""

    def __init__(self) -> None:
        self._known: set[tuple[CodeType, int]] = set()
        self._counted = 0

    def new(self) -> int:
        """Lines that were reached for the first time since the last call."""
        number = len(self._known) - self._counted
        self._counted = len(self._known)
        return number

    def __enter__(self) -> None:
        if sys.version_info >= (3, 12):
            self._monitor()
        else:
            sys.settrace(self._call)

    def __exit__(self, *_: object) -> None:
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
        else:
            sys.settrace(None)

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(_FOLDERS) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        self._known.add((frame.f_code, frame.f_lineno))
        return self._line

    if sys.version_info >= (3, 12):

        def _monitor(self) -> None:
            tool = sys.monitoring.COVERAGE_ID
            if sys.monitoring.get_tool(tool) is None:
                sys.monitoring.use_tool_id(tool, "fuzz")
                sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, self._monitored)
            sys.monitoring.set_events(tool, sys.monitoring.events.LINE)

        def _monitored(self, code: CodeType, line: int) -> Any:
            if code.co_filename.startswith(_FOLDERS):
                self._known.add((code, line))
            return sys.monitoring.DISABLE
