/**
 * The last line of a test run: how many passed and how many failed, alone, so that a machine can
 * read it. A run in which no test was executed fails.
 */
import type { Reporter, TestModule } from 'vitest/node';

export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    for (const testModule of modules) {
      if (testModule.state() === 'failed' && testModule.errors().length > 0) failed++;
      for (const test of testModule.children.allTests()) {
        if (test.result().state === 'passed') passed++;
        else failed++;
      }
    }
    if (passed === 0) process.exitCode = 1;
    process.on('exit', () => console.log(`${passed} passed, ${failed} failed`));
  }
}
