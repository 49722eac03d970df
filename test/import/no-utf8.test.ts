/**
 * Rows of an outbox that are no UTF-8. No text can hold them, so none is sent in their place: they
 * are enqueued as their bytes, two that differ stay two, and the rows beside them wait as ever.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { merge, migrationDigest, oldRows, rowDigest } from '../../src/import/kaizen/merge.ts';
import type { OutboxRow } from '../../src/import/kaizen/outbox-row.ts';
import { redbRow, sqliteRow } from '../../src/import/kaizen/outbox-row.ts';
import { outboxDraft } from '../../src/import/kaizen/to-outbox.ts';
import { Notes } from '../../src/import/kaizen/note.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';
import { edit, take, takeTwice } from './kaizen-told.ts';

interface Recorded {
  readonly header: { readonly id: string; readonly event_type: string };
  readonly payload: { readonly [name: string]: unknown };
}

const recorded = (lines: readonly string[], type: string) =>
  lines
    .map((line) => JSON.parse(line) as Recorded)
    .flatMap(({ header, payload }) => (header.event_type === type ? [payload] : []));

const FF = Buffer.from('ff41', 'hex');
const FE = Buffer.from('fe41', 'hex');
const TEXT = Buffer.from('\u{fffd}A');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const columns = (owner: string | Buffer, kind: string, payload: string | Buffer) => ({
  owner: Buffer.from(owner),
  kind: Buffer.from(kind),
  payload: Buffer.from(payload),
});
const draftOf = (row: OutboxRow, fate: 'pending' | 'sent' = 'pending') =>
  outboxDraft({ row, fate, digest: rowDigest(row) }, { id: 'row' });

describe('a row that is no UTF-8', () => {
  it('is kept byte for byte, is not sent as something else, and the others wait', async () => {
    const shell = withLedger();
    const whole = copyOf('kaizen', 'sqlite');
    await take(shell, whole);
    const texts = recorded(shell.journal(), 'outbox.enqueued');
    const path = copyOf('kaizen', 'sqlite');
    // The first bit of one byte, somewhere in the file.
    const [first] = texts.filter(({ payload }) => String(payload).length > 20);
    const payload = Buffer.from(String(first?.['payload']));
    const file = join(path, 'kaizen.db');
    const bytes = readFileSync(file);
    const at = bytes.indexOf(payload);
    bytes.writeUInt8(bytes.readUInt8(at + 9) ^ 0x80, at + 9);
    writeFileSync(file, bytes);
    const odd = withLedger();
    const { report } = await takeTwice(odd, path);
    expect(report).toMatchObject({
      sound: true,
      oddities: { not_text: 1, undeliverable: 1 },
    });
    const lines = odd.journal();
    expect(lines.join('\n')).not.toMatch(/\u{fffd}|\\ufffd/iu);
    const { payload: _, ...rest } = first ?? {};
    const odder = { ...rest, payload_base64: base64(bytes.subarray(at, at + payload.length)) };
    expect(recorded(lines, 'outbox.enqueued')).toEqual(
      texts.map((each) => (each === first ? odder : each)),
    );
    expect(await take(odd, path, '--archive')).toMatchObject({ archived: { length: 1 } });
    expect(readdirSync(path)).not.toContain('kaizen.db');
  });

  it('is told with the part that is none, in whichever it stands, and as history too', () => {
    const odd = sqliteRow(1n, columns(FF, 'events', '{}'), false);
    expect(draftOf(odd)['payload']).toEqual({
      owner_base64: base64(FF),
      kind: 'events',
      payload: '{}',
    });
    const sent = sqliteRow(1n, columns('a', 'events', FF), true);
    expect(draftOf(sent, 'sent')['payload']).toEqual({
      fate: 'sent',
      owner: 'a',
      kind: 'events',
      payload_base64: base64(FF),
    });
    const malformed = redbRow('redb', 1n, FF);
    expect(draftOf(malformed)).toEqual({
      id: 'row',
      event_type: 'outbox.enqueued',
      payload: { owner: '', kind: 'malformed', payload_base64: base64(FF) },
    });
    const notes = new Notes();
    for (const row of [odd, malformed]) notes.row({ row, fate: 'pending', digest: '' }, 'there');
    expect(notes.counts()).toEqual({ not_text: 2, undeliverable: 2, malformed: 1 });
    // What is not sent takes the place of nothing.
    const later = new Notes();
    for (const payload of ['{}', FF]) {
      const row = sqliteRow(1n, columns('a', 'tool_spans', payload), false);
      later.row({ row, fate: 'pending', digest: '' }, 'there');
    }
    expect(later.counts()).not.toHaveProperty('supersedes');
    // One that is text is enqueued as the text that it is.
    expect(draftOf(redbRow('redb', 1n, TEXT))).toMatchObject({
      event_type: 'outbox.enqueued',
      payload: { owner: '', kind: 'malformed', payload: '\u{fffd}A' },
    });
  });

  it('is another one than what differs from it in a byte, or in what stands for one', () => {
    const rows = [FF, FE, TEXT].map((bytes) => redbRow('redb', 1n, bytes));
    expect(new Set(rows.map(rowDigest)).size).toBe(3);
    expect(new Set(rows.map((row) => migrationDigest([row]))).size).toBe(3);
    const archive = [redbRow('archive', 1n, FF)];
    const redb = [redbRow('redb', 1n, FE)];
    const stored = [FF, FE, TEXT].map((bytes, at) =>
      sqliteRow(BigInt(at), columns('', 'malformed', bytes), false),
    );
    const old = oldRows(
      () => archive,
      () => redb,
    );
    expect([...merge(old, stored)].map(({ fate }) => fate)).toEqual([
      'pending',
      'pending',
      'equal',
      'equal',
      'pending',
    ]);
  });

  it('that is one has the digest that it always had: ledgers have it in their ids', () => {
    const row = sqliteRow(1n, columns('a', 'events', '\u{fffd}'), false);
    expect(rowDigest(row)).toBe('5434cee6b5bcbf87d69568bfbce6bf8b714f56c2397739e1eb5bc481c00f0a82');
  });

  it('has nothing to do with the rows of an owner who is another one', () => {
    const old = [sqliteRow(1n, columns(FF, 'tool_spans', '{}'), false)];
    const others = [FE, FF, '', TEXT].map((owner, at) =>
      sqliteRow(BigInt(at), columns(owner as string, 'tool_spans', '{"n":1}'), false),
    );
    expect([...merge(old, others)].map(({ fate }) => fate)).toEqual([
      'pending',
      'pending',
      'replaced',
      'pending',
      'pending',
    ]);
  });
});

/** Empties a column of the first experiment. */
const emptied = (column: string): string => `UPDATE experiments SET ${column} = '' WHERE rowid = 1`;

it('an empty text of an experiment is another one than none', async () => {
  const shell = withLedger();
  const path = copyOf('kaizen', 'sqlite');
  edit(path, ['name', 'state', 'concluded_at_ms', 'id'].map(emptied).join(';'));
  await takeTwice(shell, path);
  const [kept] = recorded(shell.journal(), 'kaizen.experiment');
  expect(kept).toMatchObject({ id: '', name: '', state: '', concluded_at_ms: '' });
});
