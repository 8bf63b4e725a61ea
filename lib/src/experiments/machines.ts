/**
 * Trainers and evaluators of this process, made once for each configuration: so that compiling is paid once, however many
 * runs follow.
 */

import type { Gpt2Config } from '../models/gpt2';
import { type Evaluator, languageModelEvaluator } from '../training/languageModelEvaluator';
import { type LanguageModelTrainer, languageModelTrainer, type TrainerOptions } from '../training/languageModelTrainer';
import { type MaskTrainer, type MaskTrainerOptions, maskTrainer } from '../training/maskTrainer';

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

/** The process's trainer with these options. One training at a time. */
export function trainerFor(options: TrainerOptions): LanguageModelTrainer {
  return once('trainer', options, languageModelTrainer);
}

/** The process's mask trainer with these options. One training at a time. */
export function maskTrainerFor(options: MaskTrainerOptions): MaskTrainer {
  return once('mask trainer', options, maskTrainer);
}

/** The process's evaluator for this configuration. */
export function evaluatorFor(config: Gpt2Config): Evaluator {
  return once('evaluator', config, languageModelEvaluator);
}
