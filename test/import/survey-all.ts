/**
 * Looks at folders of kaizen one after the other, in a process of its own that can be kept short of
 * memory, and prints a line for each. With `credulous` no checksum of a page is held against it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../ledger/crypto/native.ts';
import type { Checksum } from '../../src/import/kaizen/redb-file.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { countOf } from '../../src/import/plan.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { takeCopy } from '../../src/storage/private-copy.ts';

const [root = '', trust] = process.argv.slice(2);

const credulous: Checksum = () => Object.assign(Buffer.alloc(16), { equals: () => true });
const checksum = trust === 'credulous' ? credulous : await loadChecksum();

for (const name of readdirSync(root)) {
  const plan = surveyKaizen(
    { disk: nodeDisk, crypto: native, takeCopy, checksum },
    join(root, name),
  );
  if (plan._tag === 'Left') {
    console.log(JSON.stringify({ refused: plan.left._tag }));
    continue;
  }
  const { total, defects, report, drafts, close } = plan.right;
  const told = { total, drafts: countOf(drafts()), rows: report['rows'], defects: defects.total };
  console.log(JSON.stringify(told));
  close();
}
