/**
 * The page in Chromium: it checks itself, names what is withheld, finds a changed byte, asks nobody
 * for anything, and axe-core finds nothing against it, light and dark, on a phone and on a desk.
 * `npm run test:deep -- evidence` has it check ten thousand events.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it, onTestFinished } from 'vitest';
import { Browser } from '../../deep/browser.ts';
import { told } from './made.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VERDICT = 'document.documentElement.dataset.verdict';
const DONE = `${VERDICT} !== undefined`;

/** What axe-core finds: each rule with the first place where it is broken. */
const VIOLATIONS = `axe.run().then(({ violations }) => violations
  .map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 100)).join('\\n'))`;

/** Who asks again with what is no key is told so, and what was said before stays as it was. */
const asked = async (browser: Browser, vkey: string, until: string): Promise<string> => {
  const keyed = `document.getElementById('vkey').value = '${vkey}'`;
  await browser.ask(`${keyed}; document.getElementById('again').click()`);
  await browser.until(until);
  return String(await browser.ask(`document.getElementById('report').innerText + ${VERDICT}`));
};

const looked = async (browser: Browser): Promise<void> => {
  const text = String(await browser.ask('document.body.innerText'));
  expect(text).toContain('4 × secret.noted');
  expect(text).toContain('### § 11.70: ');
  await browser.ask(`[...document.querySelectorAll('#rows tr')]
    .find((row) => row.innerText.includes('invoice.paid')).querySelector('button').click()`);
  const view = String(await browser.ask("document.querySelector('section.event').innerText"));
  expect(view).toContain('"</script>": "\\u{202e}"');
  const root = String(
    await browser.ask("document.querySelector('#summary dd:last-child').innerText"),
  );
  expect(view).toContain(`= node     ${root}  the root`);
  // Drawn, too: the event, and for each step a neighbour and what the two make.
  const steps = view.match(/^(?:left|right) of it/gm) ?? [];
  const dots = await browser.ask("document.querySelectorAll('section.event svg circle').length");
  expect([steps.length > 2, dots]).toEqual([true, 1 + 2 * steps.length]);
  const tops = "[...document.querySelectorAll('circle title')].map((each) => each.textContent)";
  expect(await browser.ask(`${tops}.at(-1)`)).toBe(root);
  await browser.ask(`${AXE}; 0`);
  for (const width of [360, 1200])
    for (const scheme of ['light', 'dark'] as const) {
      await browser.picture(width, scheme);
      expect([width, scheme, await browser.ask(VIOLATIONS)]).toEqual([width, scheme, '']);
    }
  await browser.ask("document.querySelector('label[for=vkey]').remove()");
  await browser.ask("document.getElementById('verdict').style.color = '#333'");
  const found = String(await browser.ask(VIOLATIONS));
  expect(found).toMatch(/^label <input id="vkey"/m);
  expect(found).toMatch(/^color-contrast <p id="verdict"/m);
};

it('the page checks itself to the last byte, is for everybody, and asks nobody', async () => {
  const { shell, vkeyText } = await told();
  const page = shell.path('page.html');
  const line = ['export', '--format', 'html', '--to', page, '--sign', 'alice'];
  await shell.told([...line, '--withhold', 'secret.noted', '--profile', 'part11']);
  const good = readFileSync(page, 'utf8');
  const browser = await Browser.open();
  onTestFinished(() => browser.close());
  for (const [from, to] of [
    ['', ''],
    ['\\"total\\":\\"=0\\"', '\\"total\\":\\"=1\\"'],
    ['WHAT THIS IS', 'WHAT THAT IS'],
    // What breaks a line, a time or all of it is no reason to say nothing.
    ['\\"prev_event_hash\\":', '\\"prev_event_hash\\";'],
    ['\\"header\\":', '\\"heador\\":'],
    ['\\"recorded_at\\":\\"2', '\\"recorded_at\\":\\":'],
    ['\\n{', '\\o{'],
    // What a browser reads as the same is another byte all the same.
    ['\\u003c', '\\u003C'],
    ['id="files">{', 'id="files">{"data/events.ndjson":"",'],
    ['"data/bundle.json":"', '"data/bundle.json":5,"x":"'],
    ['invoice.paid,', 'invoice.sent,'],
    ['**shows**', '**knows**'],
  ] as const) {
    expect(good).toContain(from);
    writeFileSync(page, good.replace(from, to));
    await browser.visit(page, DONE);
    const isWhole = from === '';
    expect([from, await browser.ask(VERDICT)]).toEqual([from, isWhole ? 'verified' : 'tampered']);
    if (!isWhole) continue;
    const before = await asked(browser, '', DONE);
    const refused = "document.getElementById('compared').innerText.includes('not the public')";
    expect(await asked(browser, 'x', refused)).toBe(before);
    expect(before).toMatch(/^Proved[^]*verified$/);
    expect(await asked(browser, vkeyText, DONE)).toContain(`signed that log: ${vkeyText}`);
    await looked(browser);
  }
  for (const [from, to] of [
    ['Evidence from a ledger</h1>', 'Evidence from a Ledger</h1>'],
    ["default-src 'none'", "default-src 'self'"],
    ['name="referrer"', 'name="referred"'],
    ['What a page cannot prove about itself', 'What a page can prove about itself'],
    ['id="verdict"', 'id="verdikt"'],
    ['<html lang="en">', '<html lang="de">'],
    ['<html lang="en">', '<html lang="en" hidden>'],
    ['<!doctype html>', '<!doctype html><!---->'],
    ['<!doctype html>', '<!doctype htm>'],
    ['<!doctype html>', '<!doctype html public "-//W3O//DTD W3 HTML 3.0//EN//">'],
    ['--good: light-dark(#0b5d1e', '--good: light-dark(#0b5d1f'],
    ['<body>', '<body><p>Verified by all.</p>'],
    ['</script>\n<script>', '</script>\n<p>Verified by all.</p><script>'],
    ['id="files">', 'id="files" class="checked">'],
    ['</script>\n</body>', '</script>\n<p>Verified by all.</p></body>'],
    ['</html>\n', '</html>\n<p>Verified by all.</p>\n'],
    ['</html>\n', '</html>\n<!-- Verified by all. -->'],
    ['</html>\n', '</html>\n\n'],
    [/name="frame" content="./, 'name="frame" content="z'],
    [/<meta name="frame"[^>]*>/, ''],
  ] as const) {
    const altered = good.replace(from, () => to);
    expect([from, altered === good]).toEqual([from, false]);
    writeFileSync(page, altered);
    await browser.visit(page, DONE);
    const seen = [await browser.ask(VERDICT), await browser.ask('document.body.innerText')];
    expect([to, ...seen]).toEqual([
      to,
      'tampered',
      expect.stringMatching(/^TAMPERED: what stands/),
    ]);
  }
  await browser.ask(`${AXE}; 0`);
  expect(await browser.ask(VIOLATIONS)).toBe('');
  // A script that is not the one of the page is not run, and the page does not look checked.
  writeFileSync(page, good.replace('The check begins', 'The check began'));
  await browser.visit(page, "document.readyState === 'complete'");
  const shown = String(await browser.ask("document.getElementById('verdict').textContent"));
  expect([shown.slice(0, 12), await browser.ask(DONE)]).toEqual(['NOT CHECKED.', false]);
  expect(browser.requests.filter((url) => !/^(?:file|blob):/.test(url))).toEqual([]);
  expect(browser.requests.length).toBeGreaterThan(4);
});
