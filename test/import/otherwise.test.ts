/**
 * What of an experiment is taken otherwise than it is written is told wherever an import is told.
 */
import { describe, expect, it } from 'vitest';
import { withLedger } from '../src/cli/shell.ts';
import { edit, take, unkeyed } from './kaizen-told.ts';

const DONE = '8d1cc5b4-02c6-5cf3-b514-6d5c1df23259';

const meta = (change: string): string => `metadata = json_set(metadata, ${change})`;
const without = (path: string): string => `metadata = json_remove(metadata, '${path}')`;

const CASES: Readonly<Record<string, string>> = {
  'its state is "Weird", and is taken for Draft': `state = 'Weird'`,
  'it has no name, and is called by its id': without('$.name'),
  'its name is longer than 128 characters, and is cut': meta("'$.name', printf('%0200d', 1)"),
  'it has no duration, and is taken to have 14 days': without('$.duration_days'),
  'its guardrails are no list, and are not taken': meta("'$.guardrails', 'none'"),
  'a guardrail of it has no direction that is known: that of its metric counts': meta(
    "'$.guardrails[0].regression_direction', 'Up', '$.guardrails[0].metric', 'SuccessRate'",
  ),
  'its criterion has no direction that is known: that of its metric counts': without(
    '$.success_criterion.Delta.direction',
  ),
  'its criterion has a sign against its direction: its direction counts': meta(
    "'$.success_criterion.Delta.target_pct', 5",
  ),
  'its criterion is a value to reach, and is taken as a difference to reach': meta(
    `'$.success_criterion', json('{"Absolute":{"metric_value":1}}')`,
  ),
  'a time of it is no moment that an event can have': 'created_at_ms = -1',
  'it ends before it begins': 'concluded_at_ms = created_at_ms - 1',
  'kaizen kept no time of its end: it has that of its making': 'concluded_at_ms = NULL',
  'kaizen kept no time of its end: it is taken for one that never ran':
    "state = 'Archived', concluded_at_ms = NULL",
  'kaizen kept no verdict': "state = 'Concluded'",
  'its columns differ from its text: name': "name = 'other'",
  'it has no plan that can be taken over': without('$.metric'),
  'a column of it is empty, or no number in range: it has no plan': 'name = NULL',
};

describe('an experiment that is taken otherwise than it is written', () => {
  it('is told by what is planned, by the event that seals it, and by its report', async () => {
    const shell = withLedger();
    const path = unkeyed();
    const texts = Object.entries(CASES).map(([text, change], at) => {
      const id = `case-${at}`;
      edit(
        path,
        `INSERT INTO experiments SELECT '${id}', name, created_at_ms,
           json_set(metadata, '$.id', '${id}'), state, concluded_at_ms
           FROM experiments WHERE id = '${DONE}';
         UPDATE experiments SET ${change} WHERE id = '${id}'`,
      );
      return `experiment: experiment ${id}: ${text}`;
    });
    const line = ['import', 'kaizen', path];
    const dry = await shell.inside([...line, '--dry-run']);
    const { seq } = await take(shell, path);
    const report = await shell.inside(['import', 'report', String(seq)]);
    const seal = shell.journal()[seq] ?? '';
    for (const text of texts) {
      expect(dry.stdout).toContain(`  ${text}\n`);
      expect(report.stdout).toContain(`  ${text}\n`);
      expect(seal).toContain(JSON.stringify(text));
    }
  });
});
