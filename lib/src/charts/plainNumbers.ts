/**
 * The same value with a number for every BigInt in it: neither Vega nor JSON knows BigInts.
 *
 * @throws Error for a BigInt that no number holds exactly.
 */
export function plainNumbers<Value>(value: Value): Value {
  return hasBigInt(value) ? (converted(value) as Value) : value;
}

function hasBigInt(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  return isContainer(value) && Object.values(value).some(hasBigInt);
}

function converted(value: unknown): unknown {
  if (typeof value === 'bigint') {
    if (BigInt(Number(value)) !== value) {
      throw new Error(
        `The chart has the BigInt ${value}, which no number holds exactly: give Number(value), which rounds it, or String(value).`,
      );
    }
    return Number(value);
  }
  if (Array.isArray(value)) return value.map(converted);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, converted(inner)]));
}

/** Arrays and plain objects, as specs and rows are made of. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype.constructor?.name === 'Object';
}
