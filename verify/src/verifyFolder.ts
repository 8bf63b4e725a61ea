/**
 * Compares the library with reference vectors of any sizes, seeds and settings: a folder of <kind>.json and
 * <kind>.safetensors files, whichever kinds it holds.
 */
import { readdirSync } from 'node:fs';
import { compareAdamwSteps } from './adamwSteps';
import { Comparison } from './comparison';
import { compareExpressions } from './expressionAnswers';
import { compareGpt2Forward } from './gpt2Forward';
import { compareImageModel } from './imageModels';
import { resnetOfReference, vitOfReference } from './imageReference';
import { compareMaskTraining } from './maskTraining';
import { MODES, type Mode } from './mode';
import { Reference, readEntry } from './reference';
import { compareTransfer } from './transferSteps';

/** The outcome for one kind of vectors. */
export interface VerificationLine {
  kind: string;
  status: 'agrees' | 'differs';
  /** Numbers that were compared, and how many of them lie further apart than their tolerance. */
  compared: number;
  differing: number;
  /** The largest error in units of its tolerance, that tolerance, and where it occurred. */
  error?: number;
  tolerance?: number;
  where?: string;
  /** Why nothing was compared, or not everything. */
  reason?: string;
}

export interface VerificationOptions {
  /** How training steps are computed: all ways by default. */
  modes?: Mode[];
  /** Called with each line as soon as it is known. */
  onLine?: (line: VerificationLine) => void;
}

/** Makes the comparison with one kind; returns a remark on what was left out. */
type Comparer = (folder: string, comparison: Comparison, modes: Mode[]) => string | undefined;

/** A comparer for a kind with a JSON file and a safetensors file. */
const withTensors =
  (kind: string, compare: (reference: Reference, comparison: Comparison, modes: Mode[]) => void): Comparer =>
  (folder, comparison, modes) => {
    const reference = new Reference(folder, kind);
    compare(reference, comparison, modes);
    const unread = reference.unreadNames();
    return unread.length > 0 ? `${unread.length} tensors were not compared, such as ${unread[0]}.` : undefined;
  };

/** What is done with each kind. */
const KINDS: Record<string, Comparer> = {
  'gpt2-forward': withTensors('gpt2-forward', compareGpt2Forward),
  'adamw-steps': withTensors('adamw-steps', compareAdamwSteps),
  'mask-training': withTensors('mask-training', compareMaskTraining),
  transfer: withTensors('transfer', compareTransfer),
  expressions: (folder, comparison) => {
    compareExpressions(readEntry(folder, 'expressions.json'), comparison);
    return undefined;
  },
  resnet: withTensors('resnet', compareImageModel(resnetOfReference)),
  vit: withTensors('vit', compareImageModel(vitOfReference)),
};

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
  const comparison = new Comparison();
  let reason: string | undefined;
  let complete = false;
  try {
    reason = KINDS[kind](folder, comparison, modes);
    complete = comparison.count > 0;
    if (!complete) reason = 'The files hold nothing that could be compared.';
  } catch (error) {
    reason = (error as Error).message;
  }
  const { count, failures, worst } = comparison;
  const status = complete && failures === 0 ? 'agrees' : 'differs';
  return { kind, status, compared: count, differing: failures, ...worst, reason };
}
