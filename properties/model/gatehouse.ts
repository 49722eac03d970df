/**
 * A small ledger with its gate, for tests: real keys, real signatures, real lines. What the gate
 * lets in is sealed and followed; what it does not is given back with its decision.
 */
import { native } from '../../ledger/crypto/native.ts';
import { attest } from '../../ledger/event/attestation.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import { seal } from '../../ledger/event/seal.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { EventId, KeyName, Meaning, Time } from '../../ledger/name.ts';
import { STAGE, stagedKey } from '../../policies/explain/stage.ts';
import type { Decision } from '../../policies/gate/decision.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { judge } from '../../policies/gate/gate.ts';
import type { Proposal } from '../../policies/proposal.ts';
import { propose } from '../../policies/proposal.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { Ground } from '../../policies/state/ground.ts';
import { follow, groundOf, viewOf } from '../../policies/state/ground.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Surface } from '../../policies/surface.ts';
import { surfaceOf } from '../../policies/surface.ts';
import type { View } from '../../policies/view.ts';
import { sound } from '../arbitrary/key.ts';

/** Alice and Bob are operators, Carol is verified, Dave observed; Eve was never enrolled. */
const person = (name: string): Signer => stagedKey(native, name as KeyName);
export const [ALICE, BOB, CAROL, DAVE, EVE] = [
  person('alice'),
  person('bob'),
  person('carol'),
  person('dave'),
  person('eve'),
];

/** timeOf is a moment of the house's morning. */
export const timeOf = (seconds: number): Time =>
  new Date(Date.UTC(2026, 10, 20, 9, 0, seconds)).toISOString() as Time;

/** enrolment is the payload of `key.enrolled`. */
export const enrolment = (key: Signer, tier = 'verified', purpose = 'author'): JsonObject => ({
  purpose,
  tier,
  vkey: formatVkey(key),
});

export interface Brought {
  readonly type: string;
  readonly payload?: Json;
  readonly by?: Signer | undefined;
  readonly meaning?: string;
  readonly surface?: Surface;
  /** Members of the claim. */
  readonly author?: JsonObject;
  /** By which clock it was signed. */
  readonly signedAt?: Time;
}

export const setOf = (document: JsonObject): PolicySet =>
  sound(loadSet(native, { test: { version: 1, ...document } }));

export class Gatehouse {
  readonly recorded: Recorded[] = [];
  readonly lines: Uint8Array[] = [];
  ground: Ground = groundOf(readyMade(native, 'open'));
  /** Seconds on the ledger's clock; each event takes one. */
  seconds = 0;

  /** The set is in force from the beginning, without an adoption. */
  constructor(set?: PolicySet) {
    this.enter({
      type: 'ledger.created',
      payload: {
        format: 1,
        origin: STAGE,
        operator_key: formatVkey(ALICE),
      },
    });
    this.enter({ type: 'key.enrolled', payload: enrolment(BOB, 'operator'), by: ALICE });
    this.enter({ type: 'key.enrolled', payload: enrolment(CAROL), by: ALICE });
    this.enter({ type: 'key.enrolled', payload: enrolment(DAVE, 'observed'), by: ALICE });
    if (set !== undefined) this.ground = { ...this.ground, set };
  }

  get now(): Time {
    return timeOf(this.seconds);
  }

  get view(): View {
    return viewOf(native, this.ground, STAGE, this.now);
  }

  draft({ type, payload = {}, by, meaning = 'authored', author = {}, signedAt }: Brought): Draft {
    const number = this.recorded.length;
    const draft = sound(
      draftOf(native, {
        event_type: type,
        id: `e-${number}`,
        ledger: STAGE,
        observed_at: this.now,
        payload,
        salt: String(number).padStart(32, '0'),
        source: { kind: 'tool', name: 'test' },
        ...author,
      }),
    );
    if (by === undefined) return draft;
    const at = signedAt ?? this.now;
    return { ...draft, attestation: attest(native, by, draft.claim, meaning as Meaning, at) };
  }

  propose(brought: Brought): Proposal {
    const draft = this.draft(brought);
    return propose(native, brought.surface ?? surfaceOf(draft.claim.event_type), draft);
  }

  judge(brought: Brought): Decision {
    return judge(this.propose(brought), this.view, this.ground.set);
  }

  /** Judges a draft and records it if it may enter. */
  take(
    draft: Draft,
    surface: Surface = surfaceOf(draft.claim.event_type),
    isWithheld = false,
  ): Decision {
    const proposal = propose(native, surface, draft);
    const decision = judge(proposal, this.view, this.ground.set);
    const policy = sealOf(decision);
    if (policy === undefined) return decision;
    const { end } = this.ground;
    const sealed = sound(
      seal(native, draft, {
        policy,
        prev_event_hash: end.head,
        recorded_at: this.now,
        seq: this.view.seq,
      }),
    );
    const { event_hash, header, bytes } = sealed;
    const event: Recorded = { event_hash, header, payload: proposal.payload };
    this.lines.push(bytes);
    this.recorded.push(event);
    this.ground = follow(
      native,
      this.ground,
      isWithheld ? { ...event, payload: undefined } : event,
    );
    this.seconds++;
    return decision;
  }

  /** Takes a draft whose payload nobody sees who follows: it was erased later than now. */
  withhold(draft: Draft): Decision {
    return this.take(draft, undefined, true);
  }

  bring(brought: Brought): Decision {
    return this.take(this.draft(brought), brought.surface);
  }

  /** Brings what must get in, and gives the id it got. */
  enter(brought: Brought): EventId {
    const decision = this.bring(brought);
    const id = this.recorded.at(-1)?.header.id;
    if (sealOf(decision) === undefined || id === undefined)
      throw new Error(`not let in: ${JSON.stringify(decision.contributing)}`);
    return id;
  }

  adopt(documents: JsonObject, by: Signer = ALICE): EventId {
    return this.enter(this.adopting(documents, by));
  }

  /** What an adoption is brought as; of documents that cannot be read it says nothing more. */
  adopting(documents: JsonObject, by: Signer = ALICE): Brought {
    const loaded = loadSet(native, documents);
    const payload =
      loaded._tag === 'Right' ? adoptionOf(this.ground.set, loaded.right) : { documents };
    return { type: 'policy.adopted', payload, by };
  }

  approve(subject: string, by: Signer): EventId {
    const payload = { subject };
    return this.enter({ type: 'review.approved', payload, by, meaning: 'approved' });
  }

  /** What an erasure is brought as; the payload stays here, as it may in a journal. */
  erasing(seq: number, by: Signer = ALICE): Brought {
    const event_hash = this.recorded[seq]?.event_hash ?? '';
    return { type: 'ledger.payload_erased', payload: { event_hash, seq }, by };
  }

  erase(seq: number): EventId {
    return this.enter(this.erasing(seq));
  }
}

/** told shows a decision in short: its outcome and the rules that made it. */
export const told = ({ outcome, contributing }: Decision): string =>
  outcome === 'allow' ? 'allow' : `${outcome}: ${contributing.map(({ rule }) => rule).join(', ')}`;
