/**
 * Positions as ranges, so that what is said row by row stays short where rows are alike.
 *
 *     1, 2, 3, 7, 8  becomes  ["1-3","7-8"]
 */

/** So many ranges are told; the rest is counted. */
const MOST = 1000;

export class Ranges {
  private readonly told: string[] = [];
  private from = 0;
  private to = -1;
  private more = 0;
  count = 0;

  /** add takes positions in their order. */
  add(position: number): void {
    this.count++;
    if (position === this.to + 1) {
      this.to = position;
      return;
    }
    this.close();
    this.from = position;
    this.to = position;
  }

  private close(): void {
    if (this.to < this.from) return;
    if (this.told.length < MOST)
      this.told.push(this.from === this.to ? `${this.from}` : `${this.from}-${this.to}`);
    else this.more++;
  }

  /** rows gives them as data. */
  rows(): { readonly count: number; readonly rows: readonly string[]; readonly more?: number } {
    this.close();
    this.from = 0;
    this.to = -1;
    return {
      count: this.count,
      rows: [...this.told],
      ...(this.more > 0 ? { more: this.more } : {}),
    };
  }
}
