"""The inputs that ship with the project, in a folder: `python -m benchmarks.sample_files FOLDER`.

Prints JSON: folder, files. It runs as a separate process so that the process that measures stays small.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from civic_assets.inputs.samples.ons_csp import write_sample_inputs


def main(folder: str) -> None:
    """Write them."""
    files = write_sample_inputs(Path(folder))
    print(json.dumps({"folder": folder, "files": len(files)}))


if __name__ == "__main__":
    main(sys.argv[1])
