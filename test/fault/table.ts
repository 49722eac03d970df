/**
 * All that a ledger must survive or catch; numbers 45 to 50 are those of exports and policies.
 */
import { ATTACK_FAULTS } from './attack-fault.ts';
import { DELIVERY_FAULTS } from './delivery-fault.ts';
import { DISK_FAULTS } from './disk-fault.ts';
import type { Fault } from './fault.ts';
import { RECOVERY_FAULTS } from './recovery-fault.ts';
import { WRITER_FAULTS } from './writer-fault.ts';

export const FAULTS: readonly Fault[] = [
  ...DISK_FAULTS,
  ...RECOVERY_FAULTS,
  ...WRITER_FAULTS,
  ...ATTACK_FAULTS,
  ...DELIVERY_FAULTS,
];
