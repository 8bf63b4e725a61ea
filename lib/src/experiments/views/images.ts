/** Tables about image models, published and ours: one row a run and time, a layer of a mask, or a decision. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnTable } from 'arquero';
import { CATEGORIES } from '../../images/categories';
import { decisionsFolder } from '../../images/stimuli';
import type { Table } from '../../runs/columns';
import { tablesFolder } from '../../runs/project';
import { publishedFigure4Schema, publishedShapeBiasSchema } from '../../runs/publishedSchemas';
import { type Decision, readDecisionFiles, readDecisions } from '../../stats/decisions';
import { groupBy } from '../../stats/groups';
import { as, published, results, tidy } from '../../tables/tidy';
import {
  IMAGE_CONDITION_NAMES,
  type ImagePreset,
  type ImageSubnetworkRow,
  imageChainSettings,
  imageConditionName,
  imageSubnetworksSchema,
  type RealStimuliRow,
  realStimuliSchema,
  rowsOfChains,
  type ShapeBiasRow,
  shapeBiasSchema,
} from '..';

/**
 * Whose runs a table holds: those of a preset, of one architecture and kind of images (by default a ResNet on images with
 * strong textures), with all seeds. `rows` are used in place of the preset's own: of runs that are still going on.
 */
export interface OfChain<Row = never> extends Omit<NonNullable<Parameters<typeof imageChainSettings>[0]>, 'seed'> {
  rows?: readonly Row[];
}

const MODELS = { resnet: 'ResNet', vit: 'ViT' } as const;

function chainRows<Row extends ImageSubnetworkRow | RealStimuliRow | ShapeBiasRow>(
  table: Table<Row>,
  { preset = 'laptop', rows, ...chain }: OfChain<Row>,
): Row[] {
  return rowsOfChains(rows ?? results(table, { preset }), imageChainSettings({ preset, ...chain }), preset);
}

const RUN = {
  ...as('model', 'images', 'basePooledShare', 'seed', 'stage', 'condition', 'start', 'variant'),
  ...as('frozen', 'normalization'),
};

/**
 * What was run. `condition` is the whole name ("subnetwork, 6 % kept"), `start` what the model starts from ("subnetwork") and
 * `variant` the rest ("6 % kept", often empty). `normalization`: what batch normalisation works with, '–' where there is none;
 * `frozen`: whether a part of the transferred model's weights does not train.
 */
function runOf<Row extends ShapeBiasRow | RealStimuliRow>(row: Row) {
  const { model, inherit_from, trained, pooled_share, kept_share } = row;
  const start = inherit_from === null ? 'base' : IMAGE_CONDITION_NAMES[inherit_from];
  const condition =
    inherit_from === null
      ? start
      : imageConditionName({
          inheritFrom: inherit_from,
          trained,
          pooledShare: row.stage === 'transfer' ? pooled_share : 0, // every mask is trained on one kind alone
          keptShare: kept_share,
        });
  return {
    ...(row as Omit<Row, 'model'>),
    model: MODELS[model],
    basePooledShare: row.base_pooled_share,
    condition,
    start,
    variant: condition.slice(start.length + 2),
    frozen: trained !== null,
    normalization: (model === 'resnet' && row.normalization) || '–',
  };
}

const MEASURED = {
  ...RUN,
  ...as('shapes', 'epoch', 'step'),
  ...({ loss: 'train_loss', plain: 'plain_accuracy', pooled: 'pooled_accuracy' } as const),
  ...({ conflict: 'conflict_images', shape: 'shape_decisions', texture: 'texture_decisions' } as const),
  ...as('kept', 'total', 'run'),
};

/**
 * Image models while they are trained, a row a run and time: what was run (see `OfChain` for which), shapes ('seen' drawings or
 * 'held out'), epoch (0 is before training), step, loss (nats), plain and pooled (accuracy on validation images of both kinds),
 * conflict (images whose cues disagree), shape and texture (decisions for each cue), kept and total (masked weights), run.
 */
