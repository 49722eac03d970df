/**
 * How long ago something was, in the largest unit that matters.
 */
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** agoText tells it; what a clock puts into the future is told as such. */
export const agoText = (ms: number): string => {
  const [name, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ['s', 1000];
  const count = Math.floor(Math.abs(ms) / size);
  if (count === 0) return 'just now';
  return ms < 0 ? `in ${count} ${name}` : `${count} ${name} ago`;
};
