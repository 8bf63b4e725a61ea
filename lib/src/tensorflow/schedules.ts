/** Learning rate of a step; `step` counts from 0. */
export type Schedule = (step: number) => number;

/** The same rate throughout (discovery 1e-3, transfer 2e-4). */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/** Linear decay from `rate` to 0 over `steps`, after an optional linear warm-up (base model: 5e-4, no warm-up). */
export function linearDecay(rate: number, steps: number, warmUp = 0): Schedule {
  return (step) => {
    if (step < warmUp) return (rate * step) / warmUp;
    return rate * Math.max(0, (steps - step) / (steps - warmUp));
  };
}
