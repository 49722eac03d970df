/**
 * How often secrets are missed and how often something harmless is held: counted over the half of
 * the examples that nobody looked at while the forms were written, and printed.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { compilePattern } from '../../policies/pattern/pattern.ts';
import { findSecrets } from '../../policies/secret/find.ts';
import { SCHEMES } from '../../properties/arbitrary/secret/card.ts';
import { ISSUES } from '../../properties/arbitrary/secret/issued.ts';
import type { Score } from './secret/corpus.ts';
import { corpus, measure } from './secret/corpus.ts';
import { SHAPES } from './secret/look-alike.ts';
import { STAND_INS } from './secret/stand-in.ts';

const SIZE = 30_000;
const examples = corpus('held out', SIZE);
const recall = ({ right, missed }: Score): number => right / (right + missed);
const precision = ({ right, wrong }: Score): number => right / (right + wrong);

describe('the examples', () => {
  it('are in one half or the other', () => {
    const both = [...examples, ...corpus('tuning', SIZE)];
    expect(both).toHaveLength(SIZE);
    expect(Math.abs(examples.length - SIZE / 2)).toBeLessThan(SIZE / 20);
  });

  it('have every secret and every look-alike among them', () => {
    const families = new Set(examples.map(({ family }) => family));
    const names = [...SHAPES, ...STAND_INS].map(([name]) => name);
    const issued = ISSUES.map(({ name }) => name);
    for (const name of [...names, ...issued, 'card', 'credential'])
      expect(families).toContain(name);
    const expected = new Set(examples.map((each) => each.expected?.split(' ')[1]));
    for (const { name } of SCHEMES) expect(expected).toContain(name);
  });
});

/** Nowhere; but whoever states a pattern has every text looked at. */
const pattern = compilePattern('a\\bb');
const NOWHERE = E.isRight(pattern) ? [{ name: 'nowhere', pattern: pattern.right }] : [];

describe('the quick look', () => {
  it.each<readonly [string, (payload: Json) => Json]>([
    ['as they are', (payload) => payload],
    ['as text within a text', (payload) => ({ body: JSON.stringify(payload) })],
    ['as text with tabs within a text', (payload) => [JSON.stringify(payload, undefined, '\t')]],
    ['as text within a text within a text', (payload) => [JSON.stringify(JSON.stringify(payload))]],
  ])('loses nothing of the examples %s', (_, form) => {
    expect(NOWHERE).toHaveLength(1);
    for (const { payload } of examples.slice(0, 3000)) {
      const text = write(form(payload));
      expect(findSecrets(text, [])).toEqual(findSecrets(text, NOWHERE));
    }
  });

  it('finds a password in JSON within a text, and one beside tabs', () => {
    const secret = 'Tr0ub4dor&3xYz!';
    for (const text of [`{"password":"${secret}"}`, `password\t=\t${secret}`])
      expect(findSecrets(write({ text }), [])).toMatchObject([{ kind: 'credential' }]);
    expect(findSecrets(write({ text: `password\n=\n${secret}` }), [])).toEqual([]);
  });
});

describe('over the half that was held out', () => {
  const scores = measure(examples);
  const all: Score = { right: 0, missed: 0, wrong: 0 };
  for (const score of scores.values()) {
    all.right += score.right;
    all.missed += score.missed;
    all.wrong += score.wrong;
  }
  const rows = [...scores, ['all', all] as const];
  console.log(
    rows
      .map(([kind, score]) =>
        [
          kind.padEnd(14),
          `found ${score.right}, missed ${score.missed}, wrong ${score.wrong};`,
          `recall ${recall(score).toFixed(4)}, precision ${precision(score).toFixed(4)}`,
        ].join(' '),
      )
      .join('\n'),
  );

  it.each(rows)('of the kind %s at least 99 % are found', (_kind, score) => {
    expect(recall(score)).toBeGreaterThanOrEqual(0.99);
  });

  it('at most one finding in two hundred is wrong', () => {
    expect(precision(all)).toBeGreaterThanOrEqual(0.995);
  });

  it.each(rows)('of the kind %s at most one in a hundred is wrong', (_kind, score) => {
    expect(precision(score)).toBeGreaterThanOrEqual(0.99);
  });
});
