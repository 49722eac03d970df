/**
 * What is so at this moment: who writes, and what the clock says.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Time } from '../../../ledger/name.ts';
import { millisecondsOf } from '../../../policies/time.ts';
import { isTaken } from '../../storage/lock-file.ts';
import type { Layout } from '../../storage/layout.ts';
import { holderOf } from '../../storage/writer-info.ts';
import { lockPath } from '../../storage/writer-lock.ts';
import { realPorts } from '../../wiring.ts';
import type { Check } from './check.ts';
import { asTold, fail, ok, spanText, warn } from './check.ts';
import { canWrite } from './permission.ts';

/** lockCheck tells who holds the writer lock; that somebody does is as it should be. */
export const lockCheck = ({
  folder,
}: Layout): { readonly check: Check; readonly isWriting: boolean } => {
  const { disk } = realPorts;
  const path = lockPath(folder);
  const taken = isTaken(disk, path);
  if (E.isLeft(taken)) return { check: asTold(fail, 'lock', taken.left), isWriting: false };
  if (taken.right === undefined)
    return { check: ok('lock', 'nobody has written yet'), isWriting: false };
  const holder = holderOf(disk, folder);
  // Whoever has only just taken it has not told so yet.
  const last =
    holder === undefined ? '' : `; the last to say so was process ${holder.pid} on ${holder.host}`;
  if (taken.right) return { check: ok('lock', `somebody writes just now${last}`), isWriting: true };
  return canWrite(path)
    ? { check: ok('lock', 'nobody writes just now'), isWriting: false }
    : {
        check: warn(
          'lock',
          `whether somebody writes cannot be seen${last}`,
          'Ask as who may write.',
        ),
        isWriting: true,
      };
};

const TOLERATED_MS = 1000;
const FIRST_YEAR = 2025;
const LAST_YEAR = 2100;

const SET = 'Set the clock, and have it kept (NTP).';

/** judgeClock tells whether it can be later than what is recorded. */
export const judgeClock = (nowMs: number, recordedAt: Time | undefined): Check => {
  const now = new Date(nowMs);
  const year = now.getUTCFullYear();
  if (year < FIRST_YEAR || year >= LAST_YEAR)
    return fail('clock', `it says ${now.toISOString()}`, SET);
  const behind = recordedAt === undefined ? 0 : millisecondsOf(recordedAt) - nowMs;
  return behind > TOLERATED_MS
    ? warn(
        'clock',
        `it is ${spanText(behind)} behind the last event, whose time the next ones will bear`,
        SET,
      )
    : ok('clock', `it says ${now.toISOString()}, not before the last event`);
};
