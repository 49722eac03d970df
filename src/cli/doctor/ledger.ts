/**
 * Everything that is looked at of one ledger. Nothing of it is written.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Layout } from '../../storage/layout.ts';
import { Reader } from '../../usecase/reader.ts';
import { realPorts } from '../../wiring.ts';
import type { Given } from '../given.ts';
import { findLedger, settingsFor } from '../open.ts';
import type { Check } from './check.ts';
import { asTold, fail, ok } from './check.ts';
import { diskChecks } from './disk.ts';
import { evidence } from './evidence.ts';
import { leftovers } from './leftover.ts';
import { mirrorChecks } from './mirror.ts';
import { judgeClock, lockCheck } from './moment.ts';
import { permissions } from './permission.ts';

const examine = async (given: Given, layout: Layout): Promise<readonly Check[]> => {
  const settings = settingsFor(given, layout);
  if (E.isLeft(settings)) return [asTold(fail, 'ledger', settings.left)];
  const reader = new Reader(realPorts, layout, settings.right.origin);
  const lock = lockCheck(layout);
  const { checks, ended } = await mirrorChecks(layout, reader);
  const all = [
    ok('ledger', `${settings.right.origin}, in ${layout.folder}`),
    ...diskChecks(layout),
    ...permissions(layout),
    lock.check,
    judgeClock(realPorts.now(), ended?.recordedAt),
    ...checks,
    ...(ended === undefined ? [] : evidence(layout, reader, settings.right, ended)),
    ...leftovers(layout, reader, lock.isWriting),
  ];
  reader.close();
  return all;
};

/** ledgerChecks looks at the ledger that is meant, where there is one. */
export const ledgerChecks = async (given: Given): Promise<readonly Check[]> => {
  const layout = findLedger(given);
  if (E.isRight(layout)) return examine(given, layout.right);
  return layout.left.inside === undefined
    ? [ok('ledger', 'there is none here; the installation alone was looked at')]
    : [asTold(fail, 'ledger', layout.left)];
};
