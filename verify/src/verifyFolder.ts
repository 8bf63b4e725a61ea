/**
 * Compares the library with reference vectors of any sizes, seeds and settings: a folder of <kind>.json and
 * <kind>.safetensors files, whichever kinds it holds.
 */
import { readdirSync } from 'node:fs';
import { compareAdamwSteps } from './adamwSteps';
import { compareAddition } from './addition';
import { compareDifficulty, compareExactBias } from './bits';
import { compareCodeLength, compareGuidance, compareReadout } from './channels';
import { compareColouredDigits } from './colouredDigits';
import { Comparison, type Tally } from './comparison';
import { compareDigits } from './digits';
import { compareDistillation } from './distillation';
import { compareRepresentationVariance, compareTwoCues } from './easyFeatures';
import { compareExpressions } from './expressionAnswers';
import { compareGpt2Forward } from './gpt2Forward';
import { compareGrokking } from './grokking';
import { compareImageModel } from './imageModels';
import { resnetOfReference, vitOfReference } from './imageReference';
import { compareJacobianKernel } from './jacobianKernel';
import { compareMasksAndBiases } from './masksAndBiases';
import { compareMaskTraining } from './maskTraining';
import { compareOccam } from './occam';
import { Reference } from './reference';
import { MODES, type Mode } from './steps';
import { compareTransfer } from './transfer';

/** The outcome for one kind of vectors. */
export interface VerificationLine extends Tally {
  kind: string;
  status: 'agrees' | 'differs';
  /** Why nothing was compared, or not everything. */
  reason?: string;
}

export interface VerificationOptions {
  /** How training steps are computed: all ways by default. */
  modes?: Mode[];
  /** Called with each line as soon as it is known. */
  onLine?: (line: VerificationLine) => void;
}

/** What is compared of each kind. */
const KINDS: Record<string, (comparison: Comparison, modes: Mode[]) => void> = {
  'gpt2-forward': compareGpt2Forward,
  'adamw-steps': compareAdamwSteps,
  'mask-training': compareMaskTraining,
  transfer: compareTransfer,
  expressions: compareExpressions,
  resnet: compareImageModel(resnetOfReference),
  vit: compareImageModel(vitOfReference),
  'masks-and-biases': compareMasksAndBiases,
  mnist: compareDigits,
  'code-length': compareCodeLength,
  readout: compareReadout,
  guidance: compareGuidance,
  difficulty: compareDifficulty,
  'exact-bias': compareExactBias,
  'two-cues': compareTwoCues,
  'representation-variance': compareRepresentationVariance,
  distillation: compareDistillation,
  'jacobian-kernel': compareJacobianKernel,
  grokking: compareGrokking,
  'coloured-digits': compareColouredDigits,
  occam: compareOccam,
  addition: compareAddition,
};

/** Kinds without tensors. */
const JSON_ONLY = ['expressions', 'mnist', 'code-length', 'addition'];

/** The kinds of vectors in a folder, in the order in which they build on each other. A kind is there with either file. */
export function kindsIn(folder: string): string[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch (error) {
    throw new Error(`Cannot read the folder ${folder}: ${(error as Error).message}.`);
  }
  const kinds = Object.keys(KINDS).filter(
    (kind) => files.includes(`${kind}.json`) || files.includes(`${kind}.safetensors`),
  );
  if (kinds.length > 0) return kinds;
  throw new Error(
    `${folder} holds no reference vectors: none of the files ${Object.keys(KINDS)
      .map((kind) => `${kind}.json`)
      .join(', ')}.`,
  );
}

/** Compares every kind in the folder. What is damaged in one kind makes that kind differ and leaves the others alone. */
export function verifyFolder(folder: string, { modes = MODES, onLine }: VerificationOptions = {}): VerificationLine[] {
  return kindsIn(folder).map((kind) => {
    const line = verifyKind(folder, kind, modes);
    onLine?.(line);
    return line;
  });
}

function verifyKind(folder: string, kind: string, modes: Mode[]): VerificationLine {
  let comparison: Comparison | undefined;
  let [complete, reason]: [boolean, string?] = [false];
  try {
    const reference = new Reference(folder, kind, { jsonOnly: JSON_ONLY.includes(kind) });
    comparison = new Comparison(reference);
    KINDS[kind](comparison, modes);
    complete = comparison.tally.compared > 0;
    const unread = reference.unreadNames();
    if (!complete) reason = 'The files hold nothing that could be compared.';
    else if (unread.length > 0) reason = `${unread.length} tensors were not compared, such as ${unread[0]}.`;
  } catch (error) {
    reason = (error as Error).message;
  }
  const { compared = 0, differing = 0, error, tolerance, where } = comparison?.tally ?? {};
  const status = complete && differing === 0 ? 'agrees' : 'differs';
  return { kind, status, compared, differing, error, tolerance, where, reason };
}
