/**
 * A ledger in thirty lines: a list, and what may be done to it; and the same done to the store.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'vitest';
import { right } from '../build/ledger.ts';
import type { Actor, World } from '../simulation/world.ts';
import { LAYOUT, draftOf } from '../simulation/world.ts';

/** What stands in the ledger, in order, behind the event that founds it: id and content. */
export interface Model {
  readonly events: { readonly id: string; readonly content: string }[];
}

export interface Real {
  readonly world: World;
  actor: Actor;
}

type Command = fc.AsyncCommand<Model, Real>;

const said = (name: string, run: Command['run']): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

/** What is answered, and what stands there from now on. */
const take = ({ events }: Model, id: string, content: string): object => {
  const seq = events.findIndex((event) => event.id === id);
  if (seq === -1) return { id, status: 'appended', seq: events.push({ id, content }) };
  return events[seq]?.content === content
    ? { id, status: 'already_recorded', seq: seq + 1 }
    : { status: 'conflict', reason: 'id_taken' };
};

const append = (ids: readonly string[], content: string, isElsewhere: boolean): Command =>
  said(
    `append ${content} ${ids.join(' ')}${isElsewhere ? ' elsewhere' : ''}`,
    async (model, real) => {
      const { ledger } = isElsewhere ? real.world.begin() : real.actor;
      const drafts = ids.map((id) => ({ ...draftOf(id), payload: { content } }));
      const expected = ids.map((id) => take(model, id, content));
      expect(right(await ledger.append(drafts))).toMatchObject(expected);
      if (isElsewhere) await ledger.close();
    },
  );

const reopen = said('reopen', async (_, real) => {
  await real.actor.ledger.close();
  real.actor = real.world.begin();
});

const crash = said('crash', async (_, real) => {
  real.world.disk = real.actor.disk.crash();
  real.actor = real.world.begin();
});

const loseMirror = said('lose the mirror', async (_, { world }) => {
  const removed = world.disk.another().remove(LAYOUT.mirror);
  expect(E.isRight(removed) || removed.left.errno === 'ENOENT').toBe(true);
});

const read = (reverse: boolean): Command =>
  said(`read${reverse ? ' backwards' : ''}`, async ({ events }, { actor, world }) => {
    // Reading makes no mirror, so somebody must have written since it was lost.
    right(await actor.ledger.append([]));
    const types = ['thing.*'] as never;
    const found = Array.from(world.begin().ledger.read({ types, reverse }), (each) => {
      const { header, payload } = JSON.parse(right(each).line) as {
        readonly header: { readonly id: string };
        readonly payload: { readonly content: string };
      };
      return { id: header.id, content: payload.content };
    });
    expect(found).toEqual(reverse ? events.toReversed() : events);
  });

const id = fc.integer({ min: 0, max: 30 }).map((n) => `e-${n}`);
const content = fc.constantFrom('this', 'this', 'this', 'that');

/** commands are what may be done, in any order. */
export const commands = fc.commands<Model, Real, false>(
  [
    fc
      .tuple(fc.array(id, { maxLength: 4 }), content, fc.boolean())
      .map((parts) => append(...parts)),
    fc.constant(reopen),
    fc.constant(crash),
    fc.constant(loseMirror),
    fc.boolean().map(read),
  ],
  { maxCommands: 30 },
);
