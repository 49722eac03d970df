/**
 * Rows that stand on those before them: where a policy does not take one, no later one of its
 * experiment, or of its owner and its replaceable kind, comes in ahead of it.
 */
import { mkdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import { native } from '../../ledger/crypto/native.ts';
import { openLedger } from '../../src/front-door.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { NOTHING } from '../../src/import/plan.ts';
import { Importing } from '../../src/usecase/import.ts';
import { RecordedRows } from '../../src/usecase/import-recorded.ts';
import { holds } from '../../src/usecase/import-row.ts';
import { right } from '../build/ledger.ts';
import type { Shell } from '../src/cli/shell.ts';
import { linesOf, withLedger } from '../src/cli/shell.ts';
import { WORLD, copyOf } from './fixture.ts';
import { edit, take } from './kaizen-told.ts';

const policy = (match: string, when: string, outcome: string): string => `version: 1
name: acme
rules:
  - { id: waits, match: [${match}], when: '${when}', outcome: ${outcome}, reason: it waits }
`;

const rule = async (shell: Shell, text: string): Promise<void> => {
  mkdirSync(shell.path('policies'));
  shell.write('policies/acme.yaml', text);
  await shell.told(['policy', 'adopt', shell.path('policies'), '--sign', 'alice']);
};

/** How many rows of each status were told, and how it ended. */
const told = async (shell: Shell, path: string, ...more: readonly string[]) => {
  const ran = await shell.inside(['import', 'kaizen', path, '--json', ...more]);
  const statuses = linesOf(ran.stdout).map(({ status, error }) => status ?? error?.code ?? '');
  const counts = new Map<string, number>();
  for (const each of statuses) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [ran.status, Object.fromEntries(counts)];
};

const standings = async (shell: Shell) =>
  ((await shell.told('experiment list')) as unknown as readonly { readonly status: string }[]).map(
    ({ status }) => status,
  );

const dora = async (shell: Shell): Promise<void> => {
  const [made] = await shell.told('key new dora');
  const enroll = ['key', 'enroll', made?.vkey ?? '', '--tier', 'operator', '--sign', 'alice'];
  await shell.told(enroll);
};

describe('a step that somebody else imports meanwhile', () => {
  it('is one on which the next one stands', async () => {
    const path = copyOf('kaizen', 'sqlite');
    const world = { ...WORLD, checksum: await loadChecksum() };
    const plan = right(surveyKaizen(world, path));
    onTestFinished(() => plan.close());
    const begun = new Set(['experiment.created', 'experiment.started']);
    // How it stands was read before those were recorded.
    const known = ({ event_type: type }: JsonObject) =>
      typeof type === 'string' && begun.has(type) ? 'same' : 'no';
    const rows = [...plan.drafts({ ...NOTHING, known })];
    expect(rows.flatMap(({ warning }) => warning ?? [])).toEqual([]);
    const types = rows.map(({ draft }) => draft['event_type']);
    expect(types).not.toContain('kaizen.experiment_step');
    expect(types).toEqual([...plan.drafts()].map(({ draft }) => draft['event_type']));
  });
});

const put = (rows: string): string => `DELETE FROM sync_outbox;
  INSERT INTO sync_outbox (id, session_id, kind, payload) VALUES ${rows}`;

describe('a row of a replaceable kind that somebody else imports meanwhile', () => {
  it('is the one that was enqueued anew, and not told as moved, too', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    edit(
      path,
      put("(1, 'o', 'events', 'a'), (2, 'o', 'tool_spans', 'b'), (3, 'o', 'tool_spans', 'c')"),
    );
    await take(shell, path);
    // What was the latest is gone, and the others have other numbers.
    edit(path, put("(20, 'o', 'events', 'a'), (21, 'o', 'tool_spans', 'b')"));
    const marker = 'outbox_redb_migration_v1_digest';
    edit(path, `INSERT OR REPLACE INTO sync_state VALUES ('${marker}', '${'0'.repeat(64)}')`);
    const ledger = right(openLedger(shell.path('.ledger')));
    onTestFinished(() => ledger.close());
    const world = { ...WORLD, checksum: await loadChecksum() };
    const [plan, other] = [right(surveyKaizen(world, path)), right(surveyKaizen(world, path))];
    const rows = plan.drafts(new RecordedRows(ledger.reader));
    // What is recorded was asked before the other one came to its end.
    const first = rows.next();
    const options = { accepted: new Set<string>(), batch: 1 };
    right(await new Importing(ledger, other, options, native.digest).run());
    const all = [...(first.done === true ? [] : [first.value]), ...rows];
    for (const each of [plan, other]) each.close();
    expect(all.filter(({ draft }) => !holds(ledger.reader, draft))).toEqual([]);
  });
});

describe('a row that is not taken', () => {
  it.each(['quarantine', 'reject'])('keeps back its experiment (%s)', async (outcome) => {
    const shell = withLedger();
    await rule(shell, policy('experiment.created', 'true', outcome));
    const path = copyOf('kaizen', 'sqlite');
    edit(path, 'DELETE FROM sync_outbox');
    const status = outcome === 'reject' ? 'refused' : 'held';
    const untaken = { [status]: 2, not_tried: 21, rows_refused: 1 };
    expect((await told(shell, path, '--dry-run'))[1]).toMatchObject(untaken);
    for (const time of ['first', 'again'])
      expect([time, ...(await told(shell, path))]).toEqual([time, 24, untaken]);
    expect(shell.journal().some((line) => line.includes('"kaizen:started:'))).toBe(false);
    if (outcome === 'quarantine') {
      await dora(shell);
      for (const { id = '' } of await shell.told('quarantine list'))
        await shell.told(['quarantine', 'release', id, '--sign', 'dora']);
    } else await shell.told('policy adopt --set open --sign alice');
    expect(await take(shell, path)).toMatchObject({ status: 'imported' });
    expect(await standings(shell)).toEqual(['concluded', 'running']);
  });

  it('keeps back what takes its place', async () => {
    const shell = withLedger();
    await rule(shell, policy('outbox.enqueued', 'payload.payload == "old"', 'quarantine'));
    const path = copyOf('kaizen', 'sqlite');
    edit(
      path,
      `DELETE FROM experiments; DELETE FROM experiment_tags; DELETE FROM sync_outbox;
       INSERT INTO sync_outbox (id, session_id, kind, payload, sent) VALUES
         (1, 'o', 'tool_spans', 'old', 0), (2, 'p', 'tool_spans', 'other', 0),
         (3, 'o', 'events', 'event', 0), (4, 'o', 'tool_spans', 'new', 0)`,
    );
    for (const more of [[], ['--batch', '1']])
      expect(await told(shell, path, ...more)).toEqual([
        24,
        { held: 1, not_tried: 1, rows_refused: 1 },
      ]);
    await dora(shell);
    for (const { id = '' } of await shell.told('quarantine list'))
      await shell.told(['quarantine', 'release', id, '--sign', 'dora']);
    expect(await take(shell, path)).toMatchObject({ status: 'imported', appended: 1 });
    const payloads = shell
      .journal()
      .flatMap((line) => /"owner":"[op]","payload":"([a-z]+)"/.exec(line)?.[1] ?? []);
    expect(payloads).toEqual(['other', 'event', 'old', 'new']);
  });
});
