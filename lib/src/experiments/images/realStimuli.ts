/** How image models do on real stimuli that no training has shown: the table real-stimuli.csv. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listStimuli, STIMULI, type StimuliKind, stimuliFolder } from '../../images/stimuli';
import { count, oneOf, optional, type RowIn, runOf, table } from '../../runs/columns';
import type { Run, RunStore } from '../../runs/runStore';
import { shapeBias } from '../../stats/shapeBias';
import { tf } from '../../tensorflow/backend';
import { tensorsOf } from '../../tensorflow/variables';
import { answersTo, EVALUATION_BATCH } from './imageMeasures';
import { imageEvaluatorFor, loadImageModel } from './imageModels';
import { fileBatches } from './imagenetImages';
import type { ImageTransferSettings } from './imageSettings';
import {
  imageConditionKey,
  imageConditionKinds,
  imageRunKey,
  imageRunKinds,
  type ShapeBiasRow,
} from './shapeBiasTable';

export const realStimuliSchema = table('real-stimuli.csv', {
  row: 'an image model, after training, on one kind of real stimuli',
  columns: {
    ...imageRunKinds,
    stage: oneOf(['base', 'transfer']),
    ...imageConditionKinds,
    stimuli: oneOf(STIMULI),
    stimuli_shown: count('how many there were; of cue-conflict images, those whose cues disagree', { min: 1 }),
    shape_decisions: count('for the category of the shape'),
    texture_decisions: optional(count('of cue-conflict images')),
    run: runOf(),
  },
  key: [...imageRunKey, 'stage', ...imageConditionKey, 'stimuli'],
  rule({ stimuli, stimuli_shown, shape_decisions, texture_decisions }) {
    if ((texture_decisions !== null) !== (stimuli === 'cue-conflict')) {
      return 'texture_decisions is given exactly for cue-conflict images';
    }
    const decisions = shape_decisions + (texture_decisions ?? 0);
    return decisions > stimuli_shown ? `there are ${decisions} decisions on ${stimuli_shown} stimuli` : undefined;
  },
});
export type RealStimuliRow = RowIn<typeof realStimuliSchema>;

/**
 * The rows of finished bases and transfer runs, given by their rows of shape-bias.csv, on each kind of stimuli: from the
 * table where they are there, else measured now and put there. Nothing is measured where the stimuli are not fetched, or
 * where the store has no model of the run.
 */
export async function realStimuliRows(
  rows: readonly ShapeBiasRow[],
  { store, tables }: { store: RunStore; tables: string },
): Promise<RealStimuliRow[]> {
  const recorded = realStimuliSchema.read(tables);
  const stored = new Map(
    ['image-base', 'image-transfer'].flatMap((stage) => store.list(stage)).map((run) => [run.id, run]),
  );
  const fetched = STIMULI.filter((kind) => existsSync(stimuliFolder(kind)));
  const found: RealStimuliRow[] = [];
  for (const row of new Map(rows.filter(({ stage }) => stage !== 'mask').map((row) => [row.run, row])).values()) {
    const own = recorded.filter(({ run }) => run === row.run);
    const run = stored.get(row.run);
    const missing = fetched.filter((kind) => own.every(({ stimuli }) => stimuli !== kind));
    if (run && existsSync(join(run.path, 'model.safetensors'))) {
      for (const kind of missing) own.push({ ...columnsOf(row), ...(await measured(run, kind)) });
      realStimuliSchema.add(tables, own);
    }
    found.push(...own);
  }
  return found;
}

/** What the two tables have in common. */
const SHARED = [...imageRunKey, 'stage', ...imageConditionKey, 'run'] as const;
const columnsOf = (row: ShapeBiasRow) =>
  Object.fromEntries(SHARED.map((name) => [name, row[name]])) as Omit<RealStimuliRow, keyof Measured>;

type Measured = Pick<RealStimuliRow, 'stimuli' | 'stimuli_shown' | 'shape_decisions' | 'texture_decisions'>;

/** The decisions of a stored model; cue-conflict images whose cues agree are left out. */
async function measured(run: Run, kind: StimuliKind): Promise<Measured> {
  const { model, data } = run.settings as unknown as ImageTransferSettings;
  const evaluator = imageEvaluatorFor(model);
  const files = listStimuli(stimuliFolder(kind)).filter(({ shape, texture }) => shape !== texture);
  const { size } = data;
  const batches = fileBatches({
    files,
    batchSize: EVALUATION_BATCH,
    size,
    resize: size,
    kernel: 'lanczos3',
    colours: data.source === 'imagenet' ? data.colours : 'imagenet',
    skipLimit: 0,
  });
  const parameters = tensorsOf(loadImageModel(run.path, model));
  try {
    const { predictions } = await answersTo(evaluator, parameters, batches);
    const decided = files.map(({ shape, texture }, i) => ({ shape, texture, response: predictions[i] }));
    if (kind !== 'cue-conflict') {
      const right = decided.filter(({ shape, response }) => response === shape).length;
      return { stimuli: kind, stimuli_shown: files.length, shape_decisions: right, texture_decisions: null };
    }
    const { decisions, shape, texture } = shapeBias(decided);
    return { stimuli: kind, stimuli_shown: decisions, shape_decisions: shape, texture_decisions: texture };
  } finally {
    tf.dispose(parameters);
  }
}
