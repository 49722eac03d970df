/**
 * The page of a report: what is drawn on it, and that it is nothing but a page.
 */
import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../src/experiment/page.ts';
import { planOf, tagged } from './given.ts';
import { House, cost } from './house.ts';

describe('the page of a report', () => {
  it('loads and runs nothing, and shows markup in a plan as text', async () => {
    const house = await House.found();
    const evil = '<script>alert(1)</script><img src=x onerror="alert(2)">\u202e';
    await house.begin(planOf({ name: evil, hypothesis: evil, change: evil }));
    await house.happen(tagged(`s-"'><b>`, 'excluded'));
    const page = pageOf(house.report());
    expect(page).not.toMatch(/<script|<img|<b>|https?:|url\(|@import|\son\w+="|\u202e/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('prefers-color-scheme:dark');
    expect(pageOf(house.report())).toBe(page);
  });

  it('draws the values where they are, the interval, and the difference over time', async () => {
    const house = await House.running({ analysis: { resamples: 100 } });
    await house.append([cost('s-0', 1), cost('s-2', 5), cost('s-1', 3), cost('s-3', 9)]);
    await house.tag(4, 2);
    const computed = house.report();
    const page = pageOf(computed);
    expect([...page.matchAll(/aria-label="([^"]+)"/g)].map(([, label]) => label)).toEqual([
      'Distribution of the control, 1 to 9',
      'Distribution of the treatment, 1 to 9',
      'The interval of the difference',
      'The difference over time',
    ]);
    const barsOf = (arm: string) =>
      [...page.matchAll(/<rect x="([^"]+)" y="[^"]+" width="18" height="98" fill="([^"]+)"/g)]
        .filter(([, , fill]) => fill === `var(--${arm})`)
        .map(([, x]) => (Number(x) - 1) / 20);
    expect([barsOf('control'), barsOf('treatment')]).toEqual([
      [0, 8],
      [16, 31],
    ]);
    const [low = 0, high = 0] = computed.report.difference.interval ?? [];
    expect([low < 5, high > 5]).toEqual([true, true]);
    const spot = (value: number) => Number((320 + (value / (2 * high)) * 320).toFixed(2));
    expect(page).toContain(`<line x1="${spot(low)}" y1="36" x2="${spot(high)}" y2="36"`);
    expect(page).toContain(`<circle cx="${spot(5)}" `);
    expect(page).toContain('<polyline points="0,32 320,54 640,10"');
  });

  it('draws no bar over the name of an arm, nor leaves values untold', async () => {
    const house = await House.running();
    await house.append(Array.from({ length: 4 }, (_, n) => cost(`s-${n}`, n)));
    await house.append(Array.from({ length: 101 }, () => cost('s', 'much')));
    await house.tag(4, 2);
    const page = pageOf(house.report());
    const tops = [...page.matchAll(/<rect x="[^"]+" y="([^"]+)"/g)].map(([, y]) => Number(y));
    expect(Math.min(...tops)).toBeGreaterThan(24);
    expect(page).toContain('101 values could not be read; the first 100 of them:');
  });
});
