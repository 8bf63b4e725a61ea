/** Image masks, and what a network that starts with one looks at: shape or texture (notebooks 10 and 11). */
import { join } from 'node:path';
import type { Table } from '../../runs/columns';
import { chosen, combinations, type Declaration, experiment, type Wanted } from '../../runs/experiment';
import { runId } from '../../runs/runStore';
import type { Found, Gathered } from '../../runs/stage';
import { addDecisions, type Decision, readDecisions } from '../../stats/decisions';
import {
  type ImageSubnetworkRow,
  imageMaskStage,
  imageSubnetworkRows,
  imageSubnetworksSchema,
  maskFor,
} from './imageMask';
import { type DrawnVariationName, type ImagePreset, imageChainSettings } from './imagePresets';
import {
  IMAGE_CONDITIONS,
  type ImageArchitecture,
  type ImageChainSettings,
  type ImageCondition,
  type ImageMaskKind,
  type ImageMaskSettings,
  type ImageTransferSettings,
  imageConditionName,
  imageConditionNames,
  imageMaskSettings,
  imageTransferSettings,
  READOUT_CONDITIONS,
  SIZE_CONDITIONS,
} from './imageSettings';
import { type ImageTransferResult, imageTransferStage } from './imageTransfer';
import { PHOTOGRAPH_CHANGES, type PhotographChange } from './photographChanges';
import { imageRunColumns, rowsOver, type ShapeBiasRow, shapeBiasSchema } from './shapeBiasTable';

/** What may be asked of an image experiment: see imageChainSettings. */
export interface ImageChainsAsked {
  models: readonly ImageArchitecture[];
  seeds: readonly number[];
  images: readonly DrawnVariationName[];
  shapes: readonly ('project' | 'silhouettes' | 'edges')[];
  /** Share of mean-pooled images in the training of the base; undefined: as the preset says. */
  basePooledShares: readonly (number | undefined)[];
  /** Changes the settings of every chain. */
  change: (settings: ImageChainSettings) => ImageChainSettings;
}

const ASKED: ImageChainsAsked = {
  models: ['resnet', 'vit'],
  seeds: [1],
  images: ['textured'],
  shapes: ['project'],
  basePooledShares: [undefined],
  change: (settings) => settings,
};

/** The first is the one whose rows are in data/results: the paper's photographs are not everybody's. */
const PRESETS = ['laptop', 'quick', 'smoke', 'paper'] as const satisfies readonly ImagePreset[];

function chainsOf({ preset, change, ...asked }: ImageChainsAsked & { preset: string }): ImageChainSettings[] {
  const { models, seeds, images, shapes, basePooledShares } = asked;
  const of = { architecture: models, seed: seeds, images, shapes, basePooledShare: basePooledShares };
  return combinations(of).map((one) => change(imageChainSettings({ preset: preset as ImagePreset, ...one })));
}

const chainWords = ({
  model,
  images,
  base_pooled_share,
  changed,
}: Partial<ReturnType<typeof imageRunColumns>>): string =>
  [`${model}, ${images}, base ${base_pooled_share}`, changed].filter(Boolean).join(', ');

export const imageMasks = experiment<
  ImageChainsAsked & { kinds: readonly ImageMaskKind[] },
  ImageSubnetworkRow,
  ImageMaskSettings
>({
  name: 'image-masks',
  title: 'Image masks',
  about: 'masks of mean-pooled and of plain images, and over untrained networks',
  stage: imageMaskStage,
  table: imageSubnetworksSchema,
  presets: PRESETS,
  asked: { ...ASKED, kinds: ['mask', 'plain mask', 'untrained mask'] },
  *runs(asked) {
    for (const chain of chainsOf(asked)) {
      for (const kind of asked.kinds) {
        const settings = imageMaskSettings(chain, kind);
        const key = { ...imageRunColumns(chain.base, asked.preset), inherit_from: maskFor(settings) };
        yield { key, settings };
      }
    }
  },
  rows: (run, key) => imageSubnetworkRows(run, runId('image-base', run.settings.base), key.preset as string),
  chain: chainWords,
});

/** The decisions of transferred models, in the columns of Geirhos et al.; packed, since there are a thousand a run. */
const decisionsTable: Table<Decision & { run: string }> = {
  file: 'decisions.csv.gz',
  columns: [],
  key: [],
  says: { row: 'a decision of a transferred model on a cue-conflict image', columns: { run: '', subj: 'the model' } },
  read: (folder) =>
    readDecisions(join(folder, 'decisions.csv.gz'), { absent: 'empty' }) as (Decision & { run: string })[],
  add(folder, rows) {
    addDecisions(join(folder, 'decisions.csv.gz'), rows);
    return { added: rows.length, differing: [] };
  },
  differing: () => [],
};

