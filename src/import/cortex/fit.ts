/**
 * How many rows are missing before each stretch of a log, as anchors and attestations say: those
 * count that can be true together, and of them as many as there are.
 */

/** Rows that are missing up to a place: at least, most likely and at most. */
export interface Missing {
  readonly least: number;
  readonly likely: number;
  readonly most: number;
}

export const NONE: Missing = { least: 0, likely: 0, most: 0 };

/** plus adds what is missing at one place to what is before it. */
export const plus = (one: Missing, other: Missing): Missing => ({
  least: one.least + other.least,
  likely: one.likely + other.likely,
  most: one.most + other.most,
});

interface Claim {
  readonly stretch: number;
  readonly missing: number;
  weight: number;
}

/** So many different claims are held against each other: more than a file of anchors makes. */
const MOST_CLAIMS = 10_000;
/** Where as much is said for one as for the other, the more likely one is taken. */
const NEARER = 1e-9;

interface Chain {
  readonly claim: Claim;
  readonly score: number;
  readonly before: Chain | undefined;
}

export class Fit {
  private readonly claims = new Map<string, Claim>();

  /** say counts a claim that so many rows are missing before the rows of a stretch. */
  say(stretch: number, missing: number, weight: number): void {
    const key = `${stretch}:${missing}`;
    const claim = this.claims.get(key);
    if (claim !== undefined) claim.weight += weight;
    else if (this.claims.size < MOST_CLAIMS || weight > 1)
      this.claims.set(key, { stretch, missing, weight });
  }

  /** The claims that are believed, the last of them first. */
  private believed(sums: readonly Missing[]): readonly Claim[] {
    const start: Claim = { stretch: -1, missing: 0, weight: 0 };
    const spanOf = (at: number): Missing => sums[at] ?? NONE;
    const fits = (a: Claim, b: Claim): boolean => {
      const [from, to, more] = [spanOf(a.stretch), spanOf(b.stretch), b.missing - a.missing];
      const isBehind = a.stretch < b.stretch;
      return isBehind && more >= to.least - from.least && more <= to.most - from.most;
    };
    const chains: Chain[] = [{ claim: start, score: 0, before: undefined }];
    for (const claim of [...this.claims.values()].toSorted((a, b) => a.stretch - b.stretch)) {
      let before: Chain | undefined;
      for (const each of chains)
        if ((before === undefined || each.score > before.score) && fits(each.claim, claim))
          before = each;
      if (before === undefined) continue;
      const far = Math.abs(claim.missing - spanOf(claim.stretch).likely);
      const score = before.score + claim.weight - Math.min(far, MOST_CLAIMS) * NEARER;
      chains.push({ claim, score, before });
    }
    const best = chains.reduce((a, b) => (a.score >= b.score ? a : b));
    const claims: Claim[] = [];
    for (let each = best; each.before !== undefined; each = each.before) claims.push(each.claim);
    return claims;
  }

  /** spans tells how many are missing before each stretch by what is believed, not just there. */
  spans(gaps: readonly Missing[]): readonly Missing[] {
    let sum = NONE;
    const sums = gaps.map((gap) => (sum = plus(sum, gap)));
    const claims = [...this.believed(sums)];
    let before = { ...NONE, missing: 0 };
    return sums.map(({ least, likely, most }, at) => {
      const next = claims.at(-1);
      if (next?.stretch === at) {
        claims.pop();
        const { missing } = next;
        before = { least, likely, most, missing };
        return { least: missing, likely: missing, most: missing };
      }
      const span = {
        least: before.missing + least - before.least,
        most: before.missing + most - before.most,
      };
      const behind = next && sums[next.stretch];
      if (next !== undefined && behind !== undefined) {
        span.least = Math.max(span.least, next.missing - (behind.most - most));
        span.most = Math.min(span.most, next.missing - (behind.least - least));
      }
      const expected = before.missing + likely - before.likely;
      return { ...span, likely: Math.min(Math.max(expected, span.least), span.most) };
    });
  }
}
