/**
 * Whoever can give an event its id can give it one of those that an import knows its rows by: what
 * the import did not write there hides no row that waits.
 */
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { all, check } from '../../properties/check.ts';
import { openLedger } from '../../src/front-door.ts';
import type { Fate } from '../../src/import/kaizen/merge.ts';
import { rowDigest } from '../../src/import/kaizen/merge.ts';
import { sourceOf } from '../../src/import/kaizen/origin.ts';
import { sqliteRow } from '../../src/import/kaizen/outbox-row.ts';
import { isOutboxDraft } from '../../src/import/kaizen/to-outbox.ts';
import { RecordedRows } from '../../src/usecase/import-recorded.ts';
import { right } from '../build/ledger.ts';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf, readFixture } from './fixture.ts';
import { eventOf } from './kaizen-acts.ts';
import { edit, take } from './kaizen-told.ts';

const ROW = { owner: 'o', kind: 'events', payload: '{"is":"A"}' };
const digestOf = ({ owner, kind, payload }: typeof ROW): string => {
  const [by, of, text] = [encodeUtf8(owner), encodeUtf8(kind), encodeUtf8(payload)];
  return rowDigest(sqliteRow(1n, { owner: by, kind: of, payload: text }, false));
};
const DIGEST = digestOf(ROW);
const under = (rest: string): string => `kaizen:row:${DIGEST.slice(0, 32)}:${rest}`;

interface Expected {
  readonly halfway: {
    readonly redb: { readonly rows: readonly (typeof ROW & { readonly owner_id: string })[] };
  };
}
/** A row that waits in the old outbox of a folder, under the number 1. */
const EXPECTED = JSON.parse(String(readFixture('kaizen', 'expected.json'))) as Expected;
const [REDB] = EXPECTED.halfway.redb.rows as [Expected['halfway']['redb']['rows'][0]];

/** A folder in which that row waits, and an equal one; a migration has put them there, or none. */
const folder = (isMigrated: boolean): string => {
  const path = copyOf('kaizen', 'sqlite');
  edit(
    path,
    `DELETE FROM sync_outbox; INSERT INTO sync_outbox (id, session_id, kind, payload, sent)
     VALUES (1, 'o', 'events', '{"is":"A"}', 0), (2, 'o', 'events', '{"is":"A"}', 0)`,
  );
  if (isMigrated)
    edit(path, `INSERT INTO sync_state VALUES ('outbox_redb_migration_v1_digest', 'ab')`);
  return path;
};

const append = async (shell: Shell, draft: JsonObject): Promise<void> => {
  const ledger = right(openLedger(shell.path('.ledger')));
  try {
    expect(right(await ledger.append([draft]))).toMatchObject([{ status: 'appended' }]);
  } finally {
    await ledger.close();
  }
};

const enqueued = (shell: Shell): number =>
  shell.journal().filter((line) => line.includes('"event_type":"outbox.enqueued"')).length;

const PLAIN = { kind: 'tool', name: 'any' };
const place = (number: number): JsonObject =>
  sourceOf('kaizen.db', '0'.repeat(64), `row:${number} content:${DIGEST}`);
const MOVED = { fate: 'moved', as: '' };
const KEPT = { event_type: 'kaizen.outbox_row', payload: MOVED };

