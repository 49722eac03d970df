/**
 * Whether the mirror holds what the journal holds: its lines to the byte, what it looks them up by,
 * its tree, where it says that both end, and its own shape.
 */
import Sqlite from 'better-sqlite3';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import type { Attestation } from '../../ledger/event/header.ts';
import type { EventType, KeyId } from '../../ledger/name.ts';
import { authorOf } from '../../policies/state/past.ts';
import type { ChainState } from '../../ledger/chain/state.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import { isSameHash } from '../../ledger/tree/verify.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import { createTables, schemaOf } from '../storage/mirror/schema.ts';
import type { OnLine } from './fold.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';

/** So many rows that differ are told one by one. */
const MOST_TOLD = 100;

/** What each column must hold, told by the line itself. */
const COLUMNS = {
  event_hash: "unhex(json_extract(line, '$.event_hash'))",
  id: "json_extract(line, '$.header.id')",
  event_type: "json_extract(line, '$.header.event_type')",
  recorded_at: "json_extract(line, '$.header.recorded_at')",
  source:
    "json_extract(line, '$.header.source.kind') || ':' || " +
    "json_extract(line, '$.header.source.name')",
  key_id: "json_extract(line, '$.header.attestation.key_id')",
  author:
    "author_of(json_extract(line, '$.header.event_type')," +
    " json_extract(line, '$.header.attestation.key_id'))",
  session_id: "json_extract(line, '$.header.session_id')",
  trace_id: "json_extract(line, '$.header.trace_id')",
  supersedes: "json_extract(line, '$.header.supersedes')",
  approves:
    "iif(json_extract(line, '$.header.event_type') = 'review.approved'" +
    " AND json_extract(line, '$.header.attestation.meaning') = 'approved'" +
    " AND json_type(line, '$.payload.subject') = 'text'," +
    " json_extract(line, '$.payload.subject'), NULL)",
  refuses:
    "iif(json_extract(line, '$.header.event_type') = 'policy.refused'" +
    " AND json_type(line, '$.payload.author') = 'text'," +
    " json_extract(line, '$.payload.author'), NULL)",
  is_ground:
    "iif(json_extract(line, '$.header.policy.outcome') = 'break_glass'" +
    " OR json_extract(line, '$.header.event_type') GLOB 'key.*'" +
    " OR json_extract(line, '$.header.event_type') GLOB 'break_glass.*'" +
    " OR json_extract(line, '$.header.event_type') IN ('ledger.created', 'policy.adopted'," +
    " 'policy.held', 'policy.released', 'policy.discarded'), 1, NULL)",
} as const;

/** The lines of a mirror, compared one by one as those of the journal go by. */
export class LineParity {
  readonly findings: ReportFinding[] = [];
  private readonly rows: IterableIterator<Uint8Array>;
  private differing = 0;
  compared = 0;

  constructor({ database: { sqlite } }: Mirror, from = 0) {
    this.rows = sqlite
      .prepare('SELECT CAST(line AS BLOB) FROM events WHERE seq >= ? ORDER BY seq')
      .pluck()
      .iterate(from) as IterableIterator<Uint8Array>;
  }

  readonly onLine: OnLine = (seq, bytes) => {
    const row = this.rows.next();
    if (row.done === true) return;
    this.compared++;
    const isSame = Buffer.compare(row.value, bytes.subarray(0, row.value.length)) === 0;
    if (isSame && bytes.length === row.value.length + 1) return;
    if (++this.differing <= MOST_TOLD) this.findings.push(found('mirror_line', { seq }));
  };

  /** Ends the reading; the connection is free for others then. */
  end(): void {
    this.rows.return?.();
  }
}

const schemaFindings = (sqlite: Sqlite.Database): readonly ReportFinding[] => {
  const fresh = new Sqlite(':memory:');
  createTables(fresh, '', ZERO_HASH);
  const [expected, actual] = [schemaOf(fresh), schemaOf(sqlite)];
  fresh.close();
  const missing = expected.filter((sql) => !actual.includes(sql));
  const alien = actual.filter((sql) => !expected.includes(sql));
  return [
    ...missing.map((sql) => found('mirror_schema', { expected: sql })),
    ...alien.map((sql) => found('mirror_schema', { actual: sql })),
  ];
};

