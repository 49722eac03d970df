/**
 * From a folder of kaizen that was left halfway migrated to a verified ledger: what was pending
 * waits, exactly once, with the same bytes; and a property of the same of outboxes made by chance.
 */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { check, share } from '../../properties/check.ts';
import type { Merged } from '../../src/import/kaizen/merge.ts';
import { merge, oldRows } from '../../src/import/kaizen/merge.ts';
import type { From, OutboxRow } from '../../src/import/kaizen/outbox-row.ts';
import { REPLACEABLE } from '../../src/import/kaizen/outbox-row.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { openLedger } from '../../src/front-door.ts';
import { Importing } from '../../src/usecase/import.ts';
import { right } from '../build/ledger.ts';
import { linesOf, withLedger } from '../src/cli/shell.ts';
import type { Shell } from '../src/cli/shell.ts';
import { WORLD, copyOf } from './fixture.ts';

interface Told {
  readonly status: string;
  readonly appended: number;
  readonly already_recorded: number;
  readonly seq: number;
  readonly archived?: readonly string[];
}

const told = async (shell: Shell, ...words: readonly string[]): Promise<Told> =>
  (await shell.told(['import', 'kaizen', ...words]))[0] as unknown as Told;

const enqueued = (shell: Shell): readonly unknown[] =>
  shell
    .journal()
    .map((line) => JSON.parse(line) as { header: { event_type: string }; payload: object })
    .filter(({ header }) => header.event_type === 'outbox.enqueued')
    .map(({ payload }) => payload);

describe('a folder of kaizen', () => {
  it('becomes a verified ledger, is taken once, taken on, and put aside', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const first = await told(shell, path);
    expect(first).toMatchObject({ status: 'imported', already_recorded: 0 });
    expect(enqueued(shell).length).toBe(17);
    expect(await told(shell, path)).toMatchObject({ status: 'already_imported', appended: 0 });
    const database = new Sqlite(join(path, 'kaizen.db'));
    database.exec("INSERT INTO sync_outbox (session_id, payload) VALUES ('new', '{\"n\":1}')");
    database.close();
    const grown = await told(shell, path);
    expect(grown).toMatchObject({ status: 'imported', appended: 1 });
    expect(enqueued(shell).at(-1)).toEqual({ owner: 'new', kind: 'events', payload: '{"n":1}' });
    const [verified] = await shell.told('verify --decisions --workers 1');
    expect(verified).toMatchObject({ verdict: 'verified' });
    const { stdout } = await shell.inside(`import report ${first.seq}`);
    expect(stdout).toContain('does not prove that it was delivered');
    expect(stdout).toMatch(/^outbox: .*17 pending/m);
    await told(shell, path, '--archive');
    expect([
      existsSync(join(path, 'kaizen.db')),
      existsSync(join(path, 'hot/outbox.redb')),
    ]).toEqual([false, false]);
    expect(await shell.refusals([['import', 'kaizen', path]])).toEqual(['3 no_source']);
  });

  it('whose experiments are taken has them where they stood', async () => {
    const shell = withLedger();
    // Rows that stand on those before them are not said to be refused.
    expect((await told(shell, copyOf('kaizen', 'sqlite'), '--dry-run')).status).toBe('planned');
    await told(shell, copyOf('kaizen', 'sqlite'));
    const types = shell
      .journal()
      .map((line) => /"event_type":"(experiment\.[a-z]+)"/.exec(line)?.[1]);
    expect(types.filter((type) => type === 'experiment.tagged').length).toBe(18);
    expect(types.filter((type) => type === 'experiment.concluded').length).toBe(1);
  });
});

