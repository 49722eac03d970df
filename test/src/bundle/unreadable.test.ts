/**
 * A bundle of which a file cannot be read: that is no evidence, for or against.
 */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { main } from '../../../src/bundle/main.ts';
import { asNobody } from '../../as-nobody.ts';
import { bundled, told } from './made.ts';

it('a file of a bundle that may not be read is named, and no mistake of the checker', async () => {
  const by = await told(3);
  const { shell } = by;
  const to = await bundled(by, 'evidence');
  chmodSync(shell.folder, 0o755);
  const file = join(to, 'data', 'events.csv');
  const check = () =>
    asNobody(async () => {
      const notes: string[] = [];
      const script = pathToFileURL(join(to, 'check.mjs')).href;
      const status = main(
        script,
        [to],
        () => undefined,
        (text) => void notes.push(text),
      );
      const { status: own, stderr } = await shell.inside(['check-bundle', to]);
      return { statuses: [status, own], said: [...notes, stderr] };
    });
  expect((await check()).statuses).toEqual([0, 0]);
  chmodSync(file, 0);
  const { statuses, said } = await check();
  expect(statuses).toEqual([3, 3]);
  expect(said[0]).toContain('events.csv');
  expect(said[1]).toContain('permission');
});
