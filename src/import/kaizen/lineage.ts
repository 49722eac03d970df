/**
 * Which row of an outbox is which. A row is known by its content and its number in its file, from
 * which it has its id. Numbers are given once; but a migration moves what waits to other numbers in
 * another file. So a row whose number is not recorded is what was recorded of equal content out of
 * another file, where it is no more, and that is recorded of it. Otherwise a row like an earlier
 * one is another one, and waits.
 */
import { isObject } from '../../../ledger/json/value.ts';
import type { Recorded } from '../plan.ts';
import type { Aside } from '../put-aside.ts';
import { Scratch } from '../scratch.ts';
import type { Named as File } from '../source-file.ts';
import { Age } from './age.ts';
import type { Merged } from './merge.ts';
import { pairOf, rowDigest } from './merge.ts';
import type { OutboxRow } from './outbox-row.ts';
import { isReplacing } from './outbox-row.ts';
import type { Named } from './row-name.ts';
import { ALIAS, CLAIM, FATES, LIVE, PLACE, fileIn, isLive, nameIn, under } from './row-name.ts';
import { KEPT, isOutboxDraft } from './to-outbox.ts';

export interface Whole {
  readonly rows: () => Iterable<Merged>;
  /** The rows of old outboxes that are in the database already. */
  readonly migrated: readonly (() => Iterable<OutboxRow>)[];
  /** Whether a migration into the database was ended. */
  readonly isMigrated: boolean;
  readonly asides: readonly Aside[];
  readonly files: readonly File[];
}

export class Lineage {
  private readonly recorded: Recorded;
  private readonly whole: Whole;
  private readonly age: Age;
  private readonly scratch = new Scratch();

  constructor(recorded: Recorded, whole: Whole) {
    this.age = new Age(recorded, whole);
    this.recorded = recorded;
    this.whole = whole;
  }

  /** idOf names what a row was recorded as, or will be. */
  idOf(merged: Merged): Named {
    const named = this.nameOf(merged);
    const { id, as = id } = named;
    return { ...named, isKept: this.scratch.get('kept', as) !== undefined };
  }

  private nameOf(merged: Merged): Named {
    const { digest, fate, row } = merged;
    const names = this.namesOf(row);
    const [now, later] = FATES[fate];
    if (!isLive(merged)) return this.copied(merged, names);
    for (const name of names) {
      const ids = this.idsOf(digest, name);
      const same = ids.get(now) ?? (later === undefined ? undefined : ids.get(later));
      if (same !== undefined && !this.isOfAnother(digest, same))
        return this.named(digest, same, names);
    }
    const own = `${under(digest)}${this.aged(names[0])}`;
    const hasWaited = names.some((name) => this.waitsOf(digest, name) !== undefined);
    if (fate === 'sent' && hasWaited) return this.named(digest, `${own}:ended`, names);
    if (names.some((name) => this.isHeld(digest, name))) return { id: `${own}:${now}` };
    const was = this.moved(merged);
    if (was !== undefined && !this.cameSince(merged, `${own}:`, now))
      return this.named(digest, `${own}:${later}:${this.aged(was)}`, [was]);
    this.scratch.keep('there', `${digest} ${names[0]}`);
    return { id: `${own}:${now}` };
  }

  /** Whether an import beside this one took a row as one of its own since that was asked. */
  private cameSince({ digest, row }: Merged, start: string, fate: string): boolean {
    const all = [...this.recorded.under(start)].filter(({ id }) => id === start + fate);
    return all.some((said) => isOutboxDraft(said, { digest, number: String(row.id), fate }));
  }

  /** A copy does not bring back what was erased of a row that waited. */
  private copied({ digest, fate }: Merged, names: readonly [string, ...string[]]): Named {
    const ids = names.map((name) => this.idsOf(digest, name).get(fate));
    const known = ids.find((each) => each !== undefined);
    const id = known ?? `${under(digest)}${this.aged(names[0])}:${fate}`;
    const as = this.scratch.get(known === undefined ? 'erased' : 'as', known ?? digest);
    return as === undefined ? { id } : { id, as };
  }

  /** wasBefore tells that one like it was recorded before other files were put aside. */
  wasBefore({ digest, row }: Merged): boolean {
    const names = this.namesOf(row);
    for (const name of names) this.idsOf(digest, name);
    return names.some((name) => this.scratch.get('before', `${digest} ${name}`) !== undefined);
  }

