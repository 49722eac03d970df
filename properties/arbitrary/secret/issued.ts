/**
 * Secrets as their issuers make them, drawn from a seed: prefix, alphabet, length and check digits.
 * Each is put together here and stands nowhere as text. The check digits are computed in another
 * way than the product does.
 */
import { crc32 } from 'node:zlib';
import { native } from '../../../ledger/crypto/native.ts';
import { formatSkey, signerOf } from '../../../ledger/key/key.ts';
import type { KeyName } from '../../../ledger/name.ts';
import type { SecretKind } from '../../../policies/secret/find.ts';
import { sound } from '../key.ts';
import type { Dice } from './dice.ts';
import { BASE32, BASE62, BASE64URL, DIGITS, HEX, LOWER, UPPER } from './dice.ts';

export interface Issue {
  readonly kind: SecretKind;
  readonly name: string;
  readonly make: (dice: Dice) => string;
}

const join = (...parts: readonly string[]): string => parts.join('');

const base62Of = (value: number): string => {
  const digits = DIGITS + UPPER + LOWER;
  const at = (place: number): string => digits.charAt(Math.floor(value / 62 ** place) % 62);
  return [5, 4, 3, 2, 1, 0].map(at).join('');
};

/** 30 characters and their CRC-32, as GitHub and npm do. */
export const withCrc = (body: string): string => join(body, base62Of(crc32(body)));

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** BIP 173 as a division of polynomials over single bits of XOR, with big integers. */
export const bech32 = (prefix: string, data: readonly number[]): string => {
  const spread = [
    ...Array.from(prefix, (c) => BigInt(c.charCodeAt(0) >> 5)),
    0n,
    ...Array.from(prefix, (c) => BigInt(c.charCodeAt(0) & 31)),
    ...data.map(BigInt),
    ...Array.from({ length: 6 }, () => 0n),
  ];
  const generator = [0x3b6a57b2n, 0x26508e6dn, 0x1ea119fan, 0x3d4233ddn, 0x2a1462b3n];
  let sum = 1n;
  for (const value of spread) {
    const top = sum >> 25n;
    sum = ((sum % (1n << 25n)) << 5n) ^ value;
    for (const [bit, each] of generator.entries())
      if ((top >> BigInt(bit)) % 2n === 1n) sum ^= each;
  }
  sum ^= 1n;
  const check = [25n, 20n, 15n, 10n, 5n, 0n].map((shift) => Number((sum >> shift) % 32n));
  return join('1', ...[...data, ...check].map((value) => CHARSET.charAt(value)));
};

const armour = (label: string, body: string, newline: string): string =>
  join('-----', 'BEGIN ', label, '-----', newline, body, newline, '-----', 'END ', label, '-----');

const LABELS = ['RSA ', 'EC ', 'DSA ', 'OPENSSH ', 'ENCRYPTED ', ''].map(
  (of) => `${of}PRIVATE KEY`,
);

