/**
 * A ledger in the small for trying policies out: keys made of their names, events sealed and
 * followed, nothing written anywhere. Its keys are worth nothing: anybody can make them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Tier } from '../../ledger/chain/keyring.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { attest } from '../../ledger/event/attestation.ts';
import type { Draft, DraftRefused } from '../../ledger/event/draft.ts';
import { draftOf, withAttestation } from '../../ledger/event/draft.ts';
import type { Policy } from '../../ledger/event/header.ts';
import { seal } from '../../ledger/event/seal.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatVkey, signerOf } from '../../ledger/key/key.ts';
import type { KeyName, Meaning, Origin, Time } from '../../ledger/name.ts';
import type { Decision } from '../gate/decision.ts';
import { sealOf } from '../gate/decision.ts';
import { judge } from '../gate/gate.ts';
import { propose } from '../proposal.ts';
import type { PolicySet } from '../set/set.ts';
import type { Ground } from '../state/ground.ts';
import { follow, groundOf, viewOf } from '../state/ground.ts';
import { surfaceOf } from '../surface.ts';
import type { View } from '../view.ts';

export const STAGE = 'example.com/stage' as Origin;

export interface Staged {
  readonly type: string;
  readonly payload?: Json | undefined;
  readonly by?: Signer | undefined;
  readonly meaning?: string | undefined;
  /** Members of the claim beyond what is filled in. */
  readonly members?: JsonObject | undefined;
}

/** stagedKey makes the key of a name. */
export const stagedKey = (crypto: Crypto, name: KeyName): Signer => {
  const seed = crypto.sha256(encodeUtf8(`a key for trying out: ${name}`));
  const made = signerOf(crypto, name, seed);
  if (E.isLeft(made)) throw new Error(`no key of the name ${name}: ${made.left.reason}`);
  return made.right;
};

/** stagedDraft fills in what an event does not state, from its number and the moment. */
export const stagedDraft = (
  crypto: Crypto,
  { type, payload, by, meaning, members }: Staged,
  number: number,
  now: Time,
): E.Either<DraftRefused, Draft> => {
  const draft = draftOf(crypto, {
    event_type: type,
    id: `event-${number}`,
    ledger: STAGE,
    observed_at: now,
    payload: payload ?? {},
    salt: String(number).padStart(32, '0'),
    source: { kind: 'user', name: 'stage' },
    ...members,
  });
  if (E.isLeft(draft) || by === undefined) return draft;
  const attestation = attest(
    crypto,
    by,
    draft.right.claim,
    (meaning ?? 'authored') as Meaning,
    now,
  );
  return E.right(withAttestation(draft.right, attestation));
};

/** A name that none of the others is: whoever bears it is no operator by accident. */
const nobodyAmong = (names: readonly string[]): KeyName => {
  let name = 'nobody';
  while (names.includes(name)) name += '-';
  return name as KeyName;
};

export class Stage {
  private ground: Ground;
  readonly crypto: Crypto;
  readonly now: Time;

  constructor(crypto: Crypto, set: PolicySet, now: Time) {
    this.crypto = crypto;
    this.now = now;
    this.ground = groundOf(set);
  }

  get view(): View {
    return viewOf(this.crypto, this.ground, STAGE, this.now);
  }

  /** Judges a draft, and records it if it may enter; undefined where it cannot be sealed then. */
  bring(draft: Draft): Decision | undefined {
    const surface = surfaceOf(draft.claim.event_type);
    const decision = judge(propose(this.crypto, surface, draft), this.view, this.ground.set);
    const policy = sealOf(decision);
    return policy === undefined || this.record(draft, policy) ? decision : undefined;
  }

  /** Records a draft as if it had been let in. */
  record(draft: Draft, outcome: Partial<Policy> = {}): boolean {
    const { end, set } = this.ground;
    const sealed = seal(this.crypto, draft, {
      policy: { outcome: 'allow', policy_set: set.digest, ...outcome },
      prev_event_hash: end.head,
      recorded_at: this.now,
      seq: this.view.seq,
    });
    if (E.isLeft(sealed)) return false;
    const { event_hash, header } = sealed.right;
    const payload = JSON.parse(draft.payload) as Json;
    // The set that is tried out stays in force, whatever is adopted on the stage.
    this.ground = {
      ...follow(this.crypto, this.ground, { event_hash, header, payload }),
      set,
    };
    return true;
  }

  /** Founds the ledger with the keys; the operators among them enrol the others. */
  found(keys: readonly (readonly [Signer, Tier])[]): void {
    const [chief] = keys.find(([, tier]) => tier === 'operator') ?? [
      stagedKey(this.crypto, nobodyAmong(keys.map(([{ name }]) => name))),
    ];
    const operator = formatVkey(chief);
    const payload = { format: 1, origin: STAGE, operator_key: operator };
    const founding = stagedDraft(this.crypto, { type: 'ledger.created', payload }, 0, this.now);
    if (E.isRight(founding)) this.record(founding.right);
    for (const [key, tier] of keys) {
      if (key.keyId === chief.keyId) continue;
      const enrolment = { vkey: formatVkey(key), tier, purpose: 'author' };
      const event = { type: 'key.enrolled', payload: enrolment, by: chief };
      const draft = stagedDraft(this.crypto, event, this.view.seq, this.now);
      if (E.isRight(draft)) this.record(draft.right);
    }
  }
}
