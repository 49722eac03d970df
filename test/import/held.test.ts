/**
 * Rows that a policy holds back wait once, however often they are imported.
 */
import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { linesOf, withLedger } from '../src/cli/shell.ts';

const POLICY = `version: 1
name: shop
rules:
  - id: big
    match: [o.*]
    when: has(payload.n) && payload.n > 100.0
    outcome: quarantine
    reason: too big
`;

it('a row that waits is told with the hold that it has, also of a file that grew', async () => {
  const shell = withLedger();
  mkdirSync(shell.path('policies'));
  shell.write('policies/shop.yaml', POLICY);
  await shell.told(['policy', 'adopt', shell.path('policies'), '--sign', 'alice']);
  shell.write('map.yaml', 'type: { text: o.x }\nid: { pointer: /id }\n');
  const line = ['import', 'ndjson', shell.path('rows.ndjson'), '--map', shell.path('map.yaml')];
  const rows = ['{"id":"a","n":200}', '{"id":"b","n":1}', '{"id":"c","n":300}'];
  const told = async (text: string) => {
    shell.write('rows.ndjson', text);
    const { status, stdout } = await shell.inside([...line, '--json']);
    return [status, linesOf(stdout).map((each) => [each.status, each.where, each.error?.message])];
  };
  const holds = async () => (await shell.told('quarantine list')).map(({ id }) => id);
  const first = await told(rows.join('\n'));
  expect(first[0]).toBe(24);
  const held = await holds();
  expect(held.length).toBe(2);
  const before = shell.journal().length;
  expect(await told(rows.join('\n'))).toEqual(first);
  expect(await told(`${rows.join('\n')}\n\n`)).toEqual(first);
  expect(await holds()).toEqual(held);
  expect(shell.journal().length).toBe(before);
  // Another row under its id is another draft.
  await told('{"id":"a","n":201}');
  expect((await holds()).length).toBe(3);
});
