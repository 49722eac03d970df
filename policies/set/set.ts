/**
 * A policy set as rules use it: what its documents say, read once and ready for use.
 */
import type { Tier } from '../../ledger/chain/keyring.ts';
import type { SourceKind } from '../../ledger/event/header.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest, EventType } from '../../ledger/name.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { DocumentRule } from '../rule/rule.ts';
import type { Schema } from '../schema/schema.ts';

/** A schema by the first of its names: those that are equal are one. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: Schema;
}

export interface Rate {
  readonly events: number;
  /** Over how many of the latest events. */
  readonly window: number;
}

/** What is asked of events of one type: everything that any entry for it asks. */
export interface Requirements {
  /** The kinds of source whose events must be attested. */
  readonly attested: readonly SourceKind[];
  readonly tier: Tier | undefined;
  /** Undefined where every kind of source may write it. */
  readonly sources: readonly SourceKind[] | undefined;
  readonly schemas: readonly NamedSchema[];
  readonly maxBytes: number | undefined;
  readonly maxDepth: number | undefined;
  /** The tier that another person's approval takes, where it takes one. */
  readonly fourEyes: Tier | undefined;
  readonly rates: readonly Rate[];
  readonly rules: readonly DocumentRule[];
}

export interface Refusals {
  readonly record: 'all' | 'attested' | 'none';
  /** The most that are recorded of one source within the window; what is beyond is counted. */
  readonly perSource: number;
  readonly window: number;
}

export interface PolicySet {
  readonly digest: Digest;
  readonly documents: JsonObject;
  /** Whether this gate can read what was adopted; where not, nothing is let in. */
  readonly isReadable: boolean;
  /** The rules that its documents bring. */
  readonly rules: readonly DocumentRule[];
  readonly requirementsOf: (type: EventType) => Requirements;
  readonly clocks: { readonly aheadMs: number | undefined; readonly behindMs: number | undefined };
  readonly mustExist: { readonly corrections: boolean; readonly causes: boolean };
  /** The tier that another person's approval of any correction takes, where it takes one. */
  readonly correctionsTake: Tier | undefined;
  /** Undefined where nothing looks for secrets. */
  readonly secrets: readonly { readonly name: string; readonly pattern: Pattern }[] | undefined;
  readonly exceptions: {
    /** Whether whoever authorizes an exception may not be the one who uses it. */
    readonly separate: boolean;
    readonly reviewWithinMs: number | undefined;
  };
  /** The tier of a key that may release what was held. */
  readonly releaseTier: Tier;
  readonly refusals: Refusals;
  /** Whether an event tells of every export. */
  readonly recordsExports: boolean;
  /** How many operators there must be for the set to be adopted. */
  readonly operators: number;
}