describe('an event under an id of a row', () => {
  it.each<readonly [string, string, JsonObject, boolean]>([
    ['that says it was moved', 'sqlite:1:moved:redb:9', { ...KEPT, source: PLAIN }, false],
    ['that waits, of another type', 'redb:9:waits', { ...KEPT, source: place(9) }, true],
    ['that waits, of another source', 'redb:9:waits', { event_type: 'o.x', source: PLAIN }, true],
    ['that was moved from nowhere', 'sqlite:1:moved:redb:9', { ...KEPT, source: place(1) }, false],
    [
      'that says something else',
      'redb:9:waits',
      { event_type: KEPT.event_type, payload: { fate: 'pending', ...ROW }, source: place(9) },
      true,
    ],
    ['that was itself', 'sqlite:1:moved:sqlite:1', { ...KEPT, source: place(1) }, false],
  ])('%s hides none', async (_, rest, draft, isMigrated) => {
    const shell = withLedger();
    const path = folder(isMigrated);
    await append(shell, { payload: { x: 1 }, ...draft, id: under(rest) });
    expect(await take(shell, path, '--archive')).toMatchObject({ status: 'imported' });
    expect(enqueued(shell)).toBe(2);
  });

  it.each([1, 2])('that names row %i of its file hides none', async (gone) => {
    const shell = withLedger();
    const path = folder(false);
    await take(shell, path);
    const payload = { fate: 'moved', as: under('sqlite:1:waits') };
    const id = under('sqlite:3:moved:sqlite:1');
    await append(shell, { ...KEPT, payload, id, source: place(3) });
    edit(
      path,
      `INSERT INTO sync_outbox (id, session_id, kind, payload, sent)
       VALUES (3, 'o', 'events', '{"is":"A"}', 0)`,
    );
    edit(path, `DELETE FROM sync_outbox WHERE id = ${gone}`);
    await take(shell, path, '--archive');
    expect(enqueued(shell)).toBe(3);
  });

  it('that names a row that stands there hides none', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const { owner_id: owner, kind, payload } = REDB;
    const digest = digestOf({ owner, kind, payload });
    const name = (rest: string): string => `kaizen:row:${digest.slice(0, 32)}:${rest}`;
    await take(shell, path);
    const before = enqueued(shell);
    const source = sourceOf('kaizen.db', '0'.repeat(64), `row:99 content:${digest}`);
    const said = { fate: 'moved', as: name('redb:1:waits') };
    const id = name('sqlite:99:moved:redb:1');
    await append(shell, { ...KEPT, payload: said, id, source });
    for (const number of [98, 99])
      edit(
        path,
        `INSERT INTO sync_outbox (id, session_id, kind, payload, sent)
         VALUES (${number}, '${owner}', '${kind}', '${payload}', 0)`,
      );
    await take(shell, path, '--archive');
    expect(enqueued(shell)).toBe(before + 2);
  });

  it.each([
    ['of a row that never waited', 'sqlite:1:ended', ''],
    ['of another row of its file', 'sqlite:1:ended:sqlite:2', 'sqlite:2:waits'],
  ])('that says that it ended, %s, hides no history', async (_, rest, as) => {
    const shell = withLedger();
    const path = folder(false);
    edit(path, 'UPDATE sync_outbox SET sent = 1 WHERE id = 1');
    const payload = { fate: 'sent', as: as === '' ? '' : under(as) };
    await append(shell, { ...KEPT, payload, id: under(rest), source: place(1) });
    await take(shell, path, '--archive');
    const told = shell.journal().filter((line) => line.includes(`${under('sqlite:1:sent')}"`));
    expect([enqueued(shell), told.length]).toEqual([1, 1]);
    expect(told[0]).toContain('{\\"is\\":\\"A\\"}');
  });

  it('of a line of any file hides none, whatever it says where it comes from', async () => {
    const shell = withLedger();
    const path = folder(true);
    shell.write(
      'map.yaml',
      'type: { text: o.x }\nid: { pointer: /id }\nsource: { text: kaizen }\n',
    );
    shell.write('rows.ndjson', `{"id":"${under('redb:9:waits')}"}\n`);
    const [file, map] = [shell.path('rows.ndjson'), shell.path('map.yaml')];
    await shell.told(['import', 'ndjson', file, '--map', map]);
    await take(shell, path, '--archive');
    expect(enqueued(shell)).toBe(2);
  });

  it('that a row is to have is a conflict, and nothing is put aside', async () => {
    const shell = withLedger();
    const path = folder(false);
    await append(shell, { ...KEPT, id: under('sqlite:1:waits'), source: place(1) });
    const line = ['import', 'kaizen', path, '--archive'];
    expect(await shell.refusals([line])).toEqual(['25 rows_refused']);
    expect([enqueued(shell), existsSync(join(path, 'kaizen.db'))]).toEqual([1, true]);
  });

  it.each([
    ['created', PLAIN],
    ['started', { kind: 'external', name: 'kaizen' }],
    ['concluded', PLAIN],
  ])('that is to be a step of an experiment is a conflict (%s)', async (kind, source) => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const id = `kaizen:${kind}:8d1cc5b4-02c6-5cf3-b514-6d5c1df23259`;
    await append(shell, { event_type: 'o.x', id, payload: {}, source });
    const line = ['import', 'kaizen', path, '--archive'];
    expect(await shell.refusals([line, line])).toEqual(['25 rows_refused', '25 rows_refused']);
    expect(shell.journal().some((each) => each.includes('kaizen.experiment_step'))).toBe(false);
  });

  it('is of no import where its source is no other tool', async () => {
    const shell = withLedger();
    const source = { ...place(9), kind: 'tool' };
    await append(shell, { ...KEPT, id: under('redb:9:waits'), source });
    const ledger = right(openLedger(shell.path('.ledger')));
    expect([...new RecordedRows(ledger.reader).under('kaizen:row:')]).toEqual([]);
    await ledger.close();
  });

  it('that seals an import is no seal, and says nothing of what was put aside', async () => {
    const shell = withLedger();
    const path = folder(false);
    await take(shell, path);
    edit(path, 'UPDATE sync_outbox SET sent = 1 WHERE id = 2');
    const id = `import:kaizen:${'a'.repeat(32)}`;
    const files = [{ name: 'kaizen.db', bytes: 1, sha256: 'b' }];
    const payload = { files, strangers: [`kaizen-${'c'.repeat(32)}`] };
    await append(shell, { event_type: 'o.x', id, payload, source: PLAIN });
    const ledger = right(openLedger(shell.path('.ledger')));
    expect([...new RecordedRows(ledger.reader).seals('kaizen')]).toHaveLength(1);
    await ledger.close();
  });
});

