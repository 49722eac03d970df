/**
 * An export that is refused while somebody else writes: it is judged anew where the ledger ends by
 * then, and the refusal on record says what was judged.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { permitted } from '../../../src/cli/exporting.ts';
import { Given } from '../../../src/cli/given.ts';
import { openLedger } from '../../../src/front-door.ts';
import type { Ledger } from '../../../src/ledger.ts';
import { withLedger } from './shell.ts';

const DOCUMENT = `version: 1
refusals: { record: all }
rules:
  - { id: nothing-leaves, match: [ledger.exported], when: 'true', outcome: reject, reason: no }
`;

it('is judged again where others wrote between the judgement and its record', async () => {
  const shell = withLedger();
  const path = shell.write('nothing-leaves.yaml', DOCUMENT);
  await shell.told(['policy', 'adopt', path, '--sign', 'alice']);
  const opened = (): Ledger => {
    const ledger = openLedger(shell.path('.ledger'));
    if (E.isLeft(ledger)) throw new Error(JSON.stringify(ledger.left));
    onTestFinished(() => ledger.right.close());
    return ledger.right;
  };
  const [ledger, other] = [opened(), opened()];
  const before = shell.journal().length;
  let asked = 0;
  // Before the first refusal gets in, another writer does.
  const submit: Ledger['submit'] = async (...args) => {
    const note = { event_type: 'note.taken', payload: {}, source: { kind: 'user', name: 'bob' } };
    if (asked++ === 0) await other.append([note]);
    return ledger.submit(...args);
  };
  const raced = Object.create(ledger, { submit: { value: submit } }) as Ledger;
  const answer = await permitted(new Given('export', {}, []), raced, { format: 'ndjson' });
  expect(E.isLeft(answer) && answer.left).toMatchObject({ receipt: { status: 'refused' } });
  expect(asked).toBe(2);
  const types = shell
    .journal()
    .slice(before)
    .map((line) => /"event_type":"([^"]*)"/.exec(line)?.[1]);
  expect(types).toEqual(['note.taken', 'policy.refused']);
});
