/**
 * Whether text looks like chance or like something that people write: the body of a token, or the
 * name of one, a word to be replaced, a reference to where the secret is kept. One pass each; no
 * pattern here can take the same character in two ways.
 */

const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const OTHER = 4;

const classOf = (code: number): number => {
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 65 && code <= 90) return UPPER;
  return code >= 48 && code <= 57 ? DIGIT : OTHER;
};

/** How often lower case, upper case and digits give way to one another, all else left out. */
const changes = (text: string): number => {
  let count = 0;
  let last = OTHER;
  for (let i = 0; i < text.length; i++) {
    const next = classOf(text.charCodeAt(i));
    if (next === OTHER) continue;
    if (last !== OTHER && next !== last) count++;
    last = next;
  }
  return count;
};

/** kindsOf counts which of lower case, upper case, digits and signs stand in a text. */
export const kindsOf = (text: string): number =>
  [/[a-z]/, /[A-Z]/, /\d/, /[^\w./:-]/].filter((kind) => kind.test(text)).length;

/** A word in one of the ways that code writes words, perhaps numbered; or a short number. */
const WORD = /^(?:[A-Z]?[a-z]*(?:[A-Z][a-z]+)*|[A-Z]+)\d{0,3}$|^\d{1,4}$/;

/** isNamed tells `prod-db-01`, `DB_PASSWORD`, `/run/secrets/key`, `someSetting` from chance. */
export const isNamed = (text: string): boolean =>
  text.split(/[^A-Za-z0-9]/).every((piece) => WORD.test(piece));

const FILLER = /change.?me|replace|example|placeholder|redacted|masked|filtered|your[-_]|xxxx/i;

const hasFewCharacters = (text: string): boolean => new Set(text).size < 5;

/** isPlaceholder tells what stands where a secret would: `changeme`, `<token>`, `****`. */
export const isPlaceholder = (text: string): boolean =>
  FILLER.test(text) || hasFewCharacters(text) || /^[<[({]|\.\.\.|\*\*\*|\u2026/.test(text);

const KEEPER =
  /^(?:env|file|vault|ssm|sm|op|arn|gcp|azure|keyvault|kms|ref|secret|secretref|sops|enc)[:[(]/i;

/** isReference tells where a secret is kept: `env:NAME`, `${NAME}`, `vault:…`, a URL. */
export const isReference = (text: string): boolean =>
  KEEPER.test(text) || /^\$[A-Z_a-z{(]|^%[^%]+%$|:\/\//.test(text);

const LONGEST = 1024;

/** isBody is for what follows the beginning of a token: neither plain words nor a placeholder. */
export const isBody = (text: string): boolean => {
  const head = text.slice(0, LONGEST);
  return new Set(head).size >= 8 && changes(head) > 0 && !isPlaceholder(head);
};

/** isChance is for what nothing but its looks tells from a plain text. */
export const isChance = (text: string): boolean => {
  const head = text.slice(0, LONGEST);
  return isBody(head) && changes(head) >= 4 && !isNamed(head);
};
