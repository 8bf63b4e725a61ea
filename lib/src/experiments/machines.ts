/**
 * Trainers and evaluators of this process, made once for each configuration: so that compiling is paid once, however many
 * runs follow.
 */

import { type Digits, halved, readDigits } from '../images/digits';
import { namedFunctions } from '../masking/own';
import type { Gpt2Config } from '../models/gpt2';
import type { Batch } from '../training/batches';
import { type Evaluator, languageModel, languageModelEvaluator } from '../training/languageModel';
import { type MaskTrainer, maskTrainer } from '../training/maskTrainer';
import { type Trainer, type TrainerOptions, trainer } from '../training/trainer';

const made = new Map<string, unknown>();

/** What `make` makes of these options, made once in this process; a failure is not kept, so that it can be mended. */
export function once<O, T>(kind: string, options: O, make: (options: O) => T): T {
  const key = `${kind} ${JSON.stringify(options)}`;
  if (!made.has(key)) {
    const value = make(options);
    made.set(key, value);
    if (value instanceof Promise) value.catch(() => made.delete(key));
  }
  return made.get(key) as T;
}

/** All digits of a set, read once in this process: as they are, or of 14 × 14 pixels. */
export const digitsOf = (set: 'train' | 'test', side = 28): Digits =>
  once('digits', { set, side }, () => (side === 14 ? halved(readDigits(set)) : readDigits(set)));

/** The process's trainer with these options. One training at a time. */
export function trainerFor(
  options: { config: Gpt2Config; weightDecay: number } & Pick<TrainerOptions, 'dropout' | 'clip' | 'freezable'>,
): Trainer<Batch> {
  return once('trainer', options, ({ config, weightDecay, ...others }) =>
    trainer(languageModel(config), { optimizer: { name: 'adamW', weightDecay }, ...others }),
  );
}

/** The process's mask trainer for this configuration, by default with the library's mask functions. One training at a time. */
export function maskTrainerFor(config: Gpt2Config, functions?: string): MaskTrainer<Batch> {
  return once('mask trainer', { config, functions }, () =>
    maskTrainer(languageModel(config), { functions: namedFunctions(functions) }),
  );
}

/** The process's evaluator for this configuration. */
export function evaluatorFor(config: Gpt2Config): Evaluator {
  return once('evaluator', config, languageModelEvaluator);
}
