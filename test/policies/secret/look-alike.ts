/**
 * What looks like a secret and is none, drawn from a seed: hashes, ids, pictures, numbers, public
 * keys. Each makes a payload in which nothing is to be found.
 */
import { createHash } from 'node:crypto';
import { native } from '../../../ledger/crypto/native.ts';
import type { Json } from '../../../ledger/json/value.ts';
import { formatVkey, signerOf } from '../../../ledger/key/key.ts';
import type { KeyName } from '../../../ledger/name.ts';
import { sound } from '../../../properties/arbitrary/key.ts';
import { withLuhn } from '../../../properties/arbitrary/secret/card.ts';
import type { Dice } from '../../../properties/arbitrary/secret/dice.ts';
import { BASE32, BASE62, DIGITS, HEX, LOWER } from '../../../properties/arbitrary/secret/dice.ts';

export type LookAlike = readonly [name: string, make: (dice: Dice) => Json];

const join = (...parts: readonly string[]): string => parts.join('');
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const uuid = (dice: Dice): string => {
  const hex = dice.text(HEX, 32);
  const variant = dice.pick(['8', '9', 'a', 'b']);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    dice.pick(['4', '7']) + hex.slice(13, 16),
    variant + hex.slice(17, 20),
    hex.slice(20),
  ].join('-');
};

const hash = (dice: Dice, algorithm: string): string =>
  createHash(algorithm).update(dice.bytes(16)).digest('hex');