const damageOf = (sqlite: Sqlite.Database): readonly ReportFinding[] => {
  const said = sqlite.pragma(`integrity_check(${MOST_TOLD})`, { simple: false }) as readonly {
    readonly integrity_check: string;
  }[];
  return said
    .filter(({ integrity_check: text }) => text !== 'ok')
    .map(({ integrity_check: actual }) => found('mirror_damaged', { actual }));
};

const columnFindings = (sqlite: Sqlite.Database): readonly ReportFinding[] => {
  sqlite.function('author_of', { deterministic: true }, (type: EventType, key: KeyId | null) => {
    const attestation = key === null ? undefined : ({ key_id: key } as Attestation);
    return authorOf({ event_type: type, ...(attestation && { attestation }) }) ?? null;
  });
  return Object.entries(COLUMNS).flatMap(([member, expression]) => {
    const rows = sqlite
      .prepare(`SELECT seq FROM events WHERE ${member} IS NOT (${expression}) LIMIT ${MOST_TOLD}`)
      .pluck()
      .all() as readonly number[];
    return rows.map((seq) => found('mirror_column', { seq, member }));
  });
};

const TAGS = {
  stated: "SELECT seq, value AS tag FROM events, json_each(line, '$.header.domain_tags')",
  kept: 'SELECT seq, tag FROM tags',
};

const tagFindings = (sqlite: Sqlite.Database): readonly ReportFinding[] => {
  const differ = `${TAGS.stated} EXCEPT ${TAGS.kept}`;
  const alien = `${TAGS.kept} EXCEPT ${TAGS.stated}`;
  const rows = sqlite
    .prepare(`SELECT DISTINCT seq FROM (${differ}) UNION SELECT seq FROM (${alien}) LIMIT 100`)
    .pluck()
    .all() as readonly number[];
  return rows.map((seq) => found('mirror_tags', { seq }));
};

const treeFindings = (sqlite: Sqlite.Database, crypto: Crypto): readonly ReportFinding[] => {
  const findings: ReportFinding[] = [];
  const kept = sqlite.prepare('SELECT hash FROM nodes WHERE height = ? AND position = ?').pluck();
  let [frontier, nodes] = [EMPTY, 0];
  const leaves = sqlite.prepare('SELECT event_hash FROM events ORDER BY seq').pluck();
  const onNode = (height: number, position: number, hash: Uint8Array): void => {
    if (height === 0 || height % 8 !== 0) return;
    nodes++;
    pending.push([height, position, hash]);
  };
  const pending: (readonly [number, number, Uint8Array])[] = [];
  for (const leaf of leaves.iterate() as IterableIterator<Uint8Array>)
    frontier = append(crypto, frontier, leaf, onNode);
  for (const [height, position, hash] of pending) {
    const there = kept.get(height, position) as Uint8Array | undefined;
    if (there === undefined || !isSameHash(there, hash))
      findings.push(found('mirror_node', { member: `${height}/${position}` }));
  }
  const count = sqlite.prepare('SELECT count(*) FROM nodes').pluck().get() as number;
  if (count !== nodes)
    findings.push(found('mirror_node', { expected: String(nodes), actual: String(count) }));
  return findings.slice(0, MOST_TOLD);
};

/** tableFindings judges what the mirror keeps beside the lines, which were compared already. */
export const tableFindings = ({ database: { sqlite } }: Mirror, crypto: Crypto) => [
  ...schemaFindings(sqlite),
  ...damageOf(sqlite),
  ...columnFindings(sqlite),
  ...tagFindings(sqlite),
  ...treeFindings(sqlite, crypto),
];

/** endFindings compares where the mirror says that the ledger ends with where it does. */
export const endFindings = (
  mirror: Mirror,
  crypto: Crypto,
  { head, frontier, lines }: ChainState,
): readonly ReportFinding[] => {
  const ended = mirror.ended();
  if (ended === undefined) return [found('mirror_end', { reason: 'unreadable' })];
  // A writer has gone on since the journal was read: its end is not the one that was read.
  if (ended.size !== lines || frontier === undefined || head === undefined) return [];
  const isSame =
    ended.head === head && isSameHash(root(crypto, ended.frontier), root(crypto, frontier));
  return isSame ? [] : [found('mirror_end', { expected: head, actual: ended.head })];
};
