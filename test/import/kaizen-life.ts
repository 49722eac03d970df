/**
 * A kaizen and a ledger as far as outboxes go, and all that can happen to them between imports; who
 * is who is known here and nowhere else.
 */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Lineage } from '../../src/import/kaizen/lineage.ts';
import type { Merged } from '../../src/import/kaizen/merge.ts';
import { merge, oldRows, pairOf } from '../../src/import/kaizen/merge.ts';
import type { From, OutboxRow } from '../../src/import/kaizen/outbox-row.ts';
import { REPLACEABLE } from '../../src/import/kaizen/outbox-row.ts';
import { NOTHING } from '../../src/import/plan.ts';

/** A row, and which of all that were ever to be sent it is; a copy of a row is the same one. */
type Known = OutboxRow & { readonly item: number };

export const KINDS = ['events', 'tool_spans'];
export const isReplaceable = ({ kind }: OutboxRow): boolean => REPLACEABLE.has(kind);

export class Life {
  private readonly kind: string;
  redb: Known[] = [];
  archive: Known[] = [];
  migrated: Known[] | undefined;
  stored: Known[] = [];
  /** What was put aside and lies there, and all imports that were sealed. */
  private asides: string[] = [];
  private readonly seals: string[] = [];
  readonly ledger = new Map<string, Known>();
  private readonly next = { redb: 1, sqlite: 1, item: 1 };
  /** The rows that an import saw. */
  private readonly met = new Set<number | undefined>();
  private isHalfway = false;
  private isRenamed = false;
  private isCut = false;
  private isTaken = false;
  private isHidden = false;
  private wasHidden = false;
  private hidden: Known[] = [];

  constructor(kind: string) {
    this.kind = kind;
  }

  private row(from: From, text: string, item = this.next.item++): Known {
    const id = BigInt(from === 'sqlite' ? this.next.sqlite++ : this.next.redb++);
    return { from, id, owner: 'o', kind: this.kind, payload: text, isSent: false, item };
  }

  /** Of a replaceable kind a row can put an earlier one out of its file. */
  private put(rows: Known[], row: Known, isAlone: boolean): void {
    if (isAlone && isReplaceable(row) && !this.isHalfway)
      rows.splice(0, rows.length, ...rows.filter(({ isSent }) => isSent));
    rows.push(row);
  }

  /** A row comes to the old outbox, or to the database once that is what is written to. */
  come(text: string, isAlone = false): void {
    if (this.isHidden) return;
    if (this.migrated === undefined && !this.isRenamed)
      this.put(this.redb, this.row('redb', text), isAlone);
    else this.put(this.stored, this.row('sqlite', text), isAlone);
  }

  /** A row comes to the database before there was an old outbox, as a text of its own. */
  early(text: string, isAlone: boolean): void {
    if (this.migrated === undefined)
      this.put(this.stored, this.row('sqlite', `early ${text}`), isAlone);
  }

  /** One comes that is like those of long ago. */
  late(text: string, isAlone: boolean): void {
    if (this.migrated !== undefined)
      this.put(this.stored, this.row('sqlite', `early ${text}`), isAlone);
  }

  /** What comes to the old outbox is like something that was sent long ago. */
  history(text: string): void {
    if (this.ledger.size === 0) this.stored.push({ ...this.row('sqlite', text), isSent: true });
  }

  drain(at: number): void {
    if (!this.isHalfway && !this.isHidden) this.redb.splice(at, 1);
  }

  /**
   * What came and was sent between an import and the migration, and is like one that waits, could
   * be that one: nobody could tell.
   */
  send(at: number): void {
    const row = this.stored[at];
    if (this.migrated === undefined && !this.met.has(row?.item)) return;
    if (row !== undefined && !this.isHalfway && !this.isHidden)
      this.stored[at] = { ...row, isSent: true };
  }

  /** What was sent is forgotten: nobody could tell who was who, had it not been imported before. */
  forget(at: number): void {
    const row = this.stored[at];
    if (row?.isSent === true && this.isTaken) this.stored.splice(at, 1);
  }

  /** All is put aside, and kaizen begins anew. */
  putAside(): void {
    if (!this.isTaken || this.isHidden) return;
    const name = createHash('sha256')
      .update(`${this.next.item} ${this.asides.length} ${this.seals.length}`)
      .digest('hex')
      .slice(0, 32);
    this.seals.push(`kaizen-${name}`);
    this.asides.push(`kaizen-${name}`);
    [this.redb, this.archive, this.stored, this.migrated] = [[], [], [], undefined];
    [this.isHalfway, this.isRenamed] = [false, false];
    [this.next.redb, this.next.sqlite] = [1, 1];
  }

  /** Another ledger takes all and puts it aside, and kaizen begins anew. */
  takenElsewhere(): void {
    if (this.isHidden) return;
    this.isTaken = true;
    this.putAside();
    this.seals.pop();
    this.isTaken = false;
  }

  /** Of what was put aside the older can be moved away. */
  moveAway(at: number): void {
    if (at < this.asides.length - 1) this.asides.splice(at, 1);
  }

