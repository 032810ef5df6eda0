"""Areas with the same name can be told apart in the list of areas."""

from __future__ import annotations

import duckdb

from civic_assets.publish.site.areas.index_page import index_rows


def test_namesakes_of_a_kind_say_which_of_them_they_are() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            """CREATE SCHEMA catalogue;
            CREATE TABLE catalogue.areas (area_code VARCHAR, area_name VARCHAR, parent_code VARCHAR, valid_from DATE,
                valid_to DATE);
            INSERT INTO catalogue.areas VALUES ('E08000016', 'Barnsley', NULL, NULL, '2025-05-01'),
                ('E08000038', 'Barnsley', NULL, '2025-05-01', NULL), ('E08000017', 'Doncaster', NULL, NULL, NULL),
                ('E22000099', 'Barnsley', NULL, NULL, NULL), ('E09000019', 'Islington', NULL, NULL, NULL),
                ('E05000001', 'Holloway', 'E09000019', NULL, '2022-05-05'),
                ('E05000002', 'Holloway', 'E09000019', '2022-05-05', NULL), ('x/1', 'Unknown', NULL, NULL, NULL),
                ('x/2', 'Unknown', NULL, NULL, NULL);
            CREATE TABLE site_areas AS SELECT area_code, area_name, CASE area_code[1:3] WHEN 'E08' THEN
                'metropolitan_district' WHEN 'E22' THEN 'community_safety_partnership' WHEN 'E05' THEN 'ward'
                WHEN 'E09' THEN 'london_borough' ELSE 'unassigned' END AS kind FROM catalogue.areas"""
        )
        said = {code: which for _, code, _, _, which in index_rows(connection)}
    assert said == {
        "E08000016": "until 2025", "E08000038": "since 2025", "E08000017": "", "E22000099": "", "E09000019": "",
        # Wards are listed with their codes.
        "E05000001": "", "E05000002": "",
        "x/1": "x/1", "x/2": "x/2",
    }  # fmt: skip
