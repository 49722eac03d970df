/**
 * The page that verifies itself: what it holds is the bundle, and nothing in it can be taken for
 * markup. `npm run test:deep -- evidence` opens it in a browser.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkAt } from '../../../src/bundle/check-at.ts';
import { scriptText } from '../../../src/bundle/check-script.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Told } from '../../../src/page/work.ts';
import { work } from '../../../src/page/work.ts';
import { pageParts } from '../../../src/bundle/page.ts';
import { inert, textsIn } from '../../../src/bundle/page-files.ts';
import { checked, codesOf, entryOf, told } from './made.ts';

describe('the page', () => {
  it('holds a whole bundle that ends no element, and may run one script alone', async () => {
    const { shell, vkey } = await told();
    const to = shell.path('page.html');
    const line = ['export', '--format', 'html', '--to', to, '--sign', 'alice'];
    await shell.told([...line, '--withhold', 'secret.noted']);
    const page = readFileSync(to, 'utf8');
    const [, json = ''] =
      /<script type="application\/json" id="files">([^<]*)<\/script>/.exec(page) ?? [];
    const texts = JSON.parse(json) as Readonly<Record<string, string>>;
    const files = new Map(
      Object.entries(texts).map(([name, text]) => [name, entryOf(name, encodeUtf8(text))]),
    );
    expect(codesOf(checked(files, vkey))).toEqual(['verified']);
    expect(texts['data/events.ndjson']).toContain('</script>');
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    const [, script = ''] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
    const digest = createHash('sha256').update(script).digest('base64');
    expect(page).toContain(`script-src 'sha256-${digest}'`);
    expect(page).toContain("default-src 'none'");
    expect(script).not.toMatch(/\bfetch\(|XMLHttpRequest|node:/);
    const verdicts = [texts, { ...texts, 'data/events.ndjson': '' }].map((held) => {
      const heard: Told[] = [];
      work({ texts: held, key: undefined }, (each) => heard.push(each));
      const last = heard.at(-1);
      return last !== undefined && 'report' in last
        ? (last.report as { readonly verdict: string }).verdict
        : '';
    });
    expect(verdicts).toEqual(['verified', 'tampered']);
    // From elsewhere the file itself is checked, and what it shows is said to be another matter.
    const from = (text: string | Uint8Array) => {
      writeFileSync(to, text);
      const { verdict, notProved } = checkAt(to, vkey);
      return [verdict, notProved.some((each) => each.startsWith('what the page itself shows'))];
    };
    expect(from(page)).toEqual(['verified', true]);
    // Another script under its own digest is for whoever opens it; around it nothing may be other.
    const { head, tail } = pageParts(`/**/${script}`);
    expect(from(`${head}${json}${tail}`)).toEqual(['verified', true]);
    const scripted = page.replace('<script>', '<script>/**/');
    for (const framed of [scripted, page.replace('</main>', '<b>fine</b></main>'), `${page}\n`])
      expect(from(framed)).toEqual(['incomplete', true]);
    for (const [was, is] of [
      ['secret.noted', 'secret.notes'],
      ['id="files">{', 'id="files">{ '],
      ['id="files"', 'id="file"'],
      [json, ''],
    ] as const)
      expect([was.slice(0, 20), from(page.replace(was, is))[0]]).toEqual([
        was.slice(0, 20),
        'tampered',
      ]);
    const held = `<script type="application/json" id="files">${json}</script>`;
    expect(from(page.replace(held, () => `<!--${held}-->${held}`))[0]).toBe('tampered');
    // Bytes that are no UTF-8, and half of a pair, would be read as U+FFFD: the one that is meant
    // stands there otherwise.
    const bytes = Buffer.from(page);
    bytes[page.indexOf('Evidence')] = 0xff;
    expect(from(bytes)[0]).toBe('tampered');
    const readings = ['{"a":"\ufffd"}', String.raw`{"a":"\ud800"}`, String.raw`{"a":"\ufffd"}`];
    expect(readings.map(textsIn)).toEqual([undefined, undefined, { a: '\ufffd' }]);
    expect(inert('"\ufffd"')).toBe(String.raw`"\ufffd"`);
    expect(script.length).toBeGreaterThanOrEqual((await scriptText('page.js')).length);
  });
});
