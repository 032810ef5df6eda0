/*
id: R-13
name: Notes read
table: notes
dimension: completeness
severity: info
statement: In every note of a publisher next to figures, a sentence is recognised that says what the note does.
cannot_tell: whether a note that is recognised says more than that
guidance: Add its words to vocabularies/note_effects.yaml, with the sentence as example.
reason: no_input
nothing: no release has a note
passed: notes next to figures, each recognised
*/

WITH own AS (
    SELECT *
    FROM catalogue.notes
    WHERE kind IN ('note', 'footnote', 'above_table')
),

checked (n) AS (
    SELECT count(*) FROM own
),

-- One text below several tables is one unread note.
unread AS (
    SELECT
        source,
        release,
        text,
        min(locator) AS locator,
        count(*) AS n
    FROM own
    WHERE unread
    GROUP BY ALL
)

-- findings
SELECT
    n,
    source AS measure,
    locator,
    source,
    release,
    text AS observed,
    format('Unread note of {} {} at {}: “{}”.', source, release, locator, text) AS message
FROM unread
ORDER BY source, release, locator
