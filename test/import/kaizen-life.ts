/**
 * A kaizen and a ledger as far as outboxes go, and all that can happen to them between imports; who
 * is who is known here and nowhere else.
 */
import { createHash } from 'node:crypto';
import { Lineage } from '../../src/import/kaizen/lineage.ts';
import type { Merged } from '../../src/import/kaizen/merge.ts';
import { merge, oldRows, pairOf } from '../../src/import/kaizen/merge.ts';
import type { From, OutboxRow } from '../../src/import/kaizen/outbox-row.ts';
import { REPLACEABLE } from '../../src/import/kaizen/outbox-row.ts';
import type { Said, Sealed } from '../../src/import/plan.ts';
import { NOTHING } from '../../src/import/plan.ts';
import { eventOf, said, textOf } from './kaizen-acts.ts';

/** A row, and which of all that were ever to be sent it is; a copy of a row is the same one. */
type Known = OutboxRow & { readonly item: number };

export const KINDS = ['events', 'tool_spans'];
export const isReplaceable = ({ kind }: OutboxRow): boolean => REPLACEABLE.has(kind);

type State = Pick<Life, 'redb' | 'archive' | 'stored' | 'migrated' | 'begun'>;

interface Aside {
  readonly mark: string;
  /** All that was put aside, where all of it was taken. */
  readonly was?: State | undefined;
}

export class Life {
  private readonly kind: string;
  redb: Known[] = [];
  archive: Known[] = [];
  migrated: Known[] | undefined;
  stored: Known[] = [];
  /** What was put aside and lies there, and all imports that were sealed. */
  private asides: Aside[] = [];
  private readonly seals: Sealed[] = [];
  /** How often files began anew: two that are alike are not one for that. */
  begun = 0;
  readonly ledger = new Map<string, Known>();
  private readonly told: Said[] = [];
  private readonly next = { redb: 1, sqlite: 1, item: 1 };
  /** The rows that an import saw. */
  private readonly met = new Set<number | undefined>();
  private isHalfway = false;
  private isRenamed = false;
  private isCut = false;
  private isTaken = false;
  /** What the files were when all of it was taken last. */
  private taken: string | undefined;
  private isHidden = false;
  private wasHidden = false;
  private hidden: Known[] = [];

  constructor(kind: string) {
    this.kind = kind;
  }

  private row(from: From, text: string, item = this.next.item++): Known {
    const id = BigInt(from === 'sqlite' ? this.next.sqlite++ : this.next.redb++);
    return { from, id, owner: 'o', kind: this.kind, ...said(text), isSent: false, item };
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

  private mark(): string {
    const name = `${this.next.item} ${this.asides.length} ${this.seals.length}`;
    return `kaizen-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
  }

  private get state(): State {
    const { redb, archive, stored, migrated, begun } = this;
    return { redb, archive, stored, migrated, begun };
  }

  /** What the files are, told as no two ever are. */
  private get files(): string {
    return JSON.stringify(this.state, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  }

  private seal(strangers: readonly string[]): string {
    const mark = this.mark();
    const sha256 = this.files;
    this.seals.push({ mark, strangers, files: [{ name: 'kaizen.db', bytes: 1, sha256 }] });
    return mark;
  }

  private beginAnew(): void {
    [this.redb, this.archive, this.stored, this.migrated] = [[], [], [], undefined];
    this.begun++;
    [this.isHalfway, this.isRenamed] = [false, false];
    [this.next.redb, this.next.sqlite] = [1, 1];
  }

  /** All is put aside, and kaizen begins anew. */
  putAside(): void {
    if (!this.isTaken || this.isHidden) return;
    const was = this.files === this.taken ? this.state : undefined;
    this.asides.push({ mark: this.seal([]), was });
    this.beginAnew();
  }

  /** Another ledger takes all and puts it aside, and kaizen begins anew. */
  takenElsewhere(): void {
    if (this.isHidden) return;
    this.asides.push({ mark: this.mark() });
    this.beginAnew();
    this.isTaken = false;
  }

  /** Something that another ledger put aside elsewhere comes here, and is seen. */
  comeFromElsewhere(): void {
    if (this.files !== this.taken) return;
    this.asides.unshift({ mark: this.mark() });
    this.take();
  }

  /** What was put aside when all of it was taken has its name again for a while: nothing is new. */
  lookBack(at: number): void {
    const { was, mark } = this.asides[at] ?? {};
    if (was === undefined) return;
    const { asides, state, isTaken, isCut, taken } = this;
    this.asides = asides.filter((each) => each.mark !== mark);
    Object.assign(this, was);
    const { size } = this.ledger;
    this.take();
    if (this.ledger.size !== size) throw new Error(`${mark} is taken twice`);
    Object.assign(this, state, { asides, isTaken, isCut, taken });
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
    for (const row of this.redb.slice(0, count))
      this.stored.push(this.row('sqlite', textOf(row), row.item));
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
      this.stored.push(this.row('sqlite', textOf(row), (row as Known).item));
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
    const of = [...this.ledger].filter(([id, { bytes }]) => id.endsWith(':waits') && !bytes);
    return of.findLast(([, row]) => row.owner === owner && row.kind === kind)?.[0];
  }

  /** An import gives the rows that waited, each with its id; it may be killed. */
  take(atMost = Infinity): readonly (readonly [string, Known])[] {
    const lineage = new Lineage(
      {
        ...NOTHING,
        under: (start) => this.told.filter(({ id }) => id.startsWith(start)),
        seals: () => this.seals,
        latest: (owner, kind) => this.latest(owner, kind),
      },
      {
        rows: () => this.merged(),
        migrated: this.migrated === undefined ? [] : [() => this.migrated ?? []],
        isMigrated: this.migrated !== undefined,
        asides: this.asides.map(({ mark }) => ({ mark, isBack: false })),
        files: [{ name: 'kaizen.db', bytes: 1, sha256: this.files }],
      },
    );
    const waiting: [string, Known][] = [];
    let left = atMost;
    for (const each of this.merged()) {
      if (left-- === 0) break;
      const named = lineage.idOf(each);
      const { id, as = id } = named;
      const row = each.row as Known;
      this.met.add(row.item);
      if (!this.ledger.has(id)) this.told.push(eventOf(each, named));
      if (!this.ledger.has(id)) this.ledger.set(id, row);
      if (each.fate === 'pending') waiting.push([as, row]);
    }
    this.isCut = left < 0;
    this.isTaken = !this.isCut;
    // What seals an import names what others put aside.
    if (this.isTaken) {
      const own = new Set(this.seals.map(({ mark }) => mark));
      const marks = this.asides.map(({ mark }) => mark).filter((mark) => !own.has(mark));
      this.seal(marks.toSorted());
      this.taken = this.files;
    }
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
      if (fate === 'pending' && isReplaceable(row) && !row.bytes)
        last.set(pairOf(row), row as Known);
    return [...last.values()].filter((row) => {
      const latest = this.ledger.get(this.latest(row.owner, row.kind) ?? '');
      return latest === undefined || (latest.item < row.item && latest.payload !== row.payload);
    });
  }
}
