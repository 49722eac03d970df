/**
 * What somebody meant who typed a name that there is none of: the nearest that there is, where one
 * is near enough to be believed.
 */

/** No name is longer; whatever is typed, little of it is compared, or said again. */
const MOST_LETTERS = 40;
const MOST_FAR = 2;

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(
        Math.min(
          (next[j] ?? 0) + 1,
          (row[j + 1] ?? 0) + 1,
          (row[j] ?? 0) + (letter === b[j] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
};

/** brief shortens what was typed, to be said again. */
export const brief = (typed: string): string =>
  typed.length > MOST_LETTERS ? `${typed.slice(0, MOST_LETTERS)}…` : typed;

/** didYouMean ends a sentence: with the nearest of the names, or with nothing. */
export const didYouMean = (typed: string, names: readonly string[], prefix = ''): string => {
  const short = typed.slice(0, MOST_LETTERS).toLowerCase();
  const near = names
    .map((name) => ({ name, far: distance(short, name) }))
    .toSorted((a, b) => a.far - b.far)[0];
  // Of a short word everything is near.
  return near !== undefined && near.far <= MOST_FAR && near.far < short.length
    ? `; did you mean ${prefix}${near.name}?`
    : '';
};
