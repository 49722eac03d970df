/**
 * How event types become classes of OCSF, the Open Cybersecurity Schema Framework: a document that
 * names for each type the class, the activity and what of the event its attributes are.
 *
 *     types:
 *       door.opened:
 *         class_uid: 6003
 *         activity_id: 2
 *         attributes:
 *           src_endpoint.uid: { pointer: /payload/door, value: unknown }
 *
 * The narrowest pattern that means a type counts. What no pattern means is a Base Event. What all
 * events have (time, metadata, actor, observables, unmapped) is filled in by `line.ts`.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { EventType } from '../../../ledger/name.ts';
import { editorSchema, text, typePattern } from '../../../policies/document/form.ts';
import { within } from '../../../policies/document/place.ts';
import type { DocumentProblem } from '../../../policies/document/problem.ts';
import { readDocument } from '../../../policies/document/read.ts';
import type { Judged, Shape, Shaped } from '../../../policies/document/shape.ts';
import {
  anything,
  described,
  integer,
  judge,
  map,
  object,
  oneOf,
  shape,
  wrong,
} from '../../../policies/document/shape.ts';
import type { TypePattern } from '../../../policies/type-pattern.ts';
import { isOfType } from '../../../policies/type-pattern.ts';
import type { Pointer } from '../pointer.ts';
import { parsePointer } from '../pointer.ts';
import { DEFAULT_MAP } from './default-map.ts';

/** The version of OCSF whose attributes every event has. */
export const OCSF_VERSION = '1.8.0';

/** What a value in an event becomes. */
export type As = 'text' | 'integer' | 'time' | 'json';

const pointerText = text(
  'a JSON pointer such as /payload/total',
  256,
  /^\/(?:header|payload)(?:\/(?:[^~/]|~[01])*)*$/,
);

const pointer: Shape<Pointer | undefined> = shape(pointerText.schema, (value, at) =>
  E.map(parsePointer)(pointerText(value, at)),
);

const taken = object(
  {},
  {
    pointer: described('where it stands in an event: under /header or /payload', pointer),
    as: described(
      'what becomes of it: text, a whole number, milliseconds of a time, or as it stands',
      oneOf('text', 'integer', 'time', 'json'),
      'text',
    ),
    value: described('what it is where the pointer leads to nothing of that kind', anything),
  },
);

export type Taken = Shaped<typeof taken>;

const sound = shape<Taken>({ ...taken.schema, minProperties: 1 }, (value, at) => {
  const read = taken(value, at);
  if (E.isLeft(read)) return read;
  const { pointer: to, as, value: always } = read.right;
  if (to === undefined && always === undefined)
    return wrong({ pointer: at, reason: 'missing', expected: 'the member pointer, or value' });
  return to === undefined && as !== undefined
    ? wrong({ pointer: within(at, 'as'), reason: 'no_effect', expected: 'a pointer beside it' })
    : read;
});

/** What every event has already, and no map says anew. */
const OWN = [
  'activity_id',
  'actor',
  'category_uid',
  'class_name',
  'class_uid',
  'metadata',
  'observables',
  'severity_id',
  'time',
  'type_uid',
  'unmapped',
];

const OWN_PATH = `^(?:${OWN.join('|')})(?:\\.|$)`;

const path = text(
  'an attribute such as entity.uid',
  128,
  /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/,
);

const attribute: Shape<string> = shape(
  { ...path.schema, not: { pattern: OWN_PATH } },
  (value, at): Judged<string> =>
    typeof value === 'string' && new RegExp(OWN_PATH).test(value)
      ? wrong({ pointer: at, reason: 'no_effect', expected: `none of ${OWN.join(', ')}` })
      : path(value, at),
);

const paths = map(attribute, sound, 100);

const attributes: Shape<ReadonlyMap<string, Taken>> = shape(
  paths.schema,
  (value, at): Judged<ReadonlyMap<string, Taken>> => {
    const read = paths(value, at);
    if (E.isLeft(read)) return read;
    const names = [...read.right.keys()];
    const around = names.find((name) => names.some((other) => other.startsWith(`${name}.`)));
    return around === undefined
      ? read
      : wrong({
          pointer: within(at, around),
          reason: 'stated_twice',
          expected: `either ${around} or attributes of it`,
          isKey: true,
        });
  },
);

const rule = object(
  {
    class_uid: described('the class, such as 3004', integer(0, 999_999)),
    activity_id: described('what of the class it is; 99 is none of those', integer(0, 99)),
  },
  {
    class_name: described('the caption of the class', text('some words', 128)),
    severity_id: described('1 is informational, 6 fatal', integer(0, 99), 1),
    attributes: described('attributes of the class, by their paths', attributes),
  },
);

export type OcsfRule = Shaped<typeof rule>;

/** mapShape takes a whole map. */
export const mapShape = object(
  { types: described('by event types or patterns of them', map(typePattern, rule, 1000)) },
  { $schema: described('by which editors complete it; no part of what it says', editorSchema) },
);

/** Rules by their patterns, the narrowest first. */
export type OcsfMap = readonly (readonly [pattern: TypePattern, rule: OcsfRule])[];

/** A pattern is as narrow as it is long; a whole type is narrower than any. */
const narrowness = (pattern: string): number => pattern.length + (pattern.endsWith('*') ? 0 : 1000);

const sorted = ({ types }: Shaped<typeof mapShape>): OcsfMap =>
  ([...types] as readonly (readonly [string, OcsfRule])[] as OcsfMap).toSorted(
    ([a], [b]) => narrowness(b) - narrowness(a),
  );

/** readOcsfMap reads the bytes of a map. */
export const readOcsfMap = (
  file: string,
  bytes: Uint8Array,
): E.Either<readonly DocumentProblem[], OcsfMap> => {
  const document = readDocument(file, bytes);
  return E.isLeft(document) ? document : E.map(sorted)(judge(document.right, mapShape));
};

/** defaultMap gives the one that counts where none is given. */
export const defaultMap = (): OcsfMap => {
  const read = mapShape(DEFAULT_MAP, '');
  if (E.isLeft(read)) throw new Error('the default map does not hold');
  return sorted(read.right);
};

const BASE: OcsfRule = { class_uid: 0, class_name: 'Base Event', activity_id: 99 };

/** ruleFor gives the rule for a type. */
export const ruleFor = (rules: OcsfMap, type: EventType): OcsfRule =>
  rules.find(([pattern]) => isOfType(pattern, type))?.[1] ?? BASE;
