import { expect, it } from 'vitest';
import { calibrationError } from '../../lib/dist/stats/calibration';

it('is 0 where confidence is accuracy, and else how far they are apart, part by part', () => {
  const answers = (confidence: number, right: number, wrong: number) => [
    ...Array(right).fill({ confidence, right: true }),
    ...Array(wrong).fill({ confidence, right: false }),
  ];
  expect(calibrationError(answers(0.75, 3, 1))).toBeCloseTo(0, 12);
  expect(calibrationError(answers(1, 1, 3))).toBeCloseTo(0.75, 12);
  // Too sure in one part and too unsure in another do not cancel out; within one part they do.
  const both = [...answers(0.9, 1, 1), ...answers(0.5, 9, 1)];
  expect(calibrationError(both)).toBeCloseTo((2 * 0.4 + 10 * 0.4) / 12, 12);
  expect(calibrationError(both, 1)).toBeCloseTo(Math.abs(1.8 + 5 - 10) / 12, 12);
});
