/**
 * chain.json: a ledger with the seeds of its keys. Everything in it is opened, and made again: keys
 * from seeds, signatures, lines.
 */
import * as E from 'fp-ts/lib/Either.js';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { attest, claimOf, messageOf } from '../../ledger/event/attestation.ts';
import { draftOf, flatOf } from '../../ledger/event/draft.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf, payloadOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import { seal, unseal, withhold } from '../../ledger/event/seal.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatSkey, formatVkey, parseSkey, parseVkey, signerOf } from '../../ledger/key/key.ts';
import type { KeyName } from '../../ledger/name.ts';
import { describe, fold, offences } from './fold.ts';
import type { Suite, Vector } from './report.ts';
import { holds, same } from './report.ts';

/** signersOf reads the keys of a chain.json that are of the right form. */
export const signersOf = (crypto: Crypto, file: Vector): readonly Signer[] =>
  file
    .get('keys')
    .entries()
    .map(([, key]) => parseSkey(crypto, key.get('skey').text()))
    .flatMap((signer) => (E.isRight(signer) ? [signer.right] : []));

/** linesOf lists the lines of a chain.json. */
export const linesOf = (file: Vector): readonly string[] =>
  file
    .get('events')
    .items()
    .map((event) => event.get('line').text());

const checkKey = (crypto: Crypto, key: Vector): readonly string[] => {
  const seed = parseHex(key.get('seed').text());
  const keyId = key.get('key_id').text();
  const name = keyId.slice(0, -9) as KeyName;
  const made = seed === undefined ? undefined : signerOf(crypto, name, seed);
  if (made === undefined || E.isLeft(made)) return ['the seed is not 32 bytes in hexadecimal'];
  const vkey = parseVkey(crypto, key.get('vkey').text());
  const skey = parseSkey(crypto, key.get('skey').text());
  return [
    ...same('key_id', made.right.keyId, keyId),
    ...same('vkey', formatVkey(made.right), key.get('vkey').text()),
    ...same('skey', formatSkey(made.right), key.get('skey').text()),
    ...holds('the vkey is refused', E.isRight(vkey) && vkey.right.keyId === keyId),
    ...holds('the skey is refused', E.isRight(skey) && skey.right.keyId === keyId),
  ];
};

/** The line again, from its draft, and its signature again, from the seed. */
const remake = (crypto: Crypto, signers: readonly Signer[], line: Line): readonly string[] => {
  const draft = unseal(line);
  if (draft === undefined) return ['the payload is withheld'];
  const again = draftOf(crypto, flatOf(draft));
  if (E.isLeft(again)) return ['the draft is refused'];
  const header: Header = headerOf(line);
  const { policy, prev_event_hash, recorded_at, seq, attestation } = header;
  const signer = signers.find(({ keyId }) => keyId === attestation?.key_id);
  const signed =
    attestation === undefined || signer === undefined
      ? attestation
      : attest(crypto, signer, again.right.claim, attestation.meaning, attestation.signed_at);
  const sealed = seal(
    crypto,
    { ...again.right, ...(signed === undefined ? {} : { attestation: signed }) },
    { policy, prev_event_hash, recorded_at, seq },
  );
  return [
    ...same('signature', signed?.signature, attestation?.signature),
    ...same(
      'hash of the line made again',
      E.isRight(sealed) ? sealed.right.event_hash : '',
      line.event_hash,
    ),
  ];
};

const openEvent = (crypto: Crypto, origin: string, seq: number, text: string) =>
  open(crypto, encodeUtf8(text), { seq, ledger: origin as Header['ledger'] });

/** The bytes that the author signed, in hexadecimal. */
const signedMessage = (line: Line): string | undefined => {
  const header = headerOf(line);
  const { attestation } = header;
  if (attestation === undefined) return undefined;
  const { key_id: keyId, signed_at: signedAt, meaning } = attestation;
  return formatHex(messageOf(keyId, signedAt, meaning, claimOf(header)));
};

const checkEvent = (
  crypto: Crypto,
  origin: string,
  signers: readonly Signer[],
  event: Vector,
  seq: number,
): readonly string[] => {
  const { line, findings } = openEvent(crypto, origin, seq, event.get('line').text());
  if (line === undefined || findings.length > 0)
    return [`expected a sound line, found ${findings.map(({ code }) => code).join(', ')}`];
  return [
    ...same('message signed', signedMessage(line), event.find('attestation_message_hex')?.text()),
    ...same('event_hash', line.event_hash, event.get('event_hash').text()),
    ...same('canonical header', line.headerText, event.get('canonical_header').text()),
    ...remake(crypto, signers, line),
  ];
};

/** The policy set of the first event, and those that the chain adopts. */
const checkPolicySets = (crypto: Crypto, file: Vector): readonly string[] => {
  const origin = file.get('origin').text();
  const lines = linesOf(file)
    .map((text, seq) => openEvent(crypto, origin, seq, text).line)
    .filter((line) => line !== undefined);
  const adopted = lines
    .filter(({ event_type: type }) => type === 'policy.adopted')
    .map((line) => payloadOf(line))
    .map((payload) => (isObject(payload) ? payload['documents'] : undefined))
    .map((documents) => (isObject(documents) ? policySetDigest(crypto, documents) : ''));
  const expected = file.find('adopted_policy_set')?.text();
  return [
    ...same('policy set of the first event', lines[0]?.policy_set, file.get('policy_set').text()),
    ...holds(
      `no adoption of ${expected ?? ''}`,
      expected === undefined || (adopted as readonly string[]).includes(expected),
    ),
  ];
};

export const chainVectors = ({ crypto, test }: Suite, file: Vector): void => {
  const origin = file.get('origin').text();
  const lines = linesOf(file);
  const signers = signersOf(crypto, file);
  for (const [name, key] of file.get('keys').entries())
    test(`key ${name}`, () => checkKey(crypto, key));
  test('policy sets', () => checkPolicySets(crypto, file));
  for (const [seq, event] of file.get('events').items().entries())
    test(event.path, () => checkEvent(crypto, origin, signers, event, seq));
  test('the whole chain', () =>
    same('offences', describe(offences(fold(crypto, origin, lines))), 'nothing'));
  for (const each of file.find('withheld')?.items() ?? [])
    test(each.path, () => {
      const at = each.get('at').number();
      const text = each.get('line').text();
      const whole = openEvent(crypto, origin, at, lines[at] ?? '').line;
      const others = lines.map((line, i) => (i === at ? text : line));
      return [
        ...same('withheld line', whole && decodeUtf8(withhold(whole)), text),
        ...same('offences', describe(offences(fold(crypto, origin, others))), 'nothing'),
      ];
    });
};
