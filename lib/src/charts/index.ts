/** General charts over tidy tables. Each returns a plain Vega-Lite spec, which a cell can change before it shows it. */
export { cells } from './cells';
export { dots } from './dots';
export { lines } from './lines';
export { type PictureRow, type Pictures, type PicturesOptions, pictures } from './pictures';
export { stacked } from './tidy';
