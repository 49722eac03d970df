/**
 * Secrets that only their name gives away: a member, a setting or a query named `password`,
 * `secret`, `token` or `…_key`, whose value looks like chance. What stands there in a secret's
 * place (a hash, an id, a reference, a placeholder) is none.
 *
 * Linear: a pair begins where a name begins, name and value are bounded, and the classes of name,
 * sign and value leave one way to match.
 */
import { isChance, isNamed, isPlaceholder, isReference, kindsOf } from './chance.ts';

export type CredentialName = 'password' | 'secret';

const PASSWORD = /(?:password|passwd|passphrase|passwort)s?$|(?:^|_)(?:pwd|pass)$/;
const KEYS = 'api|access|secret|private|signing|encryption|account|master|auth|shared';
const SECRET = new RegExp(`(?:secret|token|credential)s?$|(?:${KEYS})_?keys?$`);
/** Cursors, stand-ins for a card, and what has been made of a secret so that it can be kept. */
const HARMLESS =
  /page|next|continu|sync|resume|cursor|csrf|xsrf|card|payment|public|hash|digest|encrypted|mask/;

/** The parts of a name are told apart by signs or by capitals: `dbPassword`, `DB-PASSWORD`. */
const plain = (name: string): string =>
  name
    .slice(-64)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]/g, '_')
    .toLowerCase();

const kindOf = (name: string): CredentialName | undefined => {
  const ended = plain(name);
  if (HARMLESS.test(ended)) return undefined;
  if (PASSWORD.test(ended)) return 'password';
  return SECRET.test(ended) ? 'secret' : undefined;
};

const HASH = /^\$[0-9a-z]|^\{[A-Z0-9-]+\}|^(?:sha|md5|bcrypt|scrypt|argon|pbkdf)[\w-]*[:$=-]/i;
const HEX_HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96,128})$/i;
/** UUID, ULID and a moment. */
const ID =
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-7][0-9a-hjkmnp-tv-z]{25}$|^\d{4}-\d\d-\d\d/i;

const isStandIn = (value: string): boolean =>
  HASH.test(value) || ID.test(value) || isPlaceholder(value) || isReference(value);

/** Three kinds of characters, as a person is asked to use; a word with a number is too common. */
const isStrong = (value: string): boolean =>
  kindsOf(value) >= 3 && (/[^\w./:-]/.test(value) || !isNamed(value));

const LONGEST = 4096;

const isSecret = (kind: CredentialName, value: string): boolean => {
  if (value.length < 8 || value.length > LONGEST || /\s/.test(value) || isStandIn(value))
    return false;
  if (kind === 'secret') return value.length >= 16 && isChance(value);
  if (HEX_HASH.test(value)) return false;
  return isStrong(value) || (value.length >= 12 && isChance(value));
};

/** credentialOf says what the value of a member is, by the member's name. */
export const credentialOf = (name: string, value: string): CredentialName | undefined => {
  const kind = kindOf(name);
  return kind !== undefined && isSecret(kind, value) ? kind : undefined;
};

const NAME = '(?<![\\w.-])-{0,2}([A-Za-z_][\\w.-]{0,63})';
const SIGN = '["\']?[ \\t]{0,2}[:=][ \\t]{0,2}["\']?';
const VALUE = '([^\\s"\',;&<>()[\\]{}|]{8,512})';
const PAIR = new RegExp(NAME + SIGN + VALUE, 'g');

/** credentialIn finds the same within a text: settings, command lines, query strings. */
export const credentialIn = (text: string): CredentialName | undefined => {
  for (const [, name = '', value = ''] of text.matchAll(PAIR)) {
    const kind = credentialOf(name, value);
    if (kind !== undefined) return kind;
  }
  return undefined;
};

/** In canonical JSON a sign, a quote or a tab may be an escape. */
const ESCAPE = '\\\\(?:u[0-9a-f]{4}|.)';

/** The source of a pattern that is in every canonical text with a name that may give one away. */
export const NAME_START =
  '(?:pass(?:word|wd|phrase|wort)?|pwd|secret|token|credential|' +
  `(?:${KEYS})(?:${ESCAPE}|[^a-z0-9])?key)s?(?:\\\\?["'])?(?:\\s|\\\\t){0,2}[:=,]`;
