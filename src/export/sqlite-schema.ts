/**
 * The database that an export is. `lines` holds the events as they are stored, `events` the columns
 * of every table, `tags` and `rules` what an event has several of. Moments are texts in UTC. Every
 * table is STRICT, and each view answers a question:
 *
 *     by_type, by_day     what was recorded, how often, from when to when
 *     by_author           by whom, with which key, how often as an exception
 *     sessions            what belongs together, and how long it took
 *     corrections         each event under the one that it corrects, from the first on
 *     uncorrected         what nothing corrects
 *     decisions           what was let in although a rule had something to say, and which rule
 *     refusals            what was refused or held back, and by which rule
 *     withheld            of what only the header is here
 */
import { quoted } from '../usecase/projection-row.ts';
import type { Column, Kind } from './column.ts';
import { columnsOf } from './column.ts';
import type { Pointer } from './pointer.ts';

const TYPES: Readonly<Record<Exclude<Kind, 'set'>, string>> = {
  text: 'TEXT',
  digest: 'TEXT',
  time: 'TEXT',
  whole: 'INTEGER',
};

const columnText = ({ name, kind }: Column): readonly string[] =>
  kind === 'set' ? [] : [`${quoted(name)} ${TYPES[kind]}${name === 'seq' ? ' PRIMARY KEY' : ''}`];

/** SETS is which tables have a row for each name in a column that is a set. */
export const SETS: Readonly<Record<string, string>> = {
  domain_tags: 'tags',
  policy_contributing: 'rules',
};

/** tablesText makes the tables. */
export const tablesText = (pointers: readonly Pointer[]): string => `
CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE lines (seq INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
CREATE TABLE events (${columnsOf(pointers).flatMap(columnText).join(', ')}) STRICT;
CREATE TABLE tags (
  seq INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (seq, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE rules (
  seq INTEGER NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (seq, rule)
) STRICT, WITHOUT ROWID;
`;

/** VIEWS is what comes when all events are in their tables. */
export const VIEWS = `
CREATE UNIQUE INDEX events_id ON events (id);
CREATE INDEX events_type ON events (event_type);
CREATE INDEX events_session ON events (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX events_supersedes ON events (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX tags_tag ON tags (tag);
CREATE INDEX rules_rule ON rules (rule);

CREATE VIEW by_type AS
SELECT event_type, count(*) AS events, count(*) - count(payload) AS withheld,
  min(recorded_at) AS first_at, max(recorded_at) AS last_at
FROM events GROUP BY event_type ORDER BY event_type;

CREATE VIEW by_day AS
SELECT substr(recorded_at, 1, 10) AS day, event_type, count(*) AS events
FROM events GROUP BY day, event_type ORDER BY day, event_type;

CREATE VIEW by_author AS
SELECT source_kind, source_name, key_id, count(*) AS events,
  sum(policy_outcome = 'break_glass') AS exceptions,
  min(recorded_at) AS first_at, max(recorded_at) AS last_at
FROM events GROUP BY source_kind, source_name, key_id ORDER BY source_kind, source_name, key_id;

CREATE VIEW sessions AS
SELECT session_id, count(*) AS events, count(DISTINCT event_type) AS types,
  min(seq) AS first_seq, max(seq) AS last_seq,
  min(recorded_at) AS first_at, max(recorded_at) AS last_at
FROM events WHERE session_id IS NOT NULL GROUP BY session_id ORDER BY first_seq;

CREATE VIEW corrections AS
WITH RECURSIVE chain (first_id, depth, seq, id, event_type, supersedes, recorded_at, key_id) AS (
  SELECT e.id, 0, e.seq, e.id, e.event_type, e.supersedes, e.recorded_at, e.key_id
  FROM events AS e
  WHERE NOT EXISTS (SELECT 1 FROM events AS p WHERE p.id = e.supersedes AND p.seq < e.seq)
    AND EXISTS (SELECT 1 FROM events AS c WHERE c.supersedes = e.id AND c.seq > e.seq)
  UNION ALL
  SELECT chain.first_id, chain.depth + 1,
    c.seq, c.id, c.event_type, c.supersedes, c.recorded_at, c.key_id
  FROM chain JOIN events AS c ON c.supersedes = chain.id AND c.seq > chain.seq
)
SELECT * FROM chain ORDER BY first_id, depth, seq;

CREATE VIEW uncorrected AS
SELECT * FROM events AS e
WHERE NOT EXISTS (SELECT 1 FROM events AS c WHERE c.supersedes = e.id AND c.seq > e.seq);

CREATE VIEW decisions AS
SELECT e.seq, e.id, e.event_type, e.policy_outcome, r.rule, e.authorization, e.policy_set
FROM events AS e LEFT JOIN rules AS r ON r.seq = e.seq
WHERE e.policy_outcome <> 'allow' ORDER BY e.seq, r.rule;

CREATE VIEW refusals AS
SELECT e.seq, e.recorded_at, e.event_type, e.payload ->> '$.claim.event_type' AS refused_type,
  e.payload ->> '$.claim.id' AS refused_id, e.payload ->> '$.attestation.key_id' AS key_id,
  r.value ->> '$.outcome' AS outcome, r.value ->> '$.rule' AS rule, r.value ->> '$.reason' AS reason
FROM events AS e, json_each(e.payload, '$.decision.contributing') AS r
WHERE e.event_type IN ('policy.refused', 'policy.held') ORDER BY e.seq, rule;

CREATE VIEW withheld AS
SELECT seq, id, event_type, recorded_at, source_kind, source_name, key_id
FROM events WHERE payload IS NULL;
`;