describe('an import of a folder of kaizen', () => {
  it('that is stopped behind any batch is taken to its end, and no row twice', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const empty = shell.journal().length;
    const checksum = await loadChecksum();
    for (let stop = 7; stop <= 28; stop += 7) {
      const folder = shell.path(`at-${stop}`);
      cpSync(shell.path('.ledger'), folder, { recursive: true });
      const ledger = right(openLedger(folder));
      const onEvents = (done: number): void => {
        if (done >= stop) throw new Error('killed');
      };
      const options = { accepted: new Set<string>(), batch: 7, onEvents };
      const plan = right(surveyKaizen({ ...WORLD, checksum }, path));
      await expect(new Importing(ledger, plan, options, native.digest).run()).rejects.toThrow();
      plan.close();
      await ledger.close();
      const rest = await shell.inside(['import', 'kaizen', path, '--json'], folder);
      expect(linesOf(rest.stdout)[0]).toMatchObject({
        status: 'imported',
        appended: 28 - stop,
        already_recorded: stop,
      });
      const journal = join(folder, 'journal');
      const lines = readdirSync(journal).flatMap((name) =>
        readFileSync(join(journal, name), 'utf8').trimEnd().split('\n'),
      );
      expect(lines.length).toBeGreaterThanOrEqual(empty + 29);
      expect(lines.filter((line) => line.includes('"outbox.enqueued"')).length).toBe(17);
    }
  });
});

type Bare = Omit<OutboxRow, 'from' | 'id' | 'isSent'>;

const bare: fc.Arbitrary<Bare> = fc.record({
  owner: fc.constantFrom('', 'a', 'b'),
  kind: fc.constantFrom('events', 'tool_spans', 'custom'),
  payload: fc.constantFrom('{}', '{"n":9007199254740993}', '{"n":', 'x'),
});
const numbered = (from: From, all: readonly Bare[]): readonly OutboxRow[] =>
  all.map((each, at) => ({ ...each, from, id: BigInt(at + 1), isSent: false }));
const some = fc.array(bare, { maxLength: 12 });

interface Both {
  readonly archive: readonly OutboxRow[];
  readonly redb: readonly OutboxRow[];
  readonly stored: readonly OutboxRow[];
}
const stored: fc.Arbitrary<readonly OutboxRow[]> = fc
  .array(fc.tuple(bare, fc.boolean()), { maxLength: 12 })
  .map((all) =>
    numbered(
      'sqlite',
      all.map(([each]) => each),
    ).map((each, at) => ({ ...each, isSent: all[at]?.[1] === true })),
  );

/** Two files of their own, or one at two times: some rows are gone and others have come. */
const apart: fc.Arbitrary<Both> = fc.record({
  archive: some.map((all) => numbered('archive', all)),
  redb: some.map((all) => numbered('redb', all)),
  stored,
});
const fates = fc.array(fc.constantFrom('archive', 'redb', 'both'), {
  minLength: 12,
  maxLength: 12,
});
const ofOne: fc.Arbitrary<Both> = fc.record({ all: some, at: fates, stored }).map((each) => ({
  archive: numbered('archive', each.all).filter((_, i) => each.at[i] !== 'redb'),
  redb: numbered('redb', each.all).filter((_, i) => each.at[i] !== 'archive'),
  stored: each.stored,
}));

const textOf = ({ owner, kind, payload }: OutboxRow): string =>
  JSON.stringify([owner, kind, payload]);

