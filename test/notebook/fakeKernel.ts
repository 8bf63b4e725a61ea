import { createRequire } from 'node:module';

export interface Output {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
  update: boolean;
}

const kernel = createRequire(import.meta.url)('tslab/dist/jupyter');

/** Runs `work` as if it were in a notebook cell and returns the messages that the kernel would send. */
export async function inCell(work: () => unknown): Promise<Output[]> {
  const outputs: Output[] = [];
  kernel.lastWriteDisplayData = (content: Omit<Output, 'update'>, update: boolean) =>
    outputs.push({ ...structuredClone(content), update });
  try {
    await work();
  } finally {
    kernel.lastWriteDisplayData = null;
  }
  return outputs;
}
