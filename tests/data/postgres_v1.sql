-- The schema as version 1 had it: lists of codes as text joined by `;`, no digests, no reviews, no province_total.
CREATE TABLE documents (
    "doc_id" text COLLATE "C" NOT NULL,
    "source" text NOT NULL,
    "sha256" text,
    "format" text,
    "status" text NOT NULL,
    "warnings" text,
    "doc_type" text,
    "number" text,
    "title" text,
    "issuer" text,
    "issued_place" text,
    "issued_on" date,
    "province" text,
    "province_code" text,
    "district" text,
    "district_code" text,
    "period_start" date,
    "period_end" date,
    "signer" text,
    "signer_position" text,
    "chars" bigint NOT NULL,
    "reader" text,
    "pages" bigint,
    "ocr_confidence" double precision,
    "extractor_version" text,
    CONSTRAINT documents_status_check CHECK ("status" IN ('ok', 'partial', 'failed')));
CREATE TABLE sections (
    "section_id" text COLLATE "C" NOT NULL,
    "doc_id" text COLLATE "C" NOT NULL,
    "parent_id" text COLLATE "C",
    "level" bigint NOT NULL,
    "marker" text,
    "heading" text,
    "kind" text NOT NULL,
    "start" bigint NOT NULL,
    "end" bigint NOT NULL,
    CONSTRAINT sections_kind_check CHECK ("kind" IN ('header', 'preamble', 'objectives', 'results', 'tasks', 'organisation', 'recipients', 'signature', 'navigation', 'body')));
CREATE TABLE targets (
    "target_id" text COLLATE "C" NOT NULL,
    "doc_id" text COLLATE "C" NOT NULL,
    "section_id" text COLLATE "C",
    "start" bigint NOT NULL,
    "end" bigint NOT NULL,
    "quote" text NOT NULL,
    "number_start" bigint NOT NULL,
    "number_end" bigint NOT NULL,
    "value" numeric NOT NULL,
    "value_max" numeric,
    "denominator" numeric,
    "percent" numeric,
    "comparator" text NOT NULL,
    "unit" text,
    "indicator" text,
    "indicator_code" text,
    "basis" text,
    "status" text NOT NULL,
    "period_start" date,
    "due_date" date,
    "deadline_id" text COLLATE "C",
    "flags" text,
    "rule" text,
    "confidence" double precision NOT NULL,
    "value_base" numeric,
    "unit_base" text,
    "strength" text,
    "plan_of" text,
    CONSTRAINT targets_comparator_check CHECK ("comparator" IN ('=', '>=', '>', '<=', '<', '~')),
    CONSTRAINT targets_basis_check CHECK ("basis" IN ('increment', 'cumulative', 'average', 'change')),
    CONSTRAINT targets_status_check CHECK ("status" IN ('target', 'result', 'estimate', 'criterion')),
    CONSTRAINT targets_strength_check CHECK ("strength" IN ('firm', 'stretch')));
CREATE TABLE places (
    "place_id" text COLLATE "C" NOT NULL,
    "doc_id" text COLLATE "C" NOT NULL,
    "section_id" text COLLATE "C",
    "start" bigint NOT NULL,
    "end" bigint NOT NULL,
    "quote" text NOT NULL,
    "name" text NOT NULL,
    "level" text NOT NULL,
    "type" text,
    "code" text,
    "district" text,
    "district_code" text,
    "province" text,
    "province_code" text,
    "current_code" text,
    "current_name" text,
    "current_province" text,
    "resolution" text NOT NULL,
    "target_id" text COLLATE "C",
    "goal" text,
    "role" text NOT NULL,
    "flags" text,
    "rule" text,
    "confidence" double precision NOT NULL,
    "successors" text,
    "candidates" text,
    CONSTRAINT places_level_check CHECK ("level" IN ('province', 'district', 'commune', 'hamlet')),
    CONSTRAINT places_resolution_check CHECK ("resolution" IN ('exact', 'inferred', 'ambiguous', 'unresolved')),
    CONSTRAINT places_role_check CHECK ("role" IN ('member', 'location', 'issuer')));
CREATE TABLE deadlines (
    "deadline_id" text COLLATE "C" NOT NULL,
    "doc_id" text COLLATE "C" NOT NULL,
    "section_id" text COLLATE "C",
    "start" bigint NOT NULL,
    "end" bigint NOT NULL,
    "quote" text NOT NULL,
    "kind" text NOT NULL,
    "bound" text,
    "start_date" date,
    "due_date" date,
    "granularity" text,
    "recurrence" text,
    "task" text,
    "flags" text,
    "rule" text,
    "confidence" double precision NOT NULL,
    CONSTRAINT deadlines_kind_check CHECK ("kind" IN ('by', 'within', 'period', 'recurring')),
    CONSTRAINT deadlines_bound_check CHECK ("bound" IN ('before', 'by', 'in', 'from')),
    CONSTRAINT deadlines_granularity_check CHECK ("granularity" IN ('day', 'week', 'month', 'quarter', 'half', 'year', 'years')));
