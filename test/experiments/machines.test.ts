import { describe, expect, test } from 'vitest';
import { once } from '../../lib/dist/experiments/machines';

describe('once', () => {
  test('makes a thing once for equal options, and another for others', () => {
    let made = 0;
    const make = () => ++made;
    expect(once('counter', { size: 1 }, make)).toBe(1);
    expect(once('counter', { size: 1 }, make)).toBe(1);
    expect(once('counter', { size: 2 }, make)).toBe(2);
    expect(once('another counter', { size: 1 }, make)).toBe(3);
  });

  test('tries again after a failure, at once or later', async () => {
    let ready = false;
    const now = () => {
      if (!ready) throw new Error('not yet');
      return 'made';
    };
    const later = async () => now();
    expect(() => once('now', {}, now)).toThrow('not yet');
    await expect(once('later', {}, later)).rejects.toThrow('not yet');
    ready = true;
    expect(once('now', {}, now)).toBe('made');
    await expect(once('later', {}, later)).resolves.toBe('made');
  });
});