export function shapeBias(chain: OfChain<ShapeBiasRow> = {}): ColumnTable {
  return tidy(chainRows(shapeBiasSchema, chain).map(runOf), MEASURED);
}

/**
 * The same of every chain on photographs, with changed (what is changed in the preset's settings, 'as it is': nothing) and
 * photographs (different ones of a category in the transfer; null: all).
 */
export function photographs({ preset = 'photographs' }: { preset?: ImagePreset } = {}): ColumnTable {
  const rows = results(shapeBiasSchema, { preset }).filter((row) => row.preset === preset);
  return tidy(
    rows.map((row) => ({ ...runOf(row), changed: row.changed ?? 'as it is', photographs: photographsIn(row.changed) })),
    { ...as('changed', 'photographs'), ...MEASURED },
  );
}

function photographsIn(changed: string | null): number | null {
  const [, number] = /^(\d+) photographs$/.exec(changed ?? '') ?? [];
  return number === undefined ? null : Number(number);
}

/**
 * Base and transferred models after training on real stimuli: what was run, stimuli ('silhouettes', 'edges', 'cue-conflict'),
 * shown (how many), shape and texture (decisions for each cue; null where stimuli have no texture), run.
 */
export function realStimuli(chain: OfChain<RealStimuliRow> = {}): ColumnTable {
  const decided = { shape: 'shape_decisions', texture: 'texture_decisions', run: 'run' } as const;
  const rows = chainRows(realStimuliSchema, chain).map(runOf);
  return tidy(rows, { ...RUN, stimuli: 'stimuli', shown: 'stimuli_shown', ...decided });
}

/**
 * What masks keep, a row a masked weight: model, seed, condition (the mask), position from the input, layer (a short name),
 * parameter (the whole one), kept, total, run.
 */
export function imageSubnetworks(chain: OfChain<ImageSubnetworkRow> = {}): ColumnTable {
  return tidy(chainRows(imageSubnetworksSchema, chain), {
    model: ({ model }) => MODELS[model],
    seed: 'seed',
    condition: ({ inherit_from }) => IMAGE_CONDITION_NAMES[inherit_from],
    position: 'position',
    layer: ({ parameter }) => layerName(parameter),
    ...as('parameter', 'kept', 'total', 'run'),
  });
}

const VIT_PARTS: Record<string, string> = {
  q: 'query',
  k: 'key',
  v: 'value',
  o: 'output',
  fc1: 'MLP in',
  fc2: 'MLP out',
};

/** "resnet.encoder.stages.1.layers.0.layer.1.convolution.weight" is "2.1 conv 2": stage, block and layer, from 1. */
function layerName(parameter: string): string {
  const one = (digits: string) => Number(digits) + 1;
  const convolution = /stages\.(\d+)\.layers\.(\d+)\.(?:layer\.(\d+)|shortcut)\./.exec(parameter);
  if (convolution) {
    const [, stage, block, layer] = convolution;
    return `${one(stage)}.${one(block)} ${layer === undefined ? 'shortcut' : `conv ${one(layer)}`}`;
  }
  const part = /layers\.(\d+)\.(?:attention\.([qkvo])_proj|mlp\.(fc\d))\./.exec(parameter);
  if (part) return `${one(part[1])} ${VIT_PARTS[part[2] ?? part[3]]}`;
  if (/classifier/.test(parameter)) return 'classifier';
  return /patch_embeddings/.test(parameter) ? 'patches' : 'stem';
}

/** The paper's figure 4: model, condition, whose ('published'), images ('plain images', 'mean-pooled images'), step, accuracy. */
export function figure4(): ColumnTable {
  return tidy(published(publishedFigure4Schema), {
    model: ({ model }) => (model === 'resnet18' ? 'ResNet-18' : 'ViT-B/16'),
    condition: ({ init }) => IMAGE_CONDITION_NAMES[init],
    whose: () => 'published',
    images: ({ eval_set }) => (eval_set === 'imagenet16' ? 'plain images' : 'mean-pooled images'),
    ...as('step', 'accuracy'),
  });
}

