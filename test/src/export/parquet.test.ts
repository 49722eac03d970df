/**
 * Events as Parquet, read back by a reader that is not ours: the same events, whatever is in them.
 */
import fc from 'fast-check';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkAsync, share } from '../../../properties/check.ts';
import { either } from '../../../properties/law/export.ts';
import { lineOf } from '../../../properties/model/csv.ts';
import { native } from '../../../ledger/crypto/native.ts';
import type { About } from '../../../src/export/about.ts';
import { eventOf } from '../../../src/export/event.ts';
import type { Event } from '../../../src/export/event.ts';
import { ParquetTable } from '../../../src/export/parquet.ts';
import { parsePointer } from '../../../src/export/pointer.ts';
import type { Pointer } from '../../../src/export/pointer.ts';
import { fileOf, rowsIn } from '../../build/parquet-row.ts';

const ABOUT: About = {
  origin: 'example.com/acme',
  size: 7,
  root: 'ab'.repeat(32),
  selection: { from: 0, to: 7 },
};

const made = (events: readonly Event[], pointers: readonly Pointer[] = [], every = 1): Buffer => {
  const table = new ParquetTable(ABOUT, pointers);
  const pieces = events.map((event, at) => {
    table.add(event);
    return at % every === 0 ? table.take() : new Uint8Array();
  });
  return Buffer.concat([...pieces, table.end()]);
};

/** What a cell of a row of text would hold; the model takes the apostrophe away that keeps it. */
const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.join(' ');
  return `'${typeof value === 'bigint' ? value.toString() : (value as string)}`;
};

const EVENT: Event = {
  event_hash: '1'.repeat(64) as Event['event_hash'],
  salt: '2'.repeat(32),
  payloadText: '{"a":{"b":"=1","c":1.5e-7},"d":"\\u0000"}',
  header: {
    seq: 3,
    id: 'e-3',
    event_type: 'invoice.paid',
    recorded_at: '9999-12-31T23:59:59.999Z',
    observed_at: '1970-01-01T00:00:00.001Z',
    source: { kind: 'tool', name: '\u{1f600}' },
    domain_tags: ['a', 'b'],
    policy: { outcome: 'allow', policy_set: '3'.repeat(64) },
    ledger: 'example.com/acme',
    schema_version: 1,
    payload_hash: '4'.repeat(64),
    prev_event_hash: '5'.repeat(64),
  } as unknown as Event['header'],
};

const pointerOf = (text: string): Pointer => parsePointer(text) ?? { text, steps: [] };

describe('events as Parquet', () => {
  it('are read back as the lines that were sealed', async () => {
    const events = fc.array(either(native), { minLength: 1, maxLength: 6 });
    await checkAsync(
      fc.asyncProperty(events, async (all) => {
        const rows = await rowsIn(made(all.map(({ line }) => eventOf(line))));
        const lines = rows.map((row) => lineOf(Object.keys(row), Object.values(row).map(cellOf)));
        return lines.join('\n') === all.map(({ text }) => text).join('\n');
      }),
      { runs: share(0.5, 20_000) },
    );
  });

  it('have types, and say what they are about', async () => {
    const bytes = made([EVENT], ['/a/b', '/a/c', '/d', '/none'].map(pointerOf));
    const metadata = parquetMetadata(fileOf(bytes));
    expect(metadata.key_value_metadata).toEqual([
      { key: 'ledger.kind', value: 'ledger/parquet/1' },
      { key: 'ledger.origin', value: 'example.com/acme' },
      { key: 'ledger.size', value: '7' },
      { key: 'ledger.root', value: 'ab'.repeat(32) },
      { key: 'ledger.selection', value: '{"from":0,"to":7}' },
    ]);
    const elements = new Map(
      parquetSchema(metadata).children.map(({ element }) => [element.name, element]),
    );
    expect(elements.get('seq')?.type).toBe('INT64');
    for (const name of ['recorded_at', 'observed_at', 'signed_at'])
      expect(elements.get(name)?.logical_type).toMatchObject({
        type: 'TIMESTAMP',
        isAdjustedToUTC: true,
        unit: 'MILLIS',
      });
    expect(elements.get('domain_tags')?.converted_type).toBe('LIST');
    const [row] = await rowsIn(bytes);
    expect(row).toMatchObject({
      seq: 3n,
      recorded_at: new Date('9999-12-31T23:59:59.999Z'),
      observed_at: new Date(1),
      domain_tags: ['a', 'b'],
      schema_version: 1n,
      source_name: '\u{1f600}',
      payload: EVENT.payloadText,
      'payload/a/b': '=1',
      'payload/a/c': '1.5e-7',
      'payload/d': '"\\u0000"',
      'payload/none': null,
    });
  });

  it('are the same bytes however they come, and known ones', () => {
    const withheld: Event = { ...EVENT, payloadText: undefined, salt: undefined };
    const events = Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? withheld : EVENT));
    const bytes = made(events);
    expect(made(events, [], 7).equals(bytes)).toBe(true);
    expect(made(events.slice(1)).equals(bytes)).toBe(false);
    // A bundle is made again by whoever checks it: another digest here is another `ledger.kind`.
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      '418e1f80245dd922cfdc55f56ca9bdfde55d66f58be0b4c3d395bbd22b7a43da',
    );
  });

  it('lie in groups of no more than so many events and so much text', async () => {
    const many = made(Array.from({ length: 10_001 }, () => EVENT));
    expect(parquetMetadata(fileOf(many)).row_groups.map(({ num_rows: rows }) => rows)).toEqual([
      10_000n,
      1n,
    ]);
    const long = { ...EVENT, payloadText: JSON.stringify('x'.repeat(1_000_000)) };
    const large = made(Array.from({ length: 12 }, () => long));
    expect(parquetMetadata(fileOf(large)).row_groups.map(({ num_rows: rows }) => rows)).toEqual([
      9n,
      3n,
    ]);
    expect((await rowsIn(large)).map((row) => row['payload'] === long.payloadText)).toEqual(
      Array.from({ length: 12 }, () => true),
    );
    expect(await rowsIn(made([]))).toEqual([]);
  });
});