/** What of some texts is left when one is taken away for each of others that is equal. */
const without = (texts: readonly string[], others: readonly string[]): readonly string[] => {
  const left = [...others];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

/** The rule, told another way: take from the pending rows one for each equal old one. */
const pendingOf = ({ archive, redb, stored: all }: Both): readonly string[] => {
  const old = archive.map(textOf).concat(without(redb.map(textOf), archive.map(textOf)));
  const pairs = new Set([...archive, ...redb].map(({ owner, kind }) => `${owner} ${kind}`));
  const rest = all.filter(
    ({ isSent, owner, kind }) =>
      !isSent && !(REPLACEABLE.has(kind) && pairs.has(`${owner} ${kind}`)),
  );
  return [...old, ...without(rest.map(textOf), old)];
};

const pairOf = ({ owner, kind }: OutboxRow): string => `${owner} ${kind}`;
/** What is left of rows where the last of a replaceable kind and an owner replaces the others. */
const latest = (rows: readonly OutboxRow[]): readonly OutboxRow[] =>
  rows.filter(
    (row, at) =>
      !REPLACEABLE.has(row.kind) ||
      !rows.slice(at + 1).some((later) => pairOf(later) === pairOf(row)),
  );

const isOneOf = ({ archive, redb }: Both): boolean => {
  const pairs = archive.flatMap((row) =>
    redb.filter(({ id }) => id === row.id).map((other) => textOf(row) === textOf(other)),
  );
  return pairs.length > 0 && pairs.every((isSame) => isSame);
};

/** The rows of both old files as they came about. */
const cameOf = (both: Both): readonly OutboxRow[] => {
  const all = [...both.archive, ...both.redb];
  return isOneOf(both) ? all.toSorted((a, b) => Number(a.id - b.id)) : all;
};

const isKept = ({ kind }: OutboxRow): boolean => !REPLACEABLE.has(kind);
const replaceableOf = (rows: readonly OutboxRow[]): readonly string[] =>
  latest(rows.filter((row) => !isKept(row)))
    .map(textOf)
    .toSorted();

const mergedOf = ({ archive, redb, stored: all }: Both): readonly Merged[] => [
  ...merge(
    oldRows(
      () => archive,
      () => redb,
    ),
    all,
  ),
];
const waitingOf = (both: Both): readonly OutboxRow[] =>
  mergedOf(both).flatMap(({ row, fate }) => (fate === 'pending' ? [row] : []));

const factsOf = (from: From, ...payloads: readonly string[]): readonly OutboxRow[] =>
  numbered(
    from,
    payloads.map((payload) => ({ owner: 'w', kind: 'workspace_facts', payload })),
  );

describe('outboxes made by chance', () => {
  it('wait afterwards as the union was pending, exactly once, and no row falls away', () => {
    check(
      fc.property(fc.oneof(apart, ofOne), (both) => {
        const merged = mergedOf(both);
        expect(without(pendingOf(both), waitingOf(both).map(textOf))).toEqual([]);
        const waiting = waitingOf(both).filter(isKept).map(textOf);
        const { archive, redb, stored: all } = both;
        const kept = {
          archive: archive.filter(isKept),
          redb: redb.filter(isKept),
          stored: all.filter(isKept),
        };
        expect(waiting.toSorted()).toEqual(pendingOf(kept).toSorted());
        expect(merged.length).toBe(archive.length + redb.length + all.length);
      }),
      { runs: share(1, 200) },
    );
  });

  it('wait with the last row of a kind and an owner, though it stood earlier too', () => {
    check(
      fc.property(fc.oneof(apart, ofOne), (both) => {
        const old = cameOf(both);
        const pairs = new Set(old.map(pairOf));
        const more = both.stored.filter((row) => !row.isSent && !pairs.has(pairOf(row)));
        expect(replaceableOf(waitingOf(both))).toEqual(replaceableOf([...old, ...more]));
      }),
      { runs: share(1, 200) },
    );
    const both = { archive: factsOf('archive', '1'), redb: factsOf('redb', '2', '1'), stored: [] };
    expect(waitingOf(both).map(({ payload }) => payload)).toEqual(['1', '2', '1']);
  });

  it('wait in the order that they had, in two files or in one at two times', () => {
    check(
      fc.property(fc.oneof(apart, ofOne), (both) => {
        const { archive, redb } = both;
        const old = { archive: archive.filter(isKept), redb: redb.filter(isKept), stored: [] };
        const waiting = waitingOf({ ...both, stored: [] }).filter(isKept);
        const order = isOneOf(both)
          ? waiting.toSorted((a, b) => Number(a.id - b.id)).map(textOf)
          : pendingOf(old);
        expect(waiting.map(textOf)).toEqual(order);
      }),
      { runs: share(1, 200) },
    );
  });
});
