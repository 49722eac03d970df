/**
 * Secrets in a payload: what is found, what is not, how often either is wrong, and what is said.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { compilePattern } from '../../policies/pattern/pattern.ts';
import type { OwnPattern } from '../../policies/secret/find.ts';
import { MAX_FOUND, findSecrets } from '../../policies/secret/find.ts';
import { SCHEMES, cardOf, printed, withLuhn } from '../../properties/arbitrary/secret/card.ts';
import { BASE62, DIGITS, HEX, diceOf } from '../../properties/arbitrary/secret/dice.ts';
import { ISSUES, withCrc } from '../../properties/arbitrary/secret/issued.ts';
import { said } from './secret/corpus.ts';

const find = (payload: Json, own: readonly OwnPattern[] = []): readonly string[] =>
  findSecrets(write(payload), own).map(said);

const own = (name: string, source: string): OwnPattern => {
  const pattern = compilePattern(source);
  if (E.isLeft(pattern)) throw new Error(pattern.left.found);
  return { name, pattern: pattern.right };
};

/** Another character of the same alphabet in one place. */
const changed = (text: string, at: number): string => {
  const place = at < 0 ? text.length + at : at;
  const now = text.charAt(place);
  const other = /\d/.test(now) ? String((Number(now) + 1) % 10) : now === 'Q' ? 'P' : 'Q';
  return text.slice(0, place) + other + text.slice(place + 1);
};

const dice = diceOf('secret.test.ts');

const part = (value: Json): string => Buffer.from(write(value)).toString('base64url');
const token = (): string => ['np', 'm_', withCrc(dice.text(BASE62, 30))].join('');

describe('check digits', () => {
  it('are those of tokens that their issuers published as examples', () => {
    const npm = ['np', 'm_qkJaB6MffYVzZXWqm', 'coF49yrUxP3wf0LsakP'].join('');
    const github = ['gh', 'p_zQWBuTSOoRi4A9spHc', 'VY5ncnsDkxkJ0mLq17'].join('');
    expect(find([npm, github])).toEqual(['token npm /0', 'token github /1']);
  });

  it.each([
    ['a GitHub token', () => ['gh', 'p_', withCrc(dice.text(BASE62, 30))].join('')],
    ['an npm token', () => ['np', 'm_', withCrc(dice.text(BASE62, 30))].join('')],
    ['an age key', () => ISSUES.find(({ name }) => name === 'age')?.make(dice) ?? ''],
    ['a card number', () => withLuhn(`4${dice.text(DIGITS, 14)}`)],
  ])('tell %s from the same with one character changed, wherever it is', (_name, make) => {
    for (let n = 0; n < 20; n++) {
      const sound = make();
      expect(find(sound)).toHaveLength(1);
      for (let back = 1; back <= 16; back += 3) expect(find(changed(sound, -back))).toEqual([]);
    }
  });
});

describe('a form', () => {
  /** These may begin with another letter, or their body alone has a meaning. */
  const LOOSE = new Set(['azure', 'bearer', 'basic', 'slack', 'telegram']);

  it.each(ISSUES.map((issue, i) => [`${issue.kind} of ${issue.name}`, i, issue] as const))(
    '%s (%i) is found, and not without the letter it begins with',
    (_title, _i, { kind, name, make }) => {
      const what = `${kind} ${name} `;
      const secret = make(dice);
      expect(find(secret)).toContain(what);
      expect(find(`the one: ${secret}`)).toContain(what);
      const spoilt = secret.replace(/[A-Za-z]/, '');
      if (kind === 'token' && !LOOSE.has(name)) expect(find(spoilt)).not.toContain(what);
    },
  );

  it('has its length', () => {
    const body = dice.text(BASE62, 30);
    expect(find(['gh', 'p_', withCrc(body.slice(1))].join(''))).toEqual([]);
    expect(find(['gh', 'p_', withCrc(body), 'a'].join(''))).toEqual([]);
    expect(find(['do', 'p_v1_', dice.text(HEX, 63)].join(''))).toEqual([]);
    expect(find(['AI', 'za', dice.text(BASE62, 34)].join(''))).toEqual([]);
  });

  it('is not found within a longer word', () => {
    expect(find(`x${['gh', 'p_', withCrc(dice.text(BASE62, 30))].join('')}`)).toEqual([]);
    expect(find(`\\n${['gh', 'p_', withCrc(dice.text(BASE62, 30))].join('')}`)).toHaveLength(1);
  });

  it('of a private key in JSON is found by its members', () => {
    const bytes = dice.bytes(32).toString('base64url');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes, d: bytes };
    expect(find({ keys: [jwk] })).toEqual(['private_key jwk /keys/0']);
    expect(find({ keys: [{ ...jwk, d: 7 }] })).toEqual([]);
  });

  it('of a signed token needs a header that names an algorithm', () => {
    const rest = [part({ sub: 'ada' }), dice.bytes(32).toString('base64url')];
    expect(find([part({ alg: 'HS256' }), ...rest].join('.'))).toEqual(['token jwt ']);
    expect(find([part({ alg: 'none' }), ...rest].join('.'))).toEqual([]);
    expect(find([part({ typ: 'JWT' }), ...rest].join('.'))).toEqual([]);
    expect(find([part({ alg: 'HS256' }), part({ sub: 'ada' }), ''].join('.'))).toEqual([]);
  });
});

const SEPARATORS = ['', ' ', '-', '.', '  ', '\t', '\u00a0', '\u2007', '\u202f', ' \u00a0'];

