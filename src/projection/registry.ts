/**
 * The projections that every ledger has.
 */
import { breakGlass } from './break-glass.ts';
import { experiments } from './experiment.ts';
import { keyring } from './keyring.ts';
import { outbox } from './outbox.ts';
import { overview } from './overview.ts';
import { policies } from './policies.ts';
import type { Projection } from './projection.ts';

export const BUILT_IN: readonly Projection[] = [
  keyring,
  policies,
  breakGlass,
  overview,
  outbox,
  experiments,
];
