/**
 * What a format is: how items become a body, where it goes, and which headers go with it.
 */
import type { Json } from '../../../ledger/json/value.ts';

/** An item as it may leave: redacted, if there is a redaction. */
export interface Sendable {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly owner: string;
  readonly at: string;
  readonly payload: Json | undefined;
  readonly isEvent: boolean;
}

/** Why an item cannot be written; it waits for a person then. */
export type Unfit = 'unknown_kind' | 'bad_payload' | 'control_characters';

export interface Frame {
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

export type Settings = Readonly<Record<string, string>>;

export interface Signing {
  readonly secret: string;
  readonly id: string;
  readonly body: Uint8Array;
  /** Seconds since 1970. */
  readonly at: number;
}

/** What signs with a secret; undefined where the secret is none of its kind. */
export interface Signers {
  readonly hmac: (key: Uint8Array, message: Uint8Array) => Uint8Array;
  readonly ed25519: (seed: Uint8Array, message: Uint8Array) => Uint8Array;
}

export interface Preset {
  readonly name: string;
  readonly contentType: string;
  /** The settings that it knows. */
  readonly settings: readonly string[];
  readonly isSigned: boolean;
  /** Whether each item goes alone. */
  readonly isSingle: boolean;
  /** Whether a body may hold items of several kinds. */
  readonly isMixed: boolean;
  /** Whether an event out of which nothing is taken is its line, byte for byte. */
  readonly isVerbatim: boolean;
  readonly replaceable: readonly string[];
  readonly gzip: boolean;
  /** Whether `Authorization` is a bare token. */
  readonly isBearer: boolean;
  /** Behind the URL of the destination. */
  readonly pathOf: (kind: string) => string;
  readonly write: (item: Sendable, origin: string) => string | { readonly unfit: Unfit };
  readonly frame: (kind: string, settings: Settings) => Frame;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  /** Undefined where the secret cannot sign. */
  readonly sign: (by: Signers, signing: Signing) => Readonly<Record<string, string>> | undefined;
}

/** PLAIN is what most formats do: they know no kinds, sign nothing and go where the URL says. */
export const PLAIN = {
  settings: [],
  isSigned: false,
  isSingle: false,
  isMixed: true,
  isVerbatim: false,
  replaceable: [],
  gzip: false,
  isBearer: false,
  pathOf: () => '',
  headers: () => ({}),
  sign: () => ({}),
} satisfies Partial<Preset>;
