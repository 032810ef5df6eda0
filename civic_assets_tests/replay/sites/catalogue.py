"""The files of a folder, each with what a publisher knows of it: source, edition, title and time of publication.

Belongs here: recognising the files by content, with the program's own intake, and the publisher's titles and names.
Does not belong here: what a site answers (the other modules of this package).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.intake.identify import look
from civic_assets.intake.recognition_cache import RecognitionCache

_LONDON = ZoneInfo("Europe/London")
_ISSUE = re.compile(r" to 20\d\d-\d\d(?=\.)")


@dataclass(frozen=True, slots=True)
class Published:
    """One file that a publisher has put out.

    Args:
        source: Source that reads it.
        edition: Edition as the program calls it, e.g. `2024-12` or `2021-07-historical`.
        path: The file.
        name: Name under which the publisher offers it.
        title: The publisher's title.
        published: Time of publication, in UTC.
        correction: The publisher's notice, if it corrects an earlier version of the edition.
        withdrawn: Whether the publisher has taken it away again.
    """

    source: str
    edition: str
    path: Path
    name: str
    title: str
    published: datetime
    correction: str = ""
    withdrawn: bool = False

    @property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def md5(self) -> str:
        """MD5, as the London Datastore and data.police.uk state it."""
        return hashlib.md5(self.path.read_bytes(), usedforsecurity=False).hexdigest()

    @property
    def sha1(self) -> str:
        """SHA-1, of which ONS makes its ETag."""
        return hashlib.sha1(self.path.read_bytes(), usedforsecurity=False).hexdigest()

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    @property
    def id(self) -> str:
        """An id in the form of a UUID that changes with the bytes."""
        digest = self.sha256
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))

    @property
    def stamp(self) -> str:
        """Time of publication in UTC, as interfaces write it."""
        return self.published.strftime("%Y-%m-%dT%H:%M:%SZ")


class Catalogue:
    """Files that publishers have put out up to a moment.

    Args:
        files: All files, whenever they were or will be put out.
        now: The moment; every file is out if None.
    """

    def __init__(self, files: Iterable[Published], now: datetime | None = None) -> None:
        self.files = list(files)
        self.now = now

    @classmethod
    def below(cls, *folders: Path, cache: Path | None = None) -> Catalogue:
        """The catalogue of the files below some folders that a source reads.

        Args:
            folders: Folders of files under any names.
            cache: File in which recognitions are kept.
        """
        contracts = load_contracts()
        kept = RecognitionCache(cache, contracts) if cache else None
        found: dict[tuple[str, str], Published] = {}
        for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
            if path.suffix.lower() not in (".csv", ".json", ".ods", ".xls", ".xlsx"):
                continue
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            known = kept.get(sha256) if kept else None
            if known is None:
                known = look(path, path.name, sha256, contracts)
                if kept:
                    kept.put(sha256, known)
            for source, edition in known.get("sources", {}).items():
                stated = known.get("published_on")
                one = _published(path, source, edition, contracts[source], stated)
                found[source, sha256] = one
        if kept:
            kept.save()
        return cls(found.values())

    def of(self, *sources: str) -> list[Published]:
        """Files of some sources that are out, newest first."""
        out = [
            one
            for one in self.files
            if one.source in sources and not one.withdrawn and (self.now is None or one.published <= self.now)
        ]
        return sorted(out, key=lambda one: (one.published, one.edition, one.name), reverse=True)

    def put(self, one: Published) -> None:
        """Add a file, or replace the one of the same source, edition and name."""
        key = (one.source, one.edition, one.name)
        self.files = [old for old in self.files if (old.source, old.edition, old.name) != key] + [one]

    def replace(self, old: Published, **changes: object) -> Published:
        """Change what is known of a file, e.g. its bytes (`path`) after a replacement in place."""
        new = replace(old, **changes)  # type: ignore[arg-type]
        self.files[self.files.index(old)] = new
        return new


def _published(path: Path, source: str, edition: str, contract: Contract, stated: str | None) -> Published:
    day = date.fromisoformat(stated) if stated else _expected(edition, contract)
    at = datetime.combine(day, time(9, 30), _LONDON).astimezone(UTC)
    name, title = _names(path, source, edition)
    return Published(source, edition, path, name, title, at)


def _expected(edition: str, contract: Contract) -> date:
    """A likely day of publication: as long after the edition's month as the contract expects."""
    found = re.match(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2])(?!\d))?", edition)
    if found is None:
        return date(2020, 1, 1)
    year, month = int(found[1]), int(found[2] or 12)
    end = date(year + month // 12, month % 12 + 1, 1)
    return end + timedelta(days=contract.expected_lag_days)


_MET = {"met_borough": "Borough", "met_ward": "Ward", "met_lsoa": "LSOA"}
_DFE = {
    "dfe_exclusions": "Suspensions and permanent exclusions by local authority",
    "dfe_neet": "NEET and participation by local authority",
    "dfe_sen": "Pupils in all schools, by type of SEN provision",
}


def _names(path: Path, source: str, edition: str) -> tuple[str, str]:
    """The publisher's name and title of a file."""
    year = edition[:4]
    if source in _MET:
        kind = "Historical" if "historical" in edition else "most recent 24 months"
        title = f"MPS {_MET[source]} Level Crime ({kind})"
        return f"{title}.csv", title
    if source == "dfe_children_in_need":
        title = "B1 Children in need" if "b1" in edition else "C1 Referrals and re-referrals"
        return path.name, f"{title} by local authority, 2013 to {year}"
    if source == "dfe_looked_after":
        if "number-and-rate" in edition or "number" in path.name:
            return path.name, f"Children looked after: number and rate per 10,000, {year}"
        return (
            path.name,
            f"Children looked after at 31 March with unaccompanied asylum seeking children, {year}",
        )
    if source == "home_office_prc":
        if "pfa" in edition or "force" in path.name:
            what = "Police recorded crime open data Police Force Area tables"
        else:
            what = "Police recorded crime Community Safety Partnership open data tables"
        return path.name, f"{what}, year ending March {year}"
    if source == "ons_population" and path.suffix == ".xlsx" and not path.stem.startswith("mye"):
        return f"mye{year[2:]}tables.xlsx", f"Mid-{year} population estimates"
    if source == "police_uk":
        return _member_name(edition), _member_name(edition)
    if source in _DFE:
        return path.name, f"{_DFE[source]}, {edition}"
    return _ISSUE.sub("", path.name), path.stem


def _member_name(edition: str) -> str:
    month, force = edition[:7], edition[8:] or "city-of-london"
    return f"{month}/{month}-{force}-street.csv"