const pem = (dice: Dice): string => {
  const newline = dice.pick(['\n', '\r\n', '\\n']);
  const lines =
    dice
      .bytes(96 + dice.below(1000))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const label = dice.pick([...LABELS, 'PGP PRIVATE KEY BLOCK']);
  const isOld = label.startsWith('RSA') && dice.below(3) === 0;
  const type = isOld
    ? join(
        'Proc-Type: 4,ENCRYPTED',
        newline,
        'DEK-Info: AES-128-CBC,',
        dice.text(HEX.toUpperCase(), 32),
        newline,
        newline,
      )
    : '';
  return armour(label, type + lines.join(newline), newline);
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const jwt = (dice: Dice): string => {
  const alg = dice.pick(['HS256', 'RS256', 'ES256', 'EdDSA']);
  const header = dice.pick([
    { alg, typ: 'JWT' },
    { typ: 'JWT', alg },
    { alg, kid: dice.text(BASE62, 8) },
  ]);
  const claims = { sub: dice.text(DIGITS, 10), iat: 1_700_000_000 + dice.below(9999), iss: 'idp' };
  const length = alg === 'HS256' ? 32 : alg === 'RS256' ? 256 : 64;
  return [part(header), part(claims), dice.bytes(length).toString('base64url')].join('.');
};

const issue = (kind: SecretKind, name: string, make: Issue['make']): Issue => ({
  kind,
  name,
  make,
});
const token = (name: string, make: Issue['make']): Issue => issue('token', name, make);

/** A password as managers make them: fit to stand in a URL. */
export const password = (dice: Dice): string =>
  join(
    dice.text(UPPER, 2),
    dice.text(`${BASE62}!*~`, 8 + dice.below(12)),
    dice.text(DIGITS, 2),
    dice.text(LOWER, 2),
    '!',
  );

const userinfo = (dice: Dice): string =>
  join(
    dice.pick(['postgres', 'https', 'amqp', 'mongodb+srv', 'redis']),
    '://',
    dice.pick(['app', 'svc-billing', '']),
    ':',
    password(dice),
    '@',
    dice.pick(['db.example.com:5432/app', 'example.org', '10.0.0.7/x']),
  );

const basic = (dice: Dice): string =>
  join('Authorization: ', 'Basic ', Buffer.from(join('svc:', password(dice))).toString('base64'));

const snowflake = (dice: Dice): string =>
  join(dice.pick(['1', '3', '8']), dice.text(DIGITS, 16 + dice.below(3)));

export const ISSUES: readonly Issue[] = [
  issue('private_key', 'pem', pem),
  issue('private_key', 'putty', (d) =>
    join(
      'PuTTY-User-',
      'Key-File-3: ssh-ed25519\nEncryption: none\nComment: a\nPublic-Lines: 2\n',
      d.bytes(48).toString('base64'),
    ),
  ),
  issue('private_key', 'ledger', (d) =>
    formatSkey(
      sound(
        signerOf(
          native,
          d.pick(['alice@example.com', 'example.com/payments', 'b']) as KeyName,
          d.bytes(32),
        ),
      ),
    ),
  ),
  issue('private_key', 'age', (d) => {
    const data = [...Array.from({ length: 51 }, () => d.below(32)), 16 * d.below(2)];
    return join('AGE-', 'SECRET-KEY-', bech32('age-secret-key-', data).toUpperCase());
  }),
  token('aws', (d) => join(d.pick(['AK', 'AS']), 'IA', d.text(BASE32, 16))),
  token('github', (d) =>
    join('gh', d.pick(['p', 'o', 'u', 's', 'r']), '_', withCrc(d.text(BASE62, 30))),
  ),
  token('github', (d) => join('ghs', '_', d.text(DIGITS, 6), '_', jwt(d))),
  token('github', (d) => join('github', '_pat_', d.text(BASE62, 22), '_', d.text(BASE62, 59))),
  token('gitlab', (d) => join('gl', d.pick(['pat', 'dt', 'rt', 'ft']), '-', d.text(BASE64URL, 20))),
  token('gitlab', (d) =>
    join(
      'gl',
      'pat-',
      d.text(BASE64URL, 27 + d.below(40)),
      '.',
      d.text(DIGITS + LOWER, 2),
      '.',
      d.text(DIGITS + LOWER, 7),
    ),
  ),
  token('gitlab', (d) => join('gl', 'cbt-', d.text(HEX, 2), '_', d.text(BASE64URL, 20))),
  token('gitlab', (d) => join('gl', 'ptt-', d.text(HEX, 40))),
  token('slack', (d) =>
    join('xo', 'xb-', d.text(DIGITS, 12), '-', d.text(DIGITS, 13), '-', d.text(BASE62, 24)),
  ),
  token('slack', (d) =>
    join(
      'xo',
      'xp-',
      d.text(DIGITS, 12),
      '-',
      d.text(DIGITS, 12),
      '-',
      d.text(DIGITS, 13),
      '-',
      d.text(HEX, 32),
    ),
  ),
  token('slack', (d) => join('xo', 'xe.xo', 'xp-1-', d.text(BASE62, 163))),
  token('slack', (d) =>
    join('xa', 'pp-1-A', d.text(DIGITS + UPPER, 10), '-', d.text(DIGITS, 13), '-', d.text(HEX, 64)),
  ),
  token('slack', (d) =>
    join(
      'https://hooks.',
      'slack.com/services/T',
      d.text(DIGITS + UPPER, 8),
      '/B',
      d.text(DIGITS + UPPER, 10),
      '/',
      d.text(BASE62, 24),
    ),
  ),
  token('stripe', (d) => join(d.pick(['s', 'r']), 'k_', 'live_', d.text(BASE62, d.pick([24, 99])))),
  token('stripe', (d) => join('wh', 'sec_', d.text(BASE62, 32))),
  token('google', (d) => join('AI', 'za', d.text(BASE64URL, 35))),
  token('google', (d) => join('GOC', 'SPX-', d.text(BASE64URL, 28))),
  token('openai', (d) => join('s', 'k-', d.text(BASE62, 20), 'T3Blbk', 'FJ', d.text(BASE62, 20))),
  token('openai', (d) =>
    join(
      's',
      'k-',
      d.pick(['proj', 'svcacct', 'admin']),
      '-',
      d.text(BASE64URL, 74),
      'T3Blbk',
      'FJ',
      d.text(BASE64URL, 74),
    ),
  ),
  token('anthropic', (d) =>
    join('s', 'k-ant-', d.pick(['api03', 'admin01', 'oat01']), '-', d.text(BASE64URL, 93), 'AA'),
  ),
  token('npm', (d) => join('np', 'm_', withCrc(d.text(BASE62, 30)))),
  token('pypi', (d) => join('py', 'pi-AgE', 'IcHlwaS5vcmc', d.text(BASE64URL, 80 + d.below(100)))),
  token('sendgrid', (d) => join('S', 'G.', d.text(BASE64URL, 22), '.', d.text(BASE64URL, 43))),
  token('twilio', (d) => join('S', 'K', d.text(HEX, 32))),
  token('azure', (d) =>
    join(
      'DefaultEndpointsProtocol=https;AccountName=store;Account',
      'Key=',
      d.bytes(64).toString('base64'),
      ';EndpointSuffix=core.windows.net',
    ),
  ),
  token('azure', (d) =>
    join(
      'Endpoint=sb://bus.example.net/;SharedAccessKeyName=all;SharedAccess',
      'Key=',
      d.bytes(32).toString('base64'),
    ),
  ),
  token('vault', (d) =>
    join('hv', d.pick(['s', 'b', 'r']), '.', d.text(BASE64URL, d.pick([24, 90]))),
  ),
  token('shopify', (d) => join('shp', d.pick(['at', 'ca', 'pa', 'ss']), '_', d.text(HEX, 32))),
  token('docker', (d) => join('dckr', '_pat_', d.text(BASE64URL, 27))),
  token('docker', (d) => join('dckr', '_oat_', d.text(BASE64URL, 32))),
  token('grafana', (d) => join('gl', 'sa_', d.text(BASE62, 32), '_', d.text(HEX, 8))),
  token('databricks', (d) => join('da', 'pi', d.text(HEX, 32), d.pick(['', '-2']))),
  token('linear', (d) => join('lin', '_api_', d.text(BASE62, 40))),
  token('linear', (d) => join('lin', '_oauth_', d.text(HEX, 64))),
  token('digitalocean', (d) => join('do', d.pick(['o', 'p', 'r']), '_v1_', d.text(HEX, 64))),
  token('huggingface', (d) => join('h', 'f_', d.text(UPPER + LOWER, 34))),
  token('telegram', (d) =>
    join(
      d.pick(['', 'https://api.telegram.org/bot']),
      d.pick(['1', '5', '7']),
      d.text(DIGITS, 9),
      ':A',
      'A',
      d.text(BASE64URL, 33),
    ),
  ),
  token('discord', (d) =>
    [
      Buffer.from(snowflake(d)).toString('base64url'),
      d.text(BASE64URL, 6),
      d.text(BASE64URL, 38),
    ].join('.'),
  ),
  token('jwt', jwt),
  token('bearer', (d) => join('Authorization: ', 'Bearer ', d.text(BASE62, 32 + d.below(20)))),
  token('basic', basic),
  issue('url_password', 'url', userinfo),
];
