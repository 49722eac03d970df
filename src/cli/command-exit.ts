/**
 * Which exit codes a command may give, beside those that every command may: done, a mistake of
 * ours, a mistake in the command line, a full disk behind stdout, an interruption.
 */
import type { Exit } from './exit-table.ts';

const ALWAYS: readonly Exit[] = [0, 1, 2, 74, 130];
const READS: readonly Exit[] = [10, 20, 22, 74, 75];
const WRITES: readonly Exit[] = [...READS, 11, 12, 24, 25];

const EXITS_OF: Readonly<Record<string, readonly Exit[]>> = {
  demo: [3],
  init: [3, 11, 12, 20, 22, 25, 74, 75],
  append: [...WRITES, 3],
  sign: [3, 12],
  log: [...READS, 3],
  show: [...READS, 3],
  'key new': [...READS, 12, 25],
  'key enroll': WRITES,
  'key retire': [...WRITES, 3],
  'key revoke': [...WRITES, 3],
  'key list': READS,
  approve: [...WRITES, 3],
  erase: [...WRITES, 3],
  'policy adopt': [...WRITES, 3],
  'policy list': READS,
  'policy show': [...READS, 3],
  'policy explain': [...READS, 3, 12],
  'policy test': [...READS, 3],
  'policy replay': [...READS, 3],
  'break-glass authorize': [...WRITES, 3],
  'break-glass revoke': [...WRITES, 3],
  'break-glass review': [...WRITES, 3],
  'break-glass list': READS,
  'quarantine list': READS,
  'quarantine show': [...READS, 3],
  'quarantine release': [...WRITES, 3],
  'quarantine discard': [...WRITES, 3],
  'outbox status': [...READS, 3],
  'outbox list': [...READS, 3],
  'outbox enqueue': [...WRITES, 3],
  'outbox flush': [...WRITES, 3, 77],
  'outbox retry': [...WRITES, 3],
  'outbox park': [...WRITES, 3],
  'outbox drop': [...WRITES, 3],
  'outbox destination set': [...WRITES, 3],
  'outbox destination show': [...READS, 3],
  'outbox destination test': [...READS, 3, 77],
  'outbox destination pause': [...WRITES, 3],
  'outbox destination resume': [...WRITES, 3],
  'outbox destination retire': [...WRITES, 3],
  'experiment create': [...WRITES, 3],
  'experiment amend': [...WRITES, 3],
  'experiment plan': [...READS, 3],
  'experiment start': [...WRITES, 3],
  'experiment tag': [...WRITES, 3],
  'experiment untag': [...WRITES, 3],
  'experiment sessions': [...READS, 3],
  'experiment report': [...WRITES, 3],
  'experiment conclude': [...WRITES, 3],
  'experiment archive': [...WRITES, 3],
  'experiment list': READS,
  'experiment show': [...READS, 3],
  verify: [3, 10, 11, 12, 20, 21, 22, 23, 24, 25, 74, 75],
  replay: [...READS, 11, 12, 21, 24, 25],
  backup: [...READS, 3, 11, 21, 23, 25],
  restore: [3, 10, 11, 20, 21, 22, 23, 25, 74, 75],
  drill: [...WRITES, 3, 21, 23],
  'import cortex': [...WRITES, 3],
  'import kaizen': [...WRITES, 3],
  'import ndjson': [...WRITES, 3],
  'import report': [...READS, 3],
  checkpoint: [...READS, 3, 11, 12, 23],
  prove: [...READS, 3, 11, 12, 23],
  'check-proof': [3, 20],
  export: [...WRITES, 3, 21, 23],
  'check-bundle': [3, 20, 23],
  doctor: [],
  completion: [],
  help: [],
};

/** exitsOf lists the codes of a command, undefined where it is not documented. */
export const exitsOf = (name: string): readonly Exit[] | undefined => {
  const own = Object.hasOwn(EXITS_OF, name) ? EXITS_OF[name] : undefined;
  return own === undefined ? undefined : [...new Set([...ALWAYS, ...own])];
};
