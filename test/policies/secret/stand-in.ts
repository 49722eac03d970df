/**
 * What stands where a secret might: placeholders, references, hashes of it, and members that only
 * speak of one. Nothing is to be found in these payloads.
 */
import type { Json } from '../../../ledger/json/value.ts';
import type { Dice } from '../../../properties/arbitrary/secret/dice.ts';
import {
  BASE62,
  BASE64URL,
  DIGITS,
  HEX,
  UPPER,
} from '../../../properties/arbitrary/secret/dice.ts';
import type { LookAlike } from './look-alike.ts';

const join = (...parts: readonly string[]): string => parts.join('');

const SECRET_NAMES = [
  'password',
  'db_password',
  'secret',
  'clientSecret',
  'api_key',
  'apiKey',
  'token',
  'access_token',
  'AWS_SECRET_ACCESS_KEY',
  'private-key',
];
const PLACEHOLDERS = [
  'changeme',
  'CHANGE_ME_PLEASE',
  '********',
  '****************',
  '',
  '<your-token-here>',
  'REDACTED',
  '[redacted]',
  '(hidden)',
  'xxxxxxxxxxxxxxxxxxxx',
  'XXXXXXXXXXXXXXXX',
  'example-token-1234567',
  'your-api-key-goes-here',
  '…',
  'not set',
  'none',
  'null',
  'placeholder',
  'replace-with-secret-1A',
  'TBD',
];
const REFERENCES = [
  '${DB_PASSWORD}',
  '$DB_PASSWORD',
  '{{ secrets.DB_PASSWORD }}',
  '%DB_PASSWORD%',
  'env:DB_PASSWORD',
  'file:/run/secrets/db',
  '/run/secrets/db_password',
  'vault:secret/data/app#password',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-Ab1Cd2',
  'op://vault/database/password',
  'DB_PASSWORD_PROD',
  'prod-db-01-eu-west-1',
  'github-deploy-token',
  'secret:app/db-2',
  'https://vault.example.com/v1/Secret2A',
  'projects/p/secrets/s/versions/3',
  'someSettingOfTheService',
  'ssm:/app/prod/Db1Password',
];

const member = (dice: Dice, value: string): Json => ({ [dice.pick(SECRET_NAMES)]: value });

export const STAND_INS: readonly LookAlike[] = [
  ['placeholder', (d) => member(d, d.pick(PLACEHOLDERS))],
  ['reference', (d) => member(d, d.pick(REFERENCES))],
  [
    'kept hash',
    (d) => ({
      password: d.pick([
        d.text(HEX, 64),
        d.text(HEX, 32),
        join('$2b', '$12$', d.text(BASE62, 53)),
        join('$argon2id', '$v=19$m=65536,t=3,p=4$', d.text(BASE62, 22), '$', d.text(BASE62, 43)),
        `{SSHA}${d.bytes(24).toString('base64')}`,
        `sha256:${d.text(HEX, 64)}`,
      ]),
      password_hash: d.bytes(32).toString('base64'),
    }),
  ],
  [
    'about a secret',
    (d) => ({
      token_type: 'bearer',
      password_policy: 'Min12Chars!',
      next_page_token: d.bytes(24).toString('base64'),
      key_id: d.text(BASE64URL, 24),
      secret_name: `Prod-Db-${d.text(DIGITS, 3)}`,
      idempotency_key: d.text(BASE62, 32),
      token: d.pick([true, 7, null]),
      key: d.text(BASE62, 24),
      csrf_token: d.text(BASE62, 32),
    }),
  ],
  [
    'prose',
    (d) => ({
      text: d.pick([
        'Basic authentication was replaced by Bearer tokens.',
        'The secret: never give up. Password: see the envelope.',
        'Bearer of this letter; basic understanding required',
        'token: expired, key=missing',
        'Keys and secrets = trouble, says the auditor',
      ]),
      n: d.text(UPPER, 12),
    }),
  ],
];
