/**
 * Folding the events of a bundle as the kernel folds a journal: those outside the range, on which
 * the others rest, each by its own proof; those of the range one behind the other. What lies
 * outside and was not handed out is unknown here, and no reference to it is held against anybody.
 */
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { History } from '../../ledger/chain/history.ts';
import type { KeyRecord } from '../../ledger/chain/keyring.ts';
import type { ChainState, Means } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import { step } from '../../ledger/chain/verify.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import type { Finding } from '../../ledger/finding.ts';
import { isGoverning } from '../../ledger/name.ts';
import type { Digest, EventId, KeyId, Seq } from '../../ledger/name.ts';
import { frontierOf, root } from '../../ledger/tree/tree.ts';
import type { Event } from '../export/event.ts';
import { eventOf } from '../export/event.ts';
import { isDisclosed, isMeant, isOfAny } from '../export/selection.ts';
import { besideOf, isTimely } from './beside.ts';
import { Chain } from './chain.ts';
import type { Claim, Counts } from './claim.ts';
import { GOVERNING, standAt } from './governing.ts';
import { FILE } from './layout.ts';
import type { Proofs } from './proof-line.ts';
import type { BundleFinding } from './report.ts';
import { against, inFile } from './report.ts';

/** Findings beyond so many tell nothing new. */
const MOST_FINDINGS = 1000;

export interface Listener {
  /** Told of every event of the range that is meant. */
  readonly onMeant: (event: Event) => void;
  readonly onAny: (line: Line) => void;
}

export class BundleFold {
  private readonly means: Means;
  private readonly history: History;
  private readonly claim: Claim;
  private readonly proofs: Proofs;
  private readonly listener: Listener;
  readonly findings: BundleFinding[] = [];
  /** How many payloads of a type are kept back. */
  readonly withheld = new Map<string, number>();
  counts: Counts = { events: 0, meant: 0, disclosed: 0 };
  /** References to events that are not here. */
  beyond = 0;
  state: ChainState;
  /** The root of the log that ends with the range. */
  rootAt: Uint8Array | undefined;
  private bare: readonly [Seq, Digest] | undefined;
  private last = -1;
  /** Where a key last attested well. */
  private readonly used = new Map<KeyId, number>();
  private readonly chain = new Chain();
  /** Which events beside the range are still to come. */
  private readonly beside: Set<number>;
  /** The event that was taken last, and the policy set that judged it. */
  private judged: { readonly seq: number; readonly set: Digest | undefined };
  private isGrave = false;
  /** Whether the range was begun. */
  hasEntered = false;

  constructor(crypto: Crypto, key: Uint8Array, claim: Claim, proofs: Proofs, listener: Listener) {
    this.history = memoryHistory(crypto, key);
    // Whether a payload may be missing is asked of the selection first.
    const withhold: History['withhold'] = (seq, hash) => {
      this.bare = [seq, hash];
    };
    const use: History['use'] = (keyId, at) => {
      this.used.set(keyId, this.state.seq);
      this.history.use(keyId, at);
    };
    this.means = { crypto, history: { ...this.history, withhold, use } };
    this.judged = { seq: -1, set: undefined };
    this.claim = claim;
    const { selection, checkpoint, witness } = claim;
    this.beside = new Set(besideOf(selection, checkpoint.size, witness));
    this.proofs = proofs;
    this.listener = listener;
    this.state = begin(claim.origin);
  }

  note(finding: BundleFinding): void {
    // However many warnings there are, none of them hides what is grave.
    const isFirst = finding.severity !== 'warning' && !this.isGrave;
    if (isFirst) this.isGrave = true;
    if (isFirst || this.findings.length < MOST_FINDINGS) this.findings.push(finding);
  }

  private isHere(seq: number): boolean {
    const { from, to } = this.claim.selection;
    return seq >= from && seq < to;
  }

  /** Whether it says no more than that nobody here can tell what stands elsewhere. */
  private isBeyond({ code, actual }: Finding, line: Line | undefined): boolean {
    if (code === 'erasure_mismatch') {
      const seq = Number(actual) as Seq;
      const isUnknown = this.history.hashAt(seq) === undefined && !this.isHere(seq);
      return isUnknown && line !== undefined && seq < line.seq;
    }
    if (code !== 'seen_mismatch' || actual !== undefined || line === undefined) return false;
    return !this.isHere(headerOf(line).seen?.seq ?? Number.NaN);
  }

  /**
   * A set that no adoption here put in force is the one that the ledger began with. Where it
   * changes from one event to the next without one, whoever wrote them has another one built in.
   */
  private judgeSet(file: string, { seq, policy_set: actual }: Line): void {
    const { seq: before, set: expected } = this.judged;
    const isUntold = this.state.policySet === undefined && seq !== before + 1;
    if (before < 0 && seq !== 0) this.note(against('founding_missing', { file, seq }));
    else if (isUntold && actual !== expected)
      this.note(
        against('policy_set_unknown', { file, seq, actual, ...(expected && { expected }) }),
      );
    this.judged = { seq, set: actual };
  }

  private place(file: string, line: Line): void {
    const { selection } = this.claim;
    const { seq, recorded_at: actual } = line;
    this.judgeSet(file, line);
    this.beside.delete(seq);
    if (!isTimely(selection, line)) this.note(against('time_differs', { file, seq, actual }));
    this.tie(line);
  }

  private tie(line: Line): void {
    const { subject, to } = this.claim.selection;
    if (subject === undefined || line.seq >= to) return;
    const { id, supersedes } = headerOf(line);
    this.chain.add(id, supersedes);
  }

