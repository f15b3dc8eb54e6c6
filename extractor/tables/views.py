"""The views of the databases: the questions people ask first, as SQL that SQLite and DuckDB both take."""

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

VIEWS: dict[str, str] = {
    "v_communes": _COMMUNES.strip(),
    "v_officials": _OFFICIALS.strip(),
    "v_accountability": _ACCOUNTABILITY.strip(),
}
