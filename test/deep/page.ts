/**
 * The page of a report in headless Chromium (Debian: apt-get install chromium), as the command
 * writes it: nothing is written to its console, nothing is asked of a network, what a plan says in
 * markup is shown as text, and all that is drawn has room, on a telephone, too. Pictures of it,
 * light and dark, are put into `reports/`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawFrom } from '../../src/experiment/chance.ts';
import { Browser } from './browser.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const OUT = fileURLToPath(new URL('../../reports/', import.meta.url));
const NOBODY = 'http://127.0.0.1:9/x.png';
const EVIL = `<script>document.title="run"</script><img src="${NOBODY}">`;

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const ledger = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const cost = { type: 'session.cost', pointer: '/usd', aggregate: 'sum', better: 'lower' };
const where = { type: 'session.cost', pointer: '/arm' };
const plan = {
  id: 'evil',
  name: `A cache ${EVIL}`.slice(0, 120),
  hypothesis: EVIL,
  change: EVIL,
  metric: { ...cost, name: EVIL.slice(0, 100) },
  guardrails: [{ ...cost, name: 'g<b>', limit_pct: 5 }],
  binding: { value: { ...where, control: ['a'], treatment: ['b'] } },
  criterion: { relative_pct: 10 },
  analysis: { resamples: 1000 },
};
const draw = drawFrom(4);
const events = Array.from({ length: 160 }, (_, n) => {
  const arm = n % 2 === 0 ? 'a' : 'b';
  const usd = ((arm === 'a' ? 1000 : 600) + draw(1000) + draw(1000) + draw(1000)) / 1e6;
  return { event_type: 'session.cost', session_id: `s-${n}`, payload: { arm, usd } };
});
const evils = [EVIL, `s'"&`].map((name) => ({
  event_type: 'session.cost',
  session_id: name,
  payload: { arm: 'c', usd: EVIL },
}));
writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
writeFileSync(
  join(folder, 'events'),
  [...events, ...evils].map((each) => `${JSON.stringify(each)}\n`).join(''),
);
ledger('init', '--origin', 'example.com/acme', '--as', 'alice');
ledger('experiment', 'create', 'plan.json');
ledger('experiment', 'start', 'evil');
ledger('append', 'events');
ledger('experiment', 'report', 'evil');
const page = join(folder, 'report.html');
ledger('experiment', 'report', 'evil', '--html', page);

const failures: string[] = [];
const expect = (claim: string, actual: unknown, expected: unknown): void => {
  const isSame = JSON.stringify(actual) === JSON.stringify(expected);
  console.log(`${isSame ? 'ok  ' : 'FAIL'} ${claim}`);
  if (!isSame) failures.push(`${claim}: ${JSON.stringify(actual)}`);
};

const READY = 'document.readyState === "complete"';
/** What is drawn beyond the drawing that it is in, or beyond the page. */
const CUT = `[...document.querySelectorAll('svg text')].filter((text) => {
  const [inner, outer] = [text, text.closest('svg')].map((each) => each.getBoundingClientRect());
  return inner.left < outer.left - 1 || inner.right > outer.right + 1
    || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
}).map((text) => text.textContent).join()`;
const FITS = 'document.documentElement.scrollWidth <= window.innerWidth';

const browser = await Browser.open();
await browser.visit(page, READY);
const shown = 'document.body.innerText';
expect('Chromium opens it', await browser.ask("document.querySelectorAll('svg').length"), 4);
expect('no script of the plan has run', await browser.ask('document.title'), plan.name);
const elements = "document.querySelectorAll('script, img, b, iframe, link[href^=http]').length";
expect('markup is no element', await browser.ask(elements), 0);
for (const text of [EVIL, `s'"&`, 'g<b>', 'matches neither arm', 'not a number'])
  expect(`it shows ${text}`, await browser.ask(`${shown}.includes(${JSON.stringify(text)})`), true);
expect('the console is empty', browser.said, []);
expect(
  'nothing is asked of the network',
  browser.requests.filter((url) => !/^(?:file|data|about):/.test(url)),
  [],
);
const asking = `fetch('${NOBODY}').then(() => 'sent', () => 'kept from it')`;
expect('it could not if it would', await browser.ask(asking), 'kept from it');
mkdirSync(OUT, { recursive: true });
for (const [name, width] of [
  ['phone', 360],
  ['desk', 1200],
] as const)
  for (const scheme of ['light', 'dark'] as const) {
    const picture = await browser.picture(width, scheme);
    writeFileSync(join(OUT, `report-${name}-${scheme}.png`), picture);
    expect(`it fits, ${name}, ${scheme}`, await browser.ask(FITS), true);
    expect(`nothing is cut off, ${name}, ${scheme}`, await browser.ask(CUT), '');
  }

// That it would have been seen: a page that does what this one must not.
const other = join(folder, 'other.html');
writeFileSync(other, `<img src="${NOBODY}"><script>console.error('heard')</script>`);
const [requests, said] = [browser.requests.length, browser.said.length];
await browser.visit(other, READY);
expect('a request is seen', browser.requests.slice(requests).includes(NOBODY), true);
expect('a word in the console is heard', browser.said.slice(said).join().includes('heard'), true);
browser.close();
rmSync(folder, { recursive: true });
for (const failure of failures) console.error(failure);
console.log(`${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
