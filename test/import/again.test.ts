/**
 * The same store imported again when something lawful happened in between: it was read from another
 * of its files, an intact copy was found, an event was erased; and what proves that all of it is
 * there before it is put aside.
 */
import * as E from 'fp-ts/lib/Either.js';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { openLedger } from '../../src/front-door.ts';
import { Importing } from '../../src/usecase/import.ts';
import { right } from '../build/ledger.ts';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf, planCortex } from './fixture.ts';

interface Told {
  readonly status: string;
  readonly seq: number;
  readonly report: JsonObject;
  readonly archived?: readonly string[];
}

const told = async (shell: Shell, ...words: readonly string[]): Promise<Told> =>
  (await shell.told(['import', 'cortex', ...words]))[0] as unknown as Told;

const payloads = (shell: Shell): readonly JsonObject[] =>
  shell.journal().map((line) => (JSON.parse(line) as { readonly payload: JsonObject }).payload);

const idAt = (shell: Shell, seq: number): string => {
  const line = shell.journal()[seq] ?? '';
  return (JSON.parse(line) as { readonly header: { readonly id: string } }).header.id;
};

describe('a store of cortex', () => {
  it('is taken with its signatures, though it was read from its database before', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v2-signed-cli');
    const from = (name: string) => told(shell, path, '--from', name);
    const first = await from('sqlite');
    expect(first).toMatchObject({ status: 'imported', appended: 4 });
    expect(first.report['unproved']).toContain(
      'who wrote the 3 rows: a signature stands in the log alone, and none was read',
    );
    const aside = ['import', 'cortex', path, '--from', 'sqlite', '--archive'];
    expect(await shell.refusals([aside])).toEqual(['2 usage']);
    expect(existsSync(join(path, 'events.jsonl'))).toBe(true);
    expect(await from('jsonl')).toMatchObject({ status: 'imported', appended: 3 });
    const rows = payloads(shell).map(({ row }) => row as JsonObject | undefined);
    expect(rows.filter((row) => row?.['signature'] !== undefined).length).toBe(3);
    for (const name of ['both', 'sqlite', 'jsonl'])
      expect(await from(name)).toMatchObject({ appended: 0, already_recorded: 4 });
  });

  it('is taken from an intact copy, though a broken one was taken knowingly before', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v2-signed-cli');
    rmSync(join(path, 'cortex.db'));
    const log = join(path, 'events.jsonl');
    const intact = readFileSync(log, 'utf8');
    writeFileSync(log, intact.replace(/"bytes":"./, '"bytes":"A'));
    expect(await shell.refusals([['import', 'cortex', path]])).toEqual(['20 source_refused']);
    await told(shell, path, '--accept', 'signature_invalid');
    writeFileSync(log, intact);
    expect(await told(shell, path)).toMatchObject({ status: 'imported', appended: 1 });
    expect(await told(shell, path)).toMatchObject({ status: 'already_imported', appended: 0 });
  });

  it('is taken in every reading of a row, each once, in whichever order they come', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v2-signed-cli');
    rmSync(join(path, 'cortex.db'));
    const log = join(path, 'events.jsonl');
    const intact = readFileSync(log, 'utf8');
    for (const round of [1, 0])
      for (const digit of ['A', 'B', 'C', 'D']) {
        writeFileSync(log, intact.replace(/"bytes":"./, `"bytes":"${digit}`));
        const accept = ['--accept', 'signature_invalid'];
        const appended = digit === 'A' ? 4 : 1;
        expect(await told(shell, path, ...accept)).toMatchObject(
          round === 1 ? { status: 'imported', appended } : { appended: 0 },
        );
      }
    const signed = payloads(shell).map((each) => JSON.stringify(each));
    for (const digit of ['A', 'B', 'C', 'D'])
      expect(signed.filter((each) => each.includes(`"bytes":"${digit}`)).length).toBe(1);
  });

  it('is taken again though an event of it was erased, which does not come back', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v1-unsigned');
    const { seq } = await told(shell, path);
    const id = idAt(shell, 3);
    await shell.told(['erase', id, '--reason', 'asked for', '--sign', 'alice']);
    expect(await told(shell, path)).toMatchObject({ status: 'already_imported', appended: 0, seq });
    expect(await told(shell, path, '--dry-run')).toMatchObject({ status: 'planned' });
    expect((await told(shell, path, '--archive')).archived?.length).toBeGreaterThan(0);
  });

  it('is put aside when the ledger was asked for every row of it, and has it', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v1-unsigned');
    await told(shell, path);
    const ledger = right(openLedger(shell.path('.ledger')));
    const plan = planCortex(path);
    const options = { accepted: new Set<string>(), batch: 1000 };
    const importing = new Importing(ledger, plan, options, native.digest);
    expect(right(importing.proved()).files).toEqual(plan.files);
    const more = { where: 'line 99', draft: { event_type: 'a.b', id: 'nobody', payload: {} } };
    const drafts = function* () {
      yield* plan.drafts();
      yield more;
    };
    const grown = new Importing(ledger, { ...plan, drafts }, options, native.digest);
    expect(grown.proved()).toEqual(E.left({ _tag: 'SourceBusy', path: 'line 99' }));
    const other = new Importing(
      ledger,
      { ...plan, isCurrent: () => false },
      options,
      native.digest,
    );
    expect(E.isLeft(other.proved())).toBe(true);
    await ledger.close();
  });
});