const ALL_CONDITIONS = [...IMAGE_CONDITIONS, ...SIZE_CONDITIONS, ...READOUT_CONDITIONS];

/** The transfer runs of a chain. */
function transfersOf(
  chain: ImageChainSettings,
  conditions: readonly (ImageCondition | string)[],
  { preset, changed }: { preset: string; changed?: PhotographChange | null },
): Wanted<ShapeBiasRow, ImageTransferSettings>[] {
  return chosen(conditions, ALL_CONDITIONS, imageConditionNames).map((condition) => {
    const key = {
      ...imageRunColumns(chain.base, preset, changed),
      stage: 'transfer' as const,
      inherit_from: condition.inheritFrom,
      normalization: condition.normalization,
      trained: condition.trained ?? null,
      pooled_share: condition.pooledShare,
      kept_share: condition.keptShare ?? null,
    };
    return { key, settings: imageTransferSettings(chain, condition) };
  });
}

/** What the experiments on transferred image models have in common. */
const transfers = {
  stage: imageTransferStage,
  table: shapeBiasSchema,
  rows({ id, settings, log, result }: Found<ImageTransferSettings>, key: Partial<ShapeBiasRow>): ShapeBiasRow[] {
    const { mask, base = mask?.base } = settings;
    const { kept, total } = result as ImageTransferResult;
    const origin = {
      base_run: base ? runId('image-base', base) : null,
      mask_run: mask ? runId('image-mask', mask) : null,
    };
    return rowsOver({ ...(key as ShapeBiasRow), kept, total, run: id, ...origin }, log, result);
  },
  more: [decisionsTable],
  gather: ({ id, path }: Found<ImageTransferSettings>): Gathered => [
    [decisionsTable, readDecisions(join(path, 'decisions.csv')).map((decision) => ({ ...decision, run: id }))],
  ],
  chain: chainWords,
  drawing: {
    kind: 'lines',
    x: 'step',
    y: 'bias',
    color: 'condition',
    facet: 'normalization',
    points: ({ shapes, step, shape_decisions, texture_decisions, normalization, ...row }) =>
      shapes === 'seen' && shape_decisions + texture_decisions > 0
        ? [
            {
              step,
              bias: shape_decisions / (shape_decisions + texture_decisions),
              normalization,
              condition: imageConditionName({
                inheritFrom: row.inherit_from as ImageCondition['inheritFrom'],
                trained: row.trained,
                pooledShare: row.pooled_share,
                keptShare: row.kept_share,
              }),
            },
          ]
        : [],
  },
} satisfies Partial<Declaration<never, ShapeBiasRow, ImageTransferSettings>>;

export const shapeBias = experiment<
  ImageChainsAsked & { conditions: readonly (ImageCondition | string)[] },
  ShapeBiasRow,
  ImageTransferSettings
>({
  ...transfers,
  name: 'shape-bias',
  title: 'Shape bias',
  about: 'image networks that start from masks of shape, their controls and baselines',
  presets: PRESETS,
  asked: { ...ASKED, conditions: IMAGE_CONDITIONS },
  *runs(asked) {
    for (const chain of chainsOf(asked)) yield* transfersOf(chain, asked.conditions, asked);
  },
});

/** The same on Tiny ImageNet's photographs, and what changes with the settings (notebook 14). */
export const photographs = experiment<
  {
    models: readonly ImageArchitecture[];
    seeds: readonly number[];
    conditions: readonly (ImageCondition | string)[];
    /** What is changed in the settings, one thing at a time; null: nothing. */
    changes: readonly (PhotographChange | null)[];
  },
  ShapeBiasRow,
  ImageTransferSettings
>({
  ...transfers,
  name: 'photographs',
  title: 'Photographs',
  about:
    'the same on photographs of 64 pixels (npm run fetch-data -- tiny-imagenet), and what changes with the settings',
  presets: ['photographs', 'photographs-quick', 'smoke'],
  asked: {
    models: ['resnet'],
    seeds: [1, 2, 3],
    conditions: [...IMAGE_CONDITIONS, ...READOUT_CONDITIONS],
    changes: [null],
  },
  *runs({ preset, models, seeds, conditions, changes }) {
    for (const { model, seed, changed } of combinations({ model: models, seed: seeds, changed: changes })) {
      const chain = imageChainSettings({ preset: preset as ImagePreset, architecture: model, seed });
      if (changed !== null && !(changed in PHOTOGRAPH_CHANGES)) {
        const known = Object.keys(PHOTOGRAPH_CHANGES).join('; ');
        throw new Error(`There is no change ${JSON.stringify(changed)}: use some of ${known}; or null for none.`);
      }
      const own = changed && preset !== 'smoke' ? PHOTOGRAPH_CHANGES[changed](chain) : chain;
      yield* transfersOf(own, conditions, { preset, changed });
    }
  },
});
