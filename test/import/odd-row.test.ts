/**
 * Rows of an outbox that are odd in whatever way: each waits afterwards, exactly once, with its
 * bytes, and ends delivered or parked.
 */
import { describe, expect, it } from 'vitest';
import { redbRow, sqliteRow } from '../../src/import/kaizen/outbox-row.ts';
import { rowDigest } from '../../src/import/kaizen/merge.ts';
import { outboxDraft } from '../../src/import/kaizen/to-outbox.ts';
import { hasRoom } from '../../src/import/room.ts';
import { openLedger } from '../../src/front-door.ts';
import { right } from '../build/ledger.ts';
import { receive } from '../outbox/ground.ts';
import { withLedger } from '../src/cli/shell.ts';
import type { Shell } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';
import { edit, take, takeTwice, warned } from './kaizen-told.ts';

type Row = readonly [owner: string, kind: string, payload: string];
type Payload = Readonly<Record<string, unknown>>;

const [SPANS, EVALS] = ['tool_spans', 'session_evals'];
const NO_TEXT = '\xffA';
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
/** Rows by their bytes; what is sent of each, or why it is parked. */
const ROWS: readonly (readonly [row: Row, end: string])[] = [
  [['a', EVALS, '{"id":"plain"}'], 'sent'],
  [['a\nb', EVALS, '{"id":"two lines"}'], 'sent'],
  [['a\0b', EVALS, '{"id":"a NUL"}'], 'sent'],
  [['a\0c', SPANS, '{"id":"another NUL"}'], 'sent'],
  [['a\0d', SPANS, '{"id":"superseded"}'], 'superseded'],
  [['a\0d', SPANS, '{"id":"the latest"}'], 'sent'],
  [['x'.repeat(5000), EVALS, '{"id":"long"}'], 'sent'],
  [['x'.repeat(600_000), EVALS, '{"id":"longer"}'], 'sent'],
  [['a', EVALS, `{"id":"quotes","q":"${'\\"'.repeat(320_000)}"}`], 'sent'],
  [['a', 'even\nts', '{}'], 'unknown_kind'],
  [['a', 'k'.repeat(5000), '{}'], 'unknown_kind'],
  [['', EVALS, '{"id":"nobody"}'], 'sent'],
  [['a', EVALS, 'no JSON \x01'], 'bad_payload'],
  [[NO_TEXT, EVALS, '{}'], 'not_text'],
  [['a', NO_TEXT, '{}'], 'not_text'],
  [['a', EVALS, NO_TEXT], 'not_text'],
  [['s', SPANS, '{"id":"stays"}'], 'sent'],
  [['s', SPANS, NO_TEXT], 'not_text'],
  [[NO_TEXT, SPANS, '{}'], 'not_text'],
  [[NO_TEXT, SPANS, '{"n":2}'], 'not_text'],
];

/** A folder whose outbox holds these rows, and nothing else. */
const folderOf = (rows: readonly Row[]): string => {
  const path = copyOf('kaizen', 'sqlite');
  const values = rows.map((row) => {
    const [owner, kind, payload] = row.map((each) => `x'${latin(each).toString('hex')}'`);
    return `(CAST(${owner} AS TEXT), CAST(${kind} AS TEXT), CAST(${payload} AS TEXT))`;
  });
  const into = 'INSERT INTO sync_outbox (session_id, kind, payload) VALUES';
  edit(path, ['DELETE FROM sync_outbox', ...values.map((each) => `${into} ${each}`)].join(';'));
  return path;
};

const bytesOf = (payload: Payload, part: string): string => {
  const [text, base64] = [payload[part], payload[`${part}_base64`]];
  return typeof base64 === 'string'
    ? Buffer.from(base64, 'base64').toString('latin1')
    : Buffer.from(String(text)).toString('latin1');
};

const enqueuedIn = async (shell: Shell): Promise<readonly Row[]> =>
  (await shell.told('log --type outbox.enqueued')).map(({ payload }) => {
    const of = payload as Payload;
    return [bytesOf(of, 'owner'), bytesOf(of, 'kind'), bytesOf(of, 'payload')];
  });

interface Parked {
  readonly reason?: string;
}

