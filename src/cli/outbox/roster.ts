/**
 * The commands of the outbox; see `roster.ts`.
 */
import type { Entry } from '../command.ts';
import { entry } from '../command.ts';

export const OUTBOX: readonly Entry[] = [
  entry(
    'outbox status [DESTINATION…]',
    'how it goes with each destination',
    async () => (await import('../command/outbox-status.ts')).command,
  ),
  entry(
    'outbox list',
    'prints items, each with its state',
    async () => (await import('../command/outbox-list.ts')).command,
  ),
  entry(
    'outbox enqueue',
    'hands in an item that is no event of its own',
    async () => (await import('../command/outbox-enqueue.ts')).command,
  ),
  entry(
    'outbox flush [DESTINATION…]',
    'delivers what waits',
    async () => (await import('../command/outbox-flush.ts')).command,
  ),
  entry(
    'outbox retry ITEM…',
    'has parked items sent again',
    async () => (await import('../command/outbox-retry.ts')).command,
  ),
  entry(
    'outbox park ITEM…',
    'holds items back that wait',
    async () => (await import('../command/outbox-park.ts')).command,
  ),
  entry(
    'outbox drop ITEM…',
    'gives items up, for a reason',
    async () => (await import('../command/outbox-drop.ts')).command,
  ),
  entry(
    'outbox destination set DESTINATION',
    'says where events go, and which',
    async () => (await import('../command/outbox-destination-set.ts')).command,
  ),
  entry(
    'outbox destination show [DESTINATION…]',
    'prints how destinations are set',
    async () => (await import('../command/outbox-destination-show.ts')).command,
  ),
  entry(
    'outbox destination test DESTINATION',
    'sends a probe, and explains what came back',
    async () => (await import('../command/outbox-destination-test.ts')).command,
  ),
  entry(
    'outbox destination pause DESTINATION',
    'has nothing sent to it for a while',
    async () => (await import('../command/outbox-destination-pause.ts')).command,
  ),
  entry(
    'outbox destination resume DESTINATION',
    'has it sent to again, whatever stopped it',
    async () => (await import('../command/outbox-destination-resume.ts')).command,
  ),
  entry(
    'outbox destination retire DESTINATION',
    'ends a destination',
    async () => (await import('../command/outbox-destination-retire.ts')).command,
  ),
];
