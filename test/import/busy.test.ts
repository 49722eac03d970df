/**
 * Sources that change while they are imported, behind a batch that is recorded already: nothing
 * seals what was taken of them; and what only grows is taken as it was looked at.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { openLedger } from '../../src/front-door.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { readMap } from '../../src/import/ndjson/map.ts';
import { surveyNdjson } from '../../src/import/ndjson/survey.ts';
import type { Plan } from '../../src/import/plan.ts';
import { IMPORTED } from '../../src/import/plan.ts';
import { Importing } from '../../src/usecase/import.ts';
import { right } from '../build/ledger.ts';
import { withLedger } from '../src/cli/shell.ts';
import { WORLD, copyOf, planCortex, putFile } from './fixture.ts';

const checksum = await loadChecksum();
const MAP = right(readMap('map.yaml', encodeUtf8('type: { text: a.b }\n')));

const planKaizen = (folder: string, takeCopy = WORLD.takeCopy): Plan => {
  const plan = right(surveyKaizen({ ...WORLD, checksum, takeCopy }, folder));
  onTestFinished(() => plan.close());
  return plan;
};
const planNdjson = (path: string): Plan => right(surveyNdjson(WORLD, path, MAP));

/** Takes a plan, lets something happen behind its first batch, and tells whether it is sealed. */
const taken = async (plan: Plan, happens: () => void): Promise<readonly unknown[]> => {
  const shell = withLedger();
  const ledger = right(openLedger(shell.path('.ledger')));
  let isNext = true;
  const onEvents = (): void => {
    if (isNext) happens();
    isNext = false;
  };
  const options = { accepted: new Set(plan.defects.counts.keys()), batch: 1, onEvents };
  const done = await new Importing(ledger, plan, options, native.digest).run();
  await ledger.close();
  expect(isNext).toBe(false);
  const isSealed = shell.journal().some((line) => line.includes(`"${IMPORTED}"`));
  return [done._tag === 'Right' ? 'taken' : done.left._tag, isSealed];
};
const BUSY = ['SourceBusy', false];
const TAKEN = ['taken', true];

const edit = (folder: string, sql: string): void => {
  const database = new Sqlite(folder);
  database.exec(sql);
  database.close();
};
/** Another last byte but its LF, in place. */
const alter = (path: string): void => {
  const bytes = fs.readFileSync(path);
  bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
  fs.writeFileSync(path, bytes);
};
const halve = (path: string): void => fs.truncateSync(path, fs.statSync(path).size / 2);
const grow = (path: string): void => fs.appendFileSync(path, '{"n":"more"}\n');

/** Lines of which the last ones are read when the first one is recorded. */
const long = (): string => {
  const lines = ['a', 'b', 'c', 'd'].map((each) => `{"n":"${each.repeat(400_000)}"}\n`);
  return putFile('events.jsonl', lines.join(''));
};

describe('a source that is another one behind a batch', () => {
  it.each([
    ['whose last line has another byte', alter],
    ['that is half as long', halve],
  ])('is no file of lines %s, which is not sealed', async (_, happens) => {
    const path = long();
    expect(await taken(planNdjson(path), () => happens(path))).toEqual(BUSY);
    const log = long();
    expect(await taken(planCortex(log), () => happens(log))).toEqual(BUSY);
  });
});

describe('a folder that is written to behind a batch', () => {
  it.each([
    ['has another payload', "UPDATE sync_outbox SET payload = replace(payload, 'a', 'b')"],
    ['has one more row', "INSERT INTO sync_outbox (session_id, payload) VALUES ('a', 'b')"],
  ])('of kaizen, whose database %s, is not sealed', async (_, sql) => {
    const folder = copyOf('kaizen', 'sqlite');
    const path = join(folder, 'kaizen.db');
    expect(await taken(planKaizen(folder), () => edit(path, sql))).toEqual(BUSY);
    expect(await taken(planKaizen(folder), () => undefined)).toEqual(TAKEN);
  });

  it.each([alter, grow])(
    'of kaizen, whose old outbox is another one, is not sealed',
    async (by) => {
      const folder = copyOf('kaizen', 'legacy');
      const path = join(folder, 'hot', 'outbox.redb');
      expect(await taken(planKaizen(folder), () => by(path))).toEqual(BUSY);
    },
  );

  it('of kaizen, whose copy can be read no further, is not sealed', async () => {
    const folder = copyOf('kaizen', 'sqlite');
    // Of a database with a log beside it SQLite would remember all that it read.
    edit(join(folder, 'kaizen.db'), 'PRAGMA journal_mode = DELETE');
    let copied = '';
    const plan = planKaizen(folder, (path) => {
      const copy = WORLD.takeCopy(path);
      if (copy._tag === 'Right') copied = copy.right.path;
      return copy;
    });
    expect(await taken(plan, () => fs.writeFileSync(copied, Buffer.alloc(1 << 19, 1)))).toEqual(
      BUSY,
    );
    expect(plan.isCurrent()).toBe(true);
  });

  it.each(['anchor.txt', 'audit_records.jsonl', 'cortex.db'])(
    'of cortex, of which %s is another one, is not sealed',
    async (name) => {
      const folder = copyOf('cortex', 'v1-unsigned');
      expect(await taken(planCortex(folder), () => alter(join(folder, name)))).toEqual(BUSY);
    },
  );
});

describe('a file of lines that has grown behind a batch', () => {
  it('is sealed as it was looked at', async () => {
    const path = long();
    const plan = planNdjson(path);
    const { size } = fs.statSync(path);
    expect(await taken(plan, () => grow(path))).toEqual(TAKEN);
    const log = join(copyOf('cortex', 'v1-unsigned'), 'events.jsonl');
    expect(await taken(planCortex(dirname(log)), () => grow(log))).toEqual(TAKEN);
    expect([plan.files[0]?.bytes, fs.statSync(path).size > size]).toEqual([size, true]);
  });
});
