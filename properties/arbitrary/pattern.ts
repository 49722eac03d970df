/**
 * Patterns in the syntax of RE2, and texts that nearly are: quoted pieces, classes that hold what
 * means something elsewhere, groups, counts on whatever stands in front of them.
 */
import fc from 'fast-check';

const PLAIN = ['a', 'b', 'k', 'é', '😀', '.', '^', '$', '-', ']', '}', '{', '{,3}', '{03}', 'ab'];
const ALIKE = ['abc', 'abd', '\\d', '\\W', '\\pL', '\\p{Greek}', '\\P{^Lu}', '\\b', '\\(', '\\x41'];
const CLASSES = ['[a-z]', '[^]x]', '[]a]', '[^]]', '[[:alpha:]0-9]', '[\\]]', '[a{9}]', '[(|]'];
const OTHERS = ['\\Qa[b{2}\\E', '\\Q(\\E', '(?i)', '(?s-i)', '(?U)', '|', '|', '\\x{41}', '\\012'];
const ATOMS = [...PLAIN, ...ALIKE, ...CLASSES, ...OTHERS];
const COUNTS = [
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '??',
  '{2}',
  '{3}',
  '{0}',
  '{0,3}',
  '{2,}',
  '{1,4}',
];
const OPENINGS = ['(', '(?:', '(?i:', '(?P<n>', '(?<m>'];

const pick = (from: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...from);
const counted = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(inner, pick(COUNTS)).map((parts) => parts.join(''));

/** Most of them are patterns. */
export const patternText: fc.Arbitrary<string> = fc.letrec<Record<'atom' | 'some', string>>(
  (tie) => ({
    atom: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      counted(pick(ATOMS)),
      counted(fc.tuple(pick(OPENINGS), tie('some')).map(([open, inner]) => `${open}${inner})`)),
    ),
    some: fc.array(tie('atom'), { maxLength: 5 }).map((parts) => parts.join('')),
  }),
).some;

/** Pieces of patterns in any order: a few of them are patterns, and none may be misjudged. */
export const patternPieces: fc.Arbitrary<string> = fc
  .array(pick([...ATOMS, ...COUNTS, ...OPENINGS, ')', ')', '[', '\\', '\\Q', '\\E', '[:']), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
