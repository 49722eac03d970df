/**
 * Where a command prints: data on stdout, everything else on stderr.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export class Terminal {
  private readonly stdout: Writable;
  private readonly stderr: Writable;
  readonly isJson: boolean;

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
    this.stderr.write(`${text}\n`);
  }
}

/** jsonLine writes an object as a line, its members in the order in which they are given. */
export const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;
