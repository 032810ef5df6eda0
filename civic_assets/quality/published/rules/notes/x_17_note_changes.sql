/*
id: X-17
name: Notes since the edition before
table: note_changes
dimension: consistency
severity: info
statement: The notes of an edition are those of the edition before, in the same words.
cannot_tell: whether a change of words changes what the note means
guidance: Read the changed notes in catalogue.note_changes before you compare the two editions.
reason: history_too_short
nothing: no source has two editions with notes
passed: editions with notes that follow another
*/

WITH editions AS (
    SELECT DISTINCT
        source,
        release
    FROM catalogue.notes
    WHERE kind <> 'source'
),

checked (n) AS (
    SELECT count(*) - count(DISTINCT source) FROM editions
),

changed AS (
    SELECT
        source,
        release,
        previous_release,
        count(*) AS changes,
        count(*) FILTER (change = 'new') AS appeared,
        count(*) FILTER (change = 'gone') AS gone,
        count(*) FILTER (change = 'reworded') AS reworded,
        count(*) FILTER (block_changed) AS blocks,
        min(coalesce(locator, previous_locator)) FILTER (block_changed) AS locator
    FROM catalogue.note_changes
    GROUP BY ALL
)

-- findings
SELECT
    source AS measure,
    locator,
    source,
    release,
    changes || '' AS observed,
    format(
        'The notes of {} {} differ from those of {}: {} new, {} gone, {} reworded; {} of them {} a comparison in one of '
        || 'the two only.',
        source, release, previous_release, appeared, gone, reworded, blocks,
        CASE blocks WHEN 1 THEN 'forbids' ELSE 'forbid' END
    ) AS message
FROM changed
ORDER BY source, release
