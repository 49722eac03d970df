/**
 * Tags of one experiment that are more than memory or an event has room for.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, scratchFolder } from './fixture.ts';
import { edit } from './kaizen-told.ts';
import { survey } from './little-memory.ts';

const RUNNING = 'c30e5d57-9104-5629-9c54-6b6a00841446';

/** So many tags, each of a session whose name has so many characters. */
const tagged = (count: number, length: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
   INSERT INTO experiment_tags SELECT '${RUNNING}', printf('%0${length}d', i), 'Control' FROM n`;

describe('the tags of one experiment', () => {
  it('are looked at with little memory, however many they are', () => {
    const root = scratchFolder();
    const counts = [0, 80_000];
    for (const [at, count] of counts.entries()) {
      const path = join(root, String(at));
      cpSync(fixture('kaizen', 'sqlite'), path, { recursive: true });
      if (count > 0) edit(path, tagged(count, 36));
    }
    const [few, many] = survey(root, 'strict');
    expect(many).toMatchObject({ defects: 0, drafts: many?.total });
    // Each is an event of its own, and stands in one that holds many of them.
    expect((many?.total ?? 0) - (few?.total ?? 0)).toBe(80_000 + 80_000 / 5000);
  });
});