  /** Whether an id says that a row is one that stands there beside it. */
  private isOfAnother(digest: string, id: string): boolean {
    const was = CLAIM.exec(id.slice(under(digest).length))?.groups;
    if (was === undefined || !/:(?:moved|ended):/.test(id)) return false;
    return this.isThere(`${digest} ${nameIn(was)}`);
  }

  private isThere(place: string): boolean {
    if (this.scratch.keep('once', 'looked')) this.look();
    return this.scratch.get('there', place) !== undefined;
  }

  /** What waited before is told by its id: its content is there, unless it was erased. */
  private named(digest: string, id: string, names: readonly string[]): Named {
    const rest = id.slice(under(digest).length);
    if (!/:(?:moved|ended)(?::|$)/.test(rest)) return { id };
    const was = CLAIM.exec(rest)?.groups;
    const all = was === undefined ? names : [nameIn(was), ...names];
    const as = all.map((name) => this.waitsOf(digest, name)).find((each) => each !== undefined);
    return { id, as: as ?? '' };
  }

  /** The id under which a row waited, wherever it was then. */
  private waitsOf(digest: string, name: string): string | undefined {
    const ids = this.idsOf(digest, name);
    const was = CLAIM.exec(ids.get('moved')?.slice(under(digest).length) ?? '')?.groups;
    return ids.get('waits') ?? (was === undefined ? undefined : this.waitsOf(digest, nameIn(was)));
  }

  private aged(name: string): string {
    const { name: age } = this.age;
    return age === undefined ? name : name.replace(':', `.${age}:`);
  }

  /** The names of a row: in its file, and in what that was called before or is called now. */
  private namesOf({ from, id }: OutboxRow): readonly [string, ...string[]] {
    const file = from === 'sqlite' && this.whole.isMigrated ? 'migrated' : from;
    const alias = ALIAS[file];
    return [`${file}:${id}`, ...(alias === undefined ? [] : [`${alias}:${id}`])];
  }

  /** What is recorded of a row, by what became of it. */
  private idsOf(digest: string, name: string): ReadonlyMap<string, string> {
    if (this.scratch.keep('asked', digest)) this.load(digest);
    const known = this.scratch.get('ids', `${digest} ${name}`) ?? '[]';
    return new Map(JSON.parse(known) as [string, string][]);
  }

  private isHeld(digest: string, name: string): boolean {
    return [...this.idsOf(digest, name).keys()].some((fate) => LIVE.has(fate));
  }

  /** Only what waited can have been moved or ended, and nothing is moved within its file. */
  private canBe(fate: string, key: string, taken: string | undefined): boolean {
    const { scratch } = this;
    if (fate !== 'moved' && fate !== 'ended') return true;
    if (taken !== undefined)
      return fileIn(taken) !== fileIn(key) && scratch.get('waited', taken) !== undefined;
    const alias = key.replace(/[a-z]+(?=:)/, (file) => ALIAS[file] ?? file);
    const kinds = fate === 'ended' ? ['waited', 'moved'] : [];
    return kinds.some((kind) => [key, alias].some((each) => scratch.get(kind, each) !== undefined));
  }

  private load(digest: string): void {
    const { scratch } = this;
    for (const said of this.recorded.under(under(digest))) {
      const { id } = said;
      const place = PLACE.exec(id.slice(under(digest).length))?.groups;
      if (place === undefined) continue;
      const { age, number = '', rest = '' } = place;
      const key = `${digest} ${nameIn(place)}`;
      const [fate = ''] = rest.split(':');
      const was = CLAIM.exec(rest)?.groups;
      const taken = was === undefined ? undefined : `${digest} ${nameIn(was)}`;
      // Anybody can give an event such an id: what the row would not have become is not believed.
      if (!isOutboxDraft(said, { digest, number, fate })) continue;
      const as = isObject(said.payload) ? said.payload['as'] : undefined;
      if (typeof as === 'string') scratch.keep('as', id, as);
      if (fate === 'waits' && said.payload === undefined) scratch.keep('erased', digest, id);
      if (fate === 'waits') scratch.keep('waited', key);
      if (fate === 'waits' && said.event_type === KEPT) scratch.keep('kept', id);
      if (!this.canBe(fate, key, taken)) continue;
      if (fate === 'moved') scratch.keep('moved', key);
      if (!this.age.has(age)) {
        scratch.keep('before', key);
        continue;
      }
      const ids = JSON.parse(scratch.take('ids', key) ?? '[]') as unknown[];
      scratch.keep('ids', key, JSON.stringify([...ids, [fate, id]]));
      if (taken !== undefined)
        scratch.keep('claimed', `${taken} ${scratch.nth('claims', taken)}`, nameIn(place));
      if (fate === 'waits')
        scratch.keep('waiting', `${digest} ${scratch.nth('count', digest)}`, nameIn(place));
    }
  }

