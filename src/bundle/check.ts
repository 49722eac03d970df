/**
 * Checking a bundle: nothing is at hand but its files and, perhaps, the key of the log. Every file
 * is known, every digest is made anew, every event is folded as an audit would, and what can be
 * made of the events is made again and compared. What could not be proved is said.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Line } from '../../ledger/event/line.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { About } from '../export/about.ts';
import { csvHead, csvRow } from '../export/csv.ts';
import type { Event } from '../export/event.ts';
import type { ParquetTable } from '../export/parquet.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace, atOnce } from '../storage/steps.ts';
import type { Claim } from './claim.ts';
import { MAX_CLAIM_BYTES, parseClaim } from './claim.ts';
import { keyringText, policyText } from './derived.ts';
import type { Entry, Files, Hasher } from './file.ts';
import { digestOf, linesOf, textOf } from './file.ts';
import { BundleFold } from './fold.ts';
import { FILE, OPTIONAL, isPayload } from './layout.ts';
import type { Digests } from './manifest.ts';
import { BAGIT, infoOf, manifestOf, tagManifestOf } from './manifest.ts';
import { judgeLater, judgeNote, judgeStatement, judgeVkey, noteOf } from './outer.ts';
import { unshownLogKey } from './outer.ts';
import type { Profile } from './profile/profile.ts';
import { MAX_PROFILE_BYTES, parseProfile } from './profile/profile.ts';
import { Tally } from './profile/tally.ts';
import { profileText } from './profile/text.ts';
import { Proofs } from './proof-line.ts';
import { readmeText } from './readme.ts';
import type { BundleFinding, BundleReport } from './report.ts';
import { against } from './report.ts';
import { logKeyUnproved, notProvedOf, provedOf } from './tell.ts';

export interface CheckMeans {
  readonly crypto: Crypto;
  readonly hasher: () => Hasher;
  readonly random: (bytes: number) => Uint8Array;
  readonly onEvents?: (events: number, of: number) => void;
  /** What makes a Parquet file; a page has none, and so holds none. */
  readonly parquet?: (about: About) => ParquetTable;
}

const TABLE_KEY_BYTES = 32;

/** Names that a bundle does not have, and files that it lacks. */
const namesIn = (files: Files, { parquet }: CheckMeans): readonly BundleFinding[] => {
  const known = new Set<string>(Object.values(FILE));
  if (parquet === undefined) known.delete(FILE.parquet);
  const unknown = [...files.keys()].filter((name) => !known.has(name));
  const missing = [...known].filter((name) => !OPTIONAL.has(name) && !files.has(name));
  return [
    ...unknown.map((file) => against('file_unknown', { file })),
    ...missing.map((file) => against('file_missing', { file })),
  ];
};

const sameText = (
  files: Files,
  digests: Digests,
  hasher: () => Hasher,
  file: string,
  expected: string,
  code: 'manifest_changed' | 'table_differs',
): readonly BundleFinding[] => {
  const actual = digests.get(file);
  if (actual === undefined) return [];
  const hash = hasher();
  hash.update(encodeUtf8(expected));
  return files.has(file) && actual !== hash.digest() ? [against(code, { file })] : [];
};

