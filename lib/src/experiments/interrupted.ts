import type { Run, RunStore } from '../runs/runStore';

/** Thrown inside `produce` where the person stopped a run: nothing is stored, `partial` is what there is of it. */
export class Interrupted extends Error {
  constructor(readonly partial: unknown) {
    super('The run was stopped before its end; what it had is not stored.');
  }
}

/** `store.produce`, returning the interruption instead of throwing it. */
export async function produceUnlessInterrupted(
  store: RunStore,
  stage: string,
  settings: object,
  make: (folder: string) => Promise<void>,
): Promise<Run | Interrupted> {
  try {
    return await store.produce(stage, settings, make);
  } catch (error) {
    if (error instanceof Interrupted) return error;
    throw error;
  }
}
