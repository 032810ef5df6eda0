/*
id: X-11
name: Omitted larger effects
table: omitted_effects
dimension: completeness
severity: info
statement: No indicator that is not named moved more than the smallest of those that are named.
cannot_tell: whether the omitted indicator matters to the question
guidance: Read the omitted indicator with the named ones.
reason: no_input
nothing: no text or verdict names an indicator
passed: indicators not named, each moved less than the named ones
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.omitted_effects
)

-- findings
SELECT
    count(*) AS n,
    indicator AS measure,
    arg_max(
        area_code, (abs(ln(ratio)), area_code)) AS
    area_code,
    '' AS locator,
    format('times {:.2f}', arg_max(ratio, (abs(ln(ratio)), area_code))) AS observed,
    format('at most times {:.2f}', arg_max(least_named_ratio, (abs(ln(ratio)), area_code))) AS expected,
    format(
        '{}: ''{}'' {} but differs more than ''{}'' (by a factor of {:.2f}, compared with {:.2f}).', source,
        max(
            title), CASE WHEN said_in = 'report' THEN 'is not mentioned' ELSE format('has no verdict in {} where other indicators have one', counted(count(*), 'area')) END, arg_max(
            least_named,
            (abs(ln(ratio)), area_code)
        ),
        arg_max(ratio, (
            abs(ln(ratio)), area_code)), arg_max(least_named_ratio, (
            abs(ln(ratio)),
            area_code
        ))
    ) AS message
FROM quality.omitted_effects
WHERE larger
GROUP BY source, said_in, indicator
ORDER BY source, said_in, indicator
