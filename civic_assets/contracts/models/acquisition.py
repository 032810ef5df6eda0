"""The part of a contract that says where its files are found on the publisher's site.

Belongs here: what may be written there, and which keys each finder needs. Does not belong here: finding the files.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import CamelEntry, Day, Pattern, Text, YesNo

Finder = Literal[
    "arcgis",
    "education_data_api",
    "education_statistics",
    "govuk_content",
    "london_datastore",
    "nomis",
    "ons_pages",
    "police_archive",
]
"""The kinds of sites that files are found on."""
NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "arcgis": (("owner",), ("search",)),
    "education_data_api": (("publication",), ()),
    "education_statistics": (("publication",), ()),
    "govuk_content": (("page",), ()),
    "london_datastore": (("dataset",), ()),
    "nomis": (("dataset", "query"), ()),
    "ons_pages": (("page",), ("search",)),
    "police_archive": ((), ()),
}
"""Keys that each finder must have, and those that it may have; all have `hosts`, `wanted`, `since` and `because`."""
KEYS = ("page", "search", "dataset", "publication", "owner")
"""Keys of a finder with a text."""
Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Format = Literal["csv", "json", "ods", "xls", "xlsx", "zip"]


class WantedEntry(CamelEntry):
    """One kind of file that is wanted."""

    name: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")]
    title: Pattern | None = None
    exclude: Pattern | None = None
    file: Pattern | None = None
    formats: Annotated[list[Format], Field(min_length=1)] | None = None
    level: Text | None = None
    previous_versions: YesNo | None = None
    may_be_absent: YesNo | None = None


class _Place(CamelEntry):
    finder: Finder | None = None
    hosts: Annotated[list[Host], Field(min_length=1)] | None = None
    wanted: Annotated[list[WantedEntry], Field(min_length=1)] | None = None
    page: Annotated[str, Field(pattern=r"^/[^?#]*[^/?#]$")] | None = None
    search: Text | None = None
    dataset: Text | None = None
    publication: Text | None = None
    owner: Text | None = None
    query: dict[str, str] | None = None
    since: Day | None = None
    because: Text | None = None

    def _refuse_unless_complete(self) -> None:
        for key in ("finder", "hosts", "wanted"):
            if getattr(self, key) is None:
                raise PydanticCustomError("finder", f"{key!r} is missing")
        needs, may = NEEDS[self.finder or ""]
        for key in (*KEYS, "query"):
            given = getattr(self, key) is not None
            if key in needs and not given:
                raise PydanticCustomError("finder", f"{key!r} is missing: the finder {self.finder} needs it")
            if given and key not in (*needs, *may):
                raise PydanticCustomError("finder", f"{key!r} means nothing to the finder {self.finder}")
        if self.since is not None and self.because is None:
            raise PydanticCustomError(
                "finder",
                "'because' is missing: say why earlier editions are wanted, since 'since' asks for them",
            )


class PlaceEntry(_Place):
    """A further place at which files of a source are found."""

    @model_validator(mode="after")
    def _complete(self) -> PlaceEntry:
        self._refuse_unless_complete()
        return self


class AcquisitionEntry(_Place):
    """Where the files of a source are found, or why no site offers them."""

    also: list[PlaceEntry] | None = None
    not_offered: Text | None = Field(
        default=None, description="Why no site offers the files, or some of them, and how they are asked for."
    )

    @model_validator(mode="after")
    def _says_where(self) -> AcquisitionEntry:
        if self.not_offered is not None and self.model_fields_set == {"not_offered"}:
            return self
        if self.finder is None and self.also is None and self.not_offered is None:
            raise PydanticCustomError(
                "finder", "needs a 'finder', or 'notOffered' with the reason and how the files are asked for"
            )
        self._refuse_unless_complete()
        names = [one.name for entry in (self, *(self.also or ())) for one in entry.wanted or ()]
        if len(set(names)) < len(names):
            raise PydanticCustomError("finder", "two entries of 'wanted' have one name")
        return self
