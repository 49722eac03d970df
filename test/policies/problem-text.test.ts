/**
 * What people are told of a document: the place first, then what and what else was expected.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { tellProblem } from '../../policies/document/problem-text.ts';
import { readSet } from '../../policies/set/load.ts';

const toldOf = (text: string, file = 'billing.yaml'): readonly string[] => {
  const set = readSet(native, [{ file, bytes: encodeUtf8(text) }]);
  return E.isLeft(set) ? set.left.map(tellProblem) : [];
};

describe('a problem with a document', () => {
  it.each([
    [
      'version: 1\ntypes:\n  - match: invoice.*\n    tier: admin\n',
      'billing.yaml:4:11: /types/0/tier: not one of the values; ' +
        'expected one of untrusted, observed, verified, operator; found admin',
    ],
    ['version: 1\nname: [', 'billing.yaml:2:8: '],
    ['name: x\n', 'billing.yaml:1:1: /version: missing; expected the member version'],
    [
      'version: 1\nrules:\n  - id: a\n    match: [x.y]\n    when: payload.n + 1\n' +
        '    outcome: warn\n    reason: b\n',
      'billing.yaml:5:21: /rules/0/when: not an expression (CEL); expected ',
    ],
  ])('in %j is told with its place', (text, line) => {
    expect(toldOf(text)[0]?.slice(0, line.length)).toBe(line);
  });

  it('moves no cursor, whatever the document holds', () => {
    const [line = ''] = toldOf('version: 1\nname: 7\n', 'a\u001b[2J\n.yaml');
    expect(line).toMatch(/^a\\u\{1b\}\[2J\\u\{a\}\.yaml:2:7: /);
    const [quoted = ''] = toldOf('version: 1\n"\\e[2J": 1\n');
    expect(quoted).not.toContain('\u001b');
  });
});
