/**
 * A source that is part of a ledger: of its own journal nothing is imported, since what is recorded
 * would be the next to be taken; and none is renamed that another one or a backup keeps.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLedger } from '../src/cli/shell.ts';

const SEGMENT = join('journal', '00000000000000000000.jsonl');

const ready = async () => {
  const shell = withLedger();
  fs.writeFileSync(shell.path('map.yaml'), 'type: { text: a.b }\n');
  await shell.told('append --type a.b --payload {}');
  const importing = (source: string, ...more: readonly string[]) =>
    shell.inside(['import', 'ndjson', source, '--map', shell.path('map.yaml'), ...more]);
  return { shell, importing };
};

it.each([[[]], [['--dry-run']], [['--archive']]])(
  'is not imported into itself %s',
  async (more) => {
    const { shell, importing } = await ready();
    const before = shell.journal();
    fs.symlinkSync(shell.path('.ledger'), shell.path('link'));
    for (const folder of ['.ledger', 'link']) {
      const { status, stderr } = await importing(shell.path(folder, SEGMENT), ...more);
      expect(stderr).toContain('lies in this ledger');
      expect(status).toBe(2);
    }
    expect(shell.journal()).toEqual(before);
  },
);

it('is imported from another one, and stays where that keeps it', async () => {
  const { shell, importing } = await ready();
  await shell.told(['backup', '--to', shell.path('copy')]);
  const source = shell.path('copy', SEGMENT);
  const before = shell.journal();
  const { status, stderr } = await importing(source, '--archive');
  expect(stderr).toContain('a ledger or a backup keeps');
  expect(status).toBe(2);
  expect(shell.journal()).toEqual(before);
  expect(await importing(source)).toMatchObject({ status: 0 });
  expect(fs.existsSync(source)).toBe(true);
});
