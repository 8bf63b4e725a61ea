/** Networks that learn pairs of a table (notebook 21) against the vectors of kind grokking. */
import { pairCount, pairExamples, pairNetwork } from '../../lib/dist/experiments/grokking';
import { publishedGrokking } from '../../lib/dist/experiments/views/networks';
import { bestFrequency, unitEnergy } from '../../lib/dist/stats/spectrum';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { centredSquaredError, softmaxCrossEntropy } from '../../lib/dist/tensorflow/ops';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf, zeroVariables } from '../../lib/dist/tensorflow/variables';
import { classifier, type Examples, outputsOf, takeExamples } from '../../lib/dist/training/examples';
import { gradientsOf, trainer as trainerOf } from '../../lib/dist/training/trainer';
import type { Comparison } from './comparison';
import { type Mode, trainerMode } from './steps';

/** What the file says under "tolerance": of float32 losses and gradients, of weights after steps, of float64 values. */
const [RELATIVE, STEPPED, EXACT] = [1e-5, 2e-5, 1e-10];

const LOSSES = { centred_mse: centredSquaredError, cross_entropy: softmaxCrossEntropy };

export function compareGrokking(comparison: Comparison, modes: Mode[]): void {
  const { reference } = comparison;
  const { json } = reference;
  const [modulus, hidden] = [json.get('M').size(), json.get('H').size()];
  const net = pairNetwork({ modulus, hidden });
  const pairs = pairExamples({ expression: 'a + b', modulus });
  const trained = takeExamples(pairs, json.get('train_rows').numbers());
  const short = (name: string) => name.replace('.weight', '');
  const weights = reference.parameters('', net.shapes, short);

  for (const entry of json.get('n_star').items()) {
    const [at, constant] = [entry.get('M').size(), publishedGrokking().constant];
    comparison.number('n_star', constant * at * Math.log(at), entry.get('n_star').number(), EXACT * modulus ** 2);
    comparison.number('n_star, rows', pairCount(at, constant), entry.get('rows').number(), 0);
  }
  const outputs = outputsOf(net, tensorsOf(weights), pairs).flatMap((row) => [...row]);
  comparison.tensor('outputs', outputs, [pairs.rows, modulus], RELATIVE * largestOf(outputs));
  for (const [name, lossOf] of Object.entries(LOSSES)) {
    const { loss, gradients } = lossAndGradients(classifier(net, lossOf), weights, trained);
    const theirs = json.get('losses').get(name).number();
    comparison.at(name).number('loss', loss, theirs, RELATIVE * theirs);
    for (const [parameter, { shape, data }] of Object.entries(gradients)) {
      const values = data as Float32Array;
      comparison.tensor(`${name}/grad_${short(parameter)}`, values, shape, RELATIVE * largestOf(values));
    }
  }
  for (const mode of modes) {
    for (const [name, settings] of json.get('adam').entries()) {
      const [beta1, beta2] = settings.get('betas').numbers();
      const weightDecay = settings.get('weight_decay').number();
      const more = { coupled: settings.get('coupled').truth(), epsilon: settings.get('eps').number() };
      const optimizer = { name: 'adamW', weightDecay, beta1, beta2, ...more } as const;
      const machine = trainerOf(classifier(net, centredSquaredError), { optimizer, ...trainerMode(mode) });
      machine.start(weights);
      settings
        .get('losses')
        .numbers()
        .forEach((theirs, i) => {
          const { loss } = machine.step(trained, i + 1, settings.get('learning_rate').number());
          comparison.at(`${mode}, ${name}`).number(`loss ${i}`, loss, theirs, RELATIVE * theirs);
        });
      for (const [parameter, { shape, data }] of Object.entries(machine.snapshot()))
        comparison.at(mode).tensor(`${name}/${short(parameter)}`, data as Float32Array, shape, STEPPED);
      machine.dispose();
    }
  }
  compareUnits(comparison, modulus, hidden);
}

function compareUnits(comparison: Comparison, modulus: number, hidden: number): void {
  const { reference } = comparison;
  const values = Array.from(reference.values('W'));
  const shares = ['of_first_input', 'of_second_input'].flatMap((input, second) => {
    const ours = Array.from({ length: hidden }, (_, unit) => {
      const start = (2 * unit + second) * modulus;
      return bestFrequency(values.slice(start, start + modulus)).share;
    });
    const theirs = reference.json.get('best_frequency_share').get(input).numbers();
    comparison.numbers(`best_frequency_share ${input}`, ours, theirs, EXACT);
    return ours;
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const energies = reference.json.get('energy');
  comparison.number('share', mean, reference.json.get('best_frequency_share').get('mean').number(), EXACT);
  comparison.number('theory', modulus / 4, energies.get('theory_single_frequency').number(), EXACT);
  const listed = energies.get('values').items();
  for (const name of reference.namesUnder('energy/')) {
    const frequency = Number(/^frequency(\d+)$/.exec(name)?.[1]);
    const entry = listed.find((one) =>
      frequency ? one.find('frequency')?.number() === frequency : one.get('kind').text().startsWith(name),
    );
    if (!entry) throw new Error(`grokking.json has no energy of ${name}.`);
    const ours = unitEnergy(reference.values(`energy/${name}`, [2 * modulus]), (a, b) => (a + b) % modulus);
    comparison.number(`energy/${name}`, ours, entry.get('energy').number(), EXACT);
  }
}

function lossAndGradients(
  model: ReturnType<typeof classifier>,
  weights: HostTensors,
  examples: Examples,
): { loss: number; gradients: HostTensors } {
  const variables = zeroVariables(model.shapes);
  const machine = tidied(() => {
    for (const [name, value] of Object.entries(tensorsOf(weights))) variables[name].assign(value);
    const inputs = model.inputs(examples);
    const { loss, gradients } = gradientsOf(variables, () => model.loss(variables, inputs, {}));
    return { loss: loss.dataSync()[0], gradients: snapshot(gradients) };
  });
  for (const variable of Object.values(variables)) variable.dispose();
  return machine;
}

const largestOf = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs));
