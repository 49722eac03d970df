/**
 * Where a command prints: data on stdout, everything else on stderr.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

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
  async out(text: string): Promise<void> {
    if (!this.stdout.write(text)) await once(this.stdout, 'drain');
  }

  /** note says something to whoever looks on. */
  note(text: string): void {
    this.status('');
    this.stderr.write(`${text}\n`);
  }

  /** Whether somebody sees how work goes on. */
  get isWatched(): boolean {
    return 'isTTY' in this.stderr && this.stderr.isTTY === true;
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
