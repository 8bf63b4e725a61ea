/** What a trainer outside the library needs of a plan's runs: their settings and their rows (scripts/train_many.py). */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../files/json';
import type { RunStore } from '../../runs/runStore';
import { Runner, type Stage } from '../../runs/stage';
import type { Rows } from '../../tasks/modularArithmetic';
import type { HostTensors } from '../../tensorflow/hostTensor';
import { writeSafetensors } from '../../tensorflow/safetensors';
import { baseRows, baseStage, finishedBaseModels } from '../baseModel';
import type { BaseModelSettings, DiscoverySettings, TransferSettings } from '../settings';
import { maskRows, maskStage } from '../subnetworkDiscovery';
import { drawsOf, transferRows, transferStage } from '../transfer';
import type { PlannedRun, SweepPlan } from './plan';

/** A run as it is written: its settings as the text whose hash is its name, and the names of its rows. */
interface ExportedRun {
  stage: string;
  settings: string;
  rows: Record<string, string>;
  /** The settings of the base model or mask that it starts from, and of that base model or the mask's. */
  startsFrom?: string;
  base?: string;
}

/**
 * Writes the runs of a plan that are not in the store as `NAME.json`, with their rows beside it ([rows, 4] each, equal ones
 * once). Base models (stuck attempts too) and masks that are in the store are copied into the folder `runs`.
 *
 * @returns how many runs were written.
 * @throws a sentence where an experiment has other stages than the arithmetic chain.
 */
export function exportRuns(plan: SweepPlan, folder: string, store: RunStore): number {
  const tensors: HostTensors = {};
  const runner = new Runner({ store });
  const named = (rows: Rows): string => {
    const data = Int16Array.from(rows.tokens);
    const name = createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex').slice(0, 12);
    tensors[name] = { dtype: 'I16', shape: [rows.rows, data.length / rows.rows], data };
    return name;
  };
  const copied = new Set<string>();
  const takeAlong = ({ stage, settings }: Origin): void => {
    const key = canonicalJson({ stage: stage.name, settings });
    if (copied.has(key)) return;
    copied.add(key);
    const stored =
      stage.name === baseStage.name
        ? attempts(settings as BaseModelSettings, store)
        : [runner.known(stage, settings)?.stored];
    for (const run of stored) if (run) cpSync(run.path, join(folder, 'runs', run.id), { recursive: true });
  };
  const runs = plan.jobs
    .flatMap((job) => job.runs)
    .filter(({ stored }) => !stored)
    .map(({ stage, settings }): ExportedRun => {
      const { origins, rows } = exported(stage, settings);
      for (const origin of origins) takeAlong(origin);
      if (stage === baseStage.name) takeAlong({ stage: baseStage, settings });
      const [base, of] = [origins[0], origins.at(-1)];
      return {
        stage,
        settings: canonicalJson(settings),
        rows: Object.fromEntries(Object.entries(rows).map(([name, of]) => [name, named(of)])),
        ...(base && of && { startsFrom: canonicalJson(of.settings), base: canonicalJson(base.settings) }),
      };
    });
  mkdirSync(folder, { recursive: true });
  writeSafetensors(join(folder, `${plan.sweep}.safetensors`), tensors);
  writeFileSync(join(folder, `${plan.sweep}.json`), JSON.stringify(runs));
  return runs.length;
}

/** Every stored attempt at a base model. */
const attempts = (asked: BaseModelSettings, store: RunStore) =>
  finishedBaseModels(asked, { store })
    .filter(({ settings }) => settings.seed === asked.seed)
    .map(({ settings }) => store.find(baseStage.name, settings));

/** The rows of a run, and the runs that it starts from: first their base model, last that which it names. */
function exported(stage: string, settings: PlannedRun['settings']): { rows: Record<string, Rows>; origins: Origin[] } {
  const base = (of: BaseModelSettings) => ({ stage: baseStage, settings: of });
  if (stage === baseStage.name) return { rows: baseRows(settings as BaseModelSettings), origins: [] };
  if (stage === maskStage.name) {
    const own = settings as DiscoverySettings;
    return { rows: maskRows(own), origins: [base(own.base)] };
  }
  if (stage === transferStage.name) {
    const own = settings as TransferSettings;
    const { data: train, ...others } = transferRows(own, drawsOf(own));
    const { discovery } = own;
    return {
      rows: { train, ...others },
      origins: [
        ...(own.base ? [base(own.base)] : []),
        ...(discovery ? [base(discovery.base), { stage: maskStage, settings: discovery }] : []),
      ],
    };
  }
  throw new Error(
    `Only base models, masks and transfer runs of the arithmetic chain can be exported, and this is a ${stage}.`,
  );
}

interface Origin {
  stage: Stage;
  settings: object;
}
