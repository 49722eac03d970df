/**
 * Bundles to check and to alter: of a ledger with keys that come and go, policies, four kinds of
 * events and a range that leaves something before and behind it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Key, Signer } from '../../../ledger/key/key.ts';
import { parseVkey } from '../../../ledger/key/key.ts';
import { checkBundle } from '../../../src/bundle/check.ts';
import { parseClaim } from '../../../src/bundle/claim.ts';
import type { Entry, Files } from '../../../src/bundle/file.ts';
import { digestOf } from '../../../src/bundle/file.ts';
import { FILE, isPayload } from '../../../src/bundle/layout.ts';
import { infoOf, manifestOf, tagManifestOf } from '../../../src/bundle/manifest.ts';
import { nodeMeans } from '../../../src/bundle/node-means.ts';
import { openBundle } from '../../../src/bundle/opened.ts';
import type { BundleReport } from '../../../src/bundle/report.ts';
import { signStatement, statementOf } from '../../../src/bundle/statement.ts';
import { readKey } from '../../../src/front-door.ts';
import { enrolled } from '../cli/billing.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

export const entryOf = (name: string, bytes: Uint8Array): Entry => ({
  name,
  size: bytes.length,
  read: () => [bytes],
});

/** In memory, so that each alteration costs no disk. */
export const filesOf = (path: string): Map<string, Entry> => {
  const { files, findings } = openBundle(path);
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return new Map(
    [...files].map(([name, entry]) => [
      name,
      entryOf(name, Buffer.concat([...entry.read()].map((piece) => Buffer.from(piece)))),
    ]),
  );
};

export const bytesIn = (files: Files, name: string): Uint8Array =>
  Buffer.concat([...(files.get(name)?.read() ?? [])]);

export const textIn = (files: Files, name: string): string =>
  Buffer.from(bytesIn(files, name)).toString('utf8');

/** With one file as it is not. */
export const having = (files: Files, name: string, text: string | Uint8Array): Files =>
  new Map(files).set(name, entryOf(name, typeof text === 'string' ? encodeUtf8(text) : text));

export const lacking = (files: Files, name: string): Files => {
  const rest = new Map(files);
  rest.delete(name);
  return rest;
};

const digestsOf = (files: Files): ReadonlyMap<string, string> =>
  new Map([...files].map(([name, entry]) => [name, digestOf(entry, nodeMeans.hasher)]));

/** With manifests that fit; signed anew, where somebody signs. */
export const refitted = (files: Files, signer?: Signer): Files => {
  const claim = parseClaim(textIn(files, FILE.claim));
  const payload = [...files.values()].filter(({ name }) => isPayload(name));
  const bytes = payload.reduce((sum, { size }) => sum + size, 0);
  const origin = claim?.origin ?? 'example.com/acme';
  let fit = having(files, FILE.info, infoOf(origin, payload.length, bytes));
  fit = having(fit, FILE.manifest, manifestOf(digestsOf(fit)));
  if (signer !== undefined && claim !== undefined) {
    const statement = statementOf(claim, digestsOf(fit));
    fit = having(fit, FILE.statement, signStatement(native, signer, statement));
  }
  return having(fit, FILE.tagManifest, tagManifestOf(digestsOf(fit)));
};

export const checked = (files: Files, vkey?: Key): BundleReport =>
  checkBundle(nodeMeans, files, vkey);

export const codesOf = ({ verdict, findings }: BundleReport): readonly string[] => [
  verdict,
  ...new Set(findings.map(({ code }) => code)),
];

const sound = <T>(made: E.Either<unknown, T>): T => {
  if (E.isLeft(made)) throw new Error(JSON.stringify(made.left));
  return made.right;
};

/** keyOf reads a key of a ledger, by its name. */
export const keyOf = ({ shell }: { readonly shell: Shell }, name: string): Signer =>
  sound(readKey(shell.path('.ledger'), name));

export interface Told {
  readonly shell: Shell;
  readonly signer: Signer;
  readonly vkey: Key;
  readonly vkeyText: string;
}

const DRAFTS = (count: number): string =>
  Array.from({ length: count }, (_, at) => ({
    event_type: ['invoice.paid', 'secret.noted', 'invoice.sent'][at % 3],
    id: `e-${at}`,
    payload: at % 3 === 1 ? { secret: `hunter-${at}` } : { total: `=${at}`, '</script>': '\u202e' },
    session_id: `s-${at % 2}`,
    source: { kind: 'tool', name: '+erp' },
  }))
    .map((draft) => `${JSON.stringify(draft)}\n`)
    .join('');

/** A ledger whose later events refer to its earlier ones. */
export const told = async (count = 12): Promise<Told> => {
  const shell = withLedger();
  const bob = await enrolled(shell, 'bob', 'verified');
  shell.write('drafts', DRAFTS(count));
  await shell.told(['append', shell.path('drafts'), '--sign', 'bob']);
  await shell.told(['policy', 'adopt', '--set', 'signed', '--sign', 'alice']);
  await shell.told('append --type note.taken --id n-1 --supersedes e-1 --sign alice');
  await shell.told(['key', 'retire', bob.id, '--reason', 'done', '--sign', 'alice']);
  await shell.told('checkpoint');
  const keys = await shell.told('key list');
  const vkeyText = keys.find(({ purpose }) => purpose === 'log')?.vkey ?? '';
  const signer = keyOf({ shell }, 'alice');
  return { shell, signer, vkeyText, vkey: sound(parseVkey(native, vkeyText)) };
};

/** bundled exports a bundle, and gives where it lies. */
export const bundled = async (
  { shell }: Told,
  name: string,
  ...options: readonly string[]
): Promise<string> => {
  const to = shell.path(name);
  const by = options.includes('--sign') ? options : ['--sign', 'alice', ...options];
  await shell.told(['export', '--format', 'bundle', '--to', to, ...by]);
  return to;
};
