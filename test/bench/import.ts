/**
 * What an import costs: a log of cortex, looked at and taken, against a bulk append of the same
 * events that looks at nothing.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../ledger/json/value.ts';
import { eventHash, loadBlake3, payloadHash } from '../../src/import/cortex/hash.ts';
import { formatRow } from '../../src/import/cortex/row.ts';
import { surveyCortex } from '../../src/import/cortex/survey.ts';
import { takeCopy } from '../../src/storage/private-copy.ts';
import { Importing } from '../../src/usecase/import.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import { foundAt } from './found.ts';
import type { Row } from './measure.ts';
import { compareAsync } from './measure.ts';

const BATCH = 1000;

/** A log whose rows are as long as those of agents are. */
const logOf = (rows: number): string => {
  let prev: string | null = null;
  const lines: string[] = [];
  for (let i = 0; i < rows; i++) {
    // One in ten holds a number that the ledger would write otherwise.
    const zero = i % 10 === 0 ? '-0.0' : '0.5';
    const payload = Buffer.from(`{"n":${i},"text":"${'x'.repeat(200)}","zero":${zero}}`);
    const payload_hash = payloadHash(payload);
    const event_hash = eventHash(prev ?? '', payload_hash);
    const envelope = {
      id: `evt_${String(i).padStart(26, '0')}`,
      schema_version: 2,
      observed_at: '2026-06-01T09:00:00Z',
      recorded_at: '2026-06-01T09:00:00.250Z',
      source: { type: 'tool', name: 'shell' },
      event_type: 'cortex.event.tool_call.v1',
      trace_id: null,
      session_id: `session-${i % 10}`,
      domain_tags: ['agents'],
      payload_hash,
      prev_event_hash: prev,
      event_hash,
    };
    lines.push(formatRow({ envelope, payload }));
    prev = event_hash;
  }
  return `${lines.join('\n')}\n`;
};

/** imports measures an import; large with half a million rows. */
export const imports = async (isLarge: boolean): Promise<readonly Row[]> => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const rows = isLarge ? 500_000 : 10_000;
  const blake3 = await loadBlake3();
  const world = { disk: realPorts.disk, crypto: realPorts.crypto, takeCopy, blake3 };
  const path = join(folder, 'events.jsonl');
  const survey = () => right(surveyCortex(world, path, { keys: [] }));
  let round = 0;
  try {
    fs.writeFileSync(path, logOf(rows));
    const plan = survey();
    const drafts: JsonObject[] = [];
    for (const { draft } of plan.drafts()) drafts.push(draft);
    plan.close();
    const imported = {
      name: `import of ${rows} rows of cortex`,
      each: rows,
      run: async () => {
        const ledger = await foundAt(join(folder, `import-${round++}`));
        const each = survey();
        const options = { accepted: new Set<string>(), batch: BATCH };
        right(await new Importing(ledger, each, options, realPorts.crypto.digest).run());
        each.close();
        await ledger.close();
      },
    };
    const appended = {
      name: 'bulk append of the same events',
      each: rows,
      run: async () => {
        const ledger = await foundAt(join(folder, `append-${round++}`));
        for (let at = 0; at < rows; at += BATCH)
          right(await ledger.append(drafts.slice(at, at + BATCH), { surface: 'import' }));
        await ledger.close();
      },
    };
    return [await compareAsync(imported, appended, 3, 1 / 0.7)];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
};
