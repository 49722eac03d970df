/**
 * A profile: what the evidence in a bundle has to do with the requirements of a regime. Whoever
 * makes a bundle chooses one; it goes into the bundle as `data/profile.json`, one line of canonical
 * JSON, and `data/profile.md` tells it of that bundle's events.
 *
 *     name: house-rules
 *     title: The rules of this house
 *     sources: [{ name: The rules, url: https://example.com/rules }]
 *     requirements:
 *       - id: "3.1"
 *         title: Whoever pays signs
 *         reach: supports
 *         evidence:
 *           - { part: authors, says: payments are signed, events: [invoice.paid] }
 *         beyond: who holds the keys
 *
 * `reach` is `shows` where the evidence alone shows what is required, of the events that are there,
 * `supports` where more must be shown elsewhere, `silent` where it says nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import { write } from '../../../ledger/json/format.ts';
import { parseString } from '../../../ledger/json/parse.ts';
import { editorSchema, text, typePattern } from '../../../policies/document/form.ts';
import { within } from '../../../policies/document/place.ts';
import type { Judged, Shaped } from '../../../policies/document/shape.ts';
import { described, list, object, oneOf, shape, wrong } from '../../../policies/document/shape.ts';
import { FILE } from '../layout.ts';

/** The parts of a bundle, where each of them lies, and what a check finds out about it. */
export const PARTS = {
  order: {
    files: [FILE.events, FILE.proofs, FILE.checkpoint],
    proves: 'that no event of the range is missing, added, changed or in another place',
  },
  authors: {
    files: [FILE.events, FILE.keyring],
    proves: 'that a signature is good and its key counted when the event was recorded',
  },
  times: {
    files: [FILE.events],
    proves: 'which times were recorded, not that the clocks were right',
  },
  payloads: {
    files: [FILE.events, FILE.table],
    proves: 'that what is shown is what was recorded, and how much is withheld',
  },
  corrections: {
    files: [FILE.events],
    proves: 'that what was corrected stands where it stood, with the correction behind it',
  },
  keys: {
    files: [FILE.keyring, FILE.governing],
    proves: 'who enrolled, retired or revoked which key, and since which event it counts',
  },
  policies: {
    files: [FILE.policies, FILE.governing],
    proves: 'which rules were adopted, by whom, and since which event they were in force',
  },
  exceptions: {
    files: [FILE.governing, FILE.events],
    proves: 'who permitted what to pass a rule, and which events passed by it',
  },
  audit: {
    files: [FILE.verify],
    proves: 'nothing: it is what the audit said, by the word of whoever exported it',
  },
  statement: {
    files: [FILE.statement],
    proves: 'whose key vouches for every file of the bundle',
  },
} as const;

export type Part = keyof typeof PARTS;

/** Nothing in it can turn, hide or end other text. */
const words = text('some words in one line', 2000, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);
const evidence = object(
  {
    part: described('the part of the bundle', oneOf(...(Object.keys(PARTS) as Part[]))),
    says: described('what it says to the requirement', words),
  },
  { events: described('the events that are counted for it', list(typePattern, 50, 1)) },
);

const stated = object(
  {
    id: described('how it is cited', words),
    title: described('what it asks for, in a few words', words),
    reach: described('how far the evidence goes', oneOf('shows', 'supports', 'silent')),
    beyond: described('what the evidence does not show', words),
  },
  { evidence: described('what speaks to it; none where it is silent', list(evidence, 50)) },
);

export type Requirement = Shaped<typeof stated>;

const requirement = shape<Requirement>(stated.schema, (value, at): Judged<Requirement> => {
  const read = stated(value, at);
  if (E.isLeft(read)) return read;
  const { reach, evidence: parts = [] } = read.right;
  const pointer = within(at, 'evidence');
  if (reach === 'silent' && parts.length > 0)
    return wrong({ pointer, reason: 'no_effect', expected: 'none where reach is silent' });
  return reach !== 'silent' && parts.length === 0
    ? wrong({ pointer, reason: 'missing', expected: 'some evidence, or reach: silent' })
    : read;
});

/** What RFC 3986 has in one: nothing of it ends the brackets that it is written between. */
const ADDRESS = /^https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/;

const source = object(
  { name: described('what it is called', words) },
  { url: described('where it can be read', text('an address', 1000, ADDRESS)) },
);

/** profileShape takes a whole profile. */
export const profileShape = object(
  {
    name: described('in a word', text('a name such as soc2', 32, /^[a-z][a-z0-9-]*$/)),
    title: described('its title', words),
    sources: described('the texts that it is about', list(source, 50, 1)),
    requirements: described('each of them, in the order of the text', list(requirement, 500, 1)),
  },
  {
    $schema: described('by which editors complete it; no part of what it says', editorSchema),
    about: described('what a reader should know of it', words),
  },
);

export type Profile = Shaped<typeof profileShape>;

/** No longer than a document of YAML may be. */
export const MAX_PROFILE_BYTES = 1 << 18;

/** formatProfile writes what parseProfile reads. */
export const formatProfile = ({ $schema: _schema, ...rest }: Profile): string => `${write(rest)}\n`;

/** parseProfile reads one, undefined where it is not to the byte what would be written of it. */
export const parseProfile = (line: string): Profile | undefined => {
  const value = parseString(line.slice(0, -1));
  const read = E.isRight(value) ? profileShape(value.right, '') : value;
  return E.isRight(read) && formatProfile(read.right) === line ? read.right : undefined;
};
