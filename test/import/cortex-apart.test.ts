/**
 * A record of attestations that says what a line of the log says: each of the two is told as what
 * it is, whichever of them comes first or is gone.
 */
import * as fs from 'node:fs';
import { expect, it } from 'vitest';
import { withLedger } from '../src/cli/shell.ts';
import { storeWith } from './cortex-changed.ts';

const NONE = '{"not":"a row"}';
const ACCEPTING = ['missing_member', 'unknown_member'].flatMap((name) => ['--accept', name]);

it.each([
  [['jsonl', 'sqlite', 'both']],
  [['sqlite', 'jsonl', 'both']],
  [['both', 'sqlite', 'jsonl']],
])('a line of the log is no record, and a record is no line of it (%j)', async (orders) => {
  const shell = withLedger();
  const folder = storeWith((lines) => lines.toSpliced(5, 0, NONE));
  fs.appendFileSync(`${folder}/audit_records.jsonl`, `${NONE}\n`);
  for (const from of orders) {
    const accepting = from === 'sqlite' ? [] : ACCEPTING;
    await shell.told(['import', 'cortex', folder, '--from', from, ...accepting]);
  }
  const types = shell
    .journal()
    .filter((line) => line.includes('not\\":'))
    .map((line) => /"event_type":"([^"]*)"/.exec(line)?.[1] ?? '');
  expect(types.toSorted()).toEqual(['cortex.audit_record', 'cortex.unread']);
});
