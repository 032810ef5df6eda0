"""How much the quality report and the answers of the command line list before the rest is only counted.

Belongs here: lengths of lists that a reader sees. Does not belong here: lengths of lists in findings (`listing`), and
the layout of pages and charts.
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

REPORT_FINDINGS_OF_A_CHECK = _chosen(
    "REPORT_FINDINGS_OF_A_CHECK",
    "findings of a check on a page of the report",
    200,
    "findings",
    "a longer page is not read; the others are counted, with the SQL that lists them",
    "quality",
    "report",
)
LARGEST_POSTCODE_FILE = _chosen(
    "LARGEST_POSTCODE_FILE",
    "largest file of a postcode district",
    300_000,
    "bytes",
    "no page of the site is larger; a district of 4,000 postcodes takes some 50,000 bytes",
    "site",
)
CHARACTERS_OF_A_NOTE = _chosen(
    "CHARACTERS_OF_A_NOTE",
    "characters of a publisher's note in a reason for a verdict",
    500,
    "characters",
    "a longer note is quoted by the sentence that matters; the whole is in catalogue.notes",
    "compare",
    "trace",
)
CAUSES_NAMED = _chosen(
    "CAUSES_NAMED",
    "causes that the summary of a refresh names",
    5,
    "causes",
    "the gravest ones; the report lists all, and a longer summary is not read",
    "quality.causes",
)
REPORT_BYTES_OF_A_PART = _chosen(
    "REPORT_BYTES_OF_A_PART",
    "bytes that the findings, or the rows of a register, of one quality page take, as estimated from their texts",
    180_000,
    "bytes",
    "with its head and the marks of its tables the page stays below 300 kB, which opens at once",
    "quality",
    "report",
)
REPORT_FINDINGS_ON_A_SOURCE_PAGE = _chosen(
    "REPORT_FINDINGS_ON_A_SOURCE_PAGE",
    "findings that the page of a source lists in one line each",
    700,
    "findings",
    "twice as many as any source of the held files has; the page stays below 300 kB, and the pages of causes have all",
    "quality",
    "report",
)
REPORT_RELEASES_OVER_TIME = _chosen(
    "REPORT_RELEASES_OVER_TIME",
    "newest releases whose results a table or a chart of checks over time shows",
    36,
    "releases",
    "three years of a monthly publication; the page of each older release has its results",
    "quality",
    "report",
)
REVISION_CLASSES = _chosen(
    "REVISION_CLASSES",
    "ends of the classes in which a chart of revisions counts figures",
    (1, 5, 10),
    "percent of the earlier figure",
    "rounding and late records are below 1%, and a revision of a tenth changes what a figure says",
    "report",
)
REPORT_ROWS_OF_A_LIST = _chosen(
    "REPORT_ROWS_OF_A_LIST",
    "rows of any other list in the report",
    200,
    "rows",
    "a longer page is not read; the others are counted, with the SQL that lists them",
    "quality",
    "report",
)
START_PAGE_RELEASES = _chosen(
    "START_PAGE_RELEASES",
    "new releases that the start page lists",
    12,
    "releases",
    "a first refresh may bring dozens; the quality pages list all",
    "report",
)
REPORT_ENTRIES_WRITTEN_OUT = _chosen(
    "REPORT_ENTRIES_WRITTEN_OUT",
    "entries of a list that the report writes out",
    8,
    "entries",
    "a longer list is not read; the others are counted",
    "quality",
    "report",
)
REPORT_BARS = _chosen(
    "REPORT_BARS",
    "bars of a chart",
    15,
    "bars",
    "more bars are too thin to read; the table next to the chart has all numbers",
    "quality",
    "report",
)
REPORT_CELLS_AROUND = _chosen(
    "REPORT_CELLS_AROUND",
    "neighbouring rows and columns shown with a cell",
    2,
    "rows and columns",
    "the neighbours on each side show where in the sheet a cell is",
    "quality",
    "report",
)
REPORT_MORE_ROWS = _chosen(
    "REPORT_MORE_ROWS",
    "other rows of a finding shown with a cell",
    10,
    "rows",
    "a total of recorded crime has nine parts",
    "quality",
    "report",
)
REPORT_MORE_COLUMNS = _chosen(
    "REPORT_MORE_COLUMNS",
    "other columns of a finding shown with a cell",
    10,
    "columns",
    "a total of recorded crime has nine parts",
    "quality",
    "report",
)
REPORT_NAME_COLUMNS = _chosen(
    "REPORT_NAME_COLUMNS",
    "columns shown that name a row",
    3,
    "columns",
    "they say what a row is about, the most detailed last",
    "quality",
    "report",
)
REPORT_CELL_CHARACTERS = _chosen(
    "REPORT_CELL_CHARACTERS",
    "longest text of a cell that is shown in full",
    90,
    "characters",
    "longer texts are notes, which are cut and marked as cut",
    "quality",
    "report",
)
CHOICES_OF_A_NAME = _chosen(
    "CHOICES_OF_A_NAME",
    "choices that an answer lists",
    12,
    "choices",
    "more would not fit a screen; the others are counted",
    "trace",
    "compare",
)
PERIODS_OF_A_NAME = _chosen(
    "PERIODS_OF_A_NAME",
    "periods that an answer lists",
    8,
    "periods",
    "more would not fit a screen",
    "trace",
    "compare",
)
NAMES_PUBLISHED = _chosen(
    "NAMES_PUBLISHED",
    "published names that an answer lists",
    30,
    "names",
    "more would not fit a screen",
    "trace",
    "compare",
)
GROUPS_OF_A_NAME = _chosen(
    "GROUPS_OF_A_NAME",
    "groups of figures that an answer lists",
    10,
    "groups",
    "more would not fit a screen",
    "trace",
    "compare",
)
ISSUES_OF_A_FIGURE = _chosen(
    "ISSUES_OF_A_FIGURE",
    "issues of a figure that `trace` lists",
    12,
    "issues",
    "three years of a quarterly publication",
    "trace",
)
CHOICES_ON_A_SCREEN = _chosen(
    "CHOICES_ON_A_SCREEN",
    "names that an error lists",
    40,
    "names",
    "a longer list would not fit a screen; the error has all names",
    "messages",
)
SUMMARY_LINES = _chosen(
    "SUMMARY_LINES",
    "lines about disputed figures in the summary of a refresh",
    40,
    "lines",
    "more would not fit a screen; the others are counted",
    "refresh",
)
SUMMARY_FILES = _chosen(
    "SUMMARY_FILES",
    "files with one reason in the summary of a refresh",
    10,
    "files",
    "more with one reason would hide the other reasons; the others are counted",
    "refresh",
)
CHANGED_FIGURES = _chosen(
    "CHANGED_FIGURES",
    "changed figures that `diff` lists",
    20,
    "figures",
    "more would not fit a screen; `--most` and `--csv` give the others",
    "diff",
)
CHANGED_FIGURES_ON_A_PAGE = _chosen(
    "CHANGED_FIGURES_ON_A_PAGE",
    "changed figures on the page of `diff`",
    1_000,
    "figures",
    "the page stays under 300 kB, as every page does; `--csv` gives the others",
    "diff",
)
NAMES_NEXT_TO_A_SUGGESTION = _chosen(
    "NAMES_NEXT_TO_A_SUGGESTION",
    "known names listed with a suggestion",
    12,
    "names",
    "so many fit into a sentence that also suggests one",
    "messages",
)
NAMES_WITHOUT_A_SUGGESTION = _chosen(
    "NAMES_WITHOUT_A_SUGGESTION",
    "known names listed without a suggestion",
    40,
    "names",
    "so many fit into a sentence without a suggestion",
    "messages",
)
EVIDENCE_BYTES_OF_A_PART = _chosen(
    "EVIDENCE_BYTES_OF_A_PART",
    "bytes that the figures of one page of evidence take, as estimated from their texts",
    180_000,
    "bytes",
    "with its head, its findings and the rows of the file the page stays below 300 kB, which opens at once",
    "report",
)
EVIDENCE_OTHER_VALUES = _chosen(
    "EVIDENCE_OTHER_VALUES",
    "values of other releases that are listed next to a figure on its page of evidence",
    12,
    "values",
    "figures of the held files have at most four; each is linked to its page, which lists those near it",
    "report",
)
EVIDENCE_CHARACTERS_OF_A_TEXT = _chosen(
    "EVIDENCE_CHARACTERS_OF_A_TEXT",
    "characters of a printed text that a page of evidence shows",
    300,
    "characters",
    "no cell with a figure in the held files has more than 200; a longer one is cut, and its length is said",
    "report",
)
EVIDENCE_FIGURES_OF_A_FINDING = _chosen(
    "EVIDENCE_FIGURES_OF_A_FINDING",
    "figures that a page of evidence links to from a finding",
    20,
    "figures",
    "one finding can concern a thousand figures, each of which links back to it",
    "report",
)
EVIDENCE_BYTES_OF_A_PAGE = _chosen(
    "EVIDENCE_BYTES_OF_A_PAGE",
    "bytes of a page of evidence from which texts are shortened",
    290_000,
    "bytes",
    "no page of the site is larger than 300 kB, so that it opens at once from a file share",
    "report",
)
EVIDENCE_BYTES_OF_TEXTS = _chosen(
    "EVIDENCE_BYTES_OF_TEXTS",
    "bytes that findings, or notes, take on a page of evidence",
    90_000,
    "bytes",
    "all findings and notes of an area of the held files fit; a page of evidence must hold its figures",
    "report",
)
EVIDENCE_AREAS_OF_A_PAGE = _chosen(
    "EVIDENCE_AREAS_OF_A_PAGE",
    "areas that one page of a release lists",
    1_000,
    "areas",
    "more than any release of the held files has; the next page lists the others, and no page exceeds 300 kB",
    "report",
)
EVIDENCE_ROWS_WITH_NEIGHBOURS = _chosen(
    "EVIDENCE_ROWS_WITH_NEIGHBOURS",
    "rows of a file up to which a page of evidence also shows the rows above and below",
    12,
    "rows",
    "with more rows, those of the page are each other's neighbours, and the page would be three times as long",
    "report",
)
AREA_ONE_DECIMAL_FROM = _chosen(
    "AREA_ONE_DECIMAL_FROM",
    "size from which a figure on a page of an area has one decimal at most",
    10,
    "units of the figure",
    "three digits are as many as a reader compares; the exact value is in the page for programs",
    "report",
)
AREA_TWO_DECIMALS_FROM = _chosen(
    "AREA_TWO_DECIMALS_FROM",
    "size from which a figure on a page of an area has two decimals at most",
    1,
    "units of the figure",
    "three digits are as many as a reader compares; smaller figures have as many decimals as elsewhere",
    "report",
)
BAND_QUANTILE = _chosen(
    "BAND_QUANTILE",
    "share of comparable areas below the band of a chart, and above it",
    0.25,
    "share",
    "the middle half is between the quartiles, which one unusual area does not move",
    "report",
)
SERIES_GAP = _chosen(
    "SERIES_GAP",
    "distance of two periods of a series from which one is missing between them",
    1.5,
    "shortest distances of the series",
    "halfway between neighbouring periods and periods with one missing between them; years differ by a day",
    "report",
)
MEASURE_BYTES_OF_TABLES = _chosen(
    "MEASURE_BYTES_OF_TABLES",
    "bytes that the tables of one page of a measure take, as estimated from their texts",
    225_000,
    "bytes",
    "with its charts and the words about the measure the page stays below 300 kB, which opens at once",
    "report",
)
MEASURE_BYTES_OF_WORDS = _chosen(
    "MEASURE_BYTES_OF_WORDS",
    "bytes of its tables that the first page of a measure gives up for the words about the measure",
    60_000,
    "bytes",
    "definitions, breaks and biases of the held files take at most 55 kB",
    "report",
)
STRIPS_OF_A_CHART = _chosen(
    "STRIPS_OF_A_CHART",
    "kinds of area, or classes, in one chart of how figures are spread",
    12,
    "strips",
    "more do not fit a screen, and the axis below them is out of sight; the next chart has the others",
    "report",
)
MEASURE_BIASES = _chosen(
    "MEASURE_BIASES",
    "findings of the bias register that a page of a measure or theme writes out for one kind of bias",
    5,
    "findings",
    "a longer list is not read; the others are counted, and the page of the source has all",
    "report",
)
EXPORT_WORKBOOK_FIGURES = _chosen(
    "EXPORT_WORKBOOK_FIGURES",
    "most figures that are exported as a workbook",
    40_000,
    "figures",
    "the largest ONS source has 37,905: gptables takes about a minute and 1 GB for them; more are for a program",
    "export",
)
NOTE_COLUMN_WIDTH = _chosen(
    "NOTE_COLUMN_WIDTH",
    "width of the column of notes in an exported workbook",
    85,
    "characters",
    "as wide as the cover that gptables writes, so that a long note wraps",
    "export",
)
RELEASES_IN_A_SMALL_CHART = _chosen(
    "RELEASES_IN_A_SMALL_CHART",
    "releases that the small chart of an asset draws",
    24,
    "releases",
    "two years of a monthly source fit next to each other; older ones are counted",
    "Dagster",
)
