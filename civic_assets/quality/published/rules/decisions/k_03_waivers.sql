/*
id: K-03
name: Waivers in force
table: waivers
dimension: timeliness
severity: blocking
statement: Every registered waiver is in force and names a check that exists.
cannot_tell: whether a waiver was wise
guidance: Fix the cause, renew the waiver or remove it from data_contracts/waivers.yaml.
reason: not_applicable
nothing: no waiver is registered
passed: waivers, each in force
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.waivers
)

-- findings
SELECT
    check_id AS measure,
    cells[1] AS locator,
    state AS observed,
    'in_force' AS expected,
    format(
        'Waiver {} of {} for {} {} {}. {}', waiver_id, check_id, source, release,
        CASE state
            WHEN 'expired' THEN format('ended on {}', day_name(expires))
            WHEN 'not_yet_in_force' THEN format('begins on {}', day_name(given))
            ELSE 'names a check that does not exist'
        END,
        CASE state WHEN 'expired' THEN 'The check has its usual effect again.' ELSE 'It has no effect.' END)
        AS message
FROM quality.waivers
WHERE state <> 'in_force'
ORDER BY waiver_id
