const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text is; NaN where it is none. */
export function numberOf(text: string): number {
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** What is wrong with a text that should be a number. */
export function notANumber(text: string): string {
  const shown = JSON.stringify(text);
  const pointed = text.replace(',', '.');
  return NUMBER.test(pointed) ? `${shown} has a decimal comma: write ${pointed}` : `${shown} is not a number`;
}
