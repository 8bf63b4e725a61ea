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

/**
 * One cycle (torch's OneCycleLR and its defaults): along half a cosine from rate / 25 to `rate` over the share `warmUp` of the
 * steps, and down to rate / 250,000 at the last.
 */
export function oneCycle(rate: number, steps: number, warmUp = 0.15): Schedule {
  const top = warmUp * steps - 1;
  const between = (from: number, to: number, part: number) => to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;
  return (step) =>
    step <= top
      ? between(rate / 25, rate, step / top)
      : between(rate, rate / 250_000, Math.min(1, (step - top) / (steps - 1 - top)));
}
