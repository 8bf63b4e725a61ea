/** What the conditions of a transfer run are called where people read: in progress bars, charts and tables. */
import type { InheritFrom } from '../runs/schemas';
import type { Condition, TransferSettings } from './settings';

export const CONDITION_NAMES: Readonly<Record<InheritFrom, string>> = {
  subnet: 'subnetwork',
  original: 'full model',
  random: 'random init',
  subnet_sampled: 'sampled control',
  subnet_sampled_complement: 'complement control',
  subnet_untrained: 'untrained subnetwork',
};

/** A condition in words, such as "sampled control, as released". */
export function conditionTitle({ inheritFrom, sampler, subnetwork }: Condition): string {
  const parts = [CONDITION_NAMES[inheritFrom], sampler && `as ${sampler}`, subnetwork === 'trainable' && subnetwork];
  return parts.filter(Boolean).join(', ');
}

/** A transfer run in words, such as "sampled control, as released, n = 40, seed 1". */
export function transferTitle(settings: TransferSettings): string {
  return `${conditionTitle(settings)}, n = ${settings.n}, seed ${settings.seed}`;
}
