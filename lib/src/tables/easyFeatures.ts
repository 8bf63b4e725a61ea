/** Tables of "easy features win" (notebook 22). */
import type { ColumnTable } from 'arquero';
import { dataFile } from '../runs/project';
import { publishedEasyFeaturesSchema } from '../runs/publishedSchemas';
import { readTable } from '../runs/resultsTable';
import { tableOf } from './curves';

/** What is published, and where it stands: paper, quantity, value, source. */
export function publishedEasyFeatures(): ColumnTable {
  return tableOf(readTable(dataFile('published', 'easy-features.csv'), publishedEasyFeaturesSchema), []);
}