describe('an outbox of odd rows', () => {
  it('is enqueued whole, with its bytes, and every row ends delivered or parked', async () => {
    const shell = withLedger();
    const path = folderOf(ROWS.map(([row]) => row));
    const { report } = await takeTwice(shell, path);
    expect(report).toMatchObject({
      oddities: { not_text: 6, undeliverable: 6, odd_owner: 7, unknown_kind: 3 },
    });
    expect(report).not.toHaveProperty('not_taken');
    expect(await enqueuedIn(shell)).toEqual(ROWS.map(([row]) => row));
    expect(await shell.told('log --type kaizen.outbox_row')).toEqual([]);
    const { url, got } = await receive();
    const set = `outbox destination set kaizen --url ${url} --format kaizen`;
    await shell.told(`${set} --type outbox.enqueued`);
    const planned = await shell.told('outbox flush --dry-run');
    expect(JSON.stringify(planned)).toContain('{"reason":"not_text","items":[');
    await shell.inside('outbox flush');
    const sent = got.map(({ body }) => body).join('\n');
    for (const [[, , payload], end] of ROWS)
      if (payload.includes('id'))
        expect([payload, sent.includes(payload)]).toEqual([payload, end === 'sent']);
    const states = async (state: string): Promise<readonly unknown[]> =>
      (await shell.told(`outbox list --state ${state}`)).map((each) => (each as Parked).reason);
    const ends = (state: RegExp) => ROWS.flatMap(([, end]) => (state.test(end) ? [end] : []));
    expect(await states('parked')).toEqual(ends(/_/));
    expect((await states('delivered')).length).toBe(ends(/^sent$/).length);
    expect((await states('superseded')).length).toBe(1);
    expect(await states('waiting')).toEqual([]);
    await shell.told('replay');
    expect(await shell.told('verify --decisions')).toMatchObject([{ verdict: 'verified' }]);
    expect(await states('parked')).toEqual(ends(/_/));
    // What people see of it has no control characters in it.
    const seen = await shell.inside('log --type outbox.enqueued');
    expect(seen.stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('that an earlier version kept is neither enqueued twice nor told otherwise', async () => {
    const shell = withLedger();
    const rows: readonly Row[] = ROWS.flatMap(([row, end]) => (end === 'sent' ? [] : [row]));
    const odd = rows.filter(
      (row) => row.includes(NO_TEXT) || /[^ -~]|k{5000}/.test(row[0] + row[1]),
    );
    const path = folderOf(rows);
    const other = withLedger();
    await take(other, path);
    const ledger = right(openLedger(shell.path('.ledger')));
    const before = (await other.told('log --type outbox.enqueued')).flatMap(
      ({ header, payload }) => {
        const of = payload as Payload;
        const { replaceable: _, ...rest } = of;
        const isOdd = odd.some((row) =>
          ['owner', 'kind', 'payload'].every((part, at) => bytesOf(of, part) === row[at]),
        );
        const { id, source } = header ?? {};
        const kept = { id, source, event_type: 'kaizen.outbox_row' };
        return isOdd ? [{ ...kept, payload: { fate: 'pending', ...rest } }] : [];
      },
    );
    expect(before.length).toBe(odd.length);
    right(await ledger.append(before as never));
    await ledger.close();
    const told = await takeTwice(shell, path);
    expect(warned(told).filter((each) => each.includes('an earlier version kept it')).length).toBe(
      odd.length,
    );
    expect(await enqueuedIn(shell)).toEqual(rows.filter((row) => !odd.includes(row)));
    expect((await shell.told('log --type kaizen.outbox_row')).length).toBe(odd.length);
    // What came since is another one, and waits.
    edit(
      path,
      `INSERT INTO sync_outbox (session_id, kind, payload)
        SELECT session_id, kind, payload FROM sync_outbox
        WHERE session_id LIKE 'a' || char(10) || '%' OR payload = CAST(x'ff41' AS TEXT)`,
    );
    await takeTwice(shell, path);
    expect((await enqueuedIn(shell)).filter((row) => odd.includes(row))).toEqual([]);
    const more = odd.filter(([owner, , payload]) => owner.startsWith('a\n') || payload === NO_TEXT);
    expect((await enqueuedIn(shell)).length).toBe(rows.length - odd.length + more.length);
    expect(await shell.told('verify --decisions')).toMatchObject([{ verdict: 'verified' }]);
  });
});

const draftOf = (fate: 'pending' | 'sent', row: ReturnType<typeof redbRow>) =>
  outboxDraft({ row, fate, digest: rowDigest(row) }, { id: 'row' });

describe('a row that is too long as a text, since it must be escaped', () => {
  const controls = '\u0001'.repeat(400_000);
  const base64 = Buffer.from(controls).toString('base64');
  const bytes = { owner: latin('a'), kind: latin('events'), payload: latin(controls) };

  it('is written as its bytes, whether it waits or is history, and none that has room is', () => {
    const row = sqliteRow(1n, bytes, false);
    const waits = draftOf('pending', row);
    expect(waits['payload']).toEqual({ owner: 'a', kind: 'events', payload_base64: base64 });
    const sent = draftOf('sent', row);
    expect(sent['payload']).toEqual({
      fate: 'sent',
      owner: 'a',
      kind: 'events',
      payload_base64: base64,
    });
    const malformed = draftOf('sent', redbRow('redb', 1n, latin(controls)));
    expect(malformed['payload']).toMatchObject({ kind: 'malformed', payload_base64: base64 });
    expect([waits, sent, malformed].map(hasRoom)).toEqual([true, true, true]);
    for (let length = 169_000; length < 169_400; length += 20) {
      const each = sqliteRow(1n, { ...bytes, payload: latin(controls.slice(0, length)) }, false);
      const draft = draftOf('pending', each);
      const payload = controls.slice(0, length);
      const asText = { payload: { owner: 'a', kind: 'events', payload } };
      expect([length, draft['payload']]).toEqual([
        length,
        hasRoom(asText)
          ? asText.payload
          : { owner: 'a', kind: 'events', payload_base64: Buffer.from(payload).toString('base64') },
      ]);
    }
  });
});