describe('a row of an outbox that was erased', () => {
  it.each([
    ['its copy in the database', 'kaizen.db', ['equal', 'replaced']],
    ['its copy in the old outbox', 'hot/outbox.redb', ['equal', 'moved']],
  ])('does not come back with %s', async (_, later, fates) => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const aside = shell.path('aside');
    renameSync(join(path, later), aside);
    const line = ['import', 'kaizen', path];
    await shell.told(line);
    const erased = new Set<Json>();
    for (const [seq, { owner, payload, replaceable }] of payloads(shell).entries()) {
      if (typeof payload !== 'string' || typeof owner !== 'string') continue;
      // What stands for an earlier one is enqueued anew, so that the latest is the latest.
      if (replaceable === true && later !== 'kaizen.db') continue;
      erased.add(payload);
      await shell.told(['erase', idAt(shell, seq), '--reason', 'asked for', '--sign', 'alice']);
    }
    const before = shell.journal().length;
    renameSync(aside, join(path, later));
    expect(await shell.told(line)).toMatchObject([{ status: 'imported' }]);
    const rest = payloads(shell).slice(before);
    expect(rest.filter(({ payload }) => erased.has(payload ?? null))).toEqual([]);
    const known = rest.flatMap(({ fate, as }) => (as === undefined ? [] : [fate]));
    expect(new Set(known)).toEqual(new Set(fates));
    expect(await shell.told(line)).toMatchObject([{ status: 'already_imported', appended: 0 }]);
    const [archived] = await shell.told([...line, '--archive']);
    expect(archived).toMatchObject({ status: 'already_imported', appended: 0 });
  });
});

describe('lines of JSON and an outbox', () => {
  it('are taken again though an event of each was erased', async () => {
    const shell = withLedger();
    const map = shell.write('map.yaml', 'type: { text: a.row }\n');
    const rows = shell.write('rows.ndjson', '{"n":1}\n{"n":2}\n');
    const folder = copyOf('kaizen', 'sqlite');
    const each = [
      ['import', 'ndjson', rows, '--map', map],
      ['import', 'kaizen', folder],
    ];
    for (const line of each) {
      const before = shell.journal().length;
      await shell.told(line);
      const rest = shell.journal().slice(before);
      const at = rest.findIndex((text) =>
        /"event_type":"(?:a\.row|kaizen\.outbox_row)"/.test(text),
      );
      const erase = ['erase', idAt(shell, before + at), '--reason', 'asked for', '--sign', 'alice'];
      await shell.told(erase);
      expect(await shell.told(line)).toMatchObject([{ status: 'already_imported', appended: 0 }]);
    }
  });
});
