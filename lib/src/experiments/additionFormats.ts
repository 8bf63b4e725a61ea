/**
 * Is the format of the data a bias? The same sums for the same network, spelled in several ways (Lee et al., "Teaching Arithmetic
 * to Small Transformers", arXiv 2307.03381; notebook 28).
 */
import { gpt2Config, gpt2Init } from '../models/gpt2';
import { count, oneOf, optional, positive, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { mean } from '../stats/intervals';
import {
  ADDITION_FORMATS,
  type AdditionFormat,
  balancedPairs,
  CHARACTERS,
  carries,
  charactersToTokens,
  type Summands,
  tokensToCharacters,
  writtenAnswer,
  writtenSum,
} from '../tasks/addition';
import { random, seedFor } from '../tasks/random';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import { fitBatches } from '../training/fit';
import { continued, languageModel } from '../training/languageModel';
import { trainer } from '../training/trainer';
import { once } from './machines';

const right = (says = '') => optional(share(says));
export const additionFormatsSchema = table('addition-formats.csv', {
  row: 'a measurement of a small GPT-2 that learns to write sums',
  columns: {
    format: oneOf(ADDITION_FORMATS),
    arrangement: oneOf(
      ['aligned', 'packed'],
      'a row a sequence; packed: windows cut anywhere from rows behind one another',
    ),
    n: count('sums to train on', { min: 1 }),
    steps: count('of the whole training', { min: 1 }),
    seed: count(),
    step: count('of this measurement; the last is that of the whole training', { min: 1 }),
    characters: count('seen so far'),
    train_loss: positive('mean of the steps since the last measurement, nats a character'),
    train_accuracy: share('on up to 500 of the sums that it trained on: greedy, exact match of the final number'),
    test_accuracy: share('on sums that it never saw'),
    carries_0: right('on those of them without carries'),
    carries_1: right(),
    carries_2: right(),
    carries_3: right(),
    after_newline: right('test_accuracy where a newline stands before the prompt (packed)'),
    run: runOf(),
  },
  key: ['format', 'arrangement', 'n', 'steps', 'seed', 'step'],
});
export type AdditionFormatsRow = RowIn<typeof additionFormatsSchema>;
type Measured = Omit<AdditionFormatsRow, 'format' | 'arrangement' | 'n' | 'steps' | 'seed' | 'run'>;

/**
 * Sums of numbers below `below` to train and to test on: any, or the released draw with balanced carries. A step has `batch`
 * sequences, of `context` characters where they are packed: as many as 64 aligned rows of two-digit sums have.
 */
const rows = {
  arrangement: 'aligned' as 'aligned' | 'packed',
  below: 100,
  balanced: false,
  test: 500,
  batch: 64,
  context: 0,
};
/** The rate rises over the steps of `warmUp` and falls along a cosine to a tenth. */
const small = { layers: 2, heads: 4, width: 64, dropout: 0, learningRate: 1e-3, warmUp: 100, measurements: 5 };
const windows = { ...rows, arrangement: 'packed', batch: 16, context: 40 } as const;
type Shared = typeof rows & typeof small;
type Lists = { format: readonly AdditionFormat[]; n: readonly number[]; steps: readonly number[] };
type Part = Lists & Shared;
/** `n` is the number of sums to train on. */
export type AdditionFormatsSettings = Shared & { format: AdditionFormat; n: number; steps: number; seed: number };

const [DELIMITED, SIZES] = [['plain with delimiters', 'reverse'] as const, [500, 1000, 2000]];
const SHORT = ['plain', ...DELIMITED] as const;
const large = { ...small, layers: 6, heads: 6, width: 384, dropout: 0.2, n: [...SIZES, 3000, 4000, 5000, 10_000] };
const released = { ...windows, ...large, below: 1000, balanced: true };
const smoke = { ...rows, ...small, layers: 1, width: 16, test: 12, batch: 8, measurements: 2, n: [20], steps: [4] };

/**
 * Which runs a preset has; those of `paper` have the released settings of nanoGPT, but for biases. Released sets of fewer than
 * 10,000 rows are parts of a larger one, and answers are sampled; here each is drawn, and answers are greedy.
 */
export const ADDITION_FORMAT_PARTS: Readonly<Record<string, readonly Part[]>> = {
  laptop: [
    { ...rows, ...small, format: [...SHORT, 'compact scratchpad'], n: SIZES, steps: [1000] },
    { ...windows, ...small, format: SHORT, n: [2000], steps: [1000] },
    // As many characters as the compact scratchpad has in 1,000 steps; and that one with more steps.
    { ...rows, ...small, format: DELIMITED, n: [2000], steps: [2000] },
    { ...rows, ...small, format: ['compact scratchpad'], n: [2000], steps: [3000] },
  ],
  quick: [{ ...rows, ...small, format: DELIMITED, n: [2000], steps: [600], measurements: 6 }],
  smoke: [
    { ...smoke, format: [...SHORT, 'compact scratchpad'] },
    { ...smoke, ...windows, test: 12, batch: 2, format: ['plain'] },
  ],
  paper: [
    { ...released, format: SHORT, test: 9900, batch: 256, context: 256, steps: [5000] },
    {
      ...released,
      ...{ format: ['simplified scratchpad', 'detailed scratchpad'], test: 1000 },
      ...{ batch: 16, context: 1024, warmUp: 0, steps: [20_000] },
    },
  ],
};

/** The sums that a run trains on and is tested on, apart; those of a smaller n are among those of a larger one, unless balanced. */
export function additionSums({ n, below, balanced, test, seed }: AdditionFormatsSettings) {
  const source = random(seed, 'sums');
  const pairOf = (i: number, of = below): Summands => [Math.floor(i / of), i % of];
  if (!balanced && n + test > below ** 2)
    throw new Error(`There are ${below ** 2} sums, too few for ${n} to train and ${test} to test on.`);
  const order = source.permutation(below ** 2);
  const some = (from: number, to: number) => [...order.subarray(from, to)].map((i) => pairOf(i));
  if (!balanced) return { test: some(0, test), train: some(test, test + n) };
  const train = balancedPairs(n, (of) => pairOf(source.integer(of ** 2), of));
  const known = new Set(train.map(String));
  return {
    train,
    test: some(0, test + n)
      .filter((pair) => !known.has(String(pair)))
      .slice(0, test),
  };
}

export const additionFormatsStage: Stage<AdditionFormatsSettings, Measured[]> = {
  name: 'addition-formats',
  title: ({ format, arrangement, n, steps, seed }) =>
    `${format}, ${arrangement}, n = ${n}, ${steps} steps, seed ${seed}`,
  measures: { train_accuracy: 'sums of the training', test_accuracy: 'other sums' },
  cost: ({ steps, batch, layers, width }) => ({
    ...{ steps, startSeconds: 8, memoryMb: 1200 },
    seconds: (steps * batch * layers * width ** 2) / 2e7,
  }),
  async train(settings, { observer }: Training<object>) {
    const { format, arrangement, n, below, layers, heads, width, dropout, seed } = settings;
    const { steps, batch, context, learningRate, warmUp, measurements } = settings;
    const { train, test } = additionSums(settings);
    const written = (pairs: readonly Summands[]) => pairs.map((pair) => writtenSum(format, pair));
    const longest = writtenSum(format, [below - 1, below - 1]);
    const rowLength = longest.prompt.length + longest.completion.length;
    const packed = arrangement === 'packed';
    const length = packed ? context + 1 : rowLength;
    const config = gpt2Config({ layers, heads, width, vocabulary: CHARACTERS.length, positions: length });
    const machine = once('addition', { config, dropout }, () => {
      const optimizer = { name: 'adamW', weightDecay: 0.1, beta2: 0.99 } as const;
      return trainer(languageModel(config), { optimizer, dropout, clip: 1 });
    });
    machine.start(
      tidied(() => snapshot(gpt2Init(config, seedFor(seed, 'addition initialisation')))),
      { seed },
    );

    const source = random(seed, 'order of sums');
    const texts = written(train).map(({ prompt, completion }) => prompt + completion);
    let [order, at] = [source.permutation(n), 0];
    const rowsOf = texts.map((text) => charactersToTokens(text.padEnd(rowLength, '\n')));
    const text = charactersToTokens([...source.permutation(n)].map((row) => texts[row]).join(''));
    let characters = 0;
    /** A window from anywhere, or the next row: all in an order drawn anew, and again. */
    const sequence = () => {
      if (packed) {
        const start = source.integer(text.length - context);
        characters += context;
        return text.slice(start, start + length);
      }
      if (at === n) [order, at] = [source.permutation(n), 0];
      characters += texts[order[at]].length;
      return rowsOf[order[at++]];
    };
    const weights = new Float32Array(batch).fill(1);
    const batchOf = () => ({ tokens: Int32Array.from(Array.from({ length: batch }, sequence).flat()), weights });
    const rateAt = (step: number) => {
      if (step <= warmUp) return (learningRate * step) / warmUp;
      const done = (step - warmUp) / (steps - warmUp);
      return learningRate * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)));
    };
    const answered = (pairs: readonly Summands[], before = '') => {
      const prompts = written(pairs).map(({ prompt }) => charactersToTokens(before + prompt));
      const rows = continued(machine.parameters, config, prompts, { length: rowLength + before.length });
      return pairs.map(([a, b], i) => {
        const answer = writtenAnswer(format, tokensToCharacters(rows[i].subarray(prompts[i].length)));
        return Number(answer === String(a + b));
      });
    };
    const known = train.slice(0, 500);
    const found: Omit<Measured, 'step' | 'train_loss'>[] = [];
    const upTo = (part: number) => Math.round((part * steps) / measurements);
    const { log, interrupted } = await fitBatches({
      epochs: measurements,
      stepsPerEpoch: Math.ceil(steps / measurements),
      batches: (epoch) => Array.from({ length: upTo(epoch) - upTo(epoch - 1) }, batchOf),
      step: (of, step) => machine.step(of, step, rateAt(step)).loss,
      evaluate: () => {
        const rights = answered(test);
        const [carries_0, carries_1, carries_2, carries_3] = [0, 1, 2, 3].map((many) => {
          const own = rights.filter((_, i) => carries(test[i]) === many);
          return own.length > 0 ? mean(own) : null;
        });
        const measured = { train_accuracy: mean(answered(known)), test_accuracy: mean(rights) };
        const after_newline = packed ? mean(answered(test, '\n')) : null;
        found.push({ ...measured, carries_0, carries_1, carries_2, carries_3, characters, after_newline });
        return measured;
      },
      ...observer,
    });
    const result = found.map((of, i) => {
      return { ...of, step: log[i].step, train_loss: Number(log[i].train_loss.toPrecision(6)) };
    });
    return interrupted ? { log, interrupted } : { log, interrupted, result };
  },
};

type Asked = { seeds: readonly number[]; parts?: readonly Part[] };
export const additionFormats = experiment<Asked, AdditionFormatsRow, AdditionFormatsSettings>({
  name: 'addition-formats',
  title: 'Formats of addition',
  about: 'the same sums, written in several formats, for the same small GPT-2',
  stage: additionFormatsStage,
  table: additionFormatsSchema,
  presets: Object.keys(ADDITION_FORMAT_PARTS),
  asked: { seeds: [1, 2, 3] },
  *runs({ preset, seeds, parts = ADDITION_FORMAT_PARTS[preset] }) {
    for (const { format, n, steps, ...shared } of parts)
      for (const own of combinations({ seed: seeds, n, format, steps })) {
        const { arrangement } = shared;
        yield { key: { ...own, arrangement }, settings: { ...shared, ...own } };
      }
  },
  rows: ({ id, result }, key) => result.map((row: Measured) => ({ ...key, ...row, run: id }) as AdditionFormatsRow),
  chain: ({ format, arrangement }) => `${format}, ${arrangement}`,
});