/** The shape bias that Geirhos et al. published: observer, published. */
export function publishedShapeBias(): ColumnTable {
  return tidy(published(publishedShapeBiasSchema), { observer: 'observer', published: 'shape_bias' });
}

const DECIDED = as('shape', 'texture', 'response', 'decision');

/** Categories by name, null where there is none; the decision itself is what op.decided takes. */
const decided = (decision: Decision) => ({
  shape: CATEGORIES[decision.shape],
  texture: CATEGORIES[decision.texture] ?? null,
  response: CATEGORIES[decision.response] ?? null,
  decision,
});

const NETWORKS: Readonly<Record<string, string>> = {
  alexnet: 'AlexNet',
  googlenet: 'GoogLeNet',
  vgg: 'VGG-16',
  vgg16: 'VGG-16',
  'squeezenet1-1': 'SqueezeNet 1.1',
  resnet50: 'ResNet-50',
  densenet121: 'DenseNet-121',
  resnet101: 'ResNet-101',
  resnet152: 'ResNet-152',
};
const TRAININGS = ['–', 'ImageNet', 'Stylized-ImageNet', 'Open Images'];

/** "alexnet-train-60-epochs-lr0.001" is AlexNet, trained on Stylized-ImageNet; "subject-01" one of the people. */
function observerOf(subject: string): { observer: string; training: string; subject: string } {
  const [, person] = /^subject-(\d+)$/.exec(subject) ?? [];
  if (person) return { observer: 'people', training: '–', subject: `person ${person}` };
  const network = subject.replace(/^oidv2-|-train-.*$/g, '');
  const training = /^oidv2-/.test(subject) ? 'Open Images' : /-train-/.test(subject) ? 'Stylized-ImageNet' : 'ImageNet';
  return { observer: NETWORKS[network] ?? network, training, subject };
}

/**
 * The raw decisions of Geirhos et al. on cue-conflict images, a row each: source ('people and networks', or 'trained networks':
 * other weights), observer ('people', 'AlexNet', …), training (the images that a network was trained on), subject, shape,
 * texture, response, decision (for op.decided). Without rows until npm run fetch-data has brought them.
 */
export function publishedDecisions(): ColumnTable {
  const order = ['people', ...Object.values(NETWORKS)];
  const place = ({ observer, training }: { observer: string; training: string }) =>
    TRAININGS.indexOf(training) + (training === 'Open Images' ? 1000 : 10 * order.indexOf(observer));
  const rows = (['people and networks', 'trained networks'] as const).flatMap((source) => {
    const path = decisionsFolder(source);
    const found = existsSync(path) ? readDecisionFiles(path) : [];
    const named = found.map((decision) => ({ source, ...observerOf(decision.subject), ...decided(decision) }));
    return named.sort((a, b) => place(a) - place(b));
  });
  return tidy(rows, { ...as('source', 'observer', 'training', 'subject'), ...DECIDED });
}

/**
 * The decisions of our transferred models after training, on drawn images whose cues disagree: what was run, shape, texture,
 * response, run, decision (for op.decided). Of several architectures at once, since the whole table is read each time.
 */
export function decisions({
  architectures = ['resnet'],
  ...chain
}: Omit<OfChain<ShapeBiasRow>, 'architecture'> & {
  architectures?: NonNullable<OfChain['architecture']>[];
} = {}): ColumnTable {
  const transfers = architectures
    .flatMap((architecture) => chainRows(shapeBiasSchema, { ...chain, architecture }))
    .filter(({ stage }) => stage === 'transfer');
  const path = join(tablesFolder(chain.preset ?? 'laptop'), 'decisions.csv.gz');
  const ofRun = groupBy(readDecisions(path, { absent: 'empty' }), ({ run }) => run);
  const rows = [...new Map(transfers.map((row) => [row.run, runOf(row)])).values()].flatMap((row) =>
    (ofRun.get(row.run) ?? []).map((decision) => ({ ...row, ...decided(decision) })),
  );
  return tidy(rows, { ...RUN, run: 'run', ...DECIDED });
}
