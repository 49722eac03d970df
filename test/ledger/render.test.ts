/**
 * Sentences for errors: whatever stands in the data, nothing printed of it can move a cursor, turn
 * the direction of writing, end a line or flood a screen.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import { write } from '../../ledger/json/format.ts';
import { render } from '../../ledger/render/render.ts';
import { Ledger } from '../build/ledger.ts';

const HOSTILE = ['\u001b[2J', '\r', '\n', '\b', '\u202e', '\u2028', '\u2066', '\u009b1A', '\u200f'];

describe('what is printed of hostile data', () => {
  it.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
    'a member named %s is shown escaped',
    (_, text) => {
      const { line } = new Ledger().make('a.b', 1, {
        header: (header) => ({ ...header, [`x${text}`]: 1 }),
      });
      const { findings } = open(native, encodeUtf8(line));
      const sentences = findings.map((found) => render(found).what).join(' ');
      expect(findings.map(({ code }) => code)).toContain('member_unknown');
      expect(sentences).not.toContain(text);
      expect(sentences).toContain('\\u{');
    },
  );

  it('a member with a name of a hundred thousand characters is cut short', () => {
    const { findings } = open(native, encodeUtf8(`${write({ ['a'.repeat(100_000)]: 1 })}\n`));
    for (const found of findings) expect(render(found).what.length).toBeLessThan(400);
  });
});
