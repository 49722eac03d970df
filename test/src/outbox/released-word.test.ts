/**
 * What a policy held that was said of a destination: its release does it, unless the opposite was
 * said since.
 */
import { describe, expect, it } from 'vitest';
import { isSound, world } from '../../outbox/releasing.ts';

describe('the release of a word on a destination', () => {
  it('does it, and is refused where the destination is retired by then', async () => {
    const w = await world();
    const pause = 'outbox destination pause hooks --reason hold';
    await w.release(await w.held(pause));
    expect(await w.shell.told('outbox status')).toMatchObject([{ state: 'paused' }]);
    const hold = await w.held(pause);
    await w.shell.told('outbox destination retire hooks');
    expect(await w.refused(hold)).toContain('hooks is retired');
  });

  it('is refused where it is set as its command would refuse by now', async () => {
    const w = await world();
    const set = `outbox destination set hooks --url ${w.receiver.url}/hold --type a.*`;
    const [format, from, good] = [
      await w.held(`${set} --format cloudevents`),
      await w.held(`${set} --format ndjson --from 1`),
      await w.held(`${set} --format ndjson`),
    ];
    w.receiver.script = () => ({ status: 500 });
    await w.shell.inside('outbox flush');
    expect(await w.refused(format)).toContain('in another format than cloudevents');
    expect(await w.refused(from)).toContain('hooks has begun');
    await w.release(good);
    expect((await w.shell.inside('outbox destination show')).stdout).toContain('/hold');
    await isSound(w);
  });

  it('is refused where it was set anew since', async () => {
    const w = await world();
    const set = `outbox destination set hooks --format ndjson --type a.* --url ${w.receiver.url}`;
    const hold = await w.held(`${set}/hold`);
    const [now] = await w.shell.told(`${set}/now`);
    expect(await w.refused(hold)).toContain(`${now?.id ?? ''} set its destination since`);
    expect((await w.shell.inside('outbox destination show')).stdout).toContain('/now');
    await isSound(w);
  });

  it('is done in the order in which they were said', async () => {
    const w = await world();
    const set = `outbox destination set hooks --format ndjson --type a.* --url ${w.receiver.url}`;
    const [one, two, three, four] = [
      await w.held(`${set}/1/hold`),
      await w.held(`${set}/2/hold`),
      await w.held(`${set}/3/hold`),
      await w.held(`${set}/4/hold`),
    ];
    for (const hold of [one, two, four]) await w.release(hold);
    expect(await w.refused(three)).toContain('set its destination since');
    expect((await w.shell.inside('outbox destination show')).stdout).toContain('/4/hold');
    await isSound(w);
  });

  it.each([
    ['set hooks --format ndjson --type a.* --url URL/hold', 'retire hooks', 'retired', 'retired'],
    ['pause hooks --reason hold', 'resume hooks', 'resumed', 'active'],
    ['resume hooks --reason hold', 'pause hooks', 'paused', 'paused'],
    [
      'retire hooks --reason hold',
      'set hooks --format ndjson --type a.* --url URL',
      'set',
      'active',
    ],
  ])('is refused where the opposite was said since: %s', async (before, since, how, state) => {
    const w = await world();
    const line = (said: string): string =>
      `outbox destination ${said.replace('URL', w.receiver.url)}`;
    await w.shell.told(line('pause hooks'));
    await w.shell.told(line('resume hooks'));
    const hold = await w.held(line(before));
    const [now] = await w.shell.told(line(since));
    expect(await w.refused(hold)).toContain(`${now?.id ?? ''} ${how} its destination since`);
    expect(await w.shell.told('outbox status hooks')).toMatchObject([{ state }]);
    await isSound(w);
  });

  it('is done whatever else was said since', async () => {
    const w = await world();
    const hold = await w.held('outbox destination pause hooks --reason hold');
    await w.shell.told('outbox destination pause hooks');
    await w.shell.told(
      `outbox destination set hooks --format ndjson --type a.* --url ${w.receiver.url}`,
    );
    await w.release(hold);
    expect(await w.shell.told('outbox status')).toMatchObject([{ state: 'paused' }]);
  });
});
