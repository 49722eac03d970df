/**
 * `ledger experiment tag`: says by hand to which arm a session belongs. Said again, it adds
 * nothing.
 */
import type { Command } from '../command.ts';
import { happen } from '../experiment/happen.ts';
import { SESSION, sessionOf, withExperiment } from '../experiment/named.ts';
import type { Variant } from '../../experiment/binding-shape.ts';
import { VARIANTS } from '../../experiment/binding-shape.ts';
import { WRITING } from '../writing.ts';

const isVariant = (text: string | undefined): text is Variant =>
  VARIANTS.some((each) => each === text);

export const command: Command = {
  options: {
    ...SESSION,
    variant: { type: 'text', describe: 'its arm', needed: true, choices: VARIANTS },
    ...WRITING,
  },
  examples: [
    ['experiment tag smaller-model --session s-1 --variant treatment', 'wins over any binding'],
  ],
  run: async (given, terminal) => {
    const session = sessionOf(given);
    if (session._tag === 'Left') return session;
    const variant = given.text('variant');
    if (!isVariant(variant)) return given.usage('it takes --variant');
    return withExperiment(given, terminal, (ledger) =>
      happen(given, terminal, ledger, {
        kind: 'tagged',
        experiment: given.word(0),
        session: session.right,
        variant,
      }),
    );
  },
};
