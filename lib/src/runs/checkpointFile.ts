/** The state of a training at the end of an epoch as a file, from which it goes on to the same bytes. */
import { existsSync } from 'node:fs';
import type { HostTensors } from '../tensorflow/hostTensor';
import type { Variables } from '../tensorflow/optimizers';
import { readSafetensors, writeSafetensors } from '../tensorflow/safetensors';
import { assignValues, snapshot } from '../tensorflow/variables';
import type { Checkpoints, EpochRecord } from '../training/fit';

/**
 * Checkpoints in a safetensors file: the variables, what was kept of the best epoch, and as metadata the log. A file that
 * cannot be used is named, and the training begins anew.
 *
 * @param groups all that changes from step to step, by group: parameters, moments of the optimizer.
 */
export function checkpointFile(
  path: string,
  groups: Record<string, Variables>,
  warn: (sentence: string) => void = console.warn,
): Checkpoints<HostTensors> {
  const variables = named(groups);
  return {
    restore() {
      if (!existsSync(path)) return undefined;
      try {
        const { tensors, metadata } = readSafetensors(path);
        const { log, best, kept } = JSON.parse(metadata.training) as Training;
        const record = log.find(({ epoch }) => epoch === best);
        if (!record) throw new Error(`its log lacks the best epoch, ${best}`);
        const values = (group: string, names: string[]) =>
          Object.fromEntries(
            names.map((name) => {
              const tensor = tensors[`${group}/${name}`];
              if (!tensor) throw new Error(`it lacks ${group}/${name}`);
              return [name, tensor];
            }),
          );
        assignValues(variables, values(NOW, Object.keys(variables)));
        return { log, best: { record, kept: values(BEST, kept) } };
      } catch (error) {
        warn(`${path} is not used, because ${(error as Error).message}; the training begins anew.`);
        return undefined;
      }
    },
    save(log, best) {
      const training: Training = { log, best: best.record.epoch, kept: Object.keys(best.kept) };
      const tensors = named({ [NOW]: snapshot(variables), [BEST]: best.kept });
      writeSafetensors(path, tensors, { training: JSON.stringify(training) });
    },
  };
}

/** What the file says beside its tensors. */
interface Training {
  log: EpochRecord[];
  /** The best epoch. */
  best: number;
  /** Names of what was kept of it, in their order, which a safetensors file does not keep. */
  kept: string[];
}

const NOW = 'now';
const BEST = 'best';

/** The items of all groups, by group and name. */
function named<T>(groups: Record<string, Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([group, items]) =>
      Object.entries(items).map(([name, item]) => [`${group}/${name}`, item]),
    ),
  );
}
