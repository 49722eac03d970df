/**
 * Tags of one experiment that are more than memory or an event has room for.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { hasRoom } from '../../src/import/room.ts';
import { right } from '../build/ledger.ts';
import { WORLD, copyOf, fixture, scratchFolder } from './fixture.ts';
import { edit } from './kaizen-told.ts';
import { survey } from './little-memory.ts';

const RUNNING = 'c30e5d57-9104-5629-9c54-6b6a00841446';

const CHECKSUM = await loadChecksum();

const TYPES: readonly Json[] = ['kaizen.experiment', 'kaizen.experiment_tags'];

const fits = (payload: JsonObject): boolean => hasRoom({ payload });

/** So many tags, each of a session whose name has so many characters. */
const tagged = (count: number, length: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
   INSERT INTO experiment_tags SELECT '${RUNNING}', printf('%0${length}d', i), 'Control' FROM n`;

describe('the tags of one experiment', () => {
  it('are looked at with little memory, however many they are', () => {
    const root = scratchFolder();
    const counts = [0, 60_000];
    for (const [at, count] of counts.entries()) {
      const path = join(root, String(at));
      cpSync(fixture('kaizen', 'sqlite'), path, { recursive: true });
      if (count > 0) edit(path, tagged(count, 36));
    }
    const [few, many] = survey(root, 'strict');
    expect(many).toMatchObject({ defects: 0, drafts: many?.total });
    // Each is an event of its own, and stands in one that holds many of them.
    expect((many?.total ?? 0) - (few?.total ?? 0)).toBe(60_000 + 60_000 / 5000);
  });

  it.each([
    [6000, 200, 0],
    [6000, 248, 0],
    [40, 60_000, 0],
    [3, 1_100_000, 0],
    [300, 248, 1_000_000],
    [3, 248, 1_100_000],
    // One byte more or less decides whether the last one has room.
    ...Array.from({ length: 8 }, (_, at): [number, number, number] => [3, 500, 1_014_093 + at]),
  ])('are all in events, %i of %i letters beside a text of %i', (count, length, text) => {
    const path = copyOf('kaizen', 'sqlite');
    edit(
      path,
      `UPDATE experiments SET metadata = printf('%0${text}d', 0) WHERE id = '${RUNNING}';
       DELETE FROM experiment_tags; ${tagged(count, length)}`,
    );
    const plan = right(surveyKaizen({ ...WORLD, checksum: CHECKSUM }, path));
    onTestFinished(() => plan.close());
    const tags: Json[] = [];
    let before: JsonObject | undefined;
    for (const { draft } of plan.drafts()) {
      const { event_type: type = null, payload } = draft;
      if (!TYPES.includes(type) || !isObject(payload) || payload['id'] !== RUNNING) continue;
      const held = payload['tags'] as readonly Json[];
      tags.push(...held);
      // No event begins that was not needed.
      const both = { ...before, tags: [...((before?.['tags'] ?? []) as Json[]), held[0] ?? null] };
      if (before !== undefined) expect(both.tags.length > 5000 || !fits(both)).toBe(true);
      before = payload;
    }
    const lost = [text, length].filter((bytes) => bytes > 1_000_000 + 15_000).length;
    expect(plan.defects.total).toBe(lost === 0 ? 0 : length > text ? count : 1);
    expect(tags.length).toBe(length > 1_000_000 ? 0 : count);
    expect(new Set(tags.map((each) => JSON.stringify(each))).size).toBe(tags.length);
  });
});
