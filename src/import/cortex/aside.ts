/**
 * Short files beside a log: anchors, manifests, attestations. Each becomes an event of its own.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Disk } from '../../storage/disk.ts';
import { readWhole } from '../../storage/whole-file.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { Incoming, PlanError } from '../plan.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { digestFile } from '../source-file.ts';
import type { Chain } from './chain.ts';
import { textOf } from './draft.ts';

/** What stands beside a log is short; what is longer is told, and taken by its digest alone. */
const MAX_ASIDE = 1 << 19;

export interface Aside {
  readonly seen: Seen;
  readonly text: string | undefined;
  /** What is kept of it. */
  readonly kept: JsonObject;
}

/** readAside reads a file, as far as it is text. */
export const readAside = (disk: Disk, file: SourceFile): E.Either<PlanError, Aside> => {
  const seen = digestFile(disk, file);
  if (E.isLeft(seen)) return seen;
  if (file.bytes > MAX_ASIDE)
    return E.right({ seen: seen.right, text: undefined, kept: { text: null } });
  const bytes = readWhole(disk, file.path, MAX_ASIDE);
  if (E.isLeft(bytes))
    return bytes.left._tag === 'DiskFailed'
      ? E.left(bytes.left)
      : E.left({ _tag: 'SourceBusy', path: file.path });
  const kept = textOf(bytes.right ?? new Uint8Array());
  const { text } = kept;
  return E.right({ seen: seen.right, text: typeof text === 'string' ? text : undefined, kept });
};

/** asideDraft makes an event of what an anchor file, a manifest or an attestation says. */
export const asideDraft = ({ seen: { name, sha256, bytes }, kept }: Aside): Incoming => ({
  where: name,
  draft: {
    id: `cortex:file:${sha256.slice(0, 32)}:${name}`,
    event_type: 'cortex.file',
    source: { kind: 'external', name: 'cortex' },
    payload: {
      origin: { tool: 'cortex', file: name, file_sha256: sha256, bytes },
      ...kept,
    },
  },
});

const HEADS = ['boundary_event_hash', 'boundary_previous_v1_head_hash', 'previous_v1_head_hash'];

/** manifestFaults holds what a manifest says of the migration against the log. */
export const manifestFaults = (text: string, chain: Chain): readonly Fault[] =>
  HEADS.flatMap((member) => {
    const [, told] = new RegExp(`"${member}"\\s*:\\s*"([^"]*)"`).exec(text) ?? [];
    const is = member === 'boundary_event_hash' ? chain.boundary?.hash : chain.boundary?.before;
    return told === undefined || told === is
      ? []
      : [fault('manifest_mismatch', `${member} is ${told}, and the log has ${is ?? 'none'}`)];
  });
