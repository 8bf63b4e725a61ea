import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * An observer that notes the epochs in which steps are made, as "base 2"; where `cutIn` is given, it throws "cut off" at the
 * first step of that epoch.
 */
export function watched(cutIn?: number) {
  const epochs = new Set<string>();
  let stage = '';
  const observer = {
    onRun(run: { stage: string }) {
      stage = run.stage;
    },
    onStep({ epoch }: { epoch: number }) {
      if (epoch === cutIn) throw new Error('cut off');
      epochs.add(`${stage} ${epoch}`);
    },
  };
  return { observer, epochs };
}

/** Every file below a folder with its bytes; partial folders of killed processes are the next process's to remove. */
export function bytesIn(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  const walk = (path: string) => {
    for (const name of readdirSync(path)) {
      const inner = join(path, name);
      if (name.startsWith('.partial-')) continue;
      if (statSync(inner).isDirectory()) walk(inner);
      else files[relative(folder, inner)] = readFileSync(inner).toString('latin1');
    }
  };
  walk(folder);
  return files;
}
