/**
 * `ledger append FILE --expect-head`: what it has recorded itself is nothing that came between.
 */
import { expect, it } from 'vitest';
import { linesOf, withLedger } from './shell.ts';

const draft = (event_type: string, payload: object = {}): string =>
  `${JSON.stringify({ event_type, payload })}\n`;

const REFUSING =
  'refusals: { record: all }\n' +
  "rules: [{ id: no-x, match: [no.such], when: 'true', outcome: reject, reason: no }]\n";

it.each([
  ['refused', REFUSING, draft('no.such')],
  [
    'held',
    'secrets: { find: true }\n',
    draft('a.b', { token: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' }),
  ],
])('an event that tells of a draft that is %s moves no head', (what, rules, first) => {
  const shell = withLedger();
  shell.write('set.yaml', `version: 1\n${rules}`);
  const [{ event_hash: head = '' } = {}] = shell.json('policy adopt set.yaml --sign alice');
  const drafts = first + draft('a.b') + draft('a.b');
  const { stdout } = shell.type(
    `append - --json --batch 1 --continue --expect-head ${head}`,
    drafts,
  );
  const statuses = linesOf(stdout).map(({ status = 'error' }) => status);
  expect(statuses).toEqual([what, 'appended', 'appended', 'error']);
});
