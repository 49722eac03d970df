/**
 * The kernel runs where there is no `node:`. Bundled for a browser without polyfills, it runs the
 * known answers in a bare V8 context: no `process`, no `Buffer`, no `require`, nothing but the
 * language and the text encoder that every browser has. `npm run test:deep` runs the same in
 * Chromium.
 */
import vm from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle, vectorFiles } from './browser/bundle.ts';

describe('the kernel with the portable cryptography', () => {
  let script = '';
  beforeAll(async () => {
    script = await bundle();
  });

  it('bundles without a trace of Node', () => {
    expect(script).not.toMatch(/node:|\brequire\(|\bprocess\.|\bBuffer\b|^import /m);
    expect(script.length).toBeGreaterThan(50_000);
  });

  it('passes every known answer in a bare V8 context', () => {
    const context = vm.createContext({ TextEncoder, TextDecoder, Uint8Array });
    expect(vm.runInContext('typeof process + typeof require + typeof Buffer', context)).toBe(
      'undefinedundefinedundefined',
    );
    vm.runInContext(script, context);
    context['files'] = vectorFiles();
    const result = JSON.parse(String(vm.runInContext('runVectors(files)', context))) as {
      readonly passed: number;
      readonly failures: readonly unknown[];
    };
    expect(result.failures).toEqual([]);
    expect(result.passed).toBeGreaterThan(700);
  });
});
