/**
 * Secrets, read where they are named and at the moment when they are needed. None is kept, recorded
 * or shown; what is told of one is its name.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { SecretName } from '../outbox/secret-name.ts';
import type { Disk } from '../storage/disk.ts';
import { readPrivate } from '../storage/key-file.ts';

export interface SecretMissing {
  readonly _tag: 'SecretMissing';
  readonly name: SecretName;
  readonly reason: 'missing' | 'unreadable' | 'unusable';
}

export type Secrets = (name: SecretName) => E.Either<SecretMissing, string>;

const MOST_BYTES = 16_384;

/** What may stand in a header; a line end in it would begin another one. */
const FORM = /^[\x20-\x7e\x80-\xff]+$/;

/** secretsOf reads them from the environment, and from files that nobody else may read. */
export const secretsOf =
  (disk: Disk, environment: Readonly<Record<string, string | undefined>>): Secrets =>
  (name) => {
    const lost = (reason: SecretMissing['reason']) =>
      E.left<SecretMissing>({ _tag: 'SecretMissing', name, reason });
    let text: string | undefined;
    if (name.startsWith('env:')) text = environment[name.slice('env:'.length)];
    else {
      const read = readPrivate(disk, name.slice('file:'.length), MOST_BYTES);
      if (E.isLeft(read))
        return lost(
          'reason' in read.left && read.left.reason === 'missing' ? 'missing' : 'unreadable',
        );
      text = read.right;
    }
    const secret = text?.replace(/\r?\n$/, '');
    if (secret === undefined || secret === '') return lost('missing');
    return FORM.test(secret) ? E.right(secret) : lost('unusable');
  };
