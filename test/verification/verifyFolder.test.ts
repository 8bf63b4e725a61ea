import '../support/xla';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/dist/tensorflow/backend';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import type { Mode } from '../../verify/dist/steps';
import { kindsIn, verifyFolder } from '../../verify/dist/verifyFolder';
import { type AnyJson, Copy, REFERENCE, SMALL } from './vectors';

/** The one line of a copy with one kind; eagerly, which takes a fraction of a second. */
function lineOf(copy: Copy) {
  const lines = verifyFolder(copy.folder, { modes: ['eager'] });
  expect(lines.map(({ kind }) => kind)).toEqual([copy.kind]);
  return lines[0];
}

function expectDifference(copy: Copy): void {
  const { status, differing } = lineOf(copy);
  expect(status).toBe('differs');
  expect(differing).toBeGreaterThan(0);
}

function expectReason(copy: Copy, reason: string | RegExp): void {
  const line = lineOf(copy);
  expect(line.status).toBe('differs');
  expect(line.reason).toMatch(reason);
}

describe('verifyFolder', () => {
  // Three kinds of the paper's size take seconds a way: compiled, they are compared at smaller sizes below, and one with XLA
  // here. That a compiled step is the eager one, the tests of the trainers say; npm run verify takes every way.
  it.each<[string, Mode[]]>([
    ['gpt2-forward', ['eager']],
    ['adamw-steps', ['eager']],
    ['mask-training', ['eager']],
    ['transfer', ['eager', 'xla']],
    ['expressions', []],
    ['resnet', ['eager', 'graph']],
    ['vit', ['eager', 'graph']],
    ['grokking', ['eager', 'graph']],
  ])('finds the library in agreement with the carried vectors: %s, computed in the ways %j', (kind, modes) => {
    const copy = new Copy(REFERENCE, kind, [kind, 'gpt2-weights']);
    const [line, ...others] = verifyFolder(copy.folder, { modes });
    expect(others).toEqual([]);
    expect(line).toMatchObject({ kind, status: 'agrees', differing: 0, where: expect.any(String) });
    expect(line.compared).toBeGreaterThan(1000);
    expect(line.error).toBeLessThanOrEqual(line.tolerance as number);
    expect(line.reason).toBeUndefined(); // every tensor was compared
  });

  it.each([
    'masks-and-biases',
    'mnist',
    'code-length',
    'readout',
    'guidance',
    'difficulty',
    'exact-bias',
    'distillation',
    'occam',
  ])('finds it in agreement with the vectors of the notebooks from 20 on: %s', (kind) => {
    const [line] = verifyFolder(new Copy(REFERENCE, kind, [kind]).folder, { modes: ['eager'] });
    expect(line).toMatchObject({ kind, status: 'agrees', differing: 0 });
    expect(line.compared).toBeGreaterThan(20);
    expect(line.reason).toBeUndefined();
  });
  it.each(['two-cues', 'representation-variance', 'jacobian-kernel', 'coloured-digits', 'addition'])(
    'finds closed forms in agreement with the vectors: %s',
    (kind) => {
      const [line] = verifyFolder(new Copy(REFERENCE, kind).folder, { modes: [] });
      expect(line).toMatchObject({ kind, status: 'agrees', differing: 0 });
      expect(line.reason).toBeUndefined();
    },
  );

  it('knows the kinds that are carried', () => {
    expect(kindsIn(REFERENCE)).toEqual([
      'gpt2-forward',
      'adamw-steps',
      'mask-training',
      'transfer',
      'expressions',
      'resnet',
      'vit',
      'masks-and-biases',
      'mnist',
      'code-length',
      'readout',
      'guidance',
      'difficulty',
      'exact-bias',
      'two-cues',
      'representation-variance',
      'distillation',
      'jacobian-kernel',
      'grokking',
      'coloured-digits',
      'occam',
      'addition',
    ]);
  });

  it('agrees with vectors of other sizes, settings, numbers of steps and names, and keeps no tensor', () => {
    const tensors = tf.memory().numTensors;
    const lines = verifyFolder(SMALL, { modes: ['eager', 'graph'] });
    expect(lines.map(({ kind, status, reason }) => ({ kind, status, reason }))).toEqual(
      ['gpt2-forward', 'adamw-steps', 'mask-training', 'transfer'].map((kind) => ({ kind, status: 'agrees' })),
    );
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('reports each line as soon as it is known', () => {
    const seen: string[] = [];
    const lines = verifyFolder(SMALL, { modes: [], onLine: ({ kind }) => seen.push(kind) });
    expect(seen).toEqual(lines.map(({ kind }) => kind));
  });

  it('refuses a folder without any kind, and one that is not there', () => {
    expect(() => kindsIn('test/verification')).toThrow(
      /holds no reference vectors: none of the files gpt2-forward\.json/,
    );
    expect(() => verifyFolder('test/nowhere')).toThrow(/^Cannot read the folder test\/nowhere/);
  });
});

describe('a mistake in the computation shows', () => {
  // The vectors are made to differ where the library would, if it made the mistake.
  const settings: [string, string, (json: AnyJson) => void][] = [
    ['LayerNorm epsilon', 'gpt2-forward', (json) => (json.model.layer_norm_epsilon *= 1.5)],
    ['number of heads', 'gpt2-forward', (json) => (json.model.n_head = 2)],
    ['learning rate', 'adamw-steps', (json) => (json.cases.unclipped.steps_float64[0].lr *= 1.001)],
    ['weight decay', 'adamw-steps', (json) => (json.cases.strong_decay.weight_decay *= 1.01)],
    ['no weight decay', 'adamw-steps', (json) => (json.cases.strong_decay.weight_decay = 0)],
    ['first moment', 'adamw-steps', (json) => (json.betas[0] += 0.001)],
    ['second moment', 'adamw-steps', (json) => (json.betas[1] += 0.001)],
    ['Adam epsilon', 'adamw-steps', (json) => (json.eps *= 10)],
    ['clipping', 'adamw-steps', (json) => (json.cases.strong_decay.clip = 1e-4)],
    ['lambda', 'mask-training', (json) => (json.cases.from_random.lambda *= 1.5)],
    ['temperature', 'mask-training', (json) => (json.cases.from_random.steps_float64[1].temperature *= 1.001)],
    ['start of the scores', 'mask-training', (json) => (json.cases['from_0.05'].start = 'float32(0.0501) everywhere')],
    ['decay of the scores', 'mask-training', (json) => (json.weight_decay *= 1.1)],
    ['learning rate of the scores', 'mask-training', (json) => (json.lr *= 1.001)],
    ['learning rate', 'transfer', (json) => (json.lr *= 1.001)],
    ['weight decay', 'transfer', (json) => (json.weight_decay *= 1.1)],
    ['a trainable subnetwork', 'transfer', (json) => (json.cases.kept.parameters_without_gradient = [])],
    [
      'a frozen subnetwork',
      'transfer',
      (json) => (json.cases.moving.parameters_without_gradient = json.cases.kept.parameters_without_gradient),
    ],
  ];
  it.each(settings)('%s (%s)', (_what, kind, change) => expectDifference(new Copy(SMALL, kind).editJson(change)));

  it.each<[string, string, (json: AnyJson) => void]>([
    ['batch norm epsilon', 'resnet', (json) => (json.model.bn_eps = 1e-3)],
    ['learning rate', 'resnet', (json) => (json.sgd.lr *= 1.001)],
    ['momentum', 'resnet', (json) => (json.sgd.momentum += 0.001)],
    ['weight decay', 'resnet', (json) => (json.sgd.weight_decay = 0.05)],
    ['temperature', 'resnet', (json) => (json.mask.temperature *= 1.001)],
    ['lambda', 'resnet', (json) => (json.mask.lambda *= 1.2)],
    ['number of heads', 'vit', (json) => (json.model.heads = 2)],
    ['LayerNorm epsilon', 'vit', (json) => (json.model.layer_norm_eps = 1e-3)],
    ['learning rate', 'vit', (json) => (json.sgd.lr *= 1.001)],
    ['temperature', 'vit', (json) => (json.mask.temperature *= 1.001)],
    ['coupled decay', 'grokking', (json) => (json.adam['adam_wd0.1'].coupled = false)],
    ['weight decay', 'grokking', (json) => (json.adam['adam_wd0.1'].weight_decay *= 1.01)],
    ['training pairs', 'grokking', (json) => (json.train_rows[0] = json.test_rows[0])],
    ['energy', 'grokking', (json) => (json.energy.values[3].energy *= 1 + 1e-8)],
  ])('%s (%s)', (_what, kind, change) => expectDifference(new Copy(REFERENCE, kind).editJson(change)));

  it('a transposed mask', () => {
    const copy = new Copy(SMALL, 'transfer').editTensors((tensors) => {
      const { shape, data } = tensors['mask/transformer.h.0.attn.c_proj'];
      const [mask, [rows, columns]] = [data as Uint8Array, shape];
      expect(rows).toBe(columns);
      mask.set(mask.map((_, at) => mask[(at % rows) * rows + Math.floor(at / rows)]));
    });
    expectDifference(copy);
  });

  it('an expression', () => {
    expectDifference(
      new Copy(REFERENCE, 'expressions').editJson((json) => (json.y['a^2 - b^2'] = json.y['a^2 + b^2'])),
    );
    expectDifference(
      new Copy(REFERENCE, 'expressions').editJson((json) => {
        const shares = json.structure['share of each answer over all 1040 rows'];
        [shares.ab, shares['2a^2']] = [shares['2a^2'], shares.ab];
      }),
    );
  });

  it.each<[string, string, (json: AnyJson) => void]>([
    ['availability', 'two-cues', (json) => (json.alpha_shortcut *= 1.01)],
    ['ridge', 'two-cues', (json) => (json.ridge *= 1.01)],
    ['predictivity', 'two-cues', (json) => (json.rho_core *= 1.01)],
    ['noise', 'jacobian-kernel', (json) => (json.noise *= 1.01)],
    ['label noise', 'coloured-digits', (json) => (json.label_noise = 0.1)],
    ['decay', 'coloured-digits', (json) => (json.l2 *= 1.1)],
    ['connected cells', 'addition', (json) => (json.completion[0].determined += 1)],
    ['format', 'addition', (json) => (json.examples[3].reverse = json.examples[3].plain_with_delimiters)],
    ['explained variance', 'representation-variance', (json) => (json.features.hard.ratio_of_sums *= 1.01)],
  ])('%s of a closed form', (_what, kind, edit) => {
    expectDifference(new Copy(REFERENCE, kind).editJson(edit));
  });

  it('any number that is off by one percent', () => {
    for (const kind of ['gpt2-forward', 'adamw-steps', 'mask-training', 'transfer']) {
      const paths = comparedNumbers(JSON.parse(readFileSync(`${SMALL}/${kind}.json`, 'utf8')));
      expect(paths.length).toBeGreaterThan(50);
      fc.assert(
        fc.property(fc.constantFrom(...paths), (path) => {
          expect(lineOf(new Copy(SMALL, kind).editJson((json) => change(json, path))).status).toBe('differs');
        }),
        { numRuns: 3, seed: 1 },
      );
    }
  });

  it('any sample of a tensor that is off by a percent of its largest', () => {
    for (const kind of ['gpt2-forward', 'adamw-steps', 'mask-training', 'transfer', 'resnet', 'vit']) {
      const folder = ['resnet', 'vit'].includes(kind) ? REFERENCE : SMALL;
      const { tensors } = readSafetensors(`${folder}/${kind}.safetensors`);
      // A key bias has no effect on the model: its steps are rounding errors, which nothing can be compared with.
      const names = Object.keys(tensors).filter(
        (name) =>
          tensors[name].dtype === 'F32' &&
          !/c_attn\.bias|k_proj\.bias|pixels|class_weight|mask_score|weights\//.test(name),
      );
      fc.assert(
        fc.property(fc.constantFrom(...names), fc.nat(), (name, any) => {
          const copy = new Copy(folder, kind).editTensors((edited) => {
            const data = edited[name].data as Float32Array;
            data[any % data.length] += 0.01 * Math.max(...data.map(Math.abs));
          });
          // The re-initialised weights where the subnetwork lies are not part of the model.
          if (!name.startsWith('reinit/')) expectDifference(copy);
        }),
        { numRuns: 3, seed: 2 },
      );
    }
  });

  /** Paths of numbers that are results of the computation, or of its counts. */
  function comparedNumbers(json: AnyJson, path: string[] = []): string[][] {
    if (typeof json === 'number') return [path];
    if (typeof json !== 'object' || json === null) return [];
    // The float32 errors are the tolerance. PyTorch's float32 run repeats settings and counts. Sums of gradients that cancel,
    // and norms of steps that are rounding errors, tell nothing.
    const skip = /float32_error|^tensors$|^model$|steps_float32|after_step_\d|^sum$|final_change|c_attn\.bias/;
    return Object.keys(json)
      .filter((key) => !skip.test(key))
      .flatMap((key) => comparedNumbers(json[key], [...path, key]));
  }

  function change(json: AnyJson, path: string[]): void {
    const parent = path.slice(0, -1).reduce((value, key) => value[key], json);
    const [key] = path.slice(-1);
    const value: number = parent[key];
    parent[key] = Number.isInteger(value) ? value + 1 : value * 1.01;
  }
});

describe('a file that is damaged or lies', () => {
  it('is said of its own kind, and the others are compared', () => {
    const copy = new Copy(SMALL, 'adamw-steps', ['gpt2-forward', 'adamw-steps']);
    truncateSync(copy.path('safetensors'), 20_000);
    const [forward, steps] = verifyFolder(copy.folder, { modes: ['eager'] });
    expect(forward).toMatchObject({ kind: 'gpt2-forward', status: 'agrees' });
    expect(steps).toMatchObject({ kind: 'adamw-steps', status: 'differs', compared: 0 });
    expect(steps.reason).toMatch(/adamw-steps\.safetensors is not a valid safetensors file/);
  });

  it('JSON that is cut off', () => {
    const copy = new Copy(SMALL, 'gpt2-forward');
    truncateSync(copy.path('json'), 500);
    expectReason(copy, /gpt2-forward\.json is not valid JSON/);
  });

  it('one of the two files is missing', () => {
    const [json, tensors] = [new Copy(SMALL, 'transfer'), new Copy(SMALL, 'transfer')];
    rmSync(json.path('json'));
    expectReason(json, /transfer\.json is missing/);
    rmSync(tensors.path('safetensors'));
    expectReason(tensors, /transfer\.safetensors/);
  });

  it('a tensor is missing', () => {
    const copy = new Copy(SMALL, 'gpt2-forward').editTensors((tensors) => delete tensors.hidden);
    expectReason(copy, 'gpt2-forward.safetensors: hidden is missing, but gpt2-forward.json says F32 [3, 7, 4, 12].');
    copy.editJson((json) => delete json.tensors.hidden);
    expectReason(copy, 'gpt2-forward.safetensors lacks the tensor hidden.');
  });

  it('a shape is not what the model or the JSON needs', () => {
    const lying = new Copy(SMALL, 'gpt2-forward').editJson((json) => (json.tensors.logits.shape = [7, 4, 30]));
    expectReason(lying, /logits is F32 \[7, 4, 31\], but gpt2-forward\.json says F32 \[7, 4, 30\]/);
    const reshaped = new Copy(SMALL, 'mask-training').editTensors((tensors) => (tensors.eval_batch.shape = [4, 5]));
    reshaped.editJson((json) => (json.tensors.eval_batch.shape = [4, 5]));
    expect(lineOf(reshaped).status).toBe('differs');
    const deeper = new Copy(SMALL, 'gpt2-forward').editJson((json) => (json.model.n_layer = 3));
    expectReason(deeper, /small-weights\.safetensors: transformer\.h\.2\.ln_1\.weight is missing/);
  });

  it('a token or an index points outside', () => {
    const tokens = new Copy(SMALL, 'gpt2-forward').editTensors((tensors) => (tensors.ids.data[3] = 31));
    expectReason(tokens, 'ids holds the token 31, outside the vocabulary.');
    const index = new Copy(SMALL, 'gpt2-forward').editTensors(
      (tensors) => (tensors['idx/transformer.ln_f.bias'].data[0] = 12),
    );
    expectReason(index, 'holds the index 12, but there are 12 values.');
  });

  it('the weights are missing, or others', () => {
    const missing = new Copy(SMALL, 'gpt2-forward').editJson((json) => (json.weights = 'other.safetensors'));
    expectReason(missing, /other\.safetensors/);
    const changed = new Copy(SMALL, 'gpt2-forward');
    changed.editTensors((tensors) => (tensors['transformer.wpe.weight'].data[0] = 1), 'small-weights');
    expectDifference(changed);
  });

  it.each<[string, string, (json: AnyJson) => void, RegExp]>([
    ['gpt2-forward', 'dropout', (json) => (json.model.dropout = 0.1), /dropout must be 0, not 0\.1/],
    ['gpt2-forward', 'an activation', (json) => (json.model.activation = 'relu'), /the activation is relu/],
    ['gpt2-forward', 'two embeddings', (json) => (json.model.tied_embedding = false), /one embedding/],
    ['gpt2-forward', 'half a layer', (json) => (json.model.n_layer = 1.5), /n_layer must be a whole number above 0/],
    ['gpt2-forward', 'heads', (json) => (json.model.n_head = 5), /cannot be divided among 5 heads/],
    ['gpt2-forward', 'a missing error', (json) => delete json.float32_error.logits, /has no "logits"/],
    ['resnet', 'half a channel', (json) => (json.model.widths[1] = 15.5), /must be a whole number above 0, not 15\.5/],
    [
      'resnet',
      'another width',
      (json) => (json.model.widths[1] = 15),
      /has shape \[16, 8, 1, 1\], not \[15, 8, 1, 1\]/,
    ],
    ['resnet', 'another momentum', (json) => (json.model.bn_momentum = 0.2), /bn_momentum is 0\.2/],
    ['resnet', 'a mask too few', (json) => json.mask.trainable_parameters.pop(), /trainable_parameters lacks/],
    ['vit', 'heads', (json) => (json.model.heads = 5), /5 does not divide 32/],
    ['vit', 'too few losses', (json) => json.sgd.losses_float32.pop(), /SGD losses differ in length/],
    ['gpt2-forward', 'a huge error', (json) => (json.float32_error.logits.max_abs_error = 1e9), /files are damaged/],
    ['adamw-steps', 'more steps than batches', (json) => json.cases.unclipped.steps_float64.push({}), /for 3 batches/],
    [
      'adamw-steps',
      'a loss in words',
      (json) => (json.cases.unclipped.steps_float64[0].loss_before = 'low'),
      /not a number/,
    ],
    [
      'mask-training',
      'a start',
      (json) => (json.cases.from_random.start = 'somewhere'),
      /The start "somewhere" is neither/,
    ],
    ['mask-training', 'a mask too few', (json) => json.trainable_parameters.pop(), /trainable_parameters lacks/],
    [
      'transfer',
      'a list in place of an object',
      (json) => (json.released_samplers = []),
      /released_samplers is not an object/,
    ],
  ])('%s: %s', (kind, _what, change, reason) => {
    const folder = ['resnet', 'vit'].includes(kind) ? REFERENCE : SMALL;
    expectReason(new Copy(folder, kind).editJson(change), reason);
  });

  it.each<[string, (json: AnyJson) => void, RegExp]>([
    ['another modulus', (json) => (json.p = 11), /modulo 11; the library computes modulo 7/],
    ['an unknown expression', (json) => (json.y['a / b'] = json.y.ab), /Unknown expression "a \/ b"/],
    ['too few answers', (json) => json.y.ab.pop(), /y: ab has 69 values/],
  ])('expressions: %s', (_what, change, reason) =>
    expectReason(new Copy(REFERENCE, 'expressions').editJson(change), reason),
  );

  it('a mask holds other values than 0 and 1', () => {
    const copy = new Copy(SMALL, 'transfer').editTensors(
      (tensors) => (tensors['mask/transformer.h.0.mlp.c_fc'].data[0] = 2),
    );
    expectReason(copy, 'mask/transformer.h.0.mlp.c_fc holds other values than 0 and 1.');
  });

  it('a tensor that belongs to nothing is named', () => {
    const copy = new Copy(SMALL, 'gpt2-forward')
      .editTensors((tensors) => (tensors.extra = tensors.ids))
      .editJson((json) => (json.tensors.extra = json.tensors.ids));
    expect(lineOf(copy)).toMatchObject({ status: 'agrees', reason: '1 tensors were not compared, such as extra.' });
    copy.editJson((json) => delete json.tensors.extra);
    expectReason(copy, /holds extra, of which gpt2-forward\.json says nothing/);
  });

  it('never crashes, whatever stands in the JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const copy = new Copy(SMALL, 'gpt2-forward');
        writeFileSync(copy.path('json'), text);
        expect(lineOf(copy).status).toBe('differs');
      }),
      { numRuns: 20 },
    );
  });
});
