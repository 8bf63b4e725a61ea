/** What a new model starts from: the base model's weights, all or a subnetwork's, and new ones (method section 1c). */
import { sampleSubnetwork } from '../masking/sampling';
import type { Subnetwork } from '../masking/subnetwork';
import { transferSubnetwork } from '../masking/transfer';
import { gpt2Init, gpt2MaskedWeights, gpt2Shapes } from '../models/gpt2';
import { seedFor } from '../tasks/random';
import { randomNormal } from '../tensorflow/dropout';
import type { HostTensors } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import { type BaseModel, configOf } from './baseModel';
import type { TransferSettings } from './settings';
import type { Discovery } from './subnetworkDiscovery';

/** The runs that the settings of a transfer run name: a base model, or a mask over one. */
export interface TransferInputs {
  base?: BaseModel;
  discovery?: Discovery & { base: BaseModel };
}

export interface StartingPoint {
  parameters: HostTensors;
  /** The weights that were transferred; undefined where all were, or none. */
  subnetwork?: Subnetwork;
  /** Weights of the masked layers that came from the base model. */
  transferred: number;
}

/** The parameters that a run's condition starts from, and the subnetwork that it transfers. */
export function startingPoint(settings: TransferSettings, inputs: TransferInputs): StartingPoint {
  const { inheritFrom, sampler, seed, n } = settings;
  const { discovery, base = discovery?.base } = inputs;
  const config = configOf(settings);
  if (inheritFrom === 'random') {
    const parameters = tidied(() => snapshot(gpt2Init(config, seedFor(seed, `transfer initialisation ${n}`))));
    return { parameters, transferred: 0 };
  }
  if (!base) throw new Error(`The condition "${inheritFrom}" needs a base model.`);
  if (inheritFrom === 'original') {
    const shapes = gpt2Shapes(config);
    const transferred = sum(gpt2MaskedWeights(config).map((name) => shapes[name].reduce((a, b) => a * b)));
    return { parameters: base.parameters, transferred };
  }
  if (!discovery) throw new Error(`The condition "${inheritFrom}" needs a discovered subnetwork.`);
  const subnetwork = inheritFrom.startsWith('subnet_sampled')
    ? sampleSubnetwork(discovery.subnetwork, {
        // Drawn anew for every n, as in the released code.
        seed: seedFor(seed, `sampled subnetwork ${n}`),
        as: sampler as 'described' | 'released',
        from: inheritFrom === 'subnet_sampled' ? 'anywhere' : 'complement',
      })
    : discovery.subnetwork;
  return {
    parameters: transferSubnetwork({ base: base.parameters, subnetwork, fresh: freshWeights(settings) }),
    subnetwork,
    transferred: sum(Object.values(subnetwork).map(({ keep }) => sum(keep))),
  };
}

/** New weights for the masked layers: normal with deviation 0.02, the residual projections too (released-code item 5). */
function freshWeights(settings: TransferSettings): HostTensors {
  const config = configOf(settings);
  const shapes = gpt2Shapes(config);
  const seed = seedFor(settings.seed, `fresh weights ${settings.n}`);
  return tidied(() =>
    snapshot(
      Object.fromEntries(
        gpt2MaskedWeights(config).map((name, stream) => [name, randomNormal(shapes[name], seed, stream, 0.02)]),
      ),
    ),
  );
}

function sum(values: ArrayLike<number>): number {
  return Array.prototype.reduce.call(values, (total, value) => (total as number) + (value as number), 0) as number;
}
