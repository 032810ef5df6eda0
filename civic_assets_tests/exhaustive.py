"""How much the tests try: a part of it for every change, all of it when somebody asks.

Belongs here: the setting. Does not belong here: what is tried, and which tests are marked `exhaustive`.
"""

from __future__ import annotations

import os

SETTING = "CIVIC_EXHAUSTIVE"
EXHAUSTIVE = bool(os.environ.get(SETTING))
WHY_NOT = f"takes minutes, and a smaller test covers the same: set {SETTING}=1 to run this test"
