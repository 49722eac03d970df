/**
 * What is dropped on the page, in Chromium: a checkpoint that agrees, that contradicts it, that
 * cannot be judged; a key that signed, and one that did not.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { formatVkey } from '../../../ledger/key/key.ts';
import { Browser } from '../../deep/browser.ts';
import { OTHER_ROOT, grown, noteOf, strangerNamed } from './made.ts';

const VERDICT = 'document.documentElement.dataset.verdict';
const DONE = `${VERDICT} !== undefined`;
const COMPARED = "document.getElementById('compared').innerText";
const AWAITED = `${COMPARED}.includes('as soon as')`;
const NOTHING = `${COMPARED}.includes('Nothing can be said')`;

const drop = (browser: Browser, text: string): Promise<unknown> =>
  browser.ask(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${JSON.stringify(text)}], 'kept'));
    const members = { dataTransfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('drop', members));
  })()`);

const textOf = async (browser: Browser, id: string): Promise<string> =>
  String(await browser.ask(`document.getElementById('${id}').innerText`));

/** Drops a checkpoint; gives the verdict, and what is said of the checkpoint. */
const dropped = async (browser: Browser, note: string): Promise<readonly [unknown, string]> => {
  await browser.ask("document.getElementById('compared').replaceChildren()");
  await drop(browser, note);
  await browser.until("document.getElementById('compared').innerText !== ''");
  return [await browser.ask(VERDICT), await textOf(browser, 'compared')];
};

/** Drops a key; gives the verdict of the check that begins, once it says this. */
const keyed = async (browser: Browser, vkey: string, said: string): Promise<unknown> => {
  await drop(browser, vkey);
  await browser.until(`document.getElementById('vkey').value === ${JSON.stringify(vkey.trim())}`);
  await browser.until(`document.getElementById('report').innerText.includes('${said}')`);
  return browser.ask(VERDICT);
};

it('a page says what a dropped checkpoint and a dropped key mean for it', async () => {
  const { own, later, log, paged, rootAt, vkeyText } = await grown();
  const page = await paged('page.html');
  const other = formatVkey(strangerNamed(log.name));
  const unsigned = 'not signed by the key that was given';
  const browser = await Browser.open();
  onTestFinished(() => browser.close());
  const opened = async (): Promise<void> => {
    await browser.visit('/dev/null', "document.getElementById('verdict') === null");
    await browser.visit(page, DONE);
    expect(await browser.ask(VERDICT)).toBe('verified');
  };
  await opened();
  const good = noteOf(log, own, rootAt(own));
  for (const [note, said] of [
    [good, 'is the one that the events of this page stand in'],
    [good.replaceAll('\n', '\r\n'), 'lines end with CRLF'],
    [noteOf(log, 4, rootAt(4)), 'begins with the one that it is of'],
    [noteOf(log, later, rootAt(later)), 'holds no proof for both'],
    [noteOf(log, later - 1, OTHER_ROOT), 'holds no proof for both'],
    [noteOf(log, later, OTHER_ROOT), 'holds no proof for both'],
    [noteOf(strangerNamed(log.name), own, OTHER_ROOT), 'no key signed it'],
  ] as const) {
    const [verdict, text] = await dropped(browser, note);
    expect([verdict, text]).toEqual(['verified', expect.stringContaining(said)]);
  }
  // What was said of a checkpoint does not stay beside another key.
  expect(await keyed(browser, other, unsigned)).toBe('incomplete');
  expect(await textOf(browser, 'compared')).toBe('');
  expect(await textOf(browser, 'verdict')).toMatch(/^Incomplete: not all of it could be proved/);
  expect(await keyed(browser, `${vkeyText}\r\n`, vkeyText)).toBe('verified');
  for (const note of [noteOf(log, own, OTHER_ROOT), noteOf(log, 4, OTHER_ROOT)]) {
    await opened();
    const [verdict, text] = await dropped(browser, note);
    expect([verdict, text]).toEqual(['tampered', expect.stringContaining('contradicts this page')]);
    expect(await textOf(browser, 'verdict')).toContain('two histories of one ledger');
    expect(await textOf(browser, 'report')).toContain('contradicts this page');
    expect(await textOf(browser, 'report')).not.toContain('Proved');
    // No key and no other checkpoint makes of two histories one.
    expect(await keyed(browser, other, unsigned)).toBe('tampered');
    expect((await dropped(browser, good))[0]).toBe('tampered');
    expect(await textOf(browser, 'verdict')).toContain('two histories of one ledger');
  }
  // Of a page that holds something else than was sealed nothing agrees.
  const whole = readFileSync(page, 'utf8');
  const hash = /payload_hash\\?":\\?"([0-9a-f])/;
  const altered = whole.replace(
    hash,
    (all, first) => all.slice(0, -1) + (first === '0' ? '1' : '0'),
  );
  expect(altered).not.toBe(whole);
  writeFileSync(page, altered);
  await browser.visit('/dev/null', "document.getElementById('verdict') === null");
  await browser.visit(page, DONE);
  const nothing = expect.stringContaining('Nothing can be said of your checkpoint') as string;
  expect(await dropped(browser, good)).toEqual(['tampered', nothing]);
  // A text that is no key takes none of that back.
  for (const text of ['no key', '{"vkey":"no"}']) {
    expect(await dropped(browser, text)).toEqual([
      'tampered',
      'That is not the public key of a log.',
    ]);
    expect(await textOf(browser, 'verdict')).toMatch(/^TAMPERED/);
    expect(await dropped(browser, good)).toEqual(['tampered', nothing]);
  }
  // Nor does a checkpoint that comes before the check has ended: it waits for that.
  await drop(browser, vkeyText);
  await drop(browser, good);
  await browser.until(`${DONE} && ${NOTHING}`);
  expect(await textOf(browser, 'verdict')).toMatch(/^TAMPERED/);
  writeFileSync(page, whole);
  await opened();
  await drop(browser, `{"key_id":"x","vkey":"${vkeyText}"}\n`);
  await drop(browser, good);
  await browser.until(`${DONE} && !${AWAITED} && ${COMPARED} !== ''`);
  expect(await textOf(browser, 'compared')).toContain('the one that the events of this page');
  expect(await browser.ask("document.getElementById('vkey').value")).toBe(vkeyText);
});

