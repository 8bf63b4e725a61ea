/**
 * The 16 categories of 16-class ImageNet (Geirhos et al., NeurIPS 2018), in their alphabetical order; a label is an index
 * into them.
 */
export const CATEGORIES = [
  'airplane',
  'bear',
  'bicycle',
  'bird',
  'boat',
  'bottle',
  'car',
  'cat',
  'chair',
  'clock',
  'dog',
  'elephant',
  'keyboard',
  'knife',
  'oven',
  'truck',
] as const;

/** Name of one of the 16 categories. */
export type Category = (typeof CATEGORIES)[number];

/** Whether a text is the name of a category. */
export function isCategory(name: string): name is Category {
  return (CATEGORIES as readonly string[]).includes(name);
}

/** The label of a category's name; another name is an error that begins with `where`. */
export function labelOf(name: string, where = 'The category'): number {
  const label = (CATEGORIES as readonly string[]).indexOf(name);
  if (label < 0) throw new Error(`${where} is ${JSON.stringify(name)}, which is none of ${CATEGORIES.join(', ')}.`);
  return label;
}
