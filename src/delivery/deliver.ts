/**
 * Delivery on this machine: over HTTP, with secrets from the environment and from files.
 */
import { setTimeout } from 'node:timers/promises';
import type { Ledger } from '../ledger.ts';
import { realPorts } from '../wiring.ts';
import { poster } from './post.ts';
import { secretsOf } from './secret.ts';
import type { Health, World } from './world.ts';

export interface RealWorld extends World {
  readonly close: () => void;
}

/** realWorld wires what delivery needs; close it when nothing is to be sent any more. */
export const realWorld = (
  ledger: Ledger,
  onHealth: (health: Health) => void = () => undefined,
): RealWorld => {
  const { post, close } = poster();
  return {
    ledger,
    ports: realPorts,
    post,
    secrets: secretsOf(realPorts.disk, process.env),
    now: () => Date.now(),
    // Nothing else than the signal has it fail.
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    random: () => Math.random(),
    onHealth,
    close,
  };
};
