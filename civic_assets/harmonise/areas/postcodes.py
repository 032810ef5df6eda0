"""Rows of a postcode directory in common terms: one form of postcode, months as days, and codes of areas or nothing.

Belongs here: what the cells of a directory mean, as SQL over its columns. Does not belong here: finding the columns
(the contract of the source `postcodes`), what is wrong with a directory (`civic_assets.quality.rules.postcodes`), and
what is published of several (`civic_assets.publish.read_model.postcodes`).

ONS writes `E99999999` (`S99999999`, `L99999999`, ...) where an area of a kind does not exist or is not known, and
leaves a cell empty if no area applies. Neither is a code. The month of termination is empty while a postcode is in
use. A large user is one organisation that receives much mail and has a postcode of its own; ONS places it where the
mail is delivered, which need not be where the organisation is.
"""

from __future__ import annotations

from collections.abc import Mapping

COLUMNS = (
    "postcode", "introduced", "terminated", "user_type", "ward", "authority", "police_force", "lsoa_2011", "lsoa_2021",
)  # fmt: skip
"""Columns of the contract that are used."""
CODES: Mapping[str, str] = {
    "ward": "E05|W05|S13|N08",
    "authority": "E06|E07|E08|E09|W06|S12|N09",
    "police_force": "E23|W15|S23|N2[0-9]",
    "lsoa_2011": "E01|W01|S01|N[0-9]{2}|95[A-Z]",
    "lsoa_2021": "E01|W01|S01|N[0-9]{2}|95[A-Z]",
}
"""Beginnings of the codes of each column. In Northern Ireland small areas of 2011 have codes such as `95AA01S1`."""
FORM = "[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}"
"""Form of a postcode: the district, one space, and the three characters of the unit."""
SMALL, LARGE = "small", "large"
"""Kinds of users: addresses of homes and small firms, or one organisation with a postcode of its own."""


def code_or_null(column: str) -> str:
    """SQL for a code, NULL where the directory says that there is none."""
    return f"CASE WHEN {column} = '' OR ends_with({column}, '99999999') THEN NULL ELSE {column} END"


def month_or_null(column: str) -> str:
    """SQL for the first day of a month such as `199606`, NULL for anything else."""
    return (
        f"CASE WHEN length({column}) = 6 "
        f"THEN try_cast(left({column}, 4) || '-' || right({column}, 2) || '-01' AS DATE) END"
    )


def cleaned(rows: str) -> str:
    """Query of the rows of a directory that have a postcode of the right form.

    Args:
        rows: Table with `row_number` and `COLUMNS` as text, as printed.

    Returns:
        Query of row_number, postcode, district, introduced, terminated (first days of the months), user_type, and the
        codes of `CODES`. A postcode that is printed twice is there twice.
    """
    codes = ", ".join(f"{code_or_null(f'trim({name}::VARCHAR)')} AS {name}_code" for name in CODES)
    return f"""SELECT row_number, upper(trim(postcode::VARCHAR)) AS postcode,
        split_part(upper(trim(postcode::VARCHAR)), ' ', 1) AS district,
        {month_or_null("introduced::VARCHAR")} AS introduced,
        {month_or_null("terminated::VARCHAR")} AS terminated,
        CASE trim(user_type::VARCHAR) WHEN '0' THEN '{SMALL}' WHEN '1' THEN '{LARGE}' END AS user_type,
        {codes}
    FROM {rows} WHERE regexp_full_match(upper(trim(postcode::VARCHAR)), '{FORM}')"""
