/**
 * Expected calibration error: how far confidence is from accuracy, in `bins` equal parts of the confidences 0 to 1, each weighted
 * by the answers in it (Guo et al., arXiv 1706.04599).
 */
export function calibrationError(answers: readonly { confidence: number; right: boolean }[], bins = 15): number {
  const gaps = new Float64Array(bins);
  for (const { confidence, right } of answers)
    gaps[Math.min(bins - 1, Math.floor(confidence * bins))] += confidence - Number(right);
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / answers.length;
}
