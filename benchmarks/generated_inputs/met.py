"""Issues of the Metropolitan Police's recorded crime by borough and by ward, with invented figures.

Belongs here: the figures of all months and their revisions, and writing an issue as of a month. Does not belong here:
which issues there are (`generated_inputs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from benchmarks.generated_inputs import month_text

MARK = "SYNTHETIC SAMPLE DATA"
WINDOW = 24
WARDS_IN_A_BOROUGH = 12
_REVISED = 0.002
"""Share of the figures of wards that a later issue changes: some 2% of those of boroughs."""

BOROUGHS = (
    "Barking and Dagenham", "Barnet", "Bexley", "Brent", "Bromley", "Camden", "Croydon", "Ealing", "Enfield",
    "Greenwich", "Hackney", "Hammersmith and Fulham", "Haringey", "Harrow", "Havering", "Hillingdon", "Hounslow",
    "Islington", "Kensington and Chelsea", "Kingston upon Thames", "Lambeth", "Lewisham", "Merton", "Newham",
    "Redbridge", "Richmond upon Thames", "Southwark", "Sutton", "Tower Hamlets", "Waltham Forest", "Wandsworth",
    "Westminster",
)  # fmt: skip
CLASSES = (
    ("ARSON AND CRIMINAL DAMAGE", "ARSON"),
    ("ARSON AND CRIMINAL DAMAGE", "CRIMINAL DAMAGE"),
    ("BURGLARY", "BURGLARY - RESIDENTIAL"),
    ("BURGLARY", "BURGLARY BUSINESS AND COMMUNITY"),
    ("BURGLARY", "BURGLARY IN A DWELLING"),
    ("BURGLARY", "BURGLARY NON-DWELLING"),
    ("DRUG OFFENCES", "POSSESSION OF DRUGS"),
    ("DRUG OFFENCES", "TRAFFICKING OF DRUGS"),
    ("FRAUD AND FORGERY", "FRAUD AND FORGERY"),
    ("MISCELLANEOUS CRIMES AGAINST SOCIETY", "MISC CRIMES AGAINST SOCIETY"),
    ("POSSESSION OF WEAPONS", "POSSESSION OF WEAPONS"),
    ("PUBLIC ORDER OFFENCES", "OTHER OFFENCES PUBLIC ORDER"),
    ("PUBLIC ORDER OFFENCES", "PUBLIC FEAR ALARM OR DISTRESS"),
    ("PUBLIC ORDER OFFENCES", "RACE OR RELIGIOUS AGG PUBLIC FEAR"),
    ("PUBLIC ORDER OFFENCES", "VIOLENT DISORDER"),
    ("ROBBERY", "ROBBERY OF BUSINESS PROPERTY"),
    ("ROBBERY", "ROBBERY OF PERSONAL PROPERTY"),
    ("SEXUAL OFFENCES", "OTHER SEXUAL OFFENCES"),
    ("SEXUAL OFFENCES", "RAPE"),
    ("THEFT", "BICYCLE THEFT"),
    ("THEFT", "OTHER THEFT"),
    ("THEFT", "SHOPLIFTING"),
    ("THEFT", "THEFT FROM THE PERSON"),
    ("VEHICLE OFFENCES", "AGGRAVATED VEHICLE TAKING"),
    ("VEHICLE OFFENCES", "INTERFERING WITH A MOTOR VEHICLE"),
    ("VEHICLE OFFENCES", "THEFT FROM A VEHICLE"),
    ("VEHICLE OFFENCES", "THEFT OR UNAUTH TAKING OF A MOTOR VEH"),
    ("VIOLENCE AGAINST THE PERSON", "HOMICIDE"),
    ("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITH INJURY"),
    ("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITHOUT INJURY"),
)


@dataclass(frozen=True, slots=True)
class Months:
    """Figures of every month, by ward: classes by boroughs by wards by months.

    Args:
        first: The first month.
        counts: As first printed.
        changes: What a later issue adds.
        changed_in: Month of the issue from which on that is so.
    """

    first: int
    counts: np.ndarray
    changes: np.ndarray
    changed_in: np.ndarray

    def as_of(self, month: int) -> np.ndarray:
        """What an issue prints, of the months up to its own: classes by boroughs by wards by months."""
        window = slice(month - WINDOW + 1 - self.first, month + 1 - self.first)
        known = self.changed_in[..., window] <= month
        issue: np.ndarray = self.counts[..., window] + self.changes[..., window] * known
        return issue


def months(first: int, last: int, seed: int) -> Months:
    """Invented figures of all months that issues from the first to the last month print.

    Each month has its own source of chance, so that the figures of a month are the same in a smaller number of months.
    """
    shape = (len(CLASSES), len(BOROUGHS), WARDS_IN_A_BOROUGH)
    level = np.random.default_rng(seed).gamma(0.6, 6.0, shape)
    counts, changes, changed_in = [], [], []
    for month in range(first - WINDOW + 1, last + 1):
        chance = np.random.default_rng((seed, month))
        counts.append(chance.poisson(level).astype(np.int32))
        changes.append((chance.random(shape) < _REVISED).astype(np.int32))
        changed_in.append(month + chance.integers(1, WINDOW, shape, dtype=np.int32))
    stacked = (np.stack(parts, axis=-1) for parts in (counts, changes, changed_in))
    return Months(first - WINDOW + 1, *stacked)


def write_boroughs(folder: Path, figures: Months, month: int) -> Path:
    """An issue by borough, of the 24 months up to a month."""
    printed = figures.as_of(month).sum(axis=2)
    classes, boroughs = (axis.ravel() for axis in np.indices(printed.shape[:2]))
    keys = {
        "MajorText": pa.array([major for major, _ in CLASSES]).take(pa.array(classes)),
        "MinorText": pa.array([minor for _, minor in CLASSES]).take(pa.array(classes)),
        "BoroughName": pa.array(BOROUGHS).take(pa.array(boroughs)),
    }
    return _write(
        folder / f"synthetic MPS Borough Level Crime to {month_text(month, '-')}.csv", keys, printed, month
    )


def write_wards(folder: Path, figures: Months, month: int) -> Path:
    """An issue by ward, of the 24 months up to a month."""
    printed = figures.as_of(month)
    classes, boroughs, wards = (axis.ravel() for axis in np.indices(printed.shape[:3]))
    number = boroughs * WARDS_IN_A_BOROUGH + wards
    every = range(len(BOROUGHS) * WARDS_IN_A_BOROUGH)
    keys = {
        "MajorText": pa.array([major for major, _ in CLASSES]).take(pa.array(classes)),
        "MinorText": pa.array([minor for _, minor in CLASSES]).take(pa.array(classes)),
        "WardName": pa.array([f"{MARK} ward {n}" for n in every]).take(pa.array(number)),
        "WardCode": pa.array([f"E05{990_000 + n}" for n in every]).take(pa.array(number)),
        "LookUp_BoroughName": pa.array(BOROUGHS).take(pa.array(boroughs)),
    }
    return _write(
        folder / f"synthetic MPS Ward Level Crime to {month_text(month, '-')}.csv", keys, printed, month
    )


def _write(file: Path, keys: dict[str, pa.Array], printed: np.ndarray, month: int) -> Path:
    cells = printed.reshape(-1, WINDOW)
    columns = {
        month_text(month - WINDOW + 1 + turn): pa.array(np.ascontiguousarray(cells[:, turn]))
        for turn in range(WINDOW)
    }
    pa_csv.write_csv(pa.table(keys | columns), file, pa_csv.WriteOptions(quoting_style="none"))
    return file
