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
import { baseRows, baseStage } from '../baseModel';
import type { BaseModelSettings, DiscoverySettings, TransferSettings } from '../settings';
import { maskRows, maskStage } from '../subnetworkDiscovery';
import { drawsOf, transferRows, transferStage } from '../transfer';
import type { PlannedRun, SweepPlan } from './plan';

/** A run as it is written: its settings as the text whose hash is its name, and the names of its rows. */
interface ExportedRun {
  stage: string;
  settings: string;
  rows: Record<string, string>;
  /** The settings of the base model or mask that it starts from. */
  startsFrom?: string;
}

/**
 * Writes the runs of a plan as `NAME.json`, with their rows beside it ([rows, 4] each, equal ones once). Base models and masks
 * that are in the store are copied into the folder `runs`.
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
  const runs = plan.jobs
    .flatMap((job) => job.runs)
    .map(({ stage, settings }): ExportedRun => {
      const { origins, rows } = exported(stage, settings);
      for (const origin of origins) {
        const stored = runner.known(origin.stage, origin.settings)?.stored;
        if (stored) cpSync(stored.path, join(folder, 'runs', stored.id), { recursive: true });
      }
      const of = origins.at(-1);
      return {
        stage,
        settings: canonicalJson(settings),
        rows: Object.fromEntries(Object.entries(rows).map(([name, of]) => [name, named(of)])),
        ...(of && { startsFrom: canonicalJson(of.settings) }),
      };
    });
  mkdirSync(folder, { recursive: true });
  writeSafetensors(join(folder, `${plan.sweep}.safetensors`), tensors);
  writeFileSync(join(folder, `${plan.sweep}.json`), JSON.stringify(runs));
  return runs.length;
}

/** The rows of a run, and the runs that it starts from: that which it names last. */
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
