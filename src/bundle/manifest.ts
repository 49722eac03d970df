/**
 * The manifests of a bag (RFC 8493), as functions of the digests of its files.
 */
import { FILE, isPayload } from './layout.ts';

/** Digests in hexadecimal, by the names of the files. */
export type Digests = ReadonlyMap<string, string>;

export const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

const listOf = (digests: Digests, isListed: (name: string) => boolean): string =>
  [...digests]
    .filter(([name]) => isListed(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, digest]) => `${digest}  ${name}\n`)
    .join('');

/** manifestOf lists the evidence. */
export const manifestOf = (digests: Digests): string => listOf(digests, isPayload);

/** tagManifestOf lists everything else, but itself. */
export const tagManifestOf = (digests: Digests): string =>
  listOf(digests, (name) => !isPayload(name) && name !== FILE.tagManifest);

/** infoOf tells how much there is. */
export const infoOf = (origin: string, files: number, bytes: number): string =>
  [
    'Bag-Software-Agent: sealed-ledger',
    `External-Identifier: ${origin}`,
    `Payload-Oxum: ${bytes}.${files}`,
    '',
  ].join('\n');
