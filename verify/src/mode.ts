/** How a training step is computed: operation by operation, as one graph, or as one graph compiled by XLA. */
export type Mode = 'eager' | 'graph' | 'xla';

export const MODES: Mode[] = ['eager', 'graph', 'xla'];

/** The trainers' options for a mode. */
export function trainerMode(mode: Mode): { compiled: boolean; xla: boolean } {
  return { compiled: mode !== 'eager', xla: mode === 'xla' };
}
