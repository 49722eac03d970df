/**
 * What a policy held of the outbox: its release does it if it still can be done, and records
 * nothing if it cannot.
 */
import { describe, expect, it } from 'vitest';
import type { World } from '../../outbox/releasing.ts';
import { isSound, world } from '../../outbox/releasing.ts';

describe('the release of items that were to be moved', () => {
  it('moves them: dropped, parked and sent again', async () => {
    const w = await world();
    await w.release(await w.held('outbox drop i-1 --reason hold'));
    expect(await w.listed('dropped')).toEqual(['i-1']);
    await w.release(await w.held('outbox park i-2 --reason hold'));
    expect(await w.listed('parked')).toEqual(['i-2']);
    await w.release(await w.held('outbox retry i-2 --reason hold'));
    expect(await w.listed('waiting')).toEqual(['i-2']);
    await w.shell.told('outbox flush');
    expect(w.receiver.effective).toEqual(['i-2']);
    expect(await w.shell.told('quarantine list')).toEqual([]);
    await isSound(w);
  });

  it('moves a batch as that batch, which keeps its key', async () => {
    const w = await world();
    w.receiver.script = () => ({ status: 500 });
    await w.shell.inside('outbox flush');
    await w.release(await w.held('outbox park i-1 --batch --reason hold'));
    expect(await w.listed('parked')).toEqual(['i-1', 'i-2']);
    await w.release(await w.held('outbox retry i-1 --batch --reason hold'));
    w.receiver.script = () => ({});
    await w.shell.told('outbox flush');
    expect(new Set(w.receiver.got.map(({ key }) => key)).size).toBe(1);
    await isSound(w);
  });

  it('moves nothing that was delivered or dropped since', async () => {
    const w = await world();
    const both = await w.held('outbox drop i-1 i-2 --reason hold');
    const one = await w.held('outbox park i-1 --reason hold');
    await w.shell.told('outbox drop i-2 --reason now');
    expect(await w.refused(both)).toContain('i-2 is dropped');
    await w.shell.told('outbox flush');
    expect(await w.refused(one)).toContain('i-1 is delivered');
    expect([await w.listed('dropped'), await w.listed('delivered')]).toEqual([['i-2'], ['i-1']]);
    await isSound(w);
  });

  it('moves no batch that was answered, or that waits in another way by now', async () => {
    const w = await world();
    w.receiver.script = () => ({ status: 500 });
    await w.shell.inside('outbox flush');
    const [first, second] = [
      await w.held('outbox park i-1 --batch --reason hold'),
      await w.held('outbox park i-2 --batch --reason hold'),
    ];
    await w.shell.told('outbox park i-1 --batch --reason now');
    expect(await w.refused(first)).toContain('i-1 is parked');
    const alone = await w.held('outbox retry i-1 --batch --reason hold');
    await w.shell.told('outbox drop i-2 --reason now');
    expect(await w.refused(alone)).toContain('i-1 is parked');
    await w.shell.told('outbox retry i-1 --reason now');
    w.receiver.script = () => ({});
    await w.shell.told('outbox flush');
    expect(await w.refused(second)).toContain('i-1 is delivered');
    await isSound(w);
  });

  it('sends a batch again in the format that its destination has by now', async () => {
    const w = await world();
    w.receiver.script = () => ({ status: 500 });
    await w.shell.inside('outbox flush');
    await w.shell.told('outbox park i-1 --batch --reason now');
    await w.shell.told(
      `outbox destination set hooks --url ${w.receiver.url} --format cloudevents --type a.*`,
    );
    await w.release(await w.held('outbox retry i-1 --batch --reason hold'));
    expect(await w.listed('waiting')).toEqual(['i-1', 'i-2']);
    await isSound(w);
  });

  it('moves nothing that its destination takes no more', async () => {
    const w = await world();
    const hold = await w.held('outbox drop i-1 --reason hold');
    await w.shell.told(
      `outbox destination set hooks --url ${w.receiver.url} --format ndjson --type b.*`,
    );
    expect(await w.refused(hold)).toContain('there is no such item: i-1');
  });

  it('moves nothing at a destination that was retired since', async () => {
    const w = await world();
    const hold = await w.held('outbox drop i-1 --reason hold');
    await w.shell.told('outbox destination retire hooks');
    expect(await w.refused(hold)).toContain('hooks is retired');
  });
});

const ENQUEUE = 'outbox enqueue --owner hold --kind fact --payload {} --destination hooks';

/** Another comes in although the rule is there: its author has an authorization. */
const letIn = async ({ shell }: World): Promise<string> => {
  const [glass] = await shell.told([
    ...'break-glass authorize --type outbox.enqueued --rule items --expires 1h'.split(' '),
    ...'--reason-code incident_response --reason urgent --sign alice'.split(' '),
  ]);
  return `--sign alice --break-glass ${glass?.id ?? ''}`;
};

describe('the release of what was enqueued', () => {
  it('is refused where the latest is sent alone, as long as anything is sent there', async () => {
    const w = await world();
    const spans = 'outbox enqueue --owner hold --kind tool_spans --payload {}';
    await w.shell.told(`outbox destination set kai --url ${w.receiver.url} --format kaizen`);
    const now = await letIn(w);
    const [early, free] = [await w.held(`${spans} --id f-1`), await w.held(`${spans} --id f-2`)];
    await w.shell.told(`${spans} --id f-3 ${now}`);
    expect(await w.refused(early)).toContain('f-3 came in since');
    await w.shell.told('outbox destination retire kai');
    expect(await w.release(free)).toMatchObject([{}, { id: 'f-2', status: 'appended' }]);
    await isSound(w);
  });

  it('is refused where its destination would never be sent it', async () => {
    const w = await world();
    const [kind, gone] = [await w.held(ENQUEUE), await w.held(ENQUEUE)];
    await w.shell.told(
      `outbox destination set hooks --url ${w.receiver.url} --format ndjson --kind other`,
    );
    expect(await w.refused(kind)).toContain('is not set to take items of the kind fact');
    await w.shell.told('outbox destination retire hooks');
    expect(await w.refused(gone)).toContain('hooks is retired');
  });

  it('is refused where it would stand for one that came in since', async () => {
    const w = await world();
    const now = await letIn(w);
    const later = await w.held(`${ENQUEUE} --replaceable --id f-1`);
    const plain = await w.held(`${ENQUEUE} --id f-2`);
    await w.shell.told(`${ENQUEUE} --replaceable --id f-3 ${now}`);
    expect(await w.refused(later)).toContain('f-3 came in since');
    // One that stands for no other comes in.
    expect(await w.release(plain)).toMatchObject([{}, { id: 'f-2', status: 'appended' }]);
    expect(await w.release(await w.held(`${ENQUEUE} --replaceable --id f-4`))).toHaveLength(2);
    await isSound(w);
  });

  it('goes by when each was said, not by when it came in', async () => {
    const w = await world();
    const item = (id: string): Promise<string> => w.held(`${ENQUEUE} --replaceable --id ${id}`);
    const [first, second] = [await item('f-1'), await item('f-2')];
    const [third, fourth] = [await item('f-3'), await item('f-4')];
    for (const hold of [first, second, fourth]) await w.release(hold);
    expect(await w.refused(third)).toContain('f-4 came in since');
    expect(await w.listed('superseded')).toEqual(['f-1', 'f-2']);
    await isSound(w);
  });
});
