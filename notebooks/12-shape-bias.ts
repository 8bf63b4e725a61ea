// ---
// jupyter:
//   jupytext:
//     cell_metadata_filter: tags,-all
//     notebook_metadata_filter: kernelspec,-jupytext.text_representation.jupytext_version
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript
//     language: typescript
//     name: tslab
// ---

// %% [markdown]
// # 12 The shape-bias table
//
// An image has the shape of a cat and the texture of an elephant: what is it? Such an image is a [cue
// conflict](../docs/glossary.md#cue-conflict). Geirhos et al. ([ICLR 2019](https://arxiv.org/abs/1811.12231)) asked
// people and networks. The [*shape bias*](../docs/glossary.md#shape-bias) is the share of shape decisions among those
// for either cue.
//
// This notebook recomputes it from their raw decisions, and places the models of this project beside them.

// %%
import { existsSync } from 'node:fs';
import { type Decision, decisionsFolder, readDecisionFiles, say } from 'subtask-induction';

const folders = [decisionsFolder('people and networks'), decisionsFolder('trained networks')];
const fetched = folders.every((folder) => existsSync(folder));
const [original, trained]: Decision[][] = fetched ? folders.map((folder) => readDecisionFiles(folder)) : [[], []];
say(
  fetched
    ? `There are ${(original.length + trained.length).toLocaleString('en-US')} decisions of people and networks.`
    : 'The decisions are not here. `npm run fetch-data` brings them; then run this notebook again.',
);

// %% [markdown]
// ## Who decides
//
// Ten people and four networks. Images whose shape and texture are of one category say nothing and are left out. A person
// who did not answer in time counts as *neither*.

// %%
import { observersOf, shapeBiasTable, showTableOf } from 'subtask-induction';

const observers = observersOf(
  [...original, ...trained.filter(({ subject }) => subject === 'resnet50')],
  [
    ['people', /^subject-/],
    ['AlexNet', /^alexnet$/],
    ['GoogLeNet', /^googlenet$/],
    ['VGG-16', /^vgg$/],
    ['ResNet-50', /^resnet50$/],
  ],
);
showTableOf(shapeBiasTable(observers), { digits: 1, caption: 'Shape bias, all categories pooled' });

// %% [markdown]
// The [interval](../docs/glossary.md#confidence-interval) is of the shape bias, 95 %: for a network as if its images
// were independent draws; for people by the [bootstrap](../docs/glossary.md#bootstrap) over images, since ten decisions
// on one image are not ten images.
//
// Do these agree with the numbers that were published?

// %%
import { dataFile, publishedShapeBiasSchema, readTable, shapeBias } from 'subtask-induction';

const published = readTable(dataFile('published', 'shape-bias.csv'), publishedShapeBiasSchema);
const compared = published.flatMap(({ observer, shape_bias }) => {
  const own = observers.find(({ name }) => name === observer);
  return own ? [{ observer, published: shape_bias, ours: shapeBias(own.decisions).bias }] : [];
});
showTableOf(compared, { digits: { published: 3, ours: 4 }, caption: 'Shape bias, published and recomputed' });
if (fetched) {
  const agreeing = compared.filter((row) => Math.abs(row.published - row.ours) <= 0.0005).length;
  say(`${agreeing} of ${published.length} agree to the last digit that was published.`);
}

// %% [markdown]
// ## Category by category

// %%
import { shapeBiasByCategoryTable, shapeBiasChart, shapeBiasPoints, showChartOf } from 'subtask-induction';

const points = shapeBiasPoints(observers);
await showChartOf(points, {
  draw: (rows) =>
    shapeBiasChart({
      title: 'Shape bias of people and networks',
      subtitle: 'by category of the shape, and of all pooled; bars: 95 % intervals',
      rows,
    }),
});

// %%
if (fetched) {
  showTableOf(shapeBiasByCategoryTable(points), {
    digits: 1,
    caption: 'Shape bias in percent, by category of the shape',
  });
}

// %% [markdown]
// What to see: people are far to the right in every category. The networks are not far to the left in all of them: how much
// a shape counts depends on the category too.
//
// ## People, one by one

// %%
const people = [...new Set(original.map(({ subject }) => subject))].filter((subject) => /^subject-/.test(subject));
const single = people.sort().map((subject) => ({
  name: subject.replace('subject-', 'person '),
  decisions: original.filter((decision) => decision.subject === subject),
}));
showTableOf(shapeBiasTable(single), { digits: 1, caption: 'Shape bias of each person' });
const biases = single.map(({ decisions }) => shapeBias(decisions).bias);
const [lowest, highest] = [Math.min(...biases), Math.max(...biases)].map((bias) => (100 * bias).toFixed(1));
if (fetched) say(`Single persons lie between ${lowest} and ${highest} %.`);

