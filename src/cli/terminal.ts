/**
 * Where a command prints: data on stdout, everything else on stderr.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { halt } from './leave.ts';

/** What a colour says: beside the point, somebody's word, what governs, what to look at. */
const STYLES = { aside: 'dim', signed: 'green', governing: 'cyan', odd: 'yellow' } as const;
export type Style = keyof typeof STYLES;

export class Terminal {
  private readonly stdout: Writable;
  private readonly stderr: Writable;
  readonly isJson: boolean;
  private hasStatus = false;

  constructor(stdout: Writable, stderr: Writable, isJson: boolean) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.isJson = isJson;
  }

  /** out prints data, and waits where whoever reads it is slower. */
  async out(data: string | Uint8Array): Promise<void> {
    // What is printed on the same screen stands in no line that is taken away again.
    if (this.width !== undefined) this.status('');
    if (this.stdout.write(data)) return;
    await once(this.stdout, 'drain');
    // What was said last meanwhile stays the last.
    await halt();
  }

  /** last prints what is said last, and waits until all of it is out. */
  async last(data: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.stdout.write(data, () => resolve());
    });
  }

  /** note says something to whoever looks on. */
  note(text: string): void {
    this.status('');
    this.stderr.write(`${text}\n`);
  }

  /** style gives a text a colour, where stdout shows some; NO_COLOR and FORCE_COLOR count. */
  style(style: Style, text: string): string {
    return styleText(STYLES[style], text, { stream: this.stdout });
  }

  /** How many columns stdout has, where it is a terminal. */
  get width(): number | undefined {
    const { stdout } = this;
    const isTerminal = 'isTTY' in stdout && stdout.isTTY === true;
    return isTerminal ? ('columns' in stdout && Number(stdout.columns)) || 80 : undefined;
  }

  /** Whether somebody sees how work goes on; a terminal without any controls takes nothing away. */
  get isWatched(): boolean {
    const { stderr } = this;
    return 'isTTY' in stderr && stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  /** status shows how work goes on, in the place of what it showed before; '' takes it away. */
  status(text: string): void {
    if (!this.isWatched || (text === '' && !this.hasStatus)) return;
    const { stderr } = this;
    // A terminal need not know how wide it is.
    const room = ('columns' in stderr && Number(stderr.columns)) || 80;
    stderr.write(`\r\u001b[K${text.slice(0, room - 1)}`);
    this.hasStatus = text !== '';
  }
}

/** jsonLine writes an object as a line, its members in the order in which they are given. */
export const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;
