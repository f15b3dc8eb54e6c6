"""The views of the databases: the questions people ask first, as SQL that SQLite and DuckDB both take.

PostgreSQL takes the same text but for two words: see ``postgres_view``.
"""

from __future__ import annotations

_COMMUNES = """
CREATE VIEW v_communes AS
SELECT
  p.name, p.type, p.district, p.province, p.code, p.current_code, p.current_name, p.current_province,
  p.role, p.goal, t.value, t.unit, t.indicator, t.status, t.due_date,
  p.quote, p.flags, p.place_id, p.target_id, p.doc_id, p.start, p."end", d.number AS document_number, d.source
FROM places AS p
JOIN documents AS d USING (doc_id)
LEFT JOIN targets AS t ON t.target_id = p.target_id
WHERE p.level = 'commune'
"""

_OFFICIALS = """
CREATE VIEW v_officials AS
SELECT
  a.name, a.honorific, a.position, a.organization, a.assignee_type, a.role, a.duty, a.task,
  a.quote, a.flags, a.assignment_id, a.doc_id, a.start, a."end", d.number AS document_number, d.source
FROM assignments AS a
JOIN documents AS d USING (doc_id)
WHERE a.assignee_type IN ('person', 'position')
"""

# A row for each assignee and each deadline that binds it:
#   section  both stand in one section;
#   block    one of them speaks for a whole block, because its task is the block's heading ("d. Tiêu chí Sản xuất … Thời
#            gian hoàn thành: trước 31/3/2021 … Phân công đồng chí …") or because the heading itself names the assignee
#            ("1. Văn phòng Điều phối: …"), and the other stands anywhere in that block;
#   target   a target of the assignee's section took its date from a deadline elsewhere.
# An assignee without any deadline keeps one row: that nothing binds it is an answer too.
_ACCOUNTABILITY = """
CREATE VIEW v_accountability AS
WITH RECURSIVE
  inside(section_id, block_id) AS (
    SELECT section_id, section_id FROM sections
    UNION ALL
    SELECT i.section_id, s.parent_id
    FROM inside AS i JOIN sections AS s ON s.section_id = i.block_id WHERE s.parent_id IS NOT NULL
  ),
  assignee_blocks AS (
    SELECT a.assignment_id, i.block_id
    FROM assignments AS a
    JOIN inside AS i ON i.section_id = a.section_id
    JOIN sections AS b ON b.section_id = i.block_id
    WHERE b.heading = a.task OR (b.section_id = a.section_id AND instr(b.heading, a.quote) > 0)
  ),
  deadline_blocks AS (
    SELECT l.deadline_id, i.block_id
    FROM deadlines AS l
    JOIN inside AS i ON i.section_id = l.section_id
    JOIN sections AS b ON b.section_id = i.block_id
    WHERE b.heading = l.task
  ),
  links(assignment_id, deadline_id, target_id, nearness) AS (
    SELECT a.assignment_id, l.deadline_id, CAST(NULL AS TEXT), 1
    FROM assignments AS a JOIN deadlines AS l USING (section_id)
    UNION ALL
    SELECT b.assignment_id, l.deadline_id, CAST(NULL AS TEXT), 2
    FROM assignee_blocks AS b JOIN inside AS i USING (block_id) JOIN deadlines AS l ON l.section_id = i.section_id
    UNION ALL
    SELECT a.assignment_id, b.deadline_id, CAST(NULL AS TEXT), 2
    FROM deadline_blocks AS b JOIN inside AS i USING (block_id) JOIN assignments AS a ON a.section_id = i.section_id
    UNION ALL
    SELECT a.assignment_id, t.deadline_id, t.target_id, 3
    FROM assignments AS a JOIN targets AS t USING (section_id) WHERE t.deadline_id IS NOT NULL
  ),
  nearest AS (
    SELECT assignment_id, deadline_id, min(nearness) AS nearness, max(target_id) AS target_id
    FROM links GROUP BY assignment_id, deadline_id
  )
SELECT
  coalesce(a.name, a.position, a.organization, a.quote) AS who,
  a.assignee_type, a.position, a.organization, a.role, a.duty,
  a.task AS what,
  l.due_date AS by_when, l.bound, l.quote AS deadline, l.recurrence, l.task AS deadline_task,
  CASE n.nearness WHEN 1 THEN 'section' WHEN 2 THEN 'block' WHEN 3 THEN 'target' END AS linked_by,
  t.quote AS target,
  a.assignment_id, n.deadline_id, n.target_id, a.section_id, a.doc_id, d.number AS document_number, d.source
FROM assignments AS a
JOIN documents AS d USING (doc_id)
LEFT JOIN nearest AS n USING (assignment_id)
LEFT JOIN deadlines AS l ON l.deadline_id = n.deadline_id
LEFT JOIN targets AS t ON t.target_id = n.target_id
"""

