/**
 * Where things lie in the folder of a ledger, and the one file that says how it is kept. What is
 * left out of its limits is as `LIMITS` has it.
 *
 *     ledger.json   {"format":1,"limits":{"segment_bytes":67108864},"origin":"example.com/acme"}
 */
import * as E from 'fp-ts/lib/Either.js';
import { join, relative, resolve } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Check, Problem } from '../../ledger/event/shape.ts';
import { name, object, oneOf } from '../../ledger/event/shape.ts';
import { write } from '../../ledger/json/format.ts';
import { parse } from '../../ledger/json/parse.ts';
import type { Json, JsonObject, JsonRefused } from '../../ledger/json/value.ts';
import type { Origin } from '../../ledger/name.ts';
import { parseOrigin } from '../../ledger/name.ts';

export interface Layout {
  readonly folder: string;
  readonly settings: string;
  readonly journal: string;
  readonly mirror: string;
  readonly checkpoint: string;
  readonly checkpoints: string;
  readonly keys: string;
  readonly policies: string;
  readonly quarantine: string;
  readonly torn: string;
  readonly unrecorded: string;
}

/** isWithin says whether the second of two folders is the first one or lies in it. */
export const isWithin = (folder: string, other: string): boolean =>
  !/^\.\.(?:\/|$)/.test(relative(resolve(folder), resolve(other)));

/** layoutOf tells where things lie. */
export const layoutOf = (folder: string): Layout => ({
  folder,
  settings: join(folder, 'ledger.json'),
  journal: join(folder, 'journal'),
  mirror: join(folder, 'mirror.db'),
  checkpoint: join(folder, 'checkpoint'),
  checkpoints: join(folder, 'checkpoints'),
  keys: join(folder, 'keys'),
  policies: join(folder, 'policies'),
  quarantine: join(folder, 'quarantine'),
  torn: join(folder, 'torn'),
  unrecorded: join(folder, 'unrecorded.json'),
});

export interface Limits {
  /** A segment that has grown beyond it is followed by another. */
  readonly segment_bytes: number;
  /** A checkpoint is signed when so many events stand behind the last one. */
  readonly checkpoint_events: number;
  /** And when the last one is so old. */
  readonly checkpoint_seconds: number;
}

export interface Settings {
  readonly origin: Origin;
  readonly limits: Limits;
}

const MIB = 1 << 20;

/** The most that a batch puts into the journal, and the most of a tail that is ever set aside. */
export const TAIL_BYTES = 8 * MIB;

export const LIMITS: Limits = {
  segment_bytes: 64 * MIB,
  checkpoint_events: 10_000,
  checkpoint_seconds: 3600,
};

const between =
  (least: number, most: number): Check =>
  (value, path) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? []
      : [{ path, reason: 'out_of_range' }];

const checkSettings = object(
  { format: oneOf(1), origin: name(parseOrigin) },
  {
    limits: object(
      {},
      {
        segment_bytes: between(1, 2 ** 40),
        checkpoint_events: between(1, 2 ** 40),
        checkpoint_seconds: between(1, 2 ** 40),
      },
    ),
  },
);

export interface SettingsRefused {
  readonly _tag: 'SettingsRefused';
  readonly problems: readonly Problem[];
  readonly text?: JsonRefused;
}

/** parseSettings reads `ledger.json`. */
export const parseSettings = (bytes: Uint8Array): E.Either<SettingsRefused, Settings> => {
  const parsed = parse(bytes);
  if (E.isLeft(parsed)) return E.left({ _tag: 'SettingsRefused', problems: [], text: parsed.left });
  const problems = checkSettings(parsed.right, '');
  if (problems.length > 0) return E.left({ _tag: 'SettingsRefused', problems });
  const { origin, limits } = parsed.right as unknown as Partial<Settings>;
  return E.right({ origin: origin as Origin, limits: { ...LIMITS, ...limits } });
};

/** formatSettings writes `ledger.json`: only what differs from the limits that hold anyway. */
export const formatSettings = ({ origin, limits }: Settings): Uint8Array => {
  const own = Object.entries(limits).filter(
    ([key, value]) => LIMITS[key as keyof Limits] !== value,
  );
  const stated: JsonObject = Object.fromEntries(own);
  const value: Json = { format: 1, origin, ...(own.length > 0 ? { limits: stated } : {}) };
  return encodeUtf8(`${write(value)}\n`);
};
