/** Which settings a notebook runs with, and how to say so beside its results. */

import {
  type DrawnPreset,
  type ImagePreset,
  imageChainSettings,
  type PhotographPreset,
} from '../experiments/images/imagePresets';
import { type ChainSettings, chainSettings, type Preset } from '../experiments/settings';
import { hasTinyImagenet } from '../images/tinyImagenet';

/** The presets of a notebook: the paper's settings, a smaller task that is computed in a minute, and one that learns nothing. */
export const NOTEBOOK_PRESETS = ['paper', 'quick', 'smoke'] as const;
export type NotebookPreset = (typeof NOTEBOOK_PRESETS)[number];

/**
 * The preset that the environment variable PRESET names; `paper` where it is not set.
 *
 * @throws Error when it names another one.
 */
export function current(environment: NodeJS.ProcessEnv = process.env): NotebookPreset {
  const name = environment.PRESET || 'paper';
  const preset = NOTEBOOK_PRESETS.find((known) => known === name);
  if (!preset) {
    throw new Error(
      `The environment variable PRESET is "${name}"; set it to ${NOTEBOOK_PRESETS.join(', ')}, or leave it out.`,
    );
  }
  return preset;
}

/** The settings of a notebook with many runs: where others take the quick preset's task, it takes the smallest one. */
export function manyRuns(preset: NotebookPreset): 'paper' | 'tiny' | 'smoke' {
  return preset === 'quick' ? 'tiny' : preset;
}

/** Which runs of ours a chart shows: for its subtitle. */
export function caption(preset: Preset): string {
  const { numbers } = chainSettings({ preset }).base;
  const range = `numbers 0..${numbers - 1}`;
  const smaller = { quick: "the quick preset's smaller", tiny: 'the smallest', smoke: "the smoke test's" };
  return preset === 'paper'
    ? `ours with the paper's settings (${range})`
    : `ours on ${smaller[preset]} task (${range})`;
}

/** Published results that ours may be subtracted from: none where the preset's task is not the paper's. */
export function comparable<Rows extends { slice(from: number, to: number): unknown }>(
  published: Rows,
  preset: Preset,
): Rows {
  return preset === 'paper' ? published : (published.slice(0, 0) as Rows);
}

/** Why there is no difference from published numbers to show; `none` says it where the task is the paper's. */
export function noComparison(preset: Preset, none = 'There are no points of ours yet to compare.'): string {
  if (preset === 'paper') return none;
  return (
    "The published numbers are those of the paper's task, and ours are of a smaller one: the difference of the two would " +
    'say nothing, so it is not shown.'
  );
}

/**
 * What the preset means for the results below it, as Markdown.
 *
 * @param options.computes whether the paper's preset computes what is missing; else it takes the tables as they are.
 */
export function note(preset: Preset, { computes = true }: { computes?: boolean } = {}): string {
  if (preset === 'paper') {
    const missing = computes
      ? 'Finished runs are taken from `data/` and `runs/`; a run that is in neither is computed now and kept.'
      : 'Finished runs are taken from the tables in `data/results`, and nothing is computed unless it is asked for below.';
    return `**Preset \`paper\`**: the paper's settings. ${missing}`;
  }
  const [quick, paper] = [chainSettings({ preset }), chainSettings({ preset: 'paper' })];
  const changes = SIZES.map(({ what, of }) => ({ what, quick: of(quick), paper: of(paper) }))
    .filter((size) => size.quick !== size.paper)
    .map((size) => `${size.what} ${size.quick} (paper: ${size.paper})`);
  const smaller = {
    quick: 'Preset `quick`**: a smaller task',
    tiny: 'Preset `quick`**: the smallest task, much smaller',
    smoke: 'Preset `smoke`**: a task of which nothing is learned, much smaller',
  };
  return (
    `**${smaller[preset]} than the paper's, so **its numbers are not the paper's**: ` +
    `${changes.join('; ')}. Runs are kept in \`runs/\` and taken from there the next time.`
  );
}

const count = (value: number): string => value.toLocaleString('en-US');

const SIZES: { what: string; of: (settings: ChainSettings) => string }[] = [
  { what: 'numbers', of: ({ base }) => `0..${count(base.numbers - 1)}` },
  { what: 'width of the model', of: ({ base }) => count(base.width) },
  { what: 'samples for the base model', of: ({ base }) => count(base.rows) },
  { what: 'samples for the mask', of: ({ discovery }) => count(discovery.rows) },
  { what: 'ambiguous samples in the transfer', of: ({ transfer }) => count(transfer.numbers) },
  { what: 'epochs of the transfer', of: ({ transfer }) => count(transfer.epochs) },
  {
    what: 'disambiguation samples up to',
    of: ({ sizes }) => count(sizes.reduce((largest, n) => Math.max(largest, n), 0)),
  },
];

/**
 * The settings of the vision notebooks: where the others take the paper's, they take those for drawn images on a laptop, as
 * the paper's photographs are not everybody's.
 */
export function images(preset: NotebookPreset): DrawnPreset {
  return preset === 'paper' ? 'laptop' : preset;
}

/**
 * The settings of the notebook on photographs. Where Tiny ImageNet is not there, the quick preset shows the committed results,
 * too; the smallest one draws its images.
 */
export function photographs(preset: NotebookPreset): PhotographPreset | 'smoke' {
  if (preset === 'smoke') return 'smoke';
  return preset === 'quick' && hasTinyImagenet() ? 'photographs-quick' : 'photographs';
}

/** What that means for the results below it, as Markdown. */
export function photographsNote(preset: PhotographPreset | 'smoke'): string {
  if (preset === 'smoke') return imageNote(preset);
  const fetched = hasTinyImagenet()
    ? 'Tiny ImageNet is there: runs that are missing can be computed.'
    : 'Tiny ImageNet is not there: what follows are the results in `data/results`. To compute more, run ' +
      '`npm run fetch-data -- tiny-imagenet` or set `TINY_IMAGENET` to the folder that you have.';
  return `**Preset \`${preset}\`**: photographs of 64 x 64 pixels of eleven categories. ${fetched}`;
}

/** Which runs of ours a chart shows: for its subtitle. */
export function imageCaption(preset: ImagePreset): string {
  const { data } = imageChainSettings({ preset }).base;
  const shown = {
    drawn: `drawn images of ${data.size} pixels`,
    'tiny-imagenet': `photographs of ${data.size} pixels`,
    imagenet: 'photographs of ImageNet',
  }[data.source];
  return `ours on ${shown}, preset ${preset}`;
}

/** What the preset means for the results below it, as Markdown. */
export function imageNote(preset: DrawnPreset): string {
  const { base, mask, transfer } = imageChainSettings({ preset });
  if (base.data.source !== 'drawn') throw new Error(`The preset ${preset} has no drawn images.`);
  const { size, train } = base.data;
  const steps = (epochs: number, batchSize: number) => (epochs * Math.ceil(train / batchSize)).toLocaleString('en-US');
  return (
    `**Preset \`${preset}\`**: drawn images of ${size} x ${size} pixels in the place of ImageNet's photographs, and small ` +
    `networks, so **its numbers are not the paper's**: ${train.toLocaleString('en-US')} images to train on, ` +
    `${steps(base.epochs, base.batchSize)} steps for the base, ${steps(mask.epochs, mask.batchSize)} for a mask and ` +
    `${steps(transfer.epochs, transfer.batchSize)} for a transferred network.`
  );
}
