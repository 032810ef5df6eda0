"""The table of values that a model made.

Belongs here: the table that H-08 and H-09 check. Does not belong here: the rules (`published/rules`). This project
has no model; a person who adds one writes its values here, so that they are marked.
"""

from __future__ import annotations

MODELLED = """CREATE TABLE harmonised.modelled_figures (measure VARCHAR, area_code VARCHAR, period_start DATE,
    period_end DATE, value DOUBLE, unit VARCHAR, method VARCHAR, shared_out VARCHAR, weight DOUBLE, used_in VARCHAR)"""
"""Values that a model made, if somebody asked for any: by which method, of which published figure, and their use."""
