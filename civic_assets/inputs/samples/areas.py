"""Areas of the synthetic workbooks: real codes and names, invented sizes.

Belongs here: the rows of a sample workbook, in the publisher's order, and the invented size of each area.
Does not belong here: figures (`figures`) and the layout of sheets (`workbook`).

Names keep the publisher's quirks (`Unassigned Devon and Cornwall ` ends in a space, `Unassigned Metropolitan
police` has a small p). All 33 London areas are here; the forces outside London represent the row kinds that
London lacks: combined partnerships (Devon and Cornwall), several partnerships in one authority (Thames
Valley), an airport without codes (Greater Manchester), Welsh codes and a row that is empty in every count
(Gwent).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

CITY_OF_LONDON = "City of London"
ISLINGTON = "Islington"

# Force: `code|name`. Below it, indented, its places:
# `partnership code|partnership name|authority code|authority name|size`. `=` repeats the partnership's name.
# Size is thousands of residents, rounded so that it matches nobody's estimate; `9x11` means 9 thousand residents with
# eleven times the usual crime for each (a place where few people live and many visit); 0 leaves a row empty. For a
# row without codes, which has no residents, it is the number that its crimes are scaled by.
_ROWS = """
E23000034|City of London
  E22000180|City of London|E09000001|=|9x11
E23000035|Devon and Cornwall
  E22000356|Cornwall|E06000052|=|580
  E22000362|East and Mid Devon|Combined Local Authorities||240
  E22000049|Exeter|E07000041|=|130
  E22000050|Isles of Scilly|E06000053|=|2
  E22000363|North Devon|Combined Local Authorities||170
  E22000056|Plymouth|E06000026|=|270
  E22000364|South Devon and Dartmoor|Combined Local Authorities||280
  E22000060|Torbay|E06000027|=|140
  |Unassigned Devon and Cornwall |||1
E23000005|Greater Manchester
  E22000099|Bolton|E08000001|=|300
  E22000100|Bury|E08000002|=|190
  E22000101|Manchester|E08000003|=|570
  |Manchester Airport|||15
  E22000102|Oldham|E08000004|=|240
  E22000103|Rochdale|E08000005|=|230
  E22000104|Salford|E08000006|=|280
  E22000105|Stockport|E08000007|=|300
  E22000106|Tameside|E08000008|=|230
  E22000107|Trafford|E08000009|=|240
  |Unassigned Greater Manchester|||6
  E22000108|Wigan|E08000010|=|330
W15000002|Gwent
  W14000019|Blaenau Gwent|W06000019|=|70
  W14000018|Caerphilly|W06000018|=|180
  W14000021|Monmouthshire|W06000021|=|90
  W14000022|Newport|W06000022|=|160
  W14000020|Torfaen|W06000020|=|90
  |Unassigned Gwent|||0
E23000001|Metropolitan Police
  E22000186|Barking and Dagenham|E09000002|=|220
  E22000187|Barnet|E09000003|=|390
  E22000188|Bexley|E09000004|=|250
  E22000189|Brent|E09000005|=|340
  E22000190|Bromley|E09000006|=|330
  E22000191|Camden|E09000007|=|220x1.6
  E22000193|Croydon|E09000008|=|390
  E22000194|Ealing|E09000009|=|370
  E22000195|Enfield|E09000010|=|330
  E22000196|Greenwich|E09000011|=|290
  E22000197|Hackney|E09000012|=|260
  E22000198|Hammersmith and Fulham|E09000013|=|190
  E22000199|Haringey|E09000014|=|260
  E22000200|Harrow|E09000015|=|260
  E22000201|Havering|E09000016|=|260
  E22000202|Hillingdon|E09000017|=|310
  E22000203|Hounslow|E09000018|=|290
  E22000204|Islington|E09000019|=|220
  E22000205|Kensington and Chelsea|E09000020|=|150
  E22000206|Kingston upon Thames|E09000021|=|170
  E22000207|Lambeth|E09000022|=|320
  E22000208|Lewisham|E09000023|=|300
  E22000209|Merton|E09000024|=|210
  E22000210|Newham|E09000025|=|360
  E22000211|Redbridge|E09000026|=|310
  E22000212|Richmond upon Thames|E09000027|=|190
  E22000213|Southwark|E09000028|=|310
  E22000214|Sutton|E09000029|=|210
  E22000215|Tower Hamlets|E09000030|=|330
  |Unassigned Metropolitan police|||80
  E22000216|Waltham Forest|E09000031|=|280
  E22000217|Wandsworth|E09000032|=|330
  E22000192|Westminster|E09000033|=|210x3
