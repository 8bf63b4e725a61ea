/** A plan has the time at which it was made, and W7.3 holds runs against it. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { experiments, runs, tasks } from '../../lib/dist';
import { keepPlan, verdictOf } from '../../workshop/dist/desk';
import { recordOf } from '../../workshop/dist/progress';
import { todo } from '../../workshop/dist/verdict';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
  vi.stubEnv('SUBTASK_WORKSHOP', join(folder, 'workshop'));
  vi.stubEnv('SUBTASK_RUNS', join(folder, 'runs'));
  return () => rmSync(folder, { recursive: true });
});
afterAll(() => vi.unstubAllEnvs());

const [base, subtask, target] = ['a + 2ab', '2ab', 'a^2 + 2ab'].map(tasks.defineExpression);
const question = { base, subtask, target, rivals: ['3a^2', '3b^2'].map(tasks.defineExpression) };
const control = { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' } as const;
const plan = { claim: 'The subnetwork helps more than other weights.', control, refuted: () => true };

function settings(): experiments.TransferSettings[] {
  const tiny = experiments.chainSettings({ preset: 'tiny' });
  const chain = {
    ...tiny,
    base: { ...tiny.base, expression: base },
    discovery: { ...tiny.discovery, expression: subtask },
    transfer: { ...tiny.transfer, expression: target },
  };
  const starts: experiments.Condition[] = [{ inheritFrom: 'subnet' }, control, { inheritFrom: 'random' }];
  return starts.map((start) => ({ ...experiments.transferSettings(chain, start, 40), rivals: question.rivals }));
}

/** A run that takes no time, finished so many minutes from now. */
const after = (minutes: number) => async (asked: experiments.TransferSettings) => {
  const { id, path } = await runs
    .projectStore()
    .produce('transfer', asked, async (made) => writeFileSync(join(made, 'result.json'), '{}'));
  const time = new Date(Date.now() + 60_000 * minutes);
  utimesSync(join(path, 'result.json'), time, time);
  return { id, settings: asked };
};
const verdict = (minutes: number, its: object = plan) =>
  verdictOf('W7.3', { question: () => question, plan: () => its, settings, run: after(minutes) });

describe('a plan', () => {
  it('keeps its time until something in it changes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-03-02T10:00:00Z') });
    await keepPlan('W7.2', () => plan);
    vi.setSystemTime(Date.parse('2026-03-02T11:00:00Z'));
    await keepPlan('W7.2', () => ({ ...plan }));
    expect(recordOf('W7.2').predicted).toMatchObject({ guess: plan.claim, at: '2026-03-02T10:00:00.000Z' });
    await keepPlan('W7.2', () => ({ ...plan, refuted: () => false }));
    expect(recordOf('W7.2').predicted).toMatchObject({ at: '2026-03-02T11:00:00.000Z' });
    vi.useRealTimers();
  });

  it('is not kept before it is written', async () => {
    await keepPlan('W7.2', () => todo('Write a plan.'));
    expect(recordOf('W7.2').predicted).toBeUndefined();
  });

  it('is older than its runs, kept, and the same afterwards', async () => {
    expect((await verdict(1)).says).toContain('Your plan is not kept yet');
    await keepPlan('W7.2', () => plan);
    expect(await verdict(1)).toMatchObject({ state: 'passed' });
    expect((await verdict(1, { ...plan, claim: 'Another claim, made afterwards.' })).says).toContain('is another one');
    expect((await verdict(-1)).says).toContain('older than your plan');
  });
});
