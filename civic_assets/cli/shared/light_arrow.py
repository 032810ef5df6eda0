"""Loading pyarrow for a short process.

Belongs here: settings that must be made before pyarrow is first used. Does not belong here: use of pyarrow.
"""

from __future__ import annotations

import os
import sys


def light_arrow() -> None:
    """Let pyarrow take its memory from the system, and create its first array while pandas appears to be absent.

    Its own pool keeps a quarter of a refresh's memory for later use, which a short process does not need. With its
    first array it also imports pandas, to be able to read pandas columns; that takes longer than reading a workbook.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    import pyarrow

    class Absent:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "pandas":
                raise ModuleNotFoundError(name)

    absent = Absent()
    sys.meta_path.insert(0, absent)
    try:
        pyarrow.array([""])
    finally:
        sys.meta_path.remove(absent)