E23000029|Thames Valley
  E22000303|Aylesbury Vale|E06000060|Buckinghamshire|210
  E22000304|Bracknell Forest|E06000036|=|130
  E22000305|Cherwell|E07000177|=|160
  E22000306|Chiltern|E06000060|Buckinghamshire|100
  E22000307|Milton Keynes|E06000042|=|290
  E22000308|Oxford|E07000178|=|160
  E22000309|Reading|E06000038|=|170
  E22000310|Slough|E06000039|=|160
  E22000311|South Bucks|E06000060|Buckinghamshire|70
  E22000312|South Oxfordshire|E07000179|=|150
  |Unassigned Thames Valley|||8
  E22000313|Vale of White Horse|E07000180|=|140
  E22000314|West Berkshire|E06000037|=|160
  E22000315|West Oxfordshire|E07000181|=|120
  E22000316|Windsor and Maidenhead|E06000040|=|150
  E22000317|Wokingham|E06000041|=|180
  E22000318|Wycombe|E06000060|Buckinghamshire|180
"""

# Members of table C1, `force|partnership|authority code|authority name`; an empty cell is empty in the
# publisher's file too (a person fills it down from above).
_COMBINED_ROWS = """
Devon and Cornwall|East and Mid Devon|E07000040|East Devon
||E07000042|Mid Devon
Devon and Cornwall|North Devon|E07000043|North Devon
||E07000046|Torridge
Devon and Cornwall|South Devon and Dartmoor|E07000044|South Hams
||E07000045|Teignbridge
||E07000047|West Devon
Thames Valley|Aylesbury Vale|E06000060|Buckinghamshire
|Chiltern|E06000060|Buckinghamshire
|South Bucks|E06000060|Buckinghamshire
|Wycombe|E06000060|Buckinghamshire
"""


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a table below its force's total.

    Args:
        force_code: Code of the police force area, `E23...` or `W15...`.
        force_name: Its name as printed.
        partnership_code: `E22...` or `W14...`; empty for `Unassigned` and airports.
        partnership_name: As printed, with stray spaces.
        authority_code: Code of the local authority, or `Combined Local Authorities`, or empty.
        authority_name: Its name; empty if several are combined.
        size: Thousands of residents to which the figures are scaled; 0 means that the row is empty.
        intensity: Crime per resident, as a multiple of the usual.
    """

    force_code: str
    force_name: str
    partnership_code: str
    partnership_name: str
    authority_code: str
    authority_name: str
    size: int
    intensity: float

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Cells of the row between the force and the figures."""
        return self.partnership_code, self.partnership_name, self.authority_code, self.authority_name

    @property
    def is_unassigned(self) -> bool:
        """Whether the row holds crimes of a force without a known place."""
        return self.partnership_name.lower().startswith("unassigned")

    @property
    def has_residents(self) -> bool:
        """Whether the row is a place where people live (`Unassigned` and airports are not)."""
        return bool(self.partnership_code)

    @property
    def is_empty(self) -> bool:
        """Whether the publisher leaves the row's figures blank."""
        return self.size == 0

    @property
    def key(self) -> str:
        """Unique name of the place."""
        return f"{self.force_code}/{self.partnership_name}"


@dataclass(frozen=True, slots=True)
class Force:
    """A police force area and its rows, in the publisher's order.

    Args:
        code: `E23...` or `W15...`.
        name: As printed.
        places: Partnerships and rows without codes.
    """

    code: str
    name: str
    places: tuple[Place, ...]

    @property
    def has_total_row(self) -> bool:
        """False for the City of London, which is printed as its only partnership, without a force total."""
        return self.name != CITY_OF_LONDON


@cache
def forces() -> tuple[Force, ...]:
    """All forces of the sample workbooks, in the publisher's (alphabetical) order."""
    found: list[tuple[str, str, list[Place]]] = []
    for line in _ROWS.strip().splitlines():
        if not line.startswith(" "):
            code, name = line.split("|")
            found.append((code, name, []))
            continue
        force_code, force_name, places = found[-1]
        partnership_code, partnership, authority_code, authority, scale = line[2:].split("|")
        size, _, intensity = scale.partition("x")
        places.append(
            Place(
                force_code,
                force_name,
                partnership_code,
                partnership,
                authority_code,
                partnership if authority == "=" else authority,
                int(size),
                float(intensity or 1),
            )
        )
    return tuple(Force(code, name, tuple(places)) for code, name, places in found)


def combined_rows() -> list[list[str]]:
    """Rows of table C1: force name, partnership name, authority code, authority name."""
    return [line.split("|") for line in _COMBINED_ROWS.strip().splitlines()]