CREATE TABLE assignments (
    "assignment_id" text COLLATE "C" NOT NULL,
    "doc_id" text COLLATE "C" NOT NULL,
    "section_id" text COLLATE "C",
    "start" bigint NOT NULL,
    "end" bigint NOT NULL,
    "quote" text NOT NULL,
    "assignee_type" text NOT NULL,
    "name" text,
    "honorific" text,
    "position" text,
    "organization" text,
    "role" text NOT NULL,
    "duty" text,
    "task" text,
    "flags" text,
    "rule" text,
    "confidence" double precision NOT NULL,
    CONSTRAINT assignments_assignee_type_check CHECK ("assignee_type" IN ('person', 'position', 'organization')),
    CONSTRAINT assignments_role_check CHECK ("role" IN ('lead', 'support', 'advise', 'monitor', 'implement')));
CREATE TABLE chitieu_meta (name text PRIMARY KEY, value text NOT NULL);
ALTER TABLE documents ADD PRIMARY KEY (doc_id);
ALTER TABLE sections ADD PRIMARY KEY (section_id);
ALTER TABLE targets ADD PRIMARY KEY (target_id);
ALTER TABLE places ADD PRIMARY KEY (place_id);
ALTER TABLE deadlines ADD PRIMARY KEY (deadline_id);
ALTER TABLE assignments ADD PRIMARY KEY (assignment_id);
CREATE INDEX documents_source ON documents ("source");
CREATE INDEX documents_province ON documents ("province");
CREATE INDEX sections_doc_id ON sections ("doc_id");
CREATE INDEX sections_parent_id ON sections ("parent_id");
CREATE INDEX targets_doc_id ON targets ("doc_id");
CREATE INDEX targets_section_id ON targets ("section_id");
CREATE INDEX targets_indicator ON targets ("indicator");
CREATE INDEX targets_status ON targets ("status");
CREATE INDEX targets_due_date ON targets ("due_date");
CREATE INDEX targets_deadline_id ON targets ("deadline_id");
CREATE INDEX places_doc_id ON places ("doc_id");
CREATE INDEX places_section_id ON places ("section_id");
CREATE INDEX places_name ON places ("name");
CREATE INDEX places_target_id ON places ("target_id");
CREATE INDEX deadlines_doc_id ON deadlines ("doc_id");
CREATE INDEX deadlines_section_id ON deadlines ("section_id");
CREATE INDEX deadlines_due_date ON deadlines ("due_date");
CREATE INDEX assignments_doc_id ON assignments ("doc_id");
CREATE INDEX assignments_section_id ON assignments ("section_id");
CREATE INDEX assignments_name ON assignments ("name");
CREATE INDEX assignments_organization ON assignments ("organization");
ALTER TABLE sections ADD CONSTRAINT sections_doc_id_fkey FOREIGN KEY (doc_id) REFERENCES documents (doc_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE sections ADD CONSTRAINT sections_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES sections (section_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE targets ADD CONSTRAINT targets_doc_id_fkey FOREIGN KEY (doc_id) REFERENCES documents (doc_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE targets ADD CONSTRAINT targets_section_id_fkey FOREIGN KEY (section_id) REFERENCES sections (section_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE targets ADD CONSTRAINT targets_deadline_id_fkey FOREIGN KEY (deadline_id) REFERENCES deadlines (deadline_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE places ADD CONSTRAINT places_doc_id_fkey FOREIGN KEY (doc_id) REFERENCES documents (doc_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE places ADD CONSTRAINT places_section_id_fkey FOREIGN KEY (section_id) REFERENCES sections (section_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE places ADD CONSTRAINT places_target_id_fkey FOREIGN KEY (target_id) REFERENCES targets (target_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE deadlines ADD CONSTRAINT deadlines_doc_id_fkey FOREIGN KEY (doc_id) REFERENCES documents (doc_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE deadlines ADD CONSTRAINT deadlines_section_id_fkey FOREIGN KEY (section_id) REFERENCES sections (section_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE assignments ADD CONSTRAINT assignments_doc_id_fkey FOREIGN KEY (doc_id) REFERENCES documents (doc_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE assignments ADD CONSTRAINT assignments_section_id_fkey FOREIGN KEY (section_id) REFERENCES sections (section_id) DEFERRABLE INITIALLY IMMEDIATE;
CREATE VIEW v_communes AS SELECT name, flags FROM places WHERE level = 'commune';
INSERT INTO chitieu_meta VALUES ('version', '1'), ('views', 'those of version 1');