  /** A migration is cut off behind so many rows. */
  halfway(count: number): void {
    if (this.isHalfway || this.migrated !== undefined) return;
    this.isHalfway = true;
    this.isTaken = false;
    for (const { payload, item } of this.redb.slice(0, count))
      this.stored.push(this.row('sqlite', payload, item));
  }

  /** Power is cut when the old outbox has its new name and nothing says why. */
  rename(): void {
    if (this.migrated !== undefined || this.isHalfway || this.isRenamed || this.isHidden) return;
    this.isRenamed = true;
    this.archive = this.redb.map((row) => ({ ...row, from: 'archive' }));
    this.redb = [];
  }

  /** What was imported is not there for a while: nobody could tell copies that were not. */
  hide(): void {
    if (!this.isTaken && !this.isHidden) return;
    [this.redb, this.hidden] = [this.hidden, this.redb];
    this.isHidden = !this.isHidden;
    this.wasHidden = true;
  }

  migrate(): void {
    if (this.isHidden) this.hide();
    if (this.migrated !== undefined || this.isRenamed || this.isCut) return;
    const pending = [...this.merged()].filter(({ fate }) => fate === 'pending');
    this.isTaken = false;
    this.migrated = this.redb;
    this.redb = [];
    this.isHalfway = false;
    this.stored = this.stored.filter(({ isSent }) => isSent);
    for (const { row } of pending)
      this.stored.push(this.row('sqlite', row.payload, (row as Known).item));
  }

  merged(): Iterable<Merged> {
    return merge(
      oldRows(
        () => this.archive,
        () => this.redb,
      ),
      this.stored,
    );
  }

  private latest(owner: string, kind: string): string | undefined {
    const of = [...this.ledger].filter(([id]) => id.endsWith(':waits'));
    return of.findLast(([, row]) => row.owner === owner && row.kind === kind)?.[0];
  }

  /** An import gives the rows that waited, each with its id; it may be killed. */
  take(atMost = Infinity): readonly (readonly [string, Known])[] {
    const lineage = new Lineage(
      {
        ...NOTHING,
        under: (start) => [...this.ledger.keys()].filter((id) => id.startsWith(start)),
        marks: () => this.seals,
        latest: (owner, kind) => this.latest(owner, kind),
      },
      {
        rows: () => this.merged(),
        migrated: this.migrated === undefined ? [] : [() => this.migrated ?? []],
        isMigrated: this.migrated !== undefined,
        asides: this.asides.map((mark) => ({ mark, isBack: false })),
      },
    );
    const waiting: [string, Known][] = [];
    let left = atMost;
    for (const each of this.merged()) {
      if (left-- === 0) break;
      const { id, as = id } = lineage.idOf(each);
      const row = each.row as Known;
      this.met.add(row.item);
      if (!this.ledger.has(id)) this.ledger.set(id, row);
      if (each.fate === 'pending') waiting.push([as, row]);
    }
    this.isCut = left < 0;
    this.isTaken = !this.isCut;
    // What seals an import names what others put aside.
    const strangers = this.asides.filter((mark) => !this.seals.includes(mark));
    if (this.isTaken) this.seals.push(...strangers.toSorted());
    lineage.close();
    return waiting;
  }

  /**
   * stale gives the last rows of a replaceable kind for which the ledger has an older one. Where a
   * file was away for a time, what it would have replaced came after it.
   */
  stale(): readonly Known[] {
    if (this.wasHidden) return [];
    const last = new Map<string, Known>();
    for (const { row, fate } of this.merged())
      if (fate === 'pending' && isReplaceable(row)) last.set(pairOf(row), row as Known);
    return [...last.values()].filter((row) => {
      const latest = this.ledger.get(this.latest(row.owner, row.kind) ?? '');
      return latest === undefined || (latest.item < row.item && latest.payload !== row.payload);
    });
  }
}

/** An act names what it does, with which text, and to which row or whether alone. */
export type Act = readonly [name: keyof typeof ACTS, text: string, at: number];
export const ACTS = {
  come: (life: Life, text: string, at: number) => life.come(text, at % 2 === 1),
  early: (life: Life, text: string, at: number) => life.early(text, at % 2 === 1),
  late: (life: Life, text: string, at: number) => life.late(text, at % 2 === 1),
  history: (life: Life, text: string) => life.history(text),
  drain: (life: Life, _: string, at: number) => life.drain(at),
  forget: (life: Life, _: string, at: number) => life.forget(at),
  putAside: (life: Life) => life.putAside(),
  takenElsewhere: (life: Life) => life.takenElsewhere(),
  moveAway: (life: Life, _: string, at: number) => life.moveAway(at),
  send: (life: Life, _: string, at: number) => life.send(at),
  halfway: (life: Life, _: string, at: number) => life.halfway(at),
  rename: (life: Life) => life.rename(),
  hide: (life: Life) => life.hide(),
  migrate: (life: Life) => life.migrate(),
  take: (life: Life, _: string, at: number) => life.take(at),
};
const act: fc.Arbitrary<Act> = fc.tuple(
  fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[]), 'come', 'come', 'migrate'),
  fc.constantFrom('a', 'a', 'b'),
  fc.nat({ max: 4 }),
);
export const times = fc.array(fc.array(act, { maxLength: 6 }), { maxLength: 6 });
