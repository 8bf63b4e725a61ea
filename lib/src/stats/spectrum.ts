/** What a unit of a network answers to: one frequency of its inputs, or single ones (Tian, arXiv 2509.21519). */

/** The power at each frequency 1..(M-1)/2 of M values: the squared length of their discrete Fourier coefficient. */
export function powers(values: ArrayLike<number>): number[] {
  return Array.from({ length: Math.floor((values.length - 1) / 2) }, (_, at) => {
    let [cosine, sine] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const angle = (2 * Math.PI * (at + 1) * i) / values.length;
      cosine += values[i] * Math.cos(angle);
      sine += values[i] * Math.sin(angle);
    }
    return cosine ** 2 + sine ** 2;
  });
}

/** The frequency with the largest power, and its share of all power (that of the mean left out): 1 for one pure wave. */
export function bestFrequency(values: ArrayLike<number>): { frequency: number; share: number } {
  const all = powers(values);
  const largest = Math.max(...all);
  return { frequency: all.indexOf(largest) + 1, share: largest / all.reduce((sum, power) => sum + power, 0) };
}

/**
 * How far a unit with these 2M weights of one-hot pairs, whose output is a square, tells the answers of a table apart by
 * itself: E(w) = ½‖Ỹᵀσ(Xw)‖² over all M² pairs, Ỹ the centred one-hot answers (section 4). For the sum modulo an odd M the
 * peaks on the unit sphere are single frequencies, with M/4 (corollary 2, whose inputs of length 1 make it M/16).
 */
export function unitEnergy(weights: ArrayLike<number>, answerOf: (a: number, b: number) => number): number {
  const modulus = weights.length / 2;
  const [sums, counts] = [new Float64Array(modulus), new Float64Array(modulus)];
  for (let a = 0; a < modulus; a++) {
    for (let b = 0; b < modulus; b++) {
      sums[answerOf(a, b)] += (weights[a] + weights[modulus + b]) ** 2;
      counts[answerOf(a, b)]++;
    }
  }
  const mean = sums.reduce((sum, value) => sum + value, 0) / modulus ** 2;
  return sums.reduce((energy, value, c) => energy + (value - counts[c] * mean) ** 2, 0) / 2;
}
