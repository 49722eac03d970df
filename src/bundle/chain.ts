/**
 * The events of a subject: one event, all that it corrects and all that corrects it, as far as the
 * headers in sight tell. What lies elsewhere may tie more events to them.
 */
export class Chain {
  private readonly ties = new Map<string, string[]>();

  /** add takes an event, and what it corrects. */
  add(id: string, supersedes: string | undefined): void {
    if (supersedes === undefined) return;
    for (const [one, other] of [
      [id, supersedes],
      [supersedes, id],
    ] as const) {
      const known = this.ties.get(one);
      if (known === undefined) this.ties.set(one, [other]);
      else known.push(other);
    }
  }

  private tiedTo(ids: Iterable<string>): ReadonlySet<string> {
    const all = new Set(ids);
    for (const each of all) for (const tied of this.ties.get(each) ?? []) all.add(tied);
    return all;
  }

  /**
   * differing gives the ids that are left out, and those that do not belong. Where all events are
   * in sight that could tie others to the subject, `isWhole`, those elsewhere do not belong either.
   */
  differing(
    subject: string,
    ids: ReadonlySet<string>,
    isWhole: boolean,
    isHere: (id: string) => boolean,
  ): readonly string[] {
    const elsewhere = isWhole ? [] : [...ids].filter((id) => !isHere(id));
    const own = this.tiedTo([subject, ...elsewhere]);
    const leftOut = [...this.tiedTo([subject, ...ids])].filter((id) => !ids.has(id) && isHere(id));
    const surplus = [...ids].filter((id) => !own.has(id) || (isWhole && !isHere(id)));
    return [...leftOut, ...surplus];
  }
}
