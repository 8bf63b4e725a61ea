import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../../lib/dist/tensorflow/safetensors';

/** The vectors of the paper's sizes, and those of other sizes, settings and names. */
export const REFERENCE = 'test/reference';
export const SMALL = 'test/reference/small';

// biome-ignore lint/suspicious/noExplicitAny: JSON of any form, to be changed anywhere
export type AnyJson = any;

/** A copy of some kinds of vectors (and the weights), removed after the test. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), 'vectors-'));

  constructor(
    from: string,
    readonly kind: string,
    kinds = [kind],
  ) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    const wanted = (path: string) => [...kinds, 'small-weights'].some((name) => path.includes(`/${name}.`));
    cpSync(from, this.folder, { recursive: true, filter: (path) => path === from || wanted(path) });
  }

  path(extension: 'json' | 'safetensors', name = this.kind): string {
    return join(this.folder, `${name}.${extension}`);
  }

  editJson(change: (json: AnyJson) => void): this {
    const json = JSON.parse(readFileSync(this.path('json'), 'utf8'));
    change(json);
    writeFileSync(this.path('json'), JSON.stringify(json));
    return this;
  }

  editTensors(change: (tensors: HostTensors) => void, name = this.kind): this {
    const { tensors } = readSafetensors(this.path('safetensors', name));
    change(tensors);
    writeSafetensors(this.path('safetensors', name), tensors);
    return this;
  }
}