// %% [markdown]
// ## Networks that were taught shapes
//
// *Stylized-ImageNet* is ImageNet with every image in the style of a random painting: its textures say nothing about the
// category. Networks trained on it are the known way to a high shape bias, and the measure for any other. (AlexNet and VGG-16
// are other trained weights here than above.)

// %%
const NETWORKS: [name: string, subject: string][] = [
  ['AlexNet', 'alexnet'],
  ['VGG-16', 'vgg16'],
  ['SqueezeNet 1.1', 'squeezenet1-1'],
  ['ResNet-50', 'resnet50'],
  ['DenseNet-121', 'densenet121'],
  ['ResNet-101', 'resnet101'],
  ['ResNet-152', 'resnet152'],
];
const networks = NETWORKS.flatMap(([name, subject]) =>
  observersOf(trained, [
    [`${name}, ImageNet`, new RegExp(`^${subject}$`)],
    [`${name}, Stylized-ImageNet`, new RegExp(`^${subject}-train-`)],
  ]),
);

// %%
const openImages = observersOf(trained, [['ResNet-101, Open Images', /^oidv2-resnet101$/]]);
const byTraining = [...networks, ...openImages];
await showChartOf(shapeBiasPoints(byTraining, { categories: false }), {
  draw: (rows) =>
    shapeBiasChart({
      title: 'Shape bias of networks, by what they were trained on',
      subtitle: 'all categories pooled; bars: 95 % intervals',
      rows,
    }),
});

// %%
showTableOf(shapeBiasTable(byTraining), { digits: 1, caption: 'Shape bias of networks, all categories pooled' });

// %%
for (const [network] of NETWORKS) {
  const [plain, stylized] = networks.filter(({ name }) => name.startsWith(`${network},`));
  if (!stylized) continue;
  const [before, after] = [plain, stylized].map(({ decisions }) => 100 * shapeBias(decisions).bias);
  const change = `from ${before.toFixed(1)} to ${after.toFixed(1)} %`;
  say(`**${network}**: training on Stylized-ImageNet takes the shape bias ${change}.`);
}

// %% [markdown]
// ## Models of this project
//
// The models of notebook 11 decided too, on drawn images whose shape and texture disagree. Their decisions lie in
// `data/results/decisions`, in the columns of the raw data above, so that the same code measures both. Their bias may be
// compared with that of others on the same images, and not with that of people. (Notebook 11 shows them real stimuli.)

// %%
import { imageChainSettings, readDecisions, rowsOfChains, shapeBiasSchema } from 'subtask-induction';

const ourRuns = readTable(dataFile('results', 'shape-bias.csv'), shapeBiasSchema, { absent: 'empty' });
const chains = (['resnet', 'vit'] as const).map((architecture) => imageChainSettings({ architecture }));
const transfers = chains
  .flatMap((chain) => rowsOfChains(ourRuns, chain, 'laptop'))
  .filter(({ stage }) => stage === 'transfer');
const ourDecisions = [...new Set(transfers.map(({ run }) => run))].flatMap((run) =>
  readDecisions(dataFile('results', 'decisions', `${run}.csv`)),
);

// %%
// "resnet, subnetwork, normalisation eval, seed 1" is "ResNet: subnetwork (eval)", whatever the seed.
const nameOf = ({ subject }: Decision) =>
  subject
    .replace(/^resnet, (.*), normalisation (eval|train), seed \d+$/, 'ResNet: $1 ($2)')
    .replace(/^vit, (.*), normalisation .*$/, 'ViT: $1');
const ours = [...new Set(ourDecisions.map(nameOf))].map((name) => ({
  name,
  decisions: ourDecisions.filter((decision) => nameOf(decision) === name),
}));
await showChartOf(shapeBiasPoints(ours, { categories: false }), {
  none: 'No decisions of models of this project are there yet.',
  draw: (rows) => shapeBiasChart({ title: 'Shape bias of models of this project', subtitle: 'seeds pooled', rows }),
});
showTableOf(shapeBiasTable(ours), { digits: 1, caption: 'Shape bias of models of this project', limit: 40 });

// %% [markdown]
// In brackets stands what [batch normalisation](../docs/glossary.md#batch-normalisation) worked with while a model was
// trained: the values of the base (eval) or of each batch (train). A bias says little of a model that is mostly wrong:
// notebook 11 has it beside the accuracy on plain images.

// %%
const shown = ['subnetwork', 'random mask', 'mask of an untrained network'].map((name) => `ResNet: ${name} (eval)`);
const some = ours.filter(({ name }) => shown.includes(name));
if (some.length > 0) {
  showTableOf(shapeBiasByCategoryTable(shapeBiasPoints(some)), {
    digits: 1,
    caption: 'Shape bias in percent, by category of the shape',
  });
}
