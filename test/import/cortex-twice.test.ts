/**
 * Lines of a log of cortex in which two things are wrong, one of them a hash: no row is missing
 * then, and nobody is accused who stands behind.
 */
import { expect, it } from 'vitest';
import type { Change } from './cortex-changed.ts';
import { planCortex } from './fixture.ts';
import { EVERY, logOf, proved, storeWith } from './cortex-changed.ts';

type Spoil = (line: string) => string;

/** Another digit in a hash, so many places into it. */
const digit =
  (member: string, at = 1): Spoil =>
  (line) => {
    const place = line.lastIndexOf(`"${member}":"`) + member.length + 4 + at;
    const other = line[place] === '1' ? '2' : '1';
    return `${line.slice(0, place)}${other}${line.slice(place + 1)}`;
  };
const HASH = digit('event_hash');
const PREV = digit('prev_event_hash');
const FEED: Spoil = (line) => `${line}\r`;
const SPACE: Spoil = (line) => `${line} `;

const at =
  (which: number, ...spoils: readonly Spoil[]): Change =>
  (lines) =>
    lines.map((line, i) =>
      i === which - 1 ? spoils.reduce((text, spoil) => spoil(text), line) : line,
    );

it.each<[string, Change]>([
  ['line ends of another system, and a digit', (lines) => at(5, HASH)(lines).map(FEED)],
  ['a line end, and a digit of its hash', at(5, HASH, FEED)],
  ['a line end, and a digit of the hash before', at(5, PREV, FEED)],
  ['a space, and a digit of its hash', at(5, HASH, SPACE)],
  ['a space, and a digit of the hash before', at(5, PREV, SPACE)],
  ['a digit of either hash', at(5, HASH, PREV)],
  ['two digits of its hash', at(5, HASH, digit('event_hash', 9))],
  ['a digit of either of two rows', (lines) => at(5, HASH)(at(6, PREV)(lines))],
])('%s: all anchors and attestations of others hold', (_, change) => {
  const plan = logOf(storeWith(change));
  const { counts } = plan.defects;
  expect(counts.size).toBeGreaterThan(0);
  for (const defect of ['anchor_beyond_end', 'attestation_invalid'] as const)
    expect(counts.has(defect)).toBe(false);
  // Those of the altered rows themselves cannot hold.
  expect(counts.get('anchor_mismatch') ?? 0).toBeLessThan(3);
  expect(Number(proved(plan)['anchors'])).toBeGreaterThanOrEqual(EVERY.length - 2);
  expect(proved(plan)['attestations']).toMatchObject({ count: 2 });
});

it.each([FEED, SPACE])('so they do with the database, which has the row whole', (spoil) => {
  const plan = planCortex(storeWith(at(5, HASH, spoil)), { from: 'both' });
  const { counts } = plan.defects;
  for (const defect of ['anchor_mismatch', 'anchor_beyond_end', 'attestation_invalid'] as const)
    expect(counts.has(defect)).toBe(false);
  expect(proved(plan)).toMatchObject({ anchors: EVERY.length, attestations: { count: 2 } });
});
