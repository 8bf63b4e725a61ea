import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { experiments } from '../../../lib/dist';
import { imageModelOf, loadImageModel } from '../../../lib/dist/experiments/images/imageModels';
import type { ImageCondition } from '../../../lib/dist/experiments/images/imageSettings';
import { realStimuliRows, realStimuliSchema } from '../../../lib/dist/experiments/images/realStimuli';
import { type ShapeBiasRow, shapeBiasSchema } from '../../../lib/dist/experiments/images/shapeBiasTable';
import { normalisePixels, readImage } from '../../../lib/dist/images/imageFile';
import { listStimuli, stimuliFolder } from '../../../lib/dist/images/stimuli';
import { readTable } from '../../../lib/dist/runs/resultsTable';
import { type Run, RunStore } from '../../../lib/dist/runs/runStore';
import { tensorsOf } from '../../../lib/dist/tensorflow/variables';
import { imageEvaluator } from '../../../lib/dist/training/imageClassifier';
import { madeStimuli, smallImageChain } from './smallImages';

const root = mkdtempSync(join(tmpdir(), 'real-stimuli-'));
const store = new RunStore({ folder: join(root, 'runs') });
const tables = join(root, 'tables');
const stimuli = join(root, 'stimuli-of-others');
const conditions: ImageCondition[] = [
  { inheritFrom: 'original', normalization: 'train', pooledShare: 0 },
  { inheritFrom: 'random', normalization: 'train', pooledShare: 0 },
];
let rows: ShapeBiasRow[];

beforeAll(async () => {
  vi.stubEnv('TEXTURE_VS_SHAPE', stimuli);
  mkdirSync(tables);
  const asked = { models: ['resnet'] as const, conditions, change: () => smallImageChain() };
  await experiments.shapeBias.compute({ store, tables, preset: 'quick', ...asked });
  rows = readTable(join(tables, 'shape-bias.csv'), shapeBiasSchema);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

it('nothing is measured where the stimuli are not fetched', async () => {
  expect(await realStimuliRows(rows, { store, tables })).toEqual([]);
});

it('the base and every transferred model are measured once on each kind', async () => {
  await madeStimuli(stimuli);
  const measured = await realStimuliRows(rows, { store, tables });
  expect(measured.map(({ inherit_from, stimuli }) => [inherit_from, stimuli])).toEqual(
    [null, 'original', 'random'].flatMap((from) => [
      [from, 'silhouettes'],
      [from, 'edges'],
      [from, 'cue-conflict'],
    ]),
  );
  for (const { stimuli_shown, texture_decisions, stimuli: kind } of measured) {
    expect(stimuli_shown).toBe(48);
    expect(texture_decisions === null).toBe(kind !== 'cue-conflict');
  }
  // Counted once more, from the saved model of the last run and the silhouettes read another way.
  const { model } = smallImageChain().transfer;
  const run = store.list('image-transfer').find(({ id }) => id === measured.at(-1)?.run) as Run;
  const shown = listStimuli(stimuliFolder('silhouettes'));
  const images = await Promise.all(shown.map(({ path }) => readImage(path, { shorterSide: 32, kernel: 'lanczos3' })));
  const shapes = Int32Array.from(shown, ({ shape }) => shape);
  const pixels = Float32Array.from(images.flatMap(({ image }) => [...normalisePixels(image)]));
  const batch = { pixels, labels: shapes, weights: new Float32Array(48).fill(1) };
  const { predictions } = imageEvaluator(imageModelOf(model)).decide(tensorsOf(loadImageModel(run.path, model)), batch);
  const right = predictions.filter((prediction, i) => prediction === shapes[i]).length;
  expect(measured.find(({ run: id, stimuli }) => id === run.id && stimuli === 'silhouettes')?.shape_decisions).toBe(
    right,
  );

  const table = readTable(join(tables, 'real-stimuli.csv'), realStimuliSchema);
  expect(table).toHaveLength(measured.length);

  // Models that are not in the store, and stimuli that are gone, change nothing of what is recorded.
  rmSync(stimuli, { recursive: true });
  const elsewhere = new RunStore({ folder: join(root, 'nothing') });
  expect(await realStimuliRows(rows, { store: elsewhere, tables })).toEqual(measured);
});
