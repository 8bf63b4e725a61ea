/** Numbers and lists in sentences. */

/** "2, 4 and 12" */
export function listed(values: readonly (number | string)[]): string {
  const texts = values.map((value) => (typeof value === 'number' ? value.toLocaleString('en-US') : value));
  return texts.length > 1 ? `${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]}` : texts.join('');
}

/** "1 run", "1,200 runs" */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** "seed 1", "seeds 1 and 2" */
export function numbered(noun: string, numbers: readonly number[]): string {
  return `${noun}${numbers.length === 1 ? '' : 's'} ${listed(numbers)}`;
}

/** A difference with its sign: +0.012, −0.012. */
export function signed(value: number, digits = 3): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}