/** Which files are others than their manifest says. */
const changedFiles = (files: Files, digests: Digests): readonly BundleFinding[] =>
  [FILE.manifest, FILE.tagManifest].flatMap((file) => {
    const text = textOf(files.get(file), MAX_CLAIM_BYTES) ?? '';
    return text.split('\n').flatMap((line): readonly BundleFinding[] => {
      const [, expected = '', name = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      const actual = digests.get(name);
      if (name === '' || actual === expected) return [];
      return actual === undefined
        ? [against('file_missing', { file: name })]
        : [against('file_changed', { file: name, expected, actual })];
    });
  });

const bagFindings = (
  files: Files,
  digests: Digests,
  hasher: () => Hasher,
  claim: Claim | undefined,
): readonly BundleFinding[] => {
  const payload = [...files.values()].filter(({ name }) => isPayload(name));
  const bytes = payload.reduce((sum, { size }) => sum + size, 0);
  const same = (file: string, text: string) =>
    sameText(files, digests, hasher, file, text, 'manifest_changed');
  return [
    ...changedFiles(files, digests),
    ...same(FILE.bagit, BAGIT),
    ...same(FILE.manifest, manifestOf(digests)),
    ...same(FILE.tagManifest, tagManifestOf(digests)),
    ...(claim === undefined ? [] : same(FILE.info, infoOf(claim.origin, payload.length, bytes))),
  ];
};

/** The profile, where there is one, and what is wrong with it. */
const profileIn = (
  files: Files,
): { readonly profile?: Profile; readonly findings: readonly BundleFinding[] } => {
  const [data, text] = [FILE.profile, FILE.profileText];
  if (!files.has(data) && !files.has(text)) return { findings: [] };
  const profile = parseProfile(textOf(files.get(data), MAX_PROFILE_BYTES) ?? '');
  return profile !== undefined && files.has(text)
    ? { profile, findings: [] }
    : { findings: [against('profile_refused', { file: data })] };
};

interface Folded {
  readonly profile: Profile | undefined;
  readonly fold: BundleFold;
  readonly findings: readonly BundleFinding[];
}

/** The lines of a file; none where it is not there. */
function* linesIn(entry: Entry | undefined): Generator<Uint8Array, undefined> {
  if (entry !== undefined) yield* linesOf(entry);
}

/** Folds the events; what is made of them on the way is compared with the files that say so. */
function* foldEvents(
  means: CheckMeans,
  files: Files,
  digests: Digests,
  claim: Claim,
  root: Uint8Array,
): Steps<Folded> {
  const { crypto, hasher, onEvents } = means;
  const [table, policies, typed] = [hasher(), hasher(), hasher()];
  const { profile, findings: ofProfile } = profileIn(files);
  const tally = new Tally();
  const { origin, checkpoint, selection } = claim;
  const parquet = files.has(FILE.parquet)
    ? means.parquet?.({ origin, ...checkpoint, selection })
    : undefined;
  table.update(encodeUtf8(csvHead()));
  const listener = {
    onMeant: (event: Event) => {
      table.update(encodeUtf8(csvRow(event)));
      parquet?.add(event);
      if (parquet !== undefined) typed.update(parquet.take());
    },
    onAny: (line: Line) => {
      policies.update(encodeUtf8(policyText(line)));
      if (profile !== undefined) tally.add(line);
    },
  };
  const proofs = new Proofs(crypto, linesIn(files.get(FILE.proofs)), claim.checkpoint.size, root);
  const key = means.random(TABLE_KEY_BYTES);
  const fold = new BundleFold(crypto, key, claim, proofs, listener);
  const { from, to } = selection;
  function* range(): Steps<void> {
    fold.enter();
    const pace = new Pace();
    for (const line of linesIn(files.get(FILE.events))) {
      fold.inside(line);
      onEvents?.(fold.counts.events, to - from);
      if (pace.isOver(line.length)) yield;
    }
    fold.leave();
  }
  for (const line of linesIn(files.get(FILE.governing))) {
    if (!fold.hasEntered && fold.isBehind(line)) yield* range();
    fold.outside(line);
  }
  if (!fold.hasEntered) yield* range();
  fold.finish();
  if (parquet !== undefined) typed.update(parquet.end());
  const differs = (file: string, hash: Hasher): readonly BundleFinding[] =>
    files.has(file) && digests.get(file) !== hash.digest()
      ? [against('table_differs', { file })]
      : [];
  const derived: readonly (readonly [file: string, text: string])[] = [
    [FILE.keyring, keyringText(fold.state.keyring)],
    [FILE.readme, readmeText(claim)],
    ...(profile === undefined
      ? []
      : [[FILE.profileText, profileText(profile, claim, tally)] as const]),
  ];
  return {
    fold,
    profile,
    findings: [
      ...fold.findings,
      ...differs(FILE.table, table),
      ...differs(FILE.policies, policies),
      ...(parquet === undefined ? [] : differs(FILE.parquet, typed)),
      ...ofProfile,
      ...derived.flatMap(([file, text]) =>
        sameText(files, digests, hasher, file, text, 'table_differs'),
      ),
    ],
  };
}

const countFindings = ({ counts }: Claim, fold: BundleFold): readonly BundleFinding[] =>
  (['events', 'meant', 'disclosed'] as const)
    .filter((name) => counts[name] !== fold.counts[name])
    .map((name) =>
      against('claim_differs', {
        file: FILE.claim,
        reason: name,
        expected: String(fold.counts[name]),
        actual: String(counts[name]),
      }),
    );

const verdictOf = (findings: readonly BundleFinding[]): BundleReport['verdict'] => {
  const has = (grave: string): boolean => findings.some(({ severity }) => severity === grave);
  if (has('tampered')) return 'tampered';
  return has('incomplete') ? 'incomplete' : 'verified';
};

const reportOf = (
  findings: readonly BundleFinding[],
  rest: Partial<Omit<BundleReport, 'findings' | 'verdict'>>,
): BundleReport => ({
  verdict: verdictOf(findings),
  origin: undefined,
  proved: [],
  withheld: [],
  notProved: ['anything: what was found must be cleared up first'],
  ...rest,
  findings,
});

/** checkSteps checks the files of a bundle. `before` was found where they were read. */
export function* checkSteps(
  means: CheckMeans,
  files: Files,
  vkey?: Key,
  before: readonly BundleFinding[] = [],
): Steps<BundleReport> {
  const { crypto, hasher } = means;
  const digests: Digests = new Map(
    [...files].map(([name, entry]) => [name, digestOf(entry, hasher)] as const),
  );
  const claim = parseClaim(textOf(files.get(FILE.claim), MAX_CLAIM_BYTES) ?? '');
  const outer = [
    ...before,
    ...namesIn(files, means),
    ...bagFindings(files, digests, hasher, claim),
  ];
  if (claim === undefined)
    return reportOf([...outer, against('claim_refused', { file: FILE.claim })], {});
  const { origin } = claim;
  const note = noteOf(crypto, files, claim);
  if (note === undefined)
    return reportOf([...outer, against('checkpoint_refused', { file: FILE.checkpoint })], {
      origin,
    });
  const {
    fold,
    profile,
    findings: folded,
  } = yield* foldEvents(means, files, digests, claim, note.root);
  const statement = judgeStatement(crypto, files, digests, claim, fold);
  const others = judgeVkey(crypto, note, vkey);
  const key = { vkey, isSigner: vkey !== undefined && others.length === 0 };
  const findings = [
    ...outer,
    ...folded,
    ...countFindings(claim, fold),
    ...judgeNote(crypto, claim, note, fold),
    ...judgeLater(crypto, files, note, fold.state.keyring),
    ...others,
    ...statement.findings,
  ];
  const isSound = verdictOf(findings) !== 'tampered';
  return reportOf(findings, {
    origin,
    withheld: [...fold.withheld]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([event_type, events]) => ({ event_type, events })),
    ...(isSound
      ? {
          proved: provedOf(claim, fold, statement.voucher, files, key, profile?.name),
          notProved: [
            ...logKeyUnproved(unshownLogKey(crypto, note, claim, fold), note.size),
            ...notProvedOf(claim, fold, statement.voucher, files, key, profile?.name),
          ],
        }
      : {}),
  });
}

/** checkBundle does so at once. */
export const checkBundle = (means: CheckMeans, files: Files, vkey?: Key): BundleReport =>
  atOnce(checkSteps(means, files, vkey));
