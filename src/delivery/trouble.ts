/**
 * What is known to be wrong with a destination, and of which batches. The same failure of another
 * batch beside it is no news.
 */

export interface Failed {
  readonly key: string;
  readonly reason: string;
  readonly status: number | undefined;
  readonly until: number;
}

/** A failure that an earlier run recorded, of whatever batch that was. */
const EARLIER = '';

export class Trouble {
  private readonly failing = new Map<string, string>();
  /** The batch that was left for later, unless that is the last word of the destination anyway. */
  private left: Failed | undefined;
  private isLastWord = true;

  begin(known: string | undefined): void {
    this.failing.clear();
    if (known !== undefined) this.failing.set(EARLIER, known);
  }

  /** over takes back what was wrong with a batch: it was answered, or is none any more. */
  over(key: string): void {
    this.failing.delete(key);
    this.failing.delete(EARLIER);
    this.isLastWord = false;
  }

  /** isNews says whether a failure is to be recorded. */
  isNews({ key, reason }: Failed): boolean {
    const isKnown = [...this.failing.values()].includes(reason);
    this.failing.set(key, reason);
    return !isKnown;
  }

  /** told notes that it is recorded, as the last word for now. */
  told(): void {
    this.isLastWord = true;
  }

  leave(failed: Failed): void {
    if (failed.until >= (this.left?.until ?? 0)) this.left = failed;
  }

  /** What is to be recorded at the end, since another batch was answered after it was. */
  get unsaid(): Failed | undefined {
    return this.isLastWord ? undefined : this.left;
  }
}
