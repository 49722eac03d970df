/**
 * What was handed in as an item that is no event. A part of it that is no text stands there as its
 * bytes, and so may one that has no room as a text:
 *
 *     {"owner":"s-1","kind":"events","payload":"{…}"}
 *     {"owner":"s-1","kind":"events","payload_base64":"/0E="}
 *
 * What has a part that is no text can be sent as nothing else: it is parked, and neither takes the
 * place of anything nor has its place taken.
 */
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import { decodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import type { Check, Problem } from '../../ledger/event/shape.ts';
import { also, object, oneOf } from '../../ledger/event/shape.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { NAME, text } from './check.ts';

const PARTS = ['owner', 'kind', 'payload'] as const;
type Part = (typeof PARTS)[number];

/** It as it is recorded: each part once, as what it is or as its bytes. */
export type Enqueued = {
  readonly [P in Exclude<Part, 'payload'> | `${Part}_base64`]?: string;
} & {
  readonly payload?: Json;
  /** The latest of its owner and kind stands for the earlier ones. */
  readonly replaceable?: boolean;
  /** All destinations that take its kind, where none is named. */
  readonly destination?: string;
};

/** It as it is delivered; a part that is no text is an empty one. */
export interface Handed extends Pick<Enqueued, 'replaceable' | 'destination'> {
  readonly owner: string;
  readonly kind: string;
  readonly payload: Json;
  readonly isText: boolean;
}

/** As long as there is room for it, with whatever characters: those who show it escape them. */
const TEXT = text(/^[^\p{Cs}]*$/u, Infinity);

const BASE64: Check = (value, path) =>
  typeof value === 'string' && parseBase64(value) !== undefined
    ? []
    : [{ path, reason: 'not_base64' }];

const anything: Check = () => [];

const ONCE: Check = (value) =>
  PARTS.flatMap((part): readonly Problem[] => {
    const names = [part, `${part}_base64`].filter(
      (each) => isObject(value) && Object.hasOwn(value, each),
    );
    if (names.length === 1) return [];
    return [{ path: part, reason: names.length === 0 ? 'missing' : 'not_permitted' }];
  });

/** ENQUEUED checks it. */
export const ENQUEUED: Check = also(
  object(
    {},
    {
      owner: TEXT,
      kind: TEXT,
      payload: anything,
      owner_base64: BASE64,
      kind_base64: BASE64,
      payload_base64: BASE64,
      replaceable: oneOf(true, false),
      destination: NAME,
    },
  ),
  ONCE,
);

/** The text that bytes are, undefined where they are none. */
const textOf = (base64 = ''): string | undefined => {
  const bytes = parseBase64(base64) ?? new Uint8Array();
  return invalidUtf8At(bytes) < 0 ? decodeUtf8(bytes) : undefined;
};

/** handedIn reads what was checked. */
export const handedIn = (enqueued: Enqueued): Handed => {
  const { replaceable, destination } = enqueued;
  const owner = enqueued.owner ?? textOf(enqueued.owner_base64);
  const kind = enqueued.kind ?? textOf(enqueued.kind_base64);
  const payload =
    enqueued.payload === undefined ? textOf(enqueued.payload_base64) : enqueued.payload;
  return {
    owner: owner ?? '',
    kind: kind ?? '',
    payload: payload ?? null,
    isText: owner !== undefined && kind !== undefined && payload !== undefined,
    ...(replaceable === undefined ? {} : { replaceable }),
    ...(destination === undefined ? {} : { destination }),
  };
};