# A row for each target, commune named for it, and present commune that lies there now: one, or several where it was
# divided since (none, where it is not known: the row is there all the same). A commune named twice for one target
# counts once.
#
# `share` is what of the value falls to the present commune, so that sums over documents from before and after a merger
# are sums of the same thing: a commune named is one of the communes counted ("09 xã đạt chuẩn …: xã A, xã B, …"); any
# other number is divided evenly between the communes named ("29/52 thôn" in one commune are 29). Percentages, rates,
# averages and changes are no sums of parts and have none.
_TARGETS_CURRENT = """
CREATE VIEW v_targets_current AS
WITH RECURSIVE
  named AS (
    SELECT target_id, min(place_id) AS place_id
    FROM places
    WHERE level = 'commune' AND target_id IS NOT NULL
    GROUP BY target_id, coalesce(code, name || ', ' || coalesce(district, ''))
  ),
  communes_of AS (SELECT target_id, count(*) AS communes FROM named GROUP BY target_id),
  divided(place_id, code, rest) AS (
    SELECT p.place_id, CAST(NULL AS TEXT), p.successors || ';'
    FROM named AS n JOIN places AS p USING (place_id)
    WHERE p.current_code IS NULL AND p.successors IS NOT NULL
    UNION ALL
    SELECT place_id, substr(rest, 1, instr(rest, ';') - 1), substr(rest, instr(rest, ';') + 1)
    FROM divided WHERE rest <> ''
  ),
  parts_of AS (SELECT place_id, count(code) AS parts FROM divided GROUP BY place_id),
  names AS (
    SELECT current_code AS code, min(current_name) AS name, min(current_province) AS province
    FROM places WHERE current_code IS NOT NULL GROUP BY current_code
  ),
  present(place_id, code, name, province, parts) AS (
    SELECT p.place_id, p.current_code, p.current_name, p.current_province, 1
    FROM named AS n JOIN places AS p USING (place_id) LEFT JOIN parts_of AS o USING (place_id)
    WHERE o.parts IS NULL
    UNION ALL
    SELECT v.place_id, v.code, u.name, u.province, o.parts
    FROM divided AS v JOIN parts_of AS o USING (place_id) LEFT JOIN names AS u ON u.code = v.code
    WHERE v.code IS NOT NULL
  )
SELECT
  r.code AS current_code, r.name AS current_name, r.province AS current_province,
  t.indicator, t.indicator_code, t.status, t.strength, t.basis, t.comparator, t.value, t.value_max, t.unit,
  t.denominator, t.percent, t.period_start, t.due_date,
  c.communes, r.parts,
  CASE
    WHEN substr(t.unit, 1, 1) = '%' OR instr(t.unit, '/') > 0 OR t.basis IN ('average', 'change') THEN NULL
    WHEN t.unit = p.type THEN 1.0 / r.parts
    ELSE t.value / (c.communes * r.parts)
  END AS share,
  p.name, p.type, p.district, p.province, p.code,
  t.quote, t.flags, t.target_id, p.place_id, t.doc_id, d.number AS document_number, d.issued_on, d.source
FROM named AS n
JOIN targets AS t ON t.target_id = n.target_id
JOIN places AS p ON p.place_id = n.place_id
JOIN communes_of AS c ON c.target_id = n.target_id
JOIN present AS r ON r.place_id = n.place_id
JOIN documents AS d ON d.doc_id = t.doc_id
"""

VIEWS: dict[str, str] = {
    "v_communes": _COMMUNES.strip(),
    "v_officials": _OFFICIALS.strip(),
    "v_accountability": _ACCOUNTABILITY.strip(),
    "v_targets_current": _TARGETS_CURRENT.strip(),
}

NOTES: dict[str, tuple[str, str]] = {
    "v_communes": ("Communes named, with what they are named for", "Các xã được nêu tên và mục tiêu được nêu"),
    "v_officials": ("Persons and positions with their tasks", "Người và chức danh được giao việc"),
    "v_accountability": ("Who must do what by when", "Ai phải làm gì, đến khi nào"),
    "v_targets_current": (
        "Targets with the communes named for them, by the communes in force since 2025-07-01",
        "Chỉ tiêu theo các xã được nêu tên, quy về đơn vị hành chính từ 01/7/2025",
    ),
}
"""What a row of each view is, in English and in Vietnamese."""


def postgres_view(name: str) -> str:
    """The SQL of a view for PostgreSQL, which calls ``instr`` otherwise and has lists as arrays."""
    as_text = "nullif(array_to_string(p.successors, ';'), '')"
    return VIEWS[name].replace("instr(", "strpos(").replace("p.successors", as_text)
