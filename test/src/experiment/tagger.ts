/**
 * A process that tags sessions, all of them as it is told: it says that it is ready, waits for a
 * line, and says what became of each.
 *
 *     node tagger.ts FOLDER VARIANT COUNT
 */
import * as E from 'fp-ts/lib/Either.js';
import { once } from 'node:events';
import { native } from '../../../ledger/crypto/native.ts';
import { VARIANTS } from '../../../src/experiment/binding-shape.ts';
import { transition } from '../../../src/experiment/transition.ts';
import { openLedger } from '../../../src/front-door.ts';
import type { Receipt } from '../../../src/usecase/receipt.ts';
import { right } from '../../build/ledger.ts';

const [folder = '', asked = '', count = '0'] = process.argv.slice(2);
const variant = VARIANTS.find((each) => each === asked) ?? 'excluded';
const ledger = right(openLedger(folder));
const source = { kind: 'tool', name: 'agent' };
console.log('ready');
await once(process.stdin, 'data');
for (let n = 0; n < Number(count); n++) {
  const command = {
    kind: 'tagged',
    experiment: 'cheaper-cache',
    session: `s-${n}`,
    variant,
  } as const;
  const done = await transition(native, ledger.reader, command, async (stated, expectRows) => {
    const options = { surface: 'experiment_transition', expectRows } as const;
    const appended = await ledger.append([{ ...stated, source }], options);
    return E.map((receipts: readonly Receipt[]) => receipts[0])(appended);
  });
  const told = E.isRight(done) ? done.right?.status : done.left._tag;
  console.log(`s-${n} ${variant} ${told}`);
}
await ledger.close();
process.stdin.destroy();