  /** Nothing is asked of the ids any more once this was: an id that is not here is noted for it. */
  private judgeChain(): void {
    const { subject, ids, from, to, until } = this.claim.selection;
    const isWhole = from === 0 && until === undefined;
    if (subject === undefined || ids === undefined) return;
    const isHere = (id: string): boolean => (this.history.claimId(id as EventId, to) ?? to) < to;
    for (const id of this.chain.differing(subject, ids, isWhole, isHere))
      this.note(against('chain_differs', { file: FILE.claim, actual: id }));
  }

  private take(file: string, bytes: Uint8Array): Line | undefined {
    this.bare = undefined;
    const taken = step(this.means, this.state, bytes);
    if (taken.line !== undefined) this.place(file, taken.line);
    this.state = taken.state;
    for (const finding of taken.findings)
      if (this.isBeyond(finding, taken.line)) this.beyond++;
      else this.note(inFile(file, finding));
    return taken.line;
  }

  private prove(file: string, { seq, event_hash: hash }: Line): void {
    const code = this.proofs.check(seq, hash);
    if (code !== undefined) this.note(against(code, { file, seq }));
  }

  /** isBehind says whether an event lies behind the range. */
  isBehind(bytes: Uint8Array): boolean {
    const { line } = open(this.means.crypto, bytes);
    return line !== undefined && line.seq >= this.claim.selection.to;
  }

  /** Whether an event may be here that does not lie in the range; what it says need not be. */
  private isAsked({ seq, event_type: type, payload }: Line): boolean {
    if (isOfAny(GOVERNING, type)) return true;
    return this.beside.has(seq) && (payload === undefined || isGoverning(type));
  }

  /** outside takes an event that does not lie in the range. */
  outside(bytes: Uint8Array): void {
    const { line } = open(this.means.crypto, bytes);
    const seq = line?.seq ?? Number.NaN;
    const isOther = line !== undefined && !this.isAsked(line);
    if (seq <= this.last || this.isHere(seq) || isOther)
      this.note(against('event_twice', { file: FILE.governing, seq }));
    if (line !== undefined) {
      this.last = seq;
      this.state = standAt(this.state, seq);
    }
    const taken = this.take(FILE.governing, bytes);
    if (taken === undefined) return;
    this.prove(FILE.governing, taken);
    this.listener.onAny(taken);
  }

  /** enter goes to where the range begins. */
  enter(): void {
    this.hasEntered = true;
    const { selection, peaks } = this.claim;
    const { from } = selection;
    const frontier = frontierOf(from, peaks);
    if (frontier === undefined)
      this.note(against('claim_differs', { file: FILE.claim, reason: 'peaks' }));
    const head = from === 0 ? this.state.head : undefined;
    this.state = { ...this.state, seq: from, lines: from, head, frontier };
  }

  private disclose(line: Line): void {
    const { selection } = this.claim;
    const header = headerOf(line);
    const { events, meant, disclosed } = this.counts;
    const [isOpen, isChosen] = [line.payload !== undefined, isMeant(selection, header)];
    this.counts = {
      events: events + 1,
      meant: meant + (isChosen ? 1 : 0),
      disclosed: disclosed + (isOpen ? 1 : 0),
    };
    const isExpected = isDisclosed(selection, header);
    const { seq, event_type: type } = line;
    if (isOpen && !isExpected) this.note(against('payload_unasked', { file: FILE.events, seq }));
    // What was erased is withheld, too, whoever asked for it.
    if (!isOpen) this.withheld.set(type, (this.withheld.get(type) ?? 0) + 1);
    if (!isOpen && isExpected && this.bare !== undefined) this.history.withhold(...this.bare);
    if (!isChosen) return;
    this.prove(FILE.events, line);
    this.listener.onMeant(eventOf(line, header));
  }

  /** inside takes the next event of the range. */
  inside(bytes: Uint8Array): void {
    const line = this.take(FILE.events, bytes);
    if (line === undefined) return;
    this.disclose(line);
    this.listener.onAny(line);
  }

  /** leave closes the range. */
  leave(): void {
    const { to } = this.claim.selection;
    const { lines, seq, frontier } = this.state;
    if (lines !== to || seq !== to)
      this.note(
        against('events_missing', {
          file: FILE.events,
          expected: `the last is ${to - 1}`,
          actual: `the last is ${seq - 1}`,
        }),
      );
    this.rootAt = frontier === undefined ? undefined : root(this.means.crypto, frontier);
    this.last = to - 1;
  }

  /**
   * countedAt gives the last event at which a key surely counted: from where it was enrolled, or
   * attested, all up to there is here. Undefined where an event that ended it may be missing.
   */
  countedAt({ key, enrolledAt }: KeyRecord): number | undefined {
    const { from, to } = this.claim.selection;
    const shown = Math.max(enrolledAt, this.used.get(key.keyId) ?? 0);
    return shown < from - 1 ? undefined : Math.max(shown, to - 1);
  }

  /** finish judges what is only known at the end. */
  finish(): void {
    for (const [seq] of this.history.withheld())
      this.note(against('payload_left_out', { file: FILE.events, seq }));
    this.judgeChain();
    for (const seq of this.beside)
      this.note(against('beside_missing', { file: FILE.governing, seq }));
    if (!this.proofs.isEnded()) this.note(against('proof_unasked', { file: FILE.proofs }));
  }
}