it('what an import made of a row is known by what it says, whatever the row is', () => {
  const bytes = fc.oneof(
    fc.constantFrom('', 'events', 'tool_spans', '{}', '\n', '\ufeffa').map(encodeUtf8),
    fc.uint8Array({ maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 8 }).map(encodeUtf8),
  );
  const fates = fc.constantFrom<readonly [Fate, string, string | undefined]>(
    ['pending', 'waits', undefined],
    ['pending', 'moved', ''],
    ['sent', 'sent', undefined],
    ['sent', 'ended', ''],
    ['equal', 'equal', undefined],
    ['replaced', 'replaced', undefined],
  );
  check(
    fc.property(bytes, bytes, bytes, fates, fates, (owner, kind, payload, told, other) => {
      const [fate, word, as] = told;
      const row = sqliteRow(7n, { owner, kind, payload }, false);
      const digest = rowDigest(row);
      const merged = { row, fate, digest };
      const said = eventOf(merged, { id: 'a', ...(as === undefined ? {} : { as }) });
      const of = { digest, number: '7', fate: word };
      expect(isOutboxDraft(said, of)).toBe(true);
      expect(isOutboxDraft({ ...said, payload: undefined }, of)).toBe(true);
      expect(isOutboxDraft(said, { ...of, fate: other[1] })).toBe(other[1] === word);
      expect(isOutboxDraft(said, { ...of, number: '8' })).toBe(false);
      expect(isOutboxDraft({ ...said, source: {} }, of)).toBe(false);
      const more = sqliteRow(
        7n,
        { owner, kind, payload: Buffer.concat([payload, kind, owner]) },
        false,
      );
      if (as === undefined && rowDigest(more) !== digest)
        expect(isOutboxDraft({ ...eventOf({ ...merged, row: more }, { id: 'a' }) }, of)).toBe(
          false,
        );
    }),
    { runs: all },
  );
});
