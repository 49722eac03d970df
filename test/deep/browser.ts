/**
 * Headless Chromium, driven over its own protocol: a page is opened, asked and photographed, and
 * every request that it makes is written down, as is whatever its console says.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

/** Alone, and with nobody to talk to. */
export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string } };
  readonly result?: Readonly<Record<string, unknown>>;
}

const SPEAKING: ReadonlySet<string> = new Set([
  'Runtime.consoleAPICalled',
  'Runtime.exceptionThrown',
  'Log.entryAdded',
]);

export class Browser {
  private readonly socket: WebSocket;
  private readonly stop: () => void;
  private readonly waiting = new Map<number, (result: Answer['result']) => void>();
  /** Every address that a page asked for. */
  readonly requests: string[] = [];
  /** What stood in its console, thrown errors and refusals of the browser among it. */
  readonly said: string[] = [];
  private count = 0;

  private constructor(socket: WebSocket, stop: () => void) {
    this.socket = socket;
    this.stop = stop;
    socket.addEventListener('message', ({ data }) => {
      const { id, method, params, result } = JSON.parse(String(data)) as Answer;
      if (id !== undefined) this.waiting.get(id)?.(result);
      if (method === 'Network.requestWillBeSent') this.requests.push(params?.request?.url ?? '');
      if (method !== undefined && SPEAKING.has(method)) this.said.push(JSON.stringify(params));
    });
  }

  static async open(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    const child = spawn('chromium', [
      `--user-data-dir=${profile}`,
      ...FLAGS,
      '--remote-debugging-port=0',
      'about:blank',
    ]);
    const stop = (): void => {
      child.once('exit', () => rmSync(profile, { recursive: true, force: true }));
      child.kill();
    };
    let address = '';
    for await (const line of createInterface({ input: child.stderr })) {
      address = /DevTools listening on ws:\/\/([^/]+)/.exec(line)?.[1] ?? '';
      if (address !== '') break;
    }
    const pages = (await (await fetch(`http://${address}/json`)).json()) as readonly {
      readonly type: string;
      readonly webSocketDebuggerUrl: string;
    }[];
    const page = pages.find(({ type }) => type === 'page');
    const socket = new WebSocket(page?.webSocketDebuggerUrl ?? '');
    await once(socket, 'open');
    const browser = new Browser(socket, stop);
    for (const domain of ['Network', 'Page', 'Runtime', 'Log'])
      await browser.send(`${domain}.enable`);
    return browser;
  }

  send(method: string, params: object = {}): Promise<Answer['result']> {
    const id = ++this.count;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => void this.waiting.set(id, resolve));
  }

  /** What an expression is in the page. */
  async ask(expression: string): Promise<unknown> {
    const result = await this.send('Runtime.evaluate', { expression, awaitPromise: true });
    return (result?.['result'] as { readonly value?: unknown } | undefined)?.value;
  }

  /** Opens a file, and waits until an expression is true there. */
  async visit(path: string, until: string, mostMs = 300_000): Promise<void> {
    await this.send('Page.navigate', { url: `file://${path}` });
    await this.until(until, mostMs);
  }

  /** Waits until an expression is true. */
  async until(expression: string, mostMs = 300_000): Promise<void> {
    for (let waited = 0; (await this.ask(expression)) !== true; waited += 100) {
      if (waited > mostMs) throw new Error(`not in time: ${expression}`);
      await setTimeout(100);
    }
  }

  /** A picture of a page as wide as this. */
  async picture(width: number, scheme: 'light' | 'dark'): Promise<Uint8Array> {
    const metrics = { width, height: 1200, deviceScaleFactor: 1, mobile: width < 600 };
    await this.send('Emulation.setDeviceMetricsOverride', metrics);
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.send('Emulation.setEmulatedMedia', { features });
    const shot = await this.send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(shot?.['data']), 'base64');
  }

  close(): void {
    this.socket.close();
    this.stop();
  }
}
