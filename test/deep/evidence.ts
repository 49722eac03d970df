/**
 * The page that verifies itself, in a real browser: it verifies ten thousand events, finds a byte
 * that was changed, shows markup as text, and asks nobody for anything. With a folder named, it
 * leaves pictures there; with a number behind it, it is of so many events.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Browser } from './browser.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const EVENTS = Number(process.argv[3] ?? 10_000);
const pictures = process.argv[2] ?? '';
/** A signature takes a browser some two milliseconds. */
const MOST_MS = Math.max(300_000, EVENTS * 20);

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const ledger = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });

const HOSTILE = '</script><img src=x onerror=alert(1)>\u202e';
const drafts = Array.from({ length: EVENTS }, (_, at) => ({
  event_type: at % 3 === 0 ? 'secret.noted' : 'invoice.paid',
  payload: { at, text: HOSTILE },
  source: { kind: 'tool', name: `erp <b>${at % 7}</b>` },
}));
writeFileSync(join(folder, 'drafts'), drafts.map((each) => `${JSON.stringify(each)}\n`).join(''));
ledger('init', '--origin', 'example.com/acme', '--as', 'alice');
ledger('append', 'drafts', '--sign', 'alice');
const page = join(folder, 'page.html');
const options = ['--withhold', 'secret.noted', '--sign', 'alice'];
ledger('export', '--format', 'html', '--to', page, ...options);

const failures: string[] = [];
const expect = (claim: string, actual: unknown, expected: unknown): void => {
  const isSame = JSON.stringify(actual) === JSON.stringify(expected);
  console.log(`${isSame ? 'ok' : 'FAILED'}: ${claim}`);
  if (!isSame) failures.push(`${claim}: ${JSON.stringify(actual)}`);
};

const browser = await Browser.open();
const DONE = 'document.documentElement.dataset.verdict !== undefined';
const VERDICT = 'document.documentElement.dataset.verdict';
const begun = performance.now();
await browser.visit(page, DONE, MOST_MS);
const seconds = Math.round((performance.now() - begun) / 100) / 10;
expect(`${EVENTS} events are verified (${seconds} s)`, await browser.ask(VERDICT), 'verified');
expect(
  'what is withheld is named',
  await browser.ask("document.getElementById('report').textContent.includes('secret.noted')"),
  true,
);
await browser.ask("document.querySelectorAll('#rows button')[2].click()");
expect(
  'markup and what turns text are shown as text',
  await browser.ask(
    `(() => { const { innerText } = document.body;
      return [document.querySelectorAll('img, #rows b').length,
        innerText.includes('</script><img'), innerText.includes('\\u202e')].join(); })()`,
  ),
  '0,true,false',
);
expect(
  'its way up the tree ends with the root',
  await browser.ask(
    `[...document.querySelectorAll('section.event pre')].at(-1).textContent
      .includes(document.querySelector('#summary dd:last-child').textContent)`,
  ),
  true,
);
await browser.ask(
  `document.getElementById('search').value = '"at":77,';
    document.getElementById('search').dispatchEvent(new Event('input'))`,
);
expect(
  'an event is found by what it says',
  await browser.ask("document.getElementById('found').textContent"),
  '1 of 1 events are shown',
);
expect(
  'it asked nobody for anything',
  browser.requests.filter((url) => !/^(?:file|blob|about):/.test(url)),
  [],
);
expect(
  'it could not if it would',
  await browser.ask("fetch('https://example.com/').then(() => 'sent', () => 'kept from it')"),
  'kept from it',
);
expect(
  'every control has a name',
  await browser.ask(
    `[...document.querySelectorAll('button, input, select')].filter((each) =>
      !(each.ariaLabel || each.textContent.trim() || each.labels?.length)).length`,
  ),
  0,
);
expect(
  'it fits on a phone',
  await browser
    .picture(360, 'light')
    .then(() => browser.ask('document.documentElement.scrollWidth <= 360')),
  true,
);
if (pictures !== '')
  for (const width of [360, 1200])
    for (const scheme of ['light', 'dark'] as const)
      writeFileSync(join(pictures, `${width}-${scheme}.png`), await browser.picture(width, scheme));

const text = readFileSync(page, 'utf8');
const at =
  text.indexOf('\\"at\\":5000') < 0 ? text.indexOf('\\"at\\":5') : text.indexOf('\\"at\\":5000');
writeFileSync(page, `${text.slice(0, at)}\\"at\\":6${text.slice(at + '\\"at\\":6'.length)}`);
await browser.visit(page, DONE, MOST_MS);
expect('one changed byte is found', await browser.ask(VERDICT), 'tampered');

browser.close();
rmSync(folder, { recursive: true });
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
