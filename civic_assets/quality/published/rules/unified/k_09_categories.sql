/*
id: K-09
name: Demographic words known
table: categories
dimension: validity
severity: warning
statement: Every word by which a source breaks people down is in the vocabulary of categories.
cannot_tell: whether a word means what the vocabulary says
guidance: Add the word to vocabularies/categories.yaml.
reason: no_input
nothing: no source breaks people down
passed: words for groups of people, each in the vocabulary
*/

WITH checked (n) AS (
    SELECT count(*) FROM catalogue.categories
)

-- findings
SELECT
    source AS measure,
    word AS observed,
    'a word of the vocabulary' AS expected,
    format('{} breaks figures down by {} {}, which the vocabulary of categories does not have: its figures are in no common category.', source, key, word) AS message
FROM catalogue.categories
WHERE fit = 'unknown'
ORDER BY source, key, word
