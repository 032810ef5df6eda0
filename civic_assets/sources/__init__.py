"""One small parser for each source: from a grid and a contract to observations.

Belongs here: the meaning of one publisher's rows. `CIVIC_SOURCES` names further folders with parsers, for sources that
are kept outside this package.
"""

import os

__path__.extend(folder for folder in os.environ.get("CIVIC_SOURCES", "").split(os.pathsep) if folder)
