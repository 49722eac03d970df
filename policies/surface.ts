/**
 * The ways into a ledger. Each names who may exceed a warning on it and which rules must have
 * spoken: an event that one of them said nothing about is rejected, whatever the others said.
 *
 *     ordinary    what people and programs bring: every rule may hold it back
 *     governing   keys, policies, exceptions: only built-in rules may, so that no set of documents
 *                 and no clock can lock a ledger for good
 *     own         what the tool writes about itself: only what would break the chain for ever is
 *                 rejected, and no set of documents does more than warn
 */
import type { EventType } from '../ledger/name.ts';
import { isReserved } from '../ledger/name.ts';
import type { RuleName } from './rule/name.ts';

export type Power = 'ordinary' | 'governing' | 'own';

export interface Surfaced {
  readonly power: Power;
  /** The types that enter here, as a pattern; `undefined` where it is any that is not reserved. */
  readonly types: RegExp | undefined;
  readonly required: readonly [RuleName, ...RuleName[]];
}

/** What a broken one would leave in the chain for ever: these may reject on every surface. */
const INTEGRITY = [
  'it-belongs-here',
  'the-attestation-is-good',
  'the-key-is-current',
  'what-was-seen-is-here',
  'the-authority-suffices',
  'the-set-is-sound',
] as const;
const GOVERNING = [
  ...INTEGRITY,
  'the-mirror-is-in-parity',
  'an-attestation-is-there',
  'four-eyes-have-seen-it',
] as const;
const BROUGHT = [
  ...GOVERNING,
  'the-tier-is-enough',
  'the-source-may-write-this',
  'the-payload-matches-its-schema',
  'the-payload-is-within-bounds',
  'the-clocks-are-sane',
  'the-correction-fits',
  'the-cause-exists',
  'no-secret-is-inside',
  'the-source-keeps-its-rate',
] as const;

/** Types of the outbox that people write; the others are plans and receipts. */
const OUTBOX = 'outbox\\.(?:destination_[a-z0-9_]+|enqueued|retried|dropped|set_aside)';
const EXPERIMENT = 'experiment\\.(?:created|amended|started|(?:un)?tagged|concluded|archived)';

/** What the tool says of what it did, and of what it did not let in. */
const RECORD = [
  'ledger\\.(?!payload_erased$|recovered$).*',
  'policy\\.(?:refused|held)',
  `(?!${EXPERIMENT}$)experiment\\..*`,
  'schema_migration\\..*',
].join('|');

const type = (form: string): RegExp => new RegExp(`^(?:${form})$`);

export const SURFACES = {
  append: { power: 'ordinary', types: undefined, required: BROUGHT },
  append_signed: { power: 'ordinary', types: undefined, required: BROUGHT },
  import: { power: 'ordinary', types: undefined, required: BROUGHT },
  outbox_configuration: { power: 'ordinary', types: type(OUTBOX), required: BROUGHT },
  experiment_transition: { power: 'ordinary', types: type(EXPERIMENT), required: BROUGHT },
  export: { power: 'ordinary', types: type('ledger\\.exported'), required: BROUGHT },
  key_change: { power: 'governing', types: type('key\\..*'), required: GOVERNING },
  policy_adoption: { power: 'governing', types: type('policy\\.adopted'), required: GOVERNING },
  break_glass: { power: 'governing', types: type('break_glass\\..*'), required: GOVERNING },
  quarantine_release: {
    power: 'governing',
    types: type('policy\\.(?:released|discarded)'),
    required: GOVERNING,
  },
  erasure: { power: 'governing', types: type('ledger\\.payload_erased'), required: GOVERNING },
  delivery_receipt: { power: 'own', types: type(`(?!${OUTBOX}$)outbox\\..*`), required: INTEGRITY },
  recovery: { power: 'own', types: type('ledger\\.recovered'), required: INTEGRITY },
  record: { power: 'own', types: type(RECORD), required: INTEGRITY },
} as const satisfies Readonly<Record<string, Surfaced>>;

export type Surface = keyof typeof SURFACES;

/** entersBy says whether events of a type enter by the surface. */
export const entersBy = (surface: Surface, of: EventType): boolean => {
  const { types } = SURFACES[surface];
  return types === undefined ? !isReserved(of) : types.test(of);
};

/** powerOf says who may exceed a warning there. */
export const powerOf = (surface: Surface): Power => SURFACES[surface].power;

/** Whether an export may run is judged before it runs; what is recorded of it is a receipt. */
const RECORDED = (Object.keys(SURFACES) as readonly Surface[]).filter((name) => name !== 'export');

/**
 * surfaceOf tells by its type how a recorded event came in. The three ways of ordinary events judge
 * alike, so that what is recorded need not say which it was.
 */
export const surfaceOf = (of: EventType): Surface =>
  RECORDED.find((surface) => entersBy(surface, of)) ?? 'append';
