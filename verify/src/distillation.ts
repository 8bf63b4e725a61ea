/** What notebook 25 adds to digits, layers, optimizers and losses, against the vectors of kind distillation. */
import { type Digits, scaledExamples, shiftedEach } from '../../lib/dist/images/digits';
import { batchNorm, maxOut } from '../../lib/dist/models/layers';
import { network } from '../../lib/dist/models/network';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { clipEach, cosineRestarts } from '../../lib/dist/tensorflow/optimizers';
import { distilled, divergences, rewarded, softCrossEntropy } from '../../lib/dist/training/distillation';
import { trainer } from '../../lib/dist/training/trainer';
import type { Comparison } from './comparison';

/** Of float32 at values of about 1; the vectors' own of scaled digits, from 0 to 1; of double precision. */
const [FLOAT, SCALED, DOUBLE] = [1e-5, 1e-4, 1e-9];

export function compareDistillation(comparison: Comparison): void {
  for (const part of [compareMovedDigits, compareLosses, compareSchedule, compareLayers, compareRewards])
    tf.tidy(() => part(comparison));
}

function compareMovedDigits(comparison: Comparison): void {
  const { reference } = comparison;
  const pixels = Uint8Array.from(reference.values('images'));
  const [rows, side] = reference.tensor('images', [-1, -1, -1]).shape;
  const digits: Digits = { rows, side, pixels, labels: new Uint8Array(rows) };
  for (const entry of reference.json.get('translate').get('shifts').items()) {
    // The vectors' (x, y) say where a pixel comes from, ours where it goes to.
    const [x, y] = entry.numbers();
    const moved = shiftedEach(digits, () => ({ right: -x, down: -y }));
    comparison.tensor(`translated/${x}_${y}`, moved.pixels, [rows, side, side], 0);
  }
  const scaled = scaledExamples(digits, 0.7).inputs.map((value) => value * 255);
  comparison.tensor('scaled/0.7', scaled, [rows, side, side], SCALED * 255);
}

function compareLosses(comparison: Comparison): void {
  const { reference } = comparison;
  const [rows, classes] = reference.tensor('teacher_logits', [-1, -1]).shape;
  const [teacher, student] = ['teacher_logits', 'student_logits'].map((name) => Array.from(reference.values(name)));
  const net = network({ input: [classes], layers: [] });
  const batch = {
    rows,
    inputs: Float32Array.from(student),
    labels: new Int32Array(rows),
    answers: Float32Array.from(teacher),
  };
  for (const entry of reference.json.get('distillation').items()) {
    const temperature = entry.get('temperature').number();
    const number = (what: string, ours: number) =>
      comparison.number(`T = ${temperature}: ${what}`, ours, entry.get(what).number(), FLOAT);
    const logits = tf.tensor2d(teacher, [rows, classes]);
    const loss = (own: tf.Tensor) => softCrossEntropy(logits, own as tf.Tensor2D, temperature).mean();
    number('cross_entropy', loss(tf.tensor2d(student, [rows, classes])).dataSync()[0]);
    const gradient = tf.grad(loss)(tf.tensor2d(student, [rows, classes]));
    comparison.tensor(`kd_T${temperature}/grad_cross_entropy`, gradient.dataSync(), [rows, classes], FLOAT);
    const model = distilled(net, { temperature });
    number('as_released', model.loss({}, model.inputs(batch), {}).dataSync()[0]);
    const apart = divergences(batch.answers, batch.inputs, classes, temperature);
    const kl = apart.reduce((sum, one) => sum + one, 0) / rows;
    number('kl', kl);
    number('hinton_scaled_kl', kl * temperature ** 2);
  }
}

function compareSchedule(comparison: Comparison): void {
  const entry = comparison.reference.json.get('cosine_with_restarts');
  const [rate, first, periodFactor, heightFactor, least] = [
    ...['learning_rate', 'first_period', 'period_factor', 'height_factor', 'alpha'],
  ].map((key) => entry.get(key).number());
  const schedule = cosineRestarts(rate, first, { periodFactor, heightFactor, least });
  for (const one of entry.get('values').items()) {
    const step = one.get('step').number();
    comparison.number(`rate of step ${step}`, schedule(step), one.get('rate').number(), DOUBLE * rate);
  }
}

function compareLayers(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  const tensor = (name: string) =>
    tf.tensor(Array.from(reference.values(name)), reference.tensor(name).shape, 'float32');
  const clip = json.get('clip_per_variable');
  clip
    .get('norms')
    .numbers()
    .forEach((norm, i) => {
      const gradient = tensor(`clip/gradient${i}`);
      comparison.number(`norm of gradient${i}`, gradient.norm().dataSync()[0], norm, FLOAT * norm);
      const { clipped } = clipEach({ clipped: gradient }, clip.get('limit').number());
      comparison.tensor(`clip/clipped${i}`, clipped.dataSync(), gradient.shape, FLOAT);
    });
  const most = maxOut(json.get('maxout').get('units').number()).apply(tensor('maxout/in'), {}, {});
  comparison.tensor('maxout/out', most.dataSync(), most.shape, FLOAT);

  const settings = json.get('batchnorm');
  const [epsilon, momentum] = ['eps', 'momentum'].map((key) => settings.get(key).number());
  const [rows, width] = reference.tensor('batchnorm/in').shape;
  const norm = network({ input: [width], layers: [batchNorm({ name: 'norm', epsilon })] });
  const names = { weight: 'gamma', bias: 'beta', running_mean: 'moving_mean', running_var: 'moving_variance' };
  const values: HostTensors = Object.fromEntries(
    Object.entries(names).map(([own, theirs]) => {
      const data = Float32Array.from(reference.values(`batchnorm/${theirs}`, [width]));
      return [`norm.${own}`, { dtype: 'F32', shape: [width], data }];
    }),
  );
  const model = {
    ...norm,
    inputs: (x: tf.Tensor) => [x],
    loss: (parameters: Record<string, tf.Tensor>, [x]: tf.Tensor[], pass: object) =>
      norm.forward(parameters, x, pass).output.mean() as tf.Scalar,
  };
  const step = trainer(model, { statisticsMomentum: 1 - momentum, compiled: false });
  step.start(values);
  const x = tensor('batchnorm/in');
  for (const mode of ['train', 'eval'] as const) {
    const { output } = norm.forward(step.parameters, x, { normalization: mode });
    comparison.tensor(`batchnorm/${mode}`, output.dataSync(), [rows, width], FLOAT);
  }
  step.step(x, 1, 0);
  for (const [own, theirs] of Object.entries(names).slice(2))
    comparison.tensor(`batchnorm/new_${theirs}`, step.parameters[`norm.${own}`].dataSync(), [width], FLOAT);
  step.dispose();
}

function compareRewards(comparison: Comparison): void {
  const entry = comparison.reference.json.get('multiplicative_weights');
  const [p, reward] = ['p', 'reward'].map((key) => entry.get(key).numbers());
  const [rate, floor] = ['eta', 'floor'].map((key) => entry.get(key).number());
  comparison.numbers('after', rewarded(p, reward, { rate, floor: 0 }), entry.get('after').numbers(), DOUBLE);
  const mixed = rewarded(p, reward, { rate, floor });
  comparison.numbers('after_with_floor', mixed, entry.get('after_with_floor').numbers(), DOUBLE);
}
