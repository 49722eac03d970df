/**
 * A batch: drafts, one after the other, each judged by the state that the one before it left. All
 * of it happens within a transaction of the mirror; what it puts into the journal is one buffer.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Draft } from '../../ledger/event/draft.ts';
import type { Header, Policy } from '../../ledger/event/header.ts';
import type { Sealed } from '../../ledger/event/seal.ts';
import { seal } from '../../ledger/event/seal.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Digest, EventId, Seq, Time } from '../../ledger/name.ts';
import type { Decision } from '../../policies/gate/decision.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { judge } from '../../policies/gate/gate.ts';
import type { Proposal } from '../../policies/proposal.ts';
import { claimText, propose } from '../../policies/proposal.ts';
import { heldPayload, refusalOf } from '../../policies/record/record.ts';
import { follow, viewOf } from '../../policies/state/ground.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Hold } from '../../policies/state/hold.ts';
import { isHeldAs, isHeldOf } from '../../policies/state/hold.ts';
import { mayHold } from '../../policies/state/standing.ts';
import type { Surface } from '../../policies/surface.ts';
import type { View } from '../../policies/view.ts';
import type { Standpoint } from '../storage/ground.ts';
import { TAIL_BYTES } from '../storage/layout.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Filled } from './fill.ts';
import { fill, timeOf } from './fill.ts';
import type { Ports } from './ports.ts';
import type { Place, Receipt } from './receipt.ts';
import { draftOfHold } from './quarantine.ts';
import type { HeldDraft } from './quarantine.ts';
import type { Stated } from './same.ts';
import { isSameDraft, isSameLine, statedIn, statesNoMore } from './same.ts';
import type { Unrecorded } from './unrecorded.ts';

/** Drafts of which each stands on those before it. */
export interface Chain {
  readonly name: string;
  /** Whether one of an earlier request was not taken. */
  readonly isBroken: boolean;
}

/** A draft on its way in. */
export interface Submission extends Filled {
  readonly surface: Surface;
  /** What it stands on: where an earlier draft of that was not taken, this one is not tried. */
  readonly chain?: Chain | undefined;
  /** Whether what has its id is what it brings, though it says so otherwise; or what waits. */
  readonly isRow?: (recorded: Stated) => boolean;
  readonly isHeldRow?: (held: Stated) => boolean;
}

const SOURCE = { kind: 'runtime', name: 'ledger' } as const;

const placeOf = ({
  event_hash,
  header: { seq, id, policy },
}: Pick<Sealed, 'event_hash' | 'header'>): Place => ({
  seq,
  id,
  event_hash,
  policy,
});

/** An event on its way in, whose payload is read where something asks for it. */
class Entering implements Recorded {
  readonly event_hash: Digest;
  readonly header: Header;
  private readonly proposal: Proposal;

  constructor(hash: Digest, header: Header, proposal: Proposal) {
    this.event_hash = hash;
    this.header = header;
    this.proposal = proposal;
  }

  get payload(): Json {
    return this.proposal.payload;
  }
}

export class Batch {
  private readonly ports: Ports;
  private readonly mirror: Mirror;
  private readonly unrecorded: Unrecorded;
  private readonly quarantine: string;
  readonly lines: Uint8Array[] = [];
  readonly held: HeldDraft[] = [];
  bytes = 0;
  at: Standpoint;

  constructor(
    ports: Ports,
    mirror: Mirror,
    at: Standpoint,
    unrecorded: Unrecorded,
    quarantine: string,
  ) {
    this.ports = ports;
    this.quarantine = quarantine;
    this.mirror = mirror;
    this.at = at;
    this.unrecorded = unrecorded;
  }

  /** Whether another line, however long it is, fits into the batch. */
  get hasRoom(): boolean {
    return this.bytes + (1 << 20) <= TAIL_BYTES;
  }

  get head(): Digest {
    return this.at.ended.head;
  }

  /** Order is by seq: a clock that steps back stands still. */
  private now(): Time {
    const now = timeOf(this.ports.now());
    const { recordedAt } = this.at.ended;
    return recordedAt !== undefined && recordedAt > now ? recordedAt : now;
  }

  private view(now: Time): View {
    return viewOf(this.ports.crypto, this.at.ground, this.at.ended.origin, now);
  }

  /** The receipt that an id has already, undefined where nothing is recorded under it. */
  earlier({ draft, filled, isRow }: Submission): Receipt | undefined {
    const found = filled.has('id') ? undefined : this.mirror.past.find(draft.claim.id);
    const line = found === undefined ? undefined : this.mirror.lineAt(found.seq);
    if (line === undefined) return undefined;
    const recorded = recordedOf(line);
    return isSameLine({ draft, filled }, line) || isRow?.(recorded) === true
      ? { status: 'already_recorded', ...placeOf(recorded) }
      : { status: 'conflict', reason: 'id_taken', actual: recorded.event_hash };
  }

