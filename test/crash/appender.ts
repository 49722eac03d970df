/**
 * A process that appends to a ledger what it is told, and says of each event what became of it as
 * soon as it knows; whatever it said before it ended was acknowledged.
 *
 *     node test/crash/appender.ts '{"folder":".ledger","ids":["x","y"]}'
 */
import * as E from 'fp-ts/lib/Either.js';
import { writeSync } from 'node:fs';
import { openLedger } from '../../src/front-door.ts';
import { draftOf } from '../simulation/world.ts';
import { LOG } from './ground.ts';
import type { Task, Told } from './task.ts';

const NOBODY = 65_534;
const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const { folder, ids, together = false, lockWaitMs, asNobody = false } = task;

/** Said at once: it is out, whatever happens next. */
const say = (told: Told): void => void writeSync(1, `${JSON.stringify(told)}\n`);

if (asNobody) {
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
say({ pid: process.pid });
const opened = openLedger(folder, {
  lockWaitMs,
  logKey: LOG,
  onRepair: (repair) => say({ repair }),
});
if (E.isLeft(opened)) say({ failed: opened.left, ids });
else {
  const ledger = opened.right;
  for (const batch of together ? [ids] : ids.map((id) => [id])) {
    const appended = await ledger.append(batch.map(draftOf));
    if (E.isLeft(appended)) say({ failed: appended.left, ids: batch });
    else for (const receipt of appended.right) say({ receipt });
  }
  if (task.isReading === true) say({ read: [...ledger.read()].filter(E.isRight).length });
  await ledger.close();
}
say({ isDone: true });
