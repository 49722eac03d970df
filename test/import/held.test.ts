/**
 * Rows that a policy holds back wait once, however often they are imported.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { linesOf, withLedger } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';

const POLICY = `version: 1
name: shop
rules:
  - id: big
    match: [o.*]
    when: has(payload.n) && payload.n > 100.0
    outcome: quarantine
    reason: too big
`;

/** A shell in which a policy holds back rows that are large. */
const holding = async () => {
  const shell = withLedger();
  mkdirSync(shell.path('policies'));
  shell.write('policies/shop.yaml', POLICY);
  await shell.told(['policy', 'adopt', shell.path('policies'), '--sign', 'alice']);
  shell.write('map.yaml', 'type: { text: o.x }\nid: { pointer: /id }\n');
  return shell;
};

it.each([
  [
    'says another thing of the line',
    { payload: { id: 'a', n: 201 } },
    `ndjson rows.ndjson sha256:${'0'.repeat(64)} line 1 row:`,
  ],
  ['says more', { supersedes: 'other' }, `ndjson rows.ndjson sha256:${'0'.repeat(64)} line 1 row:`],
  ['says that it is of another line', {}, 'ndjson rows.ndjson line 1 row:'],
  ['does not say whose it is', {}, undefined],
])('a row is not told with the hold of a draft that %s', async (_, more, instance) => {
  const shell = await holding();
  const row = '{"id":"a","n":200}';
  const digest = createHash('sha256').update(row).digest('hex');
  const origin = instance === undefined ? {} : { instance: `${instance}${digest}` };
  const source = { kind: 'external', name: 'ndjson', ...origin };
  const draft = { event_type: 'o.x', id: 'a', payload: JSON.parse(row) as object, source, ...more };
  shell.write('draft.ndjson', JSON.stringify(draft));
  await shell.refusal(['append', shell.path('draft.ndjson')]);
  shell.write('rows.ndjson', row);
  const line = ['import', 'ndjson', shell.path('rows.ndjson'), '--map', shell.path('map.yaml')];
  for (const count of [2, 2]) {
    expect(await shell.refusal(line)).toBe('24 rows_refused');
    expect((await shell.told('quarantine list')).length).toBe(count);
  }
});

it('a row of cortex is not told with the hold of a draft of another origin', async () => {
  const shell = withLedger();
  const path = copyOf('cortex', 'v1-unsigned', 'events.jsonl');
  const line = ['import', 'cortex', path];
  await shell.told(line);
  const [, first = ''] = shell.journal();
  const { header, payload } = JSON.parse(first) as {
    readonly header: Readonly<Record<string, unknown>>;
    readonly payload: object;
  };
  const other = withLedger();
  mkdirSync(other.path('policies'));
  other.write(
    'policies/shop.yaml',
    POLICY.replace('[o.*]', '["*"]').replace(/when: .*/, 'when: "true"'),
  );
  await other.told(['policy', 'adopt', other.path('policies'), '--sign', 'alice']);
  const { event_type, id, observed_at, source, session_id, domain_tags } = header;
  const claim = { event_type, id, observed_at, source, session_id, domain_tags };
  const draft = { ...claim, payload: { ...payload, origin: { tool: 'cortex', file: 'any' } } };
  other.write('draft.ndjson', JSON.stringify(draft));
  await other.refusal(['append', other.path('draft.ndjson')]);
  const holds = async () => (await other.told('quarantine list')).length;
  expect(await holds()).toBe(1);
  await other.refusal(line);
  const after = await holds();
  expect(after).toBe(21);
  await other.refusal(line);
  expect(await holds()).toBe(after);
});

it('a row that waits is told with the hold that it has, also of a file that grew', async () => {
  const shell = await holding();
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