describe('a card number', () => {
  it.each(SCHEMES.map((scheme, i) => [scheme.name, i, scheme] as const))(
    'of %s (%i) is found however it is printed, and not one digit longer',
    (name, _i, scheme) => {
      for (let n = 0; n < 20; n++) {
        const number = cardOf(dice, scheme);
        for (const separator of SEPARATORS)
          expect(find(printed(number, separator))).toEqual([`card_number ${name} `]);
        expect(find(`${number}.50`)).toEqual([]);
        expect(find(`a${number}`)).toEqual([]);
        expect(find(`${number}${'0'.repeat(20 - number.length)}`)).toEqual([]);
      }
    },
  );

  it('has one check digit of ten', () => {
    const digits = `4${dice.text(DIGITS, 14)}`;
    expect(Array.from(DIGITS).flatMap((last) => find(digits + last))).toEqual([
      'card_number visa ',
    ]);
  });

  const visa = withLuhn(`4${dice.text(DIGITS, 14)}`);
  const old = withLuhn(`4${dice.text(DIGITS, 11)}`);
  it.each<[string, Json, boolean]>([
    ['as a number', Number(visa), true],
    ['below zero', -Number(visa), false],
    ['at the beginning of a line', `card:\n${visa}`, true],
    ['behind a tab', `card\t${printed(visa, ' ')}`, true],
    ['behind a control character', `card\u0001${visa}`, true],
    ['as a fraction', `0.${visa}`, false],
    ['before a fraction', `${visa}.5`, false],
    ['with three spaces between', printed(visa, '   '), false],
    ['with slashes between', printed(visa, '/'), false],
    ['behind letters', `PAN${visa}`, false],
    ['with the end of its term', `${printed(visa, ' ')} 12/28 123`, true],
    ['among others', `${visa} ${visa}`, true],
    ['as part of an id', `0192-${visa}`, false],
    ['as part of a longer print', `${printed(visa, ' ')} 1234`, false],
    ['with mixed separators', `${printed(visa.slice(0, 8), '')} ${visa.slice(8)}-`, false],
    ['in the groups of an IBAN', `DE12 ${printed(visa, ' ')} 12`, false],
    ['as a phone number', `+${visa}`, false],
    ['with 13 digits in one run', old, false],
    ['with 13 digits in groups', old.replace(/^(.{4})(...)(...)(...)$/, '$1 $2 $3 $4'), true],
  ])('%s', (_title, payload, isFound) => {
    expect(find(payload)).toEqual(isFound ? ['card_number visa '] : []);
  });
});

describe('a payload', () => {
  it('is looked through to the end, however long its lists are', () => {
    for (const count of [100, 101, 5000]) {
      const items = Array.from({ length: count }, () => 'plain');
      expect(find([...items, token()])).toEqual([`token npm /${count}`]);
      expect(find({ list: [[...items, { a: [...items, token()] }]] })).toEqual([
        `token npm /list/0/${count}/a/${count}`,
      ]);
      const members = Object.fromEntries(items.map((item, i) => [`m${i}`, item]));
      expect(find({ ...members, z: token() })).toEqual(['token npm /z']);
    }
  });
});

describe('what is said', () => {
  it('is at most so much, in the order of the payload', () => {
    const found = find(Array.from({ length: 30 }, token));
    expect(found).toEqual(Array.from({ length: MAX_FOUND }, (_, i) => `token npm /${i}`));
    expect(find({ b: token(), a: token(), 10: token(), 9: token() })).toEqual(
      ['/10', '/9', '/a', '/b'].map((pointer) => `token npm ${pointer}`),
    );
  });

  it('points no further than to a name that is itself a secret', () => {
    const found = findSecrets(write({ a: { [token()]: token() } }), []);
    expect(found).toEqual([{ kind: 'token', name: 'npm', pointer: '/a', in_name: true }]);
  });

  it('has pointers of bounded length', () => {
    const deep = { ['n'.repeat(300)]: { ['m'.repeat(300)]: { x: token() } } };
    expect(find(deep)).toEqual([`token npm /${'n'.repeat(300)}/x`]);
  });

  it('names one thing once in one place', () => {
    expect(find({ token: `${token()} ${token()}` })).toEqual(['token npm /token']);
    const long = 'n'.repeat(600);
    expect(find({ a: { [long]: [token(), token()] } })).toEqual([
      'token npm /a/0',
      'token npm /a/1',
    ]);
    const far = { ['n'.repeat(495)]: { first: token(), second: token() } };
    expect(find(far)).toEqual([`token npm /${'n'.repeat(495)}`]);
  });

  it('is that nothing was looked at where the text is no payload', () => {
    expect(find(token().slice(1))).toEqual([]);
    expect(findSecrets(`{"a":"${token()}`, []).map(said)).toEqual(['unread payload ']);
    const deep = `${'['.repeat(70)}"${token()}"${']'.repeat(70)}`;
    expect(findSecrets(deep, []).map(said)).toEqual(['unread payload ']);
  });
});

describe('a pattern of the user', () => {
  const patterns = [own('customer', 'K-[0-9]{6}'), own('word', '(?i)geheim')];

  it('is found in values, names and numbers', () => {
    expect(find({ a: 'see K-123456', Geheim: 1, b: [654_321] }, patterns)).toEqual([
      'own word ',
      'own customer /a',
    ]);
    expect(find({ n: 654_321 }, [own('six', '^[0-9]{6}$')])).toEqual(['own six /n']);
    expect(find({ a: 'K-12345' }, patterns)).toEqual([]);
  });

  it('whose steps run out holds the payload', () => {
    const text = 'a'.repeat(1_000_000);
    const large = own('large', '(?:ab?){90}c');
    expect(find({ text, v: 'b', w: 'c' }, [large, own('b', 'b')])).toEqual([
      'unfinished large /text',
    ]);
    expect(find({ text: text.slice(0, 1000) }, [large])).toEqual([]);
  });
});
