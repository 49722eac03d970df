/**
 * What experiments concluded, as an audit computes it again: what is so is proved, what is not is
 * found, and what cannot be computed is said.
 */
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Happened } from '../../src/experiment/event.ts';
import { numbersOf } from '../../src/experiment/report.ts';
import { checkConclusions } from '../../src/verify/conclusion.ts';
import type { AuditOptions } from '../../src/verify/verify.ts';
import { right } from './disk-law.ts';
import { House, began, cost } from './experiment/house.ts';

type Concluded = Extract<Happened, { kind: 'concluded' }>;

const WHERE = { type: 'session.started', pointer: '/is' };

/** A ledger whose experiment was concluded as is said. */
const concluded = async (
  alter: (honest: Concluded) => Concluded,
  more: JsonObject = {},
): Promise<House> => {
  const house = await House.running({ minimum_sessions: 2, ...more });
  await house.append([began('s-5', 'a'), began('s-6', 'b')]);
  await house.append(['s-0', 's-1', 's-2', 's-3'].map((name, n) => cost(name, 1 + n)));
  await house.tag(4, 2);
  const made = house.report().report;
  const { at, digest, method } = made;
  const report = { at, digest, method, numbers: numbersOf(made) };
  const { verdict } = made.criterion;
  const honest = { kind: 'concluded', experiment: 'cheaper-cache', early: true, verdict, report };
  expect(await house.happen(alter(honest as Concluded))).toBe('appended');
  return house;
};

const told = async (house: House, options: AuditOptions = {}): Promise<unknown> => {
  const { verdict, findings, notProved } = right(
    await house.ledger.verify({ workers: 1, ...options }),
  );
  const open = notProved.filter((each) => each === 'conclusions_not_computed');
  return [verdict, ...findings.map(({ code }) => code), ...open];
};

const reported = (honest: Concluded, more: JsonObject): Concluded =>
  ({ ...honest, report: { ...honest.report, ...more } }) as unknown as Concluded;

const onTime = (honest: Concluded): Concluded => ({ ...honest, early: false });

describe('a conclusion', () => {
  it('that is so is proved, and found to be so again after more was recorded', async () => {
    const house = await concluded((honest) => honest);
    expect(await told(house)).toEqual(['verified']);
    await house.append([cost('s-0', 9), cost('s-9', 9)]);
    expect(await told(house)).toEqual(['verified']);
    expect(await told(house, { since: house.size - 1 })).toEqual([
      'verified',
      'conclusions_not_computed',
    ]);
    expect(await told(house, { journalOnly: true })).toEqual(['verified']);
  });

  it.each<readonly [string, (honest: Concluded) => Concluded]>([
    ['another digest', (honest) => reported(honest, { digest: 'ab'.repeat(32) })],
    ['another root', (honest) => reported(honest, { at: { size: 13, root: 'ab'.repeat(32) } })],
    ['other numbers', (honest) => reported(honest, { numbers: {} })],
    ['an end in time that was early', onTime],
    ['another verdict', (honest) => ({ ...honest, verdict: 'met' })],
    ['fewer events', (honest) => reported(honest, { at: { size: 5, root: 'ab'.repeat(32) } })],
    [
      'more events than there were',
      (honest) => reported(honest, { at: { size: 99, root: 'ab'.repeat(32) } }),
    ],
  ])('of %s is found', async (_, alter) => {
    expect(await told(await concluded(alter))).toEqual(['tampered', 'conclusion_differs']);
  });

  it('at the end that was planned is not early, a moment before it is', async () => {
    expect(await told(await concluded(onTime, { duration_days: 0 }))).toEqual(['verified']);
    expect(await told(await concluded(onTime, { duration_days: 0.1 }))).toEqual([
      'tampered',
      'conclusion_differs',
    ]);
  });

  it('is not proved where something is against the mirror, but not passed over', async () => {
    const house = await concluded((honest) => reported(honest, { digest: 'ab'.repeat(32) }));
    const sqlite = new Sqlite(join(house.folder, 'ledger', 'mirror.db'));
    sqlite.exec('DELETE FROM experiment__tag__1');
    sqlite.close();
    expect(await told(house)).toEqual(['drift', 'projection_differs', 'conclusions_not_computed']);
  });

  it('that came second concluded nothing, and is held against nobody', async () => {
    const other = { kind: 'concluded', experiment: 'cheaper-cache', early: true } as const;
    const house = await concluded((honest) => honest);
    await house.record({ ...other, verdict: 'met' }, 'experiment_transition');
    expect(await told(house)).toEqual(['verified']);
  });

  it('of a method that is not known here is not proved', async () => {
    const house = await concluded((honest) => reported(honest, { method: 'ledger/experiment/2' }));
    expect(await told(house)).toEqual(['verified', 'conclusions_not_computed']);
  });

  it('that carries no report, as an imported one, is not proved', async () => {
    const house = await concluded(({ report: _, ...honest }) => honest);
    expect(await told(house)).toEqual(['verified', 'conclusions_not_computed']);
  });

  it.each([
    ['the number of a session', 'session.cost'],
    ['the arm of a session, by a binding', 'session.started'],
    ['the arm of a session, by a tag', 'experiment.tagged'],
    ['the plan', 'experiment.created'],
    ['the start', 'experiment.started'],
    ['the conclusion itself', 'experiment.concluded'],
  ])('is not proved, nor against the ledger, where %s was withheld since', async (_, type) => {
    const binding = { value: { ...WHERE, control: ['a'], treatment: ['b'] } };
    const house = await concluded((honest) => honest, { binding });
    const { reader } = house.ledger;
    expect(checkConclusions(native, reader, true)).toEqual({ findings: [], open: [] });
    const sqlite = new Sqlite(join(house.folder, 'ledger', 'mirror.db'));
    const { seq, line } = sqlite
      .prepare('SELECT seq, line FROM events WHERE event_type = ? ORDER BY seq')
      .get(type) as { readonly seq: number; readonly line: string };
    const cut = `${line.slice(0, line.indexOf(',"payload":'))}}`;
    // What the mirror keeps from being changed is made anew of a journal that holds it cut.
    for (const { name } of sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'events'")
      .all() as readonly { readonly name: string }[])
      sqlite.exec(`DROP TRIGGER ${name}`);
    sqlite.prepare('UPDATE events SET line = ? WHERE seq = ?').run(cut, seq);
    sqlite.close();
    const open = ['conclusions_not_computed'];
    expect(checkConclusions(native, reader, true)).toEqual({ findings: [], open });
  });
});
