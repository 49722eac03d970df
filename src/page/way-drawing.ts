/**
 * The way of an event up the tree as a drawing: the event at the bottom, the root on top, what is
 * computed as full dots, the neighbours that the proof brings as rings.
 */
import type { Point, Step } from './way.ts';
import { RISE, RUN, pointsOf } from './way.ts';

const SVG = 'http://www.w3.org/2000/svg';
const DOT = 6;
const ROOM = 60;

const part = (
  name: string,
  of: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElement => {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(of)) made.setAttribute(attribute, `${value}`);
  if (text !== undefined) made.textContent = text;
  return made;
};

const line = ([x1, y1]: Point, [x2, y2]: Point): SVGElement =>
  part('line', { x1, y1, x2, y2, stroke: 'currentColor' });

/** A dot that tells its hash to whoever points at it. */
const dot = ([cx, cy]: Point, fill: string, hash: string): SVGElement => {
  const made = part('circle', { cx, cy, r: DOT, fill, stroke: 'currentColor' });
  made.append(part('title', {}, hash));
  return made;
};

const label = ([x, y]: Point, text: string): SVGElement =>
  part('text', { x, y, 'text-anchor': 'middle', fill: 'currentColor', 'font-size': 12 }, text);

/** wayDrawing draws it. */
export const wayDrawing = (seq: number, hash: string, steps: readonly Step[]): SVGElement => {
  const points = pointsOf(steps);
  const [lines, dots]: [SVGElement[], SVGElement[]] = [[], [dot([0, 0], 'currentColor', hash)]];
  for (const [at, { side, other, joined }] of steps.entries()) {
    const [from = [0, 0], to = [0, 0]] = points.slice(at, at + 2);
    const beside: Point = [from[0] + (side === 'left' ? -2 : 2) * RUN, from[1]];
    lines.push(line(from, to), line(beside, to));
    dots.push(dot(beside, 'Canvas', other), dot(to, 'currentColor', joined));
  }
  const xs = points.map(([x]) => x);
  const [least, most] = [Math.min(...xs) - ROOM, Math.max(...xs) + ROOM];
  const top = points.at(-1) ?? [0, 0];
  const [height, width] = [RISE - top[1] + RISE, most - least];
  const drawing = part('svg', {
    viewBox: `${least} ${top[1] - RISE} ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-label':
      `Event ${seq} at the bottom, the root on top, and ${steps.length} neighbours between them, ` +
      'as is told in words below',
  });
  drawing.append(...lines, ...dots);
  drawing.append(label([0, 22], `event ${seq}`), label([top[0], top[1] - 12], 'root'));
  return drawing;
};