it('a page says nothing of a checkpoint before its check ended, and prints positions', async () => {
  const { own, log, paged, rootAt, vkeyText } = await grown();
  const page = await paged('page.html');
  const good = noteOf(log, own, rootAt(own));
  const browser = await Browser.open();
  onTestFinished(() => browser.close());
  await browser.visit(page, DONE);
  const early = async (...texts: readonly string[]): Promise<unknown> => {
    const said = await browser.ask(`(() => {
      document.getElementById('again').click();
      for (const text of ${JSON.stringify(texts)}) {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], 'kept'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
      }
      return new Promise((done) => new MutationObserver(() => done(${COMPARED})).observe(
        document.getElementById('compared'), { childList: true }));
    })()`);
    await browser.until(`${DONE} && !${AWAITED} && ${COMPARED} !== ''`);
    return said;
  };
  expect(await early(good)).toContain('as soon as the check has ended');
  expect(await textOf(browser, 'compared')).toContain('Your checkpoint agrees');
  // What is no key leaves a check and its key alone.
  await drop(browser, vkeyText);
  await browser.until(`${DONE} && document.getElementById('vkey').value !== ''`);
  for (const text of ['', '{"vkey":""}']) {
    expect((await dropped(browser, text))[1]).toBe('That is not the public key of a log.');
    expect(await browser.ask("document.getElementById('vkey').value")).toBe(vkeyText);
  }
  // None that comes before the end is lost, whatever comes behind it.
  for (const behind of [good, vkeyText, 'no key']) {
    await browser.visit('/dev/null', "document.getElementById('verdict') === null");
    await browser.visit(page, DONE);
    await early(noteOf(log, own, OTHER_ROOT), behind);
    expect(await browser.ask(VERDICT)).toBe('tampered');
    expect(await textOf(browser, 'verdict')).toContain('two histories of one ledger');
  }
  await browser.send('Emulation.setEmulatedMedia', { media: 'print' });
  const table = String(await browser.ask("document.getElementById('rows').innerText"));
  const positions = table.split('\n').map((row) => row.split('\t')[0]?.trim());
  expect(positions.filter((each) => each !== '')).toEqual(
    Array.from({ length: own - 1 }, (_, seq) => `${seq}`),
  );
});