const publicArmour = (dice: Dice): string => {
  const label = dice.pick([
    'PUBLIC KEY',
    'CERTIFICATE',
    'CERTIFICATE REQUEST',
    'PGP SIGNATURE',
    'PGP PUBLIC KEY BLOCK',
  ]);
  const body = (
    dice
      .bytes(300)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n');
  return join('-----BEGIN ', label, '-----\n', body, '\n-----END ', label, '-----');
};

const picture = (dice: Dice): string => {
  const [type, head] = dice.pick([
    [
      'png',
      Buffer.from([
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
      ]),
    ],
    ['jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1])],
  ] as const);
  return join(
    'data:image/',
    type,
    ';base64,',
    Buffer.concat([head, dice.bytes(4000)]).toString('base64'),
  );
};

const notLuhn = (number: string): string =>
  number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10);

export const SHAPES: readonly LookAlike[] = [
  [
    'hash',
    (d) => ({
      sha256: hash(d, 'sha256'),
      sha1: hash(d, 'sha1'),
      md5: hash(d, 'md5'),
      sri: `sha384-${d.bytes(48).toString('base64')}`,
    }),
  ],
  ['uuid', (d) => ({ id: uuid(d), note: `see ${uuid(d)}`, token: uuid(d) })],
  [
    'ulid',
    (d) => ({ id: join('01', d.text(CROCKFORD, 24)), token: join('01', d.text(CROCKFORD, 24)) }),
  ],
  ['picture', (d) => ({ logo: picture(d) })],
  [
    'commit',
    (d) => ({
      commit: d.text(HEX, 40),
      short: d.text(HEX, 7),
      ref: `git@github.com:o/r.git#${d.text(HEX, 40)}`,
    }),
  ],
  [
    'order number',
    (d) => ({
      order: d.text(DIGITS, 10 + d.below(3)),
      line: `ORD-2026-${d.text(DIGITS, 8)}`,
      no: d.below(10 ** 10),
    }),
  ],
  ['sixteen digits', (d) => ({ order: d.text(DIGITS, 16), no: d.below(10 ** 15) })],
  [
    'no Luhn',
    (d) => ({
      ref: notLuhn(withLuhn(join('4', d.text(DIGITS, 14)))),
      other: notLuhn(withLuhn(join('5', '3', d.text(DIGITS, 13)))),
    }),
  ],
  [
    'no issuer',
    (d) => ({
      ref: withLuhn(join(d.pick(['1', '7', '9', '0']), d.text(DIGITS, 14))),
      n: Number(withLuhn(join('1', d.text(DIGITS, 14)))),
    }),
  ],
  [
    'longer number',
    (d) => ({
      ref: join(withLuhn(join('4', d.text(DIGITS, 14))), d.text(DIGITS, 6)),
      id: join('a', withLuhn(join('51', d.text(DIGITS, 13)))),
      part: join(d.text(DIGITS, 4), '-', withLuhn(join('4', d.text(DIGITS, 14)))),
    }),
  ],
  [
    'time',
    (d) => ({
      ms: 1_700_000_000_000 + d.below(10 ** 10),
      us: String(1_700_000_000_000_000 + d.below(10 ** 12)),
      ns: join('17', d.text(DIGITS, 17)),
      at: '2026-11-20T15:04:05.678Z',
      compact: join('2026', '1120', d.text('012', 6)),
    }),
  ],
  [
    'phone',
    (d) => ({
      phone: `+49 ${d.text(DIGITS, 3)} ${d.text(DIGITS, 4)} ${d.text(DIGITS, 4)}`,
      tel: join('+4', d.text(DIGITS, 12)),
      us: `(555) ${d.text(DIGITS, 3)}-${d.text(DIGITS, 4)}`,
    }),
  ],
  [
    'iban',
    (d) => ({
      iban: join('DE', d.text(DIGITS, 20)),
      spaced: `DE${d.text(DIGITS, 2)} ${[4, 4, 4, 4, 2].map((n) => d.text(DIGITS, n)).join(' ')}`,
    }),
  ],
  [
    'ean',
    (d) => ({ ean: join('4', d.text(DIGITS, 12)), gtin: Number(join('4', d.text(DIGITS, 12))) }),
  ],
  [
    'imei',
    (d) => ({
      imei: withLuhn(join('35', d.text(DIGITS, 12))),
      iccid: withLuhn(join('8949', d.text(DIGITS, 15))),
    }),
  ],
  [
    'fraction',
    (d) => ({
      ratio: d.below(10 ** 12) / 10 ** 12,
      text: join('0.', withLuhn(join('4', d.text(DIGITS, 14)))),
    }),
  ],
  [
    'bad check',
    (d) => ({
      a: join('gh', 'p_', d.text(BASE62, 36)),
      b: join('np', 'm_', d.text(BASE62, 36)),
      c: join('AGE-SECRET-', 'KEY-1', d.text('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)),
    }),
  ],
  [
    'dotted',
    (d) => ({
      version: `${d.below(20)}.${d.below(40)}.${d.below(90)}`,
      host: `eyJobs.${d.text(LOWER, 8)}.example-corporation-hosting.com`,
      cls: 'com.example.billing.InvoiceServiceFactoryBean',
      range: 'a.b.c',
    }),
  ],
  [
    'address',
    (d) => ({
      url: `https://${d.text(LOWER, 6)}.example.com:8443/a?user=${d.text(LOWER, 5)}@example.com`,
      mail: 'ada@example.com',
      ssh: 'ssh://git@example.com:22/o/r.git',
      dsn: `https://${d.text(HEX, 32)}@o1.ingest.example.io/2`,
      db: 'postgres://app:${PASSWORD}@db/app',
      masked: 'amqp://app:****@mq',
    }),
  ],
  [
    'public key',
    (d) => ({
      key: publicArmour(d),
      ssh: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${d.text(BASE62, 43)} ada@example.com`,
      age: join('age1', d.text('qpzry9x8gf2tvdw0s3jn54khce6mua7l', 58)),
      fingerprint: `SHA256:${d.text(BASE62, 43)}`,
    }),
  ],
  [
    'vkey',
    (d) => ({
      vkey: formatVkey(sound(signerOf(native, 'alice' as KeyName, d.bytes(32)))),
      public_key: d.bytes(32).toString('base64'),
      signature: d.bytes(64).toString('base64'),
    }),
  ],
  [
    'empty armour',
    (d) => ({
      doc: join(
        'Begin the file with -----BEGIN ',
        d.pick(['RSA ', '', 'EC ']),
        'PRIVATE KEY----- and paste\n...\nas is.',
      ),
    }),
  ],
  [
    'test key',
    (d) => ({
      a: join('sk_', 'test_', d.text(BASE62, 24)),
      b: join('pk_', 'live_', d.text(BASE62, 24)),
      ref: join('AK', 'IAIOSFODNN7', 'EXAMPLE'),
    }),
  ],
  [
    'near prefix',
    (d) => ({
      a: `gh${d.pick(['p', 'o'])}_${d.text(BASE62, 20)}`,
      b: `task-${d.text(LOWER, 20)}`,
      c: 'glpat-xxxxxxxxxxxxxxxxxxxx',
      d: 'xoxb-your-token-here',
      e: `SK-${d.text(DIGITS, 6)}`,
      f: `hf_${d.text(LOWER, 12)}`,
      g: join('AK', 'IA', d.text(BASE32, 9)),
      hook: join('https://hooks.slack.', 'com/services/T00000000/B00000000/', 'X'.repeat(24)),
    }),
  ],
];

/** A payload as ledgers hold them all day. */
export const ordinary = (d: Dice): Json => ({
  invoice: `INV-${d.text(DIGITS, 6)}`,
  customer: { id: uuid(d), mail: 'ada@example.com' },
  total: d.below(10 ** 6) / 100,
  digest: hash(d, 'sha256'),
});
