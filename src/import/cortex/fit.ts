/**
 * How many rows are missing before each part of a log, as anchors and attestations say: those count
 * that can be true together, and of them as many as there are. The number never goes down.
 */

/** Rows that are missing up to a place: at least and at most, where that is known. */
export interface Missing {
  readonly least: number;
  readonly most: number;
}

export const NONE: Missing = { least: 0, most: 0 };

/** countOf tells how many that are; less than none are none. */
export const countOf = ({ least, most }: Missing): string => {
  const [from, to] = [Math.max(0, least), Math.max(0, most)];
  if (from === to) return `${to}`;
  return to === Infinity ? `${from} or more` : `${from} to ${to}`;
};

interface Claim {
  readonly part: number;
  readonly missing: number;
  weight: number;
}

/** So many different claims are held against each other: more than a file of anchors makes. */
const MOST_CLAIMS = 10_000;
/** Where as much is said for one as for the other, the one that is nearer to none is taken. */
const FEWER = 1e-9;

interface Chain {
  readonly claim: Claim;
  readonly score: number;
  readonly before: Chain | undefined;
}

export class Fit {
  private readonly claims = new Map<string, Claim>();

  /** say counts a claim that so many rows are missing before the rows of a part. */
  say(part: number, missing: number, weight: number): void {
    const key = `${part}:${missing}`;
    const claim = this.claims.get(key);
    if (claim !== undefined) claim.weight += weight;
    else if (this.claims.size < MOST_CLAIMS || weight > 1)
      this.claims.set(key, { part, missing, weight });
  }

  /** The claims that are believed, the last of them first. */
  private believed(sums: readonly number[]): readonly Claim[] {
    const start: Claim = { part: -1, missing: 0, weight: 0 };
    const sumOf = (at: number): number => sums[at] ?? 0;
    const fits = (a: Claim, b: Claim): boolean =>
      a.part < b.part && b.missing - a.missing >= sumOf(b.part) - sumOf(a.part);
    const chains: Chain[] = [{ claim: start, score: 0, before: undefined }];
    for (const claim of [...this.claims.values()].toSorted((a, b) => a.part - b.part)) {
      let before: Chain | undefined;
      for (const each of chains)
        if ((before === undefined || each.score > before.score) && fits(each.claim, claim))
          before = each;
      if (before === undefined) continue;
      const fewer = Math.min(Math.abs(claim.missing), MOST_CLAIMS) * FEWER;
      chains.push({ claim, score: before.score + claim.weight - fewer, before });
    }
    const best = chains.reduce((a, b) => (a.score >= b.score ? a : b));
    const claims: Claim[] = [];
    for (let each = best; each.before !== undefined; each = each.before) claims.push(each.claim);
    return claims;
  }

  /** spans tells it of each part, before each of which so many are missing at least. */
  spans(leasts: readonly number[]): readonly Missing[] {
    let sum = 0;
    const sums = leasts.map((least) => (sum += least));
    const claims = [...this.believed(sums)];
    let more = 0;
    return sums.map((each, at) => {
      const next = claims.at(-1);
      if (next?.part === at) {
        claims.pop();
        more = next.missing - each;
        return { least: next.missing, most: next.missing };
      }
      const most = next === undefined ? Infinity : next.missing - (sums[next.part] ?? 0) + each;
      return { least: more + each, most };
    });
  }
}
