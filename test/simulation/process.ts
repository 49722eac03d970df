/**
 * A process on a simulated machine: asks its plan before each operation, keeps a log of them, and
 * is no more once it was stopped: what it still tries on its way out has no effect.
 */
import type { Fault, Operation, Plan } from './plan.ts';
import { Stopped } from './plan.ts';

export class Process {
  readonly number: number;
  readonly operations: Operation[] = [];
  /** What it had open; closed when it is over. */
  readonly open = new Set<() => void>();
  plan: Plan | undefined;
  private state: 'alive' | 'stopped' | 'over' = 'alive';

  constructor(number: number) {
    this.number = number;
  }

  get isAlive(): boolean {
    return this.state === 'alive';
  }

  /** Goes on only while the process lives; one that a test has buried must not be used at all. */
  live(what: string): void {
    if (this.state === 'over') throw new Error(`${what}, by process ${this.number}, which is over`);
    if (this.state === 'stopped') throw new Stopped(what);
  }

  step(call: Operation['call'], path: string): Fault | undefined {
    this.live(`${call} ${path}`);
    const operation = { process: this.number, call, path };
    this.operations.push(operation);
    try {
      return this.plan?.(operation);
    } catch (thrown) {
      if (thrown instanceof Stopped) this.state = 'stopped';
      throw thrown;
    }
  }

  bury(): void {
    this.state = 'over';
    for (const close of this.open) close();
    this.open.clear();
  }
}
