/**
 * What an entry asks in vain. Of types that govern, and of those that the tool writes about itself,
 * the gate judges some things by itself, whatever documents ask. An entry that asks for one of them
 * would look as if it counted.
 *
 *     - match: key.*
 *       four_eyes: operator      counts
 *       tier: operator           in vain: who may change keys says the format
 */
import type { EventType } from '../../ledger/name.ts';
import type { Surface } from '../surface.ts';
import { SURFACES, entersBy, powerOf } from '../surface.ts';
import type { TypePattern } from '../type-pattern.ts';
import { isOfType } from '../type-pattern.ts';
import type { PolicyDocument } from './document.ts';
import type { Part, Problems } from './part.ts';

type Stated = NonNullable<PolicyDocument['types']>[number];

/** A type for each way by which only some types of a family enter. */
const EXAMPLES = [
  'experiment.created',
  'ledger.exported',
  'ledger.payload_erased',
  'outbox.enqueued',
  'policy.adopted',
] as readonly string[] as readonly EventType[];

/** The types to try for a pattern: a family of no example is of one kind. */
const typesOf = (pattern: TypePattern): readonly EventType[] => {
  const some = pattern.replace(/\*$/, 'x') as EventType;
  return [some, ...EXAMPLES.filter((type) => isOfType(pattern, type))];
};

const isOrdinary = (surface: Surface): boolean => powerOf(surface) === 'ordinary';

/** Where each is asked for at all; what is not named here is asked for everywhere. */
const COUNTS: readonly (readonly [keyof Stated, (surface: Surface) => boolean])[] = [
  ['attested', isOrdinary],
  ['tier', isOrdinary],
  ['four_eyes', (surface) => isOrdinary(surface) || surface === 'key_change'],
  ['rate', (surface) => powerOf(surface) !== 'own'],
];

/** The members of an entry that no event of its types is asked for. */
const vainIn = (entry: Stated): readonly string[] => {
  const types = typesOf(entry.match as TypePattern);
  const ways = (Object.keys(SURFACES) as readonly Surface[]).filter((surface) =>
    types.some((type) => entersBy(surface, type)),
  );
  return COUNTS.flatMap(([member, counts]) =>
    (entry[member] ?? false) !== false && !ways.some(counts) ? [member] : [],
  );
};

/**
 * refuseVain tells whoever writes a set. A set that was adopted is what it is: what it asks in vain
 * was so then.
 */
export const refuseVain = (parts: readonly Part[], problems: Problems): void => {
  for (const { document, read } of parts)
    for (const [i, stated] of (read.types ?? []).entries())
      for (const member of vainIn(stated))
        problems.add(document, {
          pointer: `/types/${i}/${member}`,
          reason: 'no_effect',
          expected: 'types of which a set may ask this',
          found: stated.match,
        });
};