  private enter(
    draft: Draft,
    proposal: Proposal,
    policy: Policy,
    now: Time,
  ): E.Either<Receipt, Place> {
    const { crypto } = this.ports;
    const { ended, ground, hasAdopted } = this.at;
    const { size: seq, head: prev_event_hash } = ended;
    const position = { policy, prev_event_hash, recorded_at: now, seq: seq as Seq };
    const sealed = seal(crypto, draft, position);
    if (E.isLeft(sealed)) return E.left({ status: 'too_long', error: sealed.left });
    const { header, event_hash, bytes } = sealed.right;
    const event = new Entering(event_hash, header, proposal);
    const frontier = this.mirror.take(event, bytes, ended.frontier);
    this.lines.push(bytes);
    this.bytes += bytes.length;
    this.at = {
      ground: follow(crypto, ground, event),
      hasAdopted: hasAdopted || header.event_type === 'policy.adopted',
      ended: { ...ended, size: seq + 1, head: event_hash, recordedAt: now, frontier },
    };
    return E.right(placeOf(sealed.right));
  }

  /** Writes what the tool itself has to say. */
  private record(event_type: string, payload: JsonObject, now: Time): EventId | undefined {
    const { origin } = this.at.ended;
    const stated = { event_type, observed_at: now, payload, source: { ...SOURCE } };
    const filled = fill(this.ports, origin, stated);
    if (E.isLeft(filled)) return undefined;
    const { draft } = filled.right;
    const proposal = propose(this.ports.crypto, 'record', draft);
    const policy = sealOf(judge(proposal, this.view(now), this.at.ground.set));
    const entered = policy && this.enter(draft, proposal, policy, now);
    return entered?._tag === 'Right' ? entered.right.id : undefined;
  }

  private refuse(proposal: Proposal, decision: Decision, view: View): Receipt {
    const refusal = refusalOf(proposal, decision, view, this.at.ground.set, this.unrecorded);
    if (refusal === 'not_kept') return { status: 'refused', decision };
    const { author, record } = refusal;
    if (record === undefined) {
      this.unrecorded.add(author, view.seq);
      return { status: 'refused', decision };
    }
    const recorded = this.record('policy.refused', record, view.now);
    return { status: 'refused', decision, ...(recorded === undefined ? {} : { recorded }) };
  }

  /** Whether a draft waits there already, said once more with a salt or a moment of its own. */
  private isAgain(hold: Hold, submission: Submission): boolean {
    if (!isHeldOf(hold, submission.draft.attestation) || hold.releases.length > 0) return false;
    const held =
      this.held.find(({ id }) => id === hold.id)?.draft ??
      draftOfHold(this.ports, this.quarantine, hold);
    if (held === undefined || !statesNoMore(held, submission.draft)) return false;
    return isSameDraft(submission, held) || submission.isHeldRow?.(statedIn(held)) === true;
  }

  private holdBack(
    submission: Submission,
    proposal: Proposal,
    decision: Decision,
    view: View,
  ): Receipt {
    const { draft } = submission;
    const claim = claimText(proposal);
    const { standing } = this.at.ground;
    const { attestation } = proposal;
    const holding = decision.contributing.map(({ rule }) => rule);
    // A hold is released from the rules that it names: another that holds it now needs its own.
    for (const hold of standing.open.get(draft.claim.id) ?? []) {
      if (!holding.every((rule) => hold.rules.includes(rule))) continue;
      if (isHeldAs(hold, claim, attestation) || this.isAgain(hold, submission))
        return { status: 'held', decision, quarantine: hold.id };
    }
    if (!mayHold(standing, attestation?.key_id)) return this.refuse(proposal, decision, view);
    const payload = heldPayload(proposal, decision) as JsonObject;
    const id = this.record('policy.held', payload, view.now);
    if (id === undefined) return { status: 'refused', decision };
    this.held.push({ id, draft });
    return { status: 'held', decision, quarantine: id, recorded: id };
  }

  /** submit judges a draft and lets it in, or not. */
  submit(submission: Submission): Receipt {
    const { surface, draft } = submission;
    const view = this.view(this.now());
    const proposal = propose(this.ports.crypto, surface, draft);
    const decision = judge(proposal, view, this.at.ground.set);
    const policy = sealOf(decision);
    if (policy !== undefined) {
      const entered = this.enter(draft, proposal, policy, view.now);
      return E.isLeft(entered) ? entered.left : { status: 'appended', ...entered.right };
    }
    return decision.outcome === 'quarantine'
      ? this.holdBack(submission, proposal, decision, view)
      : this.refuse(proposal, decision, view);
  }
}