  /** The name of a row that waited elsewhere and is this one now. */
  private moved(merged: Merged): string | undefined {
    const { digest, row } = merged;
    const { scratch } = this;
    if (scratch.get('waiting', `${digest} 1`) === undefined) return undefined;
    if (scratch.keep('once', 'looked')) this.look();
    if (isReplacing(row) && this.isFresh(row)) return undefined;
    const [own] = this.namesOf(row);
    const [file = ''] = own.split(':');
    // A row can be any that is gone where a migration put it there, or where it was told as equal
    // to one; else it can be one that stands in another file as equal to it.
    const isFree = file === 'migrated' || this.idsOf(digest, own).has('equal');
    const turn = `${isFree ? 'gone' : 'equal'} ${file}`;
    for (;;) {
      const name = scratch.get('waiting', `${digest} ${scratch.nth(turn, digest)}`);
      if (name === undefined) return undefined;
      const place = `${digest} ${name}`;
      const isEqual = isFree || scratch.get('equal', place) !== undefined;
      const isOther = !name.startsWith(`${file}:`) && this.wasThere(place, name);
      const isGone = scratch.get('there', place) === undefined && !this.isClaimed(place, file);
      if (isEqual && isOther && isGone && scratch.keep('taken', place)) return name;
    }
  }

  /** Whether another row of the file was told to be it, or one of another file that is there. */
  private isClaimed(place: string, file: string): boolean {
    for (let nth = 1; ; nth++) {
      const by = this.scratch.get('claimed', `${place} ${nth}`);
      if (by === undefined) return false;
      const [digest] = place.split(' ');
      const isThere = this.scratch.get('there', `${digest} ${by}`) !== undefined;
      if (isThere || by.startsWith(`${file}:`)) return true;
    }
  }

  /** What was delivered and gone before a migration is not what it moved; the old file tells. */
  private wasThere(place: string, name: string): boolean {
    const isTold = name.startsWith('redb:') && this.whole.migrated.length > 0;
    return !isTold || this.scratch.get('migrated', place) !== undefined;
  }

  /** What is where it was recorded, and what a migrated file held. */
  private look(): void {
    const { scratch } = this;
    for (const merged of this.whole.rows()) {
      const { digest, fate, row } = merged;
      for (const name of this.namesOf(row)) {
        if (isLive(merged) && this.isHeld(digest, name)) scratch.keep('there', `${digest} ${name}`);
        if (fate === 'equal') scratch.keep('equal', `${digest} ${name}`);
      }
      if (fate !== 'pending' || !isReplacing(row)) continue;
      scratch.take('last', pairOf(row));
      scratch.keep('last', pairOf(row), digest);
    }
    for (const rows of this.whole.migrated)
      for (const row of rows()) scratch.keep('migrated', `${rowDigest(row)} redb:${row.id}`);
  }

  /**
   * Of a replaceable kind the last row is to be the latest. Where another one was enqueued last,
   * all that were moved are enqueued anew, in their order.
   */
  private isFresh(row: OutboxRow): boolean {
    const { scratch } = this;
    const pair = pairOf(row);
    if (scratch.keep('judged', pair)) {
      const latest = this.recorded.latest(row.owner, row.kind);
      // Of what was erased nobody knows whose it was, and it does not come back.
      if (latest?.startsWith(under(scratch.get('last', pair) ?? '')) === false)
        scratch.keep('fresh', pair);
    }
    return scratch.get('fresh', pair) !== undefined;
  }

  close(): void {
    this.scratch.close();
  }
}
